//! Programs that log in, used as their user would: they are started, given a code or a browser that
//! returns, killed, and started again.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use gts_oauth_fake::{Account, Dialect, Fault, RecordedRequest, Served, Server};
use tempfile::TempDir;

/// The requests of discovery on GoToSocial, which has no metadata.
pub const DISCOVERY: [&str; 3] = [
    "GET /.well-known/nodeinfo",
    "GET /nodeinfo/2.1",
    "GET /.well-known/oauth-authorization-server",
];

/// The requests of every login.
pub const LOGIN: [&str; 3] =
    ["POST /api/v1/apps", "POST /oauth/token", "GET /api/v1/accounts/verify_credentials"];

/// More than the steps of a login and of what follows it.
const MOST_PROCESSES: u32 = 20;

/// A program, a GoToSocial for it, its user alice, and the folder in which it is started.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    served: Served,
    alice: Account,
    folder: TempDir,
    arguments: Vec<String>,
}

impl Program {
    /// The example of this name, which cargo has built beside this test.
    ///
    /// # Panics
    /// If it is not built, or if the system has no free port or temporary folder.
    pub fn new(name: &str, seed: u64) -> Self {
        Self::speaking(name, seed, Dialect::GoToSocial)
    }

    /// The same with another kind of server.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn speaking(name: &str, seed: u64, dialect: Dialect) -> Self {
        let test = std::env::current_exe().expect("this test");
        let target = test.parent().and_then(Path::parent).expect("the folder of the build");
        let path = target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        assert!(path.exists(), "not built: cargo build --examples");
        let served = Server::builder(seed).dialect(dialect).serve().expect("a free loopback port");
        let alice = served.account("alice");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { path, served, alice, folder, arguments: Vec::new() }
    }

    /// Adds an argument, after that of the server.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The server.
    pub fn served(&self) -> &Served {
        &self.served
    }

    /// The folder in which it is started.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The requests since the last call.
    pub fn requested(&self) -> Vec<String> {
        let requests = self.served.requests();
        self.served.clear_requests();
        let line = |it: &RecordedRequest| format!("{} {}", it.method, it.path);
        requests.iter().map(line).collect()
    }

    /// Starts it, with the server as its first argument.
    ///
    /// # Panics
    /// If the process cannot be started.
    pub fn start(&self) -> Process {
        let mut child = Command::new(&self.path)
            .arg(self.served.origin())
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take();
        let (sender, lines) = channel();
        let stdout = Box::new(child.stdout.take().expect("it is piped")) as Box<dyn Read + Send>;
        let stderr = Box::new(child.stderr.take().expect("it is piped"));
        for output in [stdout, stderr] {
            let sender = sender.clone();
            thread::spawn(move || {
                let mut lines = BufReader::new(output).lines().map_while(Result::ok);
                lines.try_for_each(|line| sender.send(line))
            });
        }
        Process { child, input, lines, printed: String::new() }
    }

    /// Starts it, and has alice allow the app when she is asked to. Returns whether it was
    /// successful, and all that it printed.
    pub fn run(&self) -> (bool, String) {
        let mut process = self.start();
        while let Seen::Asked(url) = process.next(|| false) {
            self.allow(&mut process, &url);
        }
        process.end()
    }

    /// Has alice allow the app: at an authorization URL, she types the code; a link of the program
    /// she opens in a browser, which returns.
    ///
    /// # Panics
    /// If the server shows an error instead.
    pub fn allow(&self, process: &mut Process, url: &str) {
        if url.starts_with(&self.served.origin()) {
            return process.type_line(&self.code(url));
        }
        let opened = get(url, "");
        let url = header(&opened, "location").expect("a redirect").to_owned();
        let cookie = header(&opened, "set-cookie").and_then(|it| it.split(';').next());
        let cookie = format!("Cookie: {}\r\n", cookie.expect("a cookie"));
        let callback = self.code(&url);
        // The page waits for the end of the login, before which the program might be killed.
        thread::spawn(move || get(&callback, &cookie));
    }

    /// The code that alice gets at this URL.
    ///
    /// # Panics
    /// If the server shows an error instead.
    pub fn code(&self, url: &str) -> String {
        self.alice.visit(url).expect("a code")
    }

    /// Runs it in a new process for each step: as soon as a process is about to take its second
    /// one, it is killed. Returns the requests that the server has processed.
    ///
    /// # Panics
    /// If it fails, if it takes more than twenty steps, or if alice is asked again after her reply.
    pub fn run_killed(&self) -> Vec<String> {
        let (mut processed, mut allowed) = (Vec::new(), 0);
        let (mut asked, mut replied) = (false, false);
        for _ in 0..MOST_PROCESSES {
            self.served.fail(Fault::NoResponse.times(1).after(allowed));
            let is_stalled = || self.served.requests().len() > allowed as usize;
            let mut process = self.start();
            let seen = loop {
                match process.next(is_stalled) {
                    Seen::Asked(_) if replied => panic!("asked again: {}", process.printed),
                    Seen::Asked(url) if asked => {
                        self.allow(&mut process, &url);
                        replied = true;
                    }
                    seen => break seen,
                }
            };
            let mut requests = self.requested();
            self.served.clear_failures();
            match seen {
                Seen::Asked(_) => (asked, allowed) = (true, 0),
                Seen::Stalled => {
                    requests.pop();
                    allowed = 1;
                }
                Seen::Ended => {
                    let (success, printed) = process.end();
                    assert!(success, "{printed}");
                    processed.extend(requests);
                    return processed;
                }
            }
            processed.extend(requests);
        }
        panic!("it does not get on: {processed:?}");
    }
}

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    printed: String,
}

/// What a program does next.
#[derive(Debug)]
pub enum Seen {
    /// It asks the user to open this URL.
    Asked(String),
    /// It is where the test wants it.
    Stalled,
    /// It closes its output.
    Ended,
}

impl Process {
    /// Waits until it asks the user, or until this is true, or for its end.
    pub fn next(&mut self, is_stalled: impl Fn() -> bool) -> Seen {
        loop {
            match self.lines.recv_timeout(Duration::from_millis(5)) {
                Ok(line) => {
                    self.printed += &format!("{line}\n");
                    let is_link = line.starts_with("http://127.0.0.1:");
                    let line = if is_link { Some(&*line) } else { line.strip_prefix("Open ") };
                    let url = line.and_then(|rest| rest.split(' ').next());
                    if let Some(url) = url {
                        return Seen::Asked(url.to_owned());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Seen::Ended,
                Err(RecvTimeoutError::Timeout) if is_stalled() => return Seen::Stalled,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits until it has printed this.
    ///
    /// # Panics
    /// If it ends before.
    pub fn wait_for(&mut self, text: &str) {
        while !self.printed.contains(text) {
            let line = self.lines.recv();
            let line = line.unwrap_or_else(|_| panic!("no {text:?} in:\n{}", self.printed));
            self.printed += &format!("{line}\n");
        }
    }

    /// Types a line.
    ///
    /// # Panics
    /// If it has ended.
    pub fn type_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open");
        writeln!(input, "{line}").expect("it reads");
    }

    /// Waits for its end. Returns whether it was successful, and all that it printed.
    ///
    /// # Panics
    /// If its status cannot be read.
    pub fn end(mut self) -> (bool, String) {
        while let Ok(line) = self.lines.recv() {
            self.printed += &format!("{line}\n");
        }
        let status = self.child.wait().expect("its status");
        (status.success(), std::mem::take(&mut self.printed))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Requests a URL, with another header. Returns the response, as far as it was received.
fn get(url: &str, cookie: &str) -> String {
    let rest = url.strip_prefix("http://").expect("a URL");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).expect("it listens");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}

/// The value of a header.
fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = response.lines().filter_map(|line| line.split_once(": "));
    headers.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
