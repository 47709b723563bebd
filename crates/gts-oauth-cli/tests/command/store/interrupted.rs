//! Signals while a token is refreshed, or issued.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ChildStderr, Command};
use std::sync::{Mutex, mpsc};

use gts_oauth_fake::Served;
use gts_oauth_ureq::{Exchange as _, Secret, Session, Ureq};

use super::refresh::{logged_in, renewals};
use crate::support::shell::{Outcome, Shell, next_address, served};

/// Sends a signal to a command.
fn send(signal: &str, command: u32) {
    let kill = Command::new("kill").args(["-s", signal, &command.to_string()]).status();
    assert!(kill.expect("kill").success());
}

/// Runs `status` with an expired token. Calls `act` with its process and its messages before the
/// server responds to the refresh.
fn interrupted(
    shell: &Shell,
    served: &Served,
    act: impl Fn(u32, &mut ChildStderr) + Send + Sync + 'static,
) -> (Option<i32>, String) {
    let (to_server, from_command) = mpsc::channel::<(u32, ChildStderr)>();
    let (to_test, from_server) = mpsc::channel();
    let ends = Mutex::new((from_command, to_test));
    served.on_request(move |request| {
        if request.path == "/oauth/token" {
            let ends = ends.lock().expect("no panic");
            let (process, mut stderr) = ends.0.recv().expect("a command");
            act(process, &mut stderr);
            ends.1.send(stderr).expect("a test");
        }
    });
    let mut command = shell.spawn(&["status"]);
    let stderr = command.stderr.take().expect("a pipe");
    to_server.send((command.id(), stderr)).expect("a server");
    let mut stderr = from_server.recv().expect("a request");
    let status = command.wait().expect("it ends");
    let mut printed = String::new();
    stderr.read_to_string(&mut printed).expect("text");
    served.on_request(|_| {});
    (status.signal(), printed)
}

#[test]
fn interrupted_refresh_is_stored_first() {
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let (shell, served) = logged_in();
        let (ended_by, printed) =
            interrupted(&shell, &served, move |process, _| send(signal, process));
        assert_eq!(ended_by, Some(number), "{printed}");
        assert!(printed.contains("as soon as the new token is stored"), "{printed}");
        let status = shell.run(&["status"]);
        assert_eq!(status.code, Some(0), "{signal}: {}", status.stdout);
        assert_eq!(renewals(&served), 1);
    }
}

#[test]
fn second_interrupt_ends_a_refresh_at_once() {
    let (shell, served) = logged_in();
    let (ended_by, _) = interrupted(&shell, &served, |process, stderr| {
        send("INT", process);
        let mut line = String::new();
        BufReader::new(&mut *stderr).read_line(&mut line).expect("a message");
        send("INT", process);
        // Its messages end with it, before there is a response.
        stderr.read_to_string(&mut line).expect("text");
    });
    assert_eq!(ended_by, Some(2));
}

/// Runs `login` as @alice, and sends a signal before the server responds to this path. Returns the
/// signal that ended the login, and its outcome.
fn interrupted_login(
    shell: &Shell,
    served: &Served,
    option: &str,
    (signal, path): (&'static str, &'static str),
) -> (Option<i32>, Outcome) {
    let mut login = shell.spawn(&["login", &served.origin(), option]);
    let process = login.id();
    let mut stderr = BufReader::new(login.stderr.take().expect("a pipe"));
    let mut printed = String::new();
    let url = next_address(&mut stderr, &mut printed).expect("a URL");
    served.on_request(move |request| {
        if request.path == path {
            send(signal, process);
        }
    });
    let code = served.account("alice").visit(&url).expect("a code");
    writeln!(login.stdin.take().expect("a pipe"), "{code}").expect("it reads");
    stderr.read_to_string(&mut printed).expect("text");
    let output = login.wait_with_output().expect("it ends");
    served.on_request(|_| {});
    let ended_by = output.status.signal();
    (ended_by, Outcome { stderr: printed, ..Outcome::from(output) })
}

const EXCHANGE: &str = "/oauth/token";
const VERIFICATION: &str = "/api/v1/accounts/verify_credentials";

#[test]
fn interrupted_login_prints_its_token_first() {
    for (signal, number, path) in
        [("INT", 2, EXCHANGE), ("TERM", 15, EXCHANGE), ("HUP", 1, VERIFICATION)]
    {
        let (shell, served) = (Shell::new(), served());
        let (ended_by, outcome) =
            interrupted_login(&shell, &served, "--print-token", (signal, path));
        assert_eq!(ended_by, Some(number), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("as soon as the token is printed"), "{}", outcome.stderr);
        let instance = served.origin().parse().expect("an instance");
        let token = Secret::new(outcome.stdout.trim());
        let session = Session::from_token(instance, token).expect("a token");
        session.verify().send(&Ureq::new()).expect("a valid token");
    }
}

#[test]
fn interrupted_login_stores_its_token_first() {
    let (shell, served) = (Shell::new(), served());
    let (ended_by, outcome) = interrupted_login(&shell, &served, "--no-browser", ("INT", EXCHANGE));
    assert_eq!(ended_by, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("as soon as the token is stored"), "{}", outcome.stderr);
    // Without another code.
    let resumed = shell.run(&["login", &served.origin(), "--no-browser"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    let exchanges = served.requests().iter().filter(|it| it.path == EXCHANGE).count();
    assert_eq!(exchanges, 1);
}
