//! One process of the server, and a browser that uses it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gts_oauth_core::BoxError;
use ureq::Agent;
use ureq::http::{Response, header};

/// A process of the server. It is killed when this is dropped.
pub(crate) struct Node {
    process: Child,
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
    /// Starts a process. `public` is the origin that browsers see, if it is not this process's own.
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
            .envs(public.map(|origin| ("PUBLIC", origin)))
            .stdout(Stdio::piped())
            .spawn()?;
        // From now on it is killed when `node` is dropped.
        let mut node = Self { process, origin: String::new() };
        let mut line = String::new();
        let output = node.process.stdout.take().ok_or("no standard output")?;
        BufReader::new(output).read_line(&mut line)?;
        let origin = line.trim().strip_prefix("listening on ");
        node.origin = origin.ok_or("the process does not listen")?.to_owned();
        Ok(node)
    }

    /// Opens the login form and submits it.
    pub(crate) fn log_in(&self, instance: &str) -> Result<Started, BoxError> {
        let form = read(browser().get(&self.origin).call()?)?;
        assert!(form.1.contains("action=/login"), "a login form");
        let login = browser().post(format!("{}/login", self.origin));
        let response = login.send_form([("instance", instance)])?;
        let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let url = header(header::LOCATION).ok_or("no redirect to the instance")?;
        let set_cookie = header(header::SET_COOKIE).ok_or("no cookie")?;
        Ok(Started { url, set_cookie })
    }

    /// Sends the callback to this process, even if its origin is another process's. Returns the
    /// status and the page.
    pub(crate) fn callback(&self, url: &str, cookie: &str) -> Result<(u16, String), BoxError> {
        let (_, target) = url.split_once("/callback").ok_or("not the callback URL")?;
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
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.build().new_agent()
}

fn read(mut response: Response<ureq::Body>) -> Result<(u16, String), BoxError> {
    let text = response.body_mut().read_to_string()?;
    Ok((response.status().as_u16(), text))
}
