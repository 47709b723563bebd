//! One process of the server, and a browser that uses it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use gts_oauth_core::http::{Response, header};
use gts_oauth_tests::environment::NETWORK_VARIABLES;
use ureq::Agent;

use crate::databases::TestDatabase;

/// A process of the server. It is killed when this is dropped.
pub(crate) struct Node {
    process: Mutex<Child>,
    /// The origin where it listens.
    pub(crate) origin: String,
}

/// The response to the login form.
pub(crate) struct Started {
    /// The authorization URL.
    pub(crate) url: String,
    /// The whole `Set-Cookie` header.
    pub(crate) set_cookie: String,
}

impl Started {
    /// The cookie, as the browser sends it back.
    pub(crate) fn cookie(&self) -> &str {
        self.set_cookie.split(';').next().unwrap_or_default()
    }
}

impl Node {
    /// Starts a process. `origin` is what browsers see, if it is not this process's own.
    pub(crate) fn start(database: &TestDatabase, origin: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_web_backend"));
        command.args([&database.url, "127.0.0.1:0"]).args(origin);
        for name in NETWORK_VARIABLES {
            command.env_remove(name);
        }
        let process = command.stdout(Stdio::piped()).spawn().unwrap();
        // From now on it is killed when `node` is dropped.
        let mut node = Self { process: Mutex::new(process), origin: String::new() };
        let mut line = String::new();
        let output = node.process.get_mut().unwrap().stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let origin = line.trim().strip_prefix("listening on ");
        node.origin = origin.expect("the process listens").to_owned();
        node
    }

    /// Opens the login form and submits it.
    pub(crate) fn log_in(&self, instance: &str) -> Started {
        let form = read(browser().get(&self.origin).call().unwrap());
        assert!(form.1.contains("action=/login"), "a login form");
        let login = browser().post(format!("{}/login", self.origin));
        let response = login.send_form([("instance", instance)]).unwrap();
        let header = |name| response.headers()[name].to_str().unwrap().to_owned();
        Started { url: header(header::LOCATION), set_cookie: header(header::SET_COOKIE) }
    }

    /// Submits the form with something that cannot be used. Returns the status and the page.
    pub(crate) fn fail_to_log_in(&self, instance: &str) -> (u16, String) {
        let login = browser().post(format!("{}/login", self.origin));
        read(login.send_form([("instance", instance)]).unwrap())
    }

    /// Sends the callback to this process, even if its origin is another process's. `None` if the
    /// process is killed.
    pub(crate) fn try_callback(&self, url: &str, cookie: &str) -> Option<(u16, String)> {
        let (_, target) = url.split_once("/callback").expect("the callback URL");
        let callback = browser().get(format!("{}/callback{target}", self.origin));
        callback.header(header::COOKIE, cookie).call().ok().map(read)
    }

    /// As [`try_callback`](Self::try_callback). Returns the status and the page.
    pub(crate) fn callback(&self, url: &str, cookie: &str) -> (u16, String) {
        self.try_callback(url, cookie).expect("a response")
    }

    pub(crate) fn kill(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn browser() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    config.build().new_agent()
}

fn read(mut response: Response<ureq::Body>) -> (u16, String) {
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), text)
}
