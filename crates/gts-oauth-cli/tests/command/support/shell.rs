//! Running the command as a user at a shell does.

use std::ffi::OsStr;
use std::io::{BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use gts_oauth_fake::{Account, Dialect, Served, Server};
use gts_oauth_ureq::UserReply;

/// A configuration folder, deleted when dropped.
pub(crate) struct Shell {
    folder: tempfile::TempDir,
}

/// Variables of the test machine that would change the behaviour of the command.
const ELSEWHERE: [&str; 11] = [
    "GTS_OAUTH_TOKEN",
    "GTS_OAUTH_INSTANCE",
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "SSH_TTY",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "BROWSER",
    "DBUS_SESSION_BUS_ADDRESS",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

/// The result of a command.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A GoToSocial on a loopback port.
pub(crate) fn served() -> Served {
    speaking(Dialect::GoToSocial)
}

/// Another server on a loopback port.
pub(crate) fn speaking(dialect: Dialect) -> Served {
    let server = Server::builder(7).dialect(dialect);
    server.serve().expect("a loopback port")
}

impl Shell {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { folder }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("config/credentials.json")
    }

    pub(crate) fn stored(&self) -> String {
        std::fs::read_to_string(self.file()).expect("the file of credentials")
    }

    /// Runs the command to its end, with empty standard input.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Outcome {
        self.run_unattended(&mut self.command(arguments))
    }

    /// As `run`, for a prepared command. The input of a login ends when it asks for a code: one that
    /// is closed from the beginning is an error of its own.
    pub(crate) fn run_unattended(&self, command: &mut Command) -> Outcome {
        let mut arguments = command.get_args();
        let is_login = arguments.next().is_some_and(|name| name == "login");
        match is_login && !arguments.any(|it| it == "--with-token") {
            true => self.talk_to(command, |_| None),
            false => self.run_to(command, ""),
        }
    }

    /// Runs a prepared command to its end, with this standard input.
    pub(crate) fn run_to(&self, command: &mut Command, input: &str) -> Outcome {
        let mut child = command.spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // The command might not read its input.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the command ends").into()
    }

    /// Runs the command to its end, with a line of input for each URL that it shows. `None` closes
    /// standard input.
    pub(crate) fn talk<A: AsRef<OsStr>>(
        &self,
        arguments: &[A],
        reply: impl FnMut(&str) -> Option<String>,
    ) -> Outcome {
        self.talk_to(&mut self.command(arguments), reply)
    }

    /// As `talk`, for a prepared command.
    pub(crate) fn talk_to(
        &self,
        command: &mut Command,
        mut reply: impl FnMut(&str) -> Option<String>,
    ) -> Outcome {
        self.talk_about(command, |shown| reply(&shown.address))
    }

    /// As `talk_to`, with the link for a browser on this machine.
    pub(crate) fn talk_about(
        &self,
        command: &mut Command,
        mut reply: impl FnMut(&Shown) -> Option<String>,
    ) -> Outcome {
        let mut child = command.spawn().expect("the command starts");
        let mut stdin = child.stdin.take();
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while let Some(shown) = next_shown(&mut stderr, &mut said) {
            match (reply(&shown), &mut stdin) {
                (Some(line), Some(stdin)) => writeln!(stdin, "{line}").expect("it reads"),
                _ => stdin = None,
            }
        }
        drop(stdin);
        stderr.read_to_string(&mut said).expect("text");
        let output = child.wait_with_output().expect("the command ends");
        Outcome { stderr: said, ..Outcome::from(output) }
    }

    pub(crate) fn spawn<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Child {
        let mut command = self.command(arguments);
        command.spawn().expect("the command starts")
    }

    /// The command, in a container without keyring and browser, on any machine.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gts-oauth"));
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("GTS_OAUTH_CONFIG_DIR", self.folder.path().join("config"))
            .env("container", "test")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs `gts-oauth login`, with a user who allows the app.
    pub(crate) fn log_in(&self, served: &Served, account: &Account) -> Outcome {
        let origin = served.origin();
        let outcome = self.talk(&["login", &origin], |address| account.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome
    }

    /// Returns the token that the command would print.
    pub(crate) fn token(&self) -> String {
        self.run(&["token"]).stdout.trim_end().to_owned()
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

/// What a login shows.
pub(crate) struct Shown {
    /// The authorization URL. Empty if only the link is shown.
    pub(crate) address: String,
    /// The link for a browser on this machine. `None` if the login is out of band.
    pub(crate) link: Option<String>,
}

/// Returns what is shown next, and appends all lines up to it to `said`. An authorization URL is a
/// line with a query and nothing else. A question without one is about the last URL.
pub(crate) fn next_shown(stderr: &mut impl std::io::BufRead, said: &mut String) -> Option<Shown> {
    loop {
        let mut line = String::new();
        if stderr.read_line(&mut line).expect("text") == 0 {
            return None;
        }
        said.push_str(&line);
        let line = line.trim_end();
        if (is_url(line) && line.contains('?')) || UNCHANGED.contains(&line) {
            let mut urls = said.lines().map(str::trim_end).filter(|line| is_url(line));
            let address = urls.clone().rfind(|url| url.contains('?'));
            let address = address.map_or(String::new(), str::to_owned);
            let link = urls.rfind(|url| !url.contains('?')).map(str::to_owned);
            return Some(Shown { address, link });
        }
    }
}

/// Lines in place of the URLs that were shown last, and one in place of the authorization URL.
const UNCHANGED: [&str; 3] = [
    "If the browser is on another machine, press Ctrl-C, and run the same command with --no-browser.",
    "Paste again, or open the authorization URL above for another code.",
    "Continue in your browser, or open the link above on this machine.",
];

fn is_url(line: &str) -> bool {
    line.starts_with("http://") && !line.contains(' ')
}

/// Returns the authorization URL that is shown next.
pub(crate) fn next_address(
    stderr: &mut impl std::io::BufRead,
    said: &mut String,
) -> Option<String> {
    next_shown(stderr, said).map(|shown| shown.address)
}

/// Returns the first authorization URL.
pub(crate) fn address(text: &str) -> Option<String> {
    next_address(&mut text.as_bytes(), &mut String::new())
}

/// Returns the secret fields of all requests.
pub(crate) fn secrets(served: &Served) -> Vec<String> {
    let names = ["client_secret", "code", "code_verifier", "token"];
    let asked = served.requests();
    let fields = asked.iter().flat_map(|it| names.map(|name| it.field(name)));
    fields.flatten().collect()
}

/// A shell with @alice logged in.
pub(crate) fn logged_in() -> (Shell, Served) {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    (shell, served)
}

/// Returns what the user would paste, or the callback URL.
pub(crate) fn pasted(reply: UserReply) -> String {
    match reply {
        UserReply::Pasted(text) => text,
        other => panic!("not a text: {other:?}"),
    }
}

/// A program for `BROWSER` that does what this script does: `opener` in the folder.
#[cfg(unix)]
pub(crate) fn opener(script: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("opener");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o700)).expect("it can run");
    folder
}
