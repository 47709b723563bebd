//! Logins that run in a thread, and a browser.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gts_oauth_core::{Error, Login, RegisterApp};
use gts_oauth_fake::{Account, Server};
use gts_oauth_prompt::{Handle, Loopback, LoopbackError};

/// The time within which something must happen.
const PATIENCE: Duration = Duration::from_secs(300);

/// A login that waits for its browser.
pub(crate) struct Running {
    pub(crate) port: u16,
    pub(crate) handle: Handle,
    shown: Receiver<Shown>,
    thread: JoinHandle<Result<String, Error>>,
}

/// What the user is shown.
pub(crate) struct Shown {
    pub(crate) one_time: Option<String>,
    pub(crate) link: String,
    pub(crate) url: String,
    pub(crate) problem: Option<String>,
    pub(crate) text: String,
}

impl Running {
    pub(crate) fn start(server: &Server) -> Self {
        Self::start_with(server, |loopback| loopback, |login| login)
    }

    /// Starts a login with settings.
    pub(crate) fn start_with(
        server: &Server,
        loopback: impl FnOnce(Loopback) -> Loopback,
        login: impl FnOnce(Login) -> Login,
    ) -> Self {
        let bound = Loopback::bind(0).expect("a port");
        let handle = bound.handle();
        let (sender, shown) = mpsc::channel();
        let mut loopback = loopback(bound.time_limit(PATIENCE)).open_with(move |links| {
            let _ = sender.send(Shown {
                one_time: links.one_time_link().map(str::to_owned),
                link: links.link().to_owned(),
                url: links.authorization_url().to_owned(),
                problem: links.problem().map(ToString::to_string),
                text: links.to_string(),
            });
            Ok(())
        });
        let app = RegisterApp::new(server.instance(), "a test").expect("a name");
        let redirect_uri = loopback.redirect_uri(app.instance());
        let port = redirect_uri.port().expect("a port");
        let app = app.redirect_uri(redirect_uri);
        let mut login = login(Login::new(app, server.entropy()));
        let http = server.clone();
        let thread = thread::spawn(move || {
            let outcome = login.run(&http, |step| loopback.ask(step)).cloned();
            let name = outcome.map(|me| me.account.expect("an account").username().to_owned());
            loopback.done(name.as_ref());
            name
        });
        Self { port, handle, shown, thread }
    }

    /// What is shown next.
    pub(crate) fn shown(&self) -> Shown {
        self.shown.recv_timeout(PATIENCE).expect("the user is asked")
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Returns who is logged in.
    pub(crate) fn end(self) -> Result<String, Error> {
        self.thread.join().expect("no panic")
    }

    /// Returns why there was no callback.
    pub(crate) fn failure(self) -> LoopbackError {
        match self.end() {
            Err(Error::Prompt(error)) => {
                *error.downcast::<LoopbackError>().expect("an error of the port")
            }
            other => panic!("not an error of the prompt: {other:?}"),
        }
    }
}

/// A browser with the cookie of one host, which it sends to `/callback` and below.
#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookie: Option<String>,
}

impl Browser {
    /// Opens a link, and follows it to the authorization URL.
    pub(crate) fn open(&mut self, link: &str) -> String {
        let response = self.get(link);
        assert_eq!(response.status, 303, "{}", response.body);
        response.header("Location").expect("a redirect").to_owned()
    }

    /// Requests a URL, as a browser that follows a link.
    pub(crate) fn get(&mut self, url: &str) -> Response {
        let response = receive(self.send(url));
        if let Some(cookie) = response.header("Set-Cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    /// Sends a request, whose response can wait.
    pub(crate) fn send(&self, url: &str) -> TcpStream {
        let (host, target) = parts(url);
        let cookie = self.cookie.as_ref().filter(|_| target.starts_with("/callback"));
        let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n"));
        let cookie = cookie.unwrap_or_default();
        send(
            &host,
            &format!(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Dest: document\r\n{cookie}\r\n"
            ),
        )
    }

    /// Opens a link, allows the app, and returns. The response can wait.
    pub(crate) fn allow(&mut self, link: &str, account: &Account) -> TcpStream {
        let url = self.open(link);
        self.send(&account.visit(&url).expect("a redirect"))
    }
}

fn parts(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").expect("a URL");
    let (host, target) = rest.split_once('/').expect("a path");
    (host.to_owned(), format!("/{target}"))
}

/// Sends these bytes.
pub(crate) fn send(host: &str, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream.write_all(request.as_bytes()).expect("it is read");
    stream
}

/// Sends these bytes, and reads the response.
pub(crate) fn exchange(port: u16, request: &str) -> Response {
    receive(send(&format!("127.0.0.1:{port}"), request))
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(it, _)| *it == name).map(|(_, value)| value)
    }
}

/// Reads a response to its end.
pub(crate) fn receive(mut stream: TcpStream) -> Response {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a whole response");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    Response {
        status: status.parse().expect("a number"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
