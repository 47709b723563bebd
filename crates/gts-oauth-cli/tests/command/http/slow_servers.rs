//! Servers that take long to respond.

use std::sync::mpsc;

use crate::support::custom_server::{command, ok, serve};
use crate::support::pty::{at_terminal, ended, plain};
use crate::support::shell::Shell;

const CALL: [&str; 2] = ["api", "/api/v1/x"];

#[test]
fn slow_server_is_named_at_a_terminal() {
    let (respond, wait) = mpsc::channel::<()>();
    let origin = serve(move |_| {
        // Until the test has seen the message.
        wait.recv().expect("the test runs");
        ok("Content-Type: application/json\r\n", "[]")
    });
    let shell = Shell::new();
    let mut waiting = plain(&shell, &CALL);
    waiting.envs(command(&shell, &origin, &[]).get_envs().filter_map(|(k, v)| Some((k, v?))));
    let mut session = at_terminal(waiting);
    let host = origin.replace("http://", "");
    let (before, _) = session.exp_regex(&format!("Waiting for {host}")).expect("a message");
    assert!(!before.contains("[]"), "{before}");
    respond.send(()).expect("the server runs");
    let rest = session.exp_string("[]").expect("the response");
    assert!(!rest.contains("Waiting"), "{rest}");
    let ended = ended(session);
    assert!(ended.ends_with(", 0)"), "{ended}");
}

#[test]
fn slow_server_is_not_named_in_a_pipe() {
    let (respond, wait) = mpsc::channel::<()>();
    let origin = serve(move |_| {
        let _ = wait.recv();
        String::new()
    });
    let shell = Shell::new();
    // Longer than a terminal would be silent.
    let arguments = [&["--request-timeout", "3"][..], &CALL].concat();
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Waiting"), "{}", outcome.stderr);
    drop(respond);
}
