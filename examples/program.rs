//! Programs that log in, used as their user would: they are started, given a code, killed, and
//! started again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use gts_oauth_fake::{Account, Fault, RecordedRequest, Served, Server};
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
}

impl Program {
    /// The example of this name, which cargo has built beside this test.
    ///
    /// # Panics
    /// If it is not built, or if the system has no free port or temporary folder.
    pub fn new(name: &str, seed: u64) -> Self {
        let test = std::env::current_exe().expect("this test");
        let target = test.parent().and_then(Path::parent).expect("the folder of the build");
        let path = target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        assert!(path.exists(), "not built: cargo build --examples");
        let served = Server::builder(seed).serve().expect("a free loopback port");
        let alice = served.account("alice");
        Self { path, served, alice, folder: tempfile::tempdir().expect("a temporary folder") }
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

    /// Starts it, with the server as its argument.
    ///
    /// # Panics
    /// If the process cannot be started.
    pub fn start(&self) -> Process {
        let mut child = Command::new(&self.path)
            .arg(self.served.origin())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Process { child, input, lines, printed: String::new() }
    }

    /// Starts it, and has alice allow the app when she is asked to. Returns whether it was
    /// successful, and all that it printed.
    pub fn run(&self) -> (bool, String) {
        let mut process = self.start();
        while let Seen::Asked(url) = process.next(|| false) {
            process.type_line(&self.code(&url));
        }
        process.end()
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
                        process.type_line(&self.code(&url));
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
                    let url = line.strip_prefix("Open ").and_then(|rest| rest.split(' ').next());
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
    /// If its status or errors cannot be read.
    pub fn end(mut self) -> (bool, String) {
        while let Ok(line) = self.lines.recv() {
            self.printed += &format!("{line}\n");
        }
        let errors = self.child.stderr.as_mut().expect("it is piped");
        errors.read_to_string(&mut self.printed).expect("text");
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
