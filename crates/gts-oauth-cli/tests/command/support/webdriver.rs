//! A minimal WebDriver client (W3C).

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use crate::support::optional::program;

/// Keeps Chromium from making requests of its own.
const QUIET: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A headless Chromium with a new profile, closed when dropped.
pub(crate) struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
}

impl Browser {
    /// `None`, with a message, if Chromium is not installed.
    pub(crate) fn open() -> Option<Self> {
        let driver = program("chromedriver")?;
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines.find_map(|line| {
            let line = line.expect("text");
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // Closing the pipe would stop the driver.
        thread::spawn(move || lines.for_each(drop));
        let config = Agent::config_builder().http_status_as_error(false);
        let mut browser = Self {
            driver,
            agent: config.proxy(None).build().into(),
            session: format!("http://127.0.0.1:{}/session", port.expect("a port")),
        };
        let options = json!({ "args": QUIET });
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        let made = browser.post("", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        let id = made["sessionId"].as_str().unwrap_or_else(|| panic!("{made}"));
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    pub(crate) fn go(&self, address: &str) {
        self.post("/url", &json!({ "url": address }));
    }

    /// Returns the text of the page, once it contains this.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let page = self.text();
            if page.contains(text) {
                return page;
            }
            assert!(Instant::now() < deadline, "{text} is not to be seen in: {page}");
            thread::yield_now();
        }
    }

    fn text(&self) -> String {
        let script = "return document.body ? document.body.innerText : ''";
        let text = self.post("/execute/sync", &json!({ "script": script, "args": [] }));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Fills the field with this id.
    pub(crate) fn fill(&self, id: &str, text: &str) {
        let field = self.find(&format!("#{id}"));
        self.post(&format!("/element/{field}/clear"), &json!({}));
        self.post(&format!("/element/{field}/value"), &json!({ "text": text }));
    }

    /// Goes to the page before.
    pub(crate) fn back(&self) {
        self.post("/back", &json!({}));
    }

    pub(crate) fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    fn find(&self, selector: &str) -> String {
        let using = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &using);
        let mut ids = found.as_object().into_iter().flat_map(|it| it.values());
        let id = ids.next().and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("{selector} is not there: {found}")).to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let address = format!("{}{path}", self.session);
        let text = body.to_string();
        let request = self.agent.post(&address).content_type("application/json");
        let mut answer = request.send(text).expect("an answer");
        let text = answer.body_mut().read_to_string().expect("a body");
        let mut answer: Value = serde_json::from_str(&text).expect("JSON");
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
