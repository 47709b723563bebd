//! One process of the server, and what a browser does in front of it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gts_oauth_core::BoxError;
use ureq::Agent;
use ureq::http::{Response, header};

/// A process that serves the pages, until this is dropped.
pub(crate) struct Node {
    process: Child,
    /// Where it listens.
    pub(crate) origin: String,
}

/// What the browser has after it pressed *Log in*.
pub(crate) struct Begun {
    /// Where it is sent.
    pub(crate) address: String,
    /// What it was told to remember, and how.
    pub(crate) set_cookie: String,
}

impl Begun {
    /// What it sends back of that.
    pub(crate) fn cookie(&self) -> &str {
        self.set_cookie.split(';').next().unwrap_or_default()
    }
}

impl Node {
    /// `public` is the address that browsers see, where it is not this node's own.
    pub(crate) fn start(
        program: &Path,
        instance: &str,
        folder: &Path,
        public: Option<&str>,
    ) -> Result<Self, BoxError> {
        let process = Command::new(program)
            .arg(instance)
            .arg(folder)
            .env("LISTEN", "127.0.0.1:0")
            .envs(public.map(|address| ("PUBLIC", address)))
            .stdout(Stdio::piped())
            .spawn()?;
        // From here on it is killed, whatever happens.
        let mut node = Self {
            process,
            origin: String::new(),
        };
        let mut line = String::new();
        let screen = node.process.stdout.take().ok_or("no standard output")?;
        BufReader::new(screen).read_line(&mut line)?;
        let origin = line.trim().strip_prefix("listening on ");
        node.origin = origin.ok_or("it does not listen")?.to_owned();
        Ok(node)
    }

    /// Opens the form and sends it.
    pub(crate) fn begin(&self, instance: &str) -> Result<Begun, BoxError> {
        let form = read(browser().get(&self.origin).call()?)?;
        assert!(form.1.contains("action=/login"), "a form to log in");
        let login = browser().post(format!("{}/login", self.origin));
        let answer = login.send_form([("instance", instance)])?;
        let header = |name| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let address = header(header::LOCATION).ok_or("no way to the instance")?;
        let set_cookie = header(header::SET_COOKIE).ok_or("no cookie")?;
        Ok(Begun {
            address,
            set_cookie,
        })
    }

    /// Follows the instance's redirect, which may name another node's address, to this one.
    pub(crate) fn callback(&self, address: &str, cookie: &str) -> Result<(u16, String), BoxError> {
        let (_, target) = address.split_once("/callback").ok_or("another place")?;
        let callback = browser().get(format!("{}/callback{target}", self.origin));
        read(callback.header(header::COOKIE, cookie).call()?)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn browser() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0);
    config.build().new_agent()
}

fn read(mut answer: Response<ureq::Body>) -> Result<(u16, String), BoxError> {
    let text = answer.body_mut().read_to_string()?;
    Ok((answer.status().as_u16(), text))
}
