//! Signals while a token is refreshed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ChildStderr, Command};
use std::sync::{Mutex, mpsc};

use gts_oauth_fake::Served;

use super::refresh::{logged_in, renewals};
use crate::support::shell::Shell;

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
