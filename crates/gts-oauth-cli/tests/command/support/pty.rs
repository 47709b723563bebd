//! The command at a pseudo-terminal.

use std::process::Command;

use gts_oauth_fake::Served;
use rexpect::session::{PtySession, spawn_command};

use crate::support::shell::Shell;
use crate::support::web::Tab;

/// The timeout for expected output, in milliseconds.
const PATIENCE: u64 = 60_000;

/// The command at a terminal of its own.
pub(crate) fn at_terminal(mut command: Command) -> PtySession {
    command.env("TERM", "xterm-256color");
    spawn_command(command, Some(PATIENCE)).expect("a terminal")
}

pub(crate) fn type_in(shell: &Shell, arguments: &[&str]) -> PtySession {
    at_terminal(plain(shell, arguments))
}

/// The command without the pipes that other tests use.
pub(crate) fn plain(shell: &Shell, arguments: &[&str]) -> Command {
    let piped = shell.command(arguments);
    let mut command = Command::new(piped.get_program());
    command.args(piped.get_args());
    for (name, value) in piped.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Returns the authorization URL that is shown next.
pub(crate) fn address(session: &mut PtySession, served: &Served) -> String {
    let pattern = format!("{}/oauth/authorize\\?[^\\s]+", served.origin());
    let (_, address) = session.exp_regex(&pattern).expect("an address");
    address
}

/// Returns the browser that has opened the link that is shown next.
pub(crate) fn tab(session: &mut PtySession) -> Tab {
    let (_, link) =
        session.exp_regex("http://127.0.0.1:[0-9]+/callback/-/[0-9a-f]{32}").expect("a link");
    Tab::open(&link)
}

/// How the command ends: `Exited(…, 0)`, `Signaled(…, SIGINT, …)`.
pub(crate) fn ended(mut session: PtySession) -> String {
    session.exp_eof().expect("the end");
    format!("{:?}", session.process().wait().expect("it ends"))
}

pub(crate) fn assert_done(session: PtySession) {
    let ended = ended(session);
    assert!(ended.starts_with("Exited") && ended.ends_with(", 0)"), "{ended}");
}

/// A shell in a terminal, which runs the command as a user does.
pub(crate) fn at_shell(shell: &Shell, program: &str, arguments: &[&str]) -> PtySession {
    let piped = plain(shell, &[]);
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, value) in piped.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("GTS_OAUTH", piped.get_program()).env("PS1", "READY ");
    at_terminal(command)
}

/// Sends these keys at once, without Enter.
pub(crate) fn type_keys(session: &mut PtySession, keys: &str) {
    session.send(keys).expect("it listens");
    session.flush().expect("it listens");
}

/// Returns the output of a command at a terminal.
pub(crate) fn said(mut command: Command, environment: &[(&str, &str)]) -> String {
    command.envs(environment.iter().copied());
    decoded(&at_terminal(command).exp_eof().expect("the end"))
}

/// Decodes the output of a session, of which each byte was decoded as one character.
pub(crate) fn decoded(said: &str) -> String {
    let bytes = said.chars().map(|it| u8::try_from(it).expect("a byte"));
    String::from_utf8(bytes.collect()).expect("UTF-8")
}
