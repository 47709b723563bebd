//! Tokens that another process replaces while a command uses them.

use std::io::Write as _;
use std::process::Child;
use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};
use std::time::UNIX_EPOCH;

use gts_oauth_fake::{Dialect, Served};
use serde_json::Value;

use super::refresh::set_expiry;
#[cfg(target_os = "linux")]
use super::unfinished::{locked, wait_at};
use crate::support::shell::{Outcome, Shell, served, speaking};

/// Runs a command, and calls `replace` before the server responds to its first request for this path.
fn run_while(
    shell: &Shell,
    served: &Served,
    path: &str,
    command: (&[&str], &str),
    replace: impl FnOnce(),
) -> Outcome {
    let (child, response) = start(shell, served, path, command);
    replace();
    response.send(()).expect("a server");
    let outcome = child.wait_with_output().expect("it ends").into();
    served.on_request(|_| {});
    outcome
}

/// Starts a command with this input. The server responds to its first request for this path after a
/// message from the sender.
fn start(
    shell: &Shell,
    served: &Served,
    path: &str,
    (arguments, input): (&[&str], &str),
) -> (Child, Sender<()>) {
    let (to_test, from_server) = mpsc::channel();
    let (to_server, from_test) = mpsc::channel::<()>();
    let ends = Mutex::new(Some((to_test, from_test)));
    let path = path.to_owned();
    served.on_request(move |request| {
        let is_here = request.path == path;
        let first = is_here.then(|| ends.lock().expect("no panic").take()).flatten();
        if let Some((to_test, from_test)) = first {
            to_test.send(()).expect("a test");
            from_test.recv().expect("a test");
        }
    });
    let mut child = shell.spawn(arguments);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    from_server.recv().expect("a request");
    (child, to_server)
}

/// A shell with @alice logged in, whose token can read and write.
fn logged_in() -> (Shell, Served) {
    let (shell, served) = (Shell::new(), served());
    log_in(&shell, &served);
    (shell, served)
}

fn log_in(shell: &Shell, served: &Served) {
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "read write"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

/// How often this path was requested.
fn requests(served: &Served, path: &str) -> usize {
    served.requests().iter().filter(|it| it.path == path).count()
}

const NOTIFICATIONS: &str = "/api/v1/notifications";
const STATUSES: &str = "/api/v1/statuses";

#[test]
fn request_is_sent_again_with_the_token_of_another_login() {
    for (arguments, input, path) in [
        (&["api", NOTIFICATIONS][..], "", NOTIFICATIONS),
        (&["api", NOTIFICATIONS, "--paginate"], "", NOTIFICATIONS),
        (&["api", STATUSES, "--input", "-"], r#"{"status":"hello"}"#, STATUSES),
        (&["status"], "", "/api/v1/accounts/verify_credentials"),
        (&["tokens"], "", "/api/v1/tokens"),
    ] {
        let (shell, served) = logged_in();
        let before = shell.token();
        let outcome = run_while(&shell, &served, path, (arguments, input), || {
            log_in(&shell, &served);
        });
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr, "", "{arguments:?}");
        assert_ne!(shell.token(), before);
        if path == STATUSES {
            assert!(outcome.stdout.contains("hello"), "{}", outcome.stdout);
            assert_eq!(requests(&served, path), 2);
        }
    }
}

#[test]
fn request_is_sent_again_with_a_refreshed_token() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    shell.log_in(&served, &served.account("alice"));
    let arguments = ["api", NOTIFICATIONS];
    let outcome = run_while(&shell, &served, NOTIFICATIONS, (&arguments, ""), || {
        set_expiry(&shell, UNIX_EPOCH);
        assert!(!shell.token().is_empty());
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(requests(&served, NOTIFICATIONS), 2, "the old token was rejected");
}

/// The server has replaced it, and its response is on the way.
#[cfg(target_os = "linux")]
#[test]
fn token_that_another_process_is_about_to_store_is_waited_for() {
    let (shell, served) = logged_in();
    let (child, response) = start(&shell, &served, NOTIFICATIONS, (&["api", NOTIFICATIONS], ""));
    let mut lock = locked(&shell, "lock");
    let held = lock.write().expect("it is free");
    served.revoke_all();
    response.send(()).expect("a server");
    let child = wait_at(child, &shell.file().with_extension("lock"));
    let other = Shell::new();
    log_in(&other, &served);
    std::fs::write(shell.file(), other.stored()).expect("a file");
    drop(held);
    let outcome = Outcome::from(child.wait_with_output().expect("it ends"));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn revoking_another_token_keeps_the_login_that_replaced_this_one() {
    let (shell, served) = logged_in();
    served.session("alice", "read");
    let tokens: Value =
        serde_json::from_str(&shell.run(&["tokens", "--json"]).stdout).expect("JSON");
    let mut others = tokens.as_array().expect("a list").iter().filter(|it| it["current"] != true);
    let id = others.next().expect("another token")["id"].as_str().expect("an id");
    let path = format!("/api/v1/tokens/{id}/invalidate");
    let arguments = ["tokens", "revoke", id, "--json"];
    let outcome = run_while(&shell, &served, &path, (&arguments, ""), || log_in(&shell, &served));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let revoked: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!((&revoked["id"], &revoked["current"]), (&id.into(), &false.into()));
    assert_eq!(shell.run(&["status"]).code, Some(0));
}

/// A request is not sent as another user.
#[test]
fn token_of_another_account_is_not_used_instead() {
    let (shell, served) = logged_in();
    let arguments = ["api", STATUSES, "-f", "status=hello"];
    let outcome = run_while(&shell, &served, STATUSES, (&arguments, ""), || {
        assert_eq!(shell.run(&["logout"]).code, Some(0));
        shell.log_in(&served, &served.account("bob"));
    });
    assert_eq!(outcome.code, Some(4), "{}", outcome.stderr);
    assert_eq!(requests(&served, STATUSES), 1);
}

#[test]
fn rejected_token_that_is_still_stored_is_sent_once() {
    let (shell, served) = logged_in();
    served.revoke_all();
    let outcome = shell.run(&["api", NOTIFICATIONS]);
    assert_eq!(outcome.code, Some(4), "{}", outcome.stderr);
    assert_eq!(requests(&served, NOTIFICATIONS), 1);
}
