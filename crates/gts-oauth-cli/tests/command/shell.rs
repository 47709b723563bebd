//! Running the command as a person at a shell does.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use gts_oauth_tests::{Play, Player, play, recording};

/// A person's configuration folder, gone when dropped.
pub(crate) struct Shell {
    folder: tempfile::TempDir,
}

/// What a command left behind.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
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

    /// Runs the command to its end, with this text on its standard input.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A], typed: &str) -> Outcome {
        let mut child = self.spawn(arguments);
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that asks for nothing may have ended by now.
        let _ = stdin.write_all(typed.as_bytes());
        drop(stdin);
        Outcome::from(child.wait_with_output().expect("the command ends"))
    }

    pub(crate) fn spawn<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_gts-oauth"))
            .args(arguments)
            .env("GTS_OAUTH_CONFIG_DIR", self.folder.path().join("config"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts")
    }

    /// Logs in to a server that plays the recorded login, with more to be played after it.
    pub(crate) fn logged_in(&self, then: Vec<Play>) -> Player {
        let mut plays = recorded_login();
        plays.extend(then);
        let server = Player::start(plays);
        let outcome = self.run(&["login", &server.origin()], "MJG4YJRKYTITZMQ2YS0ZYZZM\n");
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        server
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

/// Register, exchange, verify: @alice, with the scope `read`.
pub(crate) fn recorded_login() -> Vec<Play> {
    vec![register(), exchange(), verify()]
}

pub(crate) fn register() -> Play {
    play("POST", "/api/v1/apps", recording(1))
}

pub(crate) fn exchange() -> Play {
    play("POST", "/oauth/token", recording(19))
}

pub(crate) fn verify() -> Play {
    play("GET", "/api/v1/accounts/verify_credentials", recording(29))
}

pub(crate) fn revoke() -> Play {
    play("POST", "/oauth/revoke", recording(46))
}

/// The token and the app's secret in the recordings.
pub(crate) const TOKEN: &str = "M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ";
pub(crate) const CLIENT_SECRET: &str = "63688859-6eb8-4676-8dd7-befc52cf89ee";

/// The address to open, from the lines of a command that is still running.
pub(crate) fn address(stderr: &mut BufReader<ChildStderr>) -> String {
    let lines = stderr.lines().map(|line| line.expect("text"));
    addresses(lines).expect("an address on a line of its own")
}

/// The first line that is an address and nothing else.
pub(crate) fn addresses(mut lines: impl Iterator<Item = String>) -> Option<String> {
    lines.find(|line| line.starts_with("http://") && !line.contains(' '))
}
