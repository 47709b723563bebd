//! `gts-oauth status`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use gts_oauth_ureq::{Secret, Session};
use serde_json::{Value, json};

use crate::support::custom_server;
use crate::support::shell::{Shell, logged_in};

#[test]
fn status_tells_who_is_logged_in_and_that_the_token_works() {
    let (shell, served) = logged_in();
    let outcome = shell.run(&["status"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for part in ["@alice@127.0.0.1", &served.origin(), "read", "token:    valid"] {
        assert!(outcome.stdout.contains(part), "{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains(&shell.token()));
}

#[test]
fn status_fails_when_the_server_refuses_the_token() {
    let (shell, served) = logged_in();
    served.revoke_all();
    let outcome = shell.run(&["status"]);
    assert_eq!(outcome.code, Some(4));
    assert!(outcome.stdout.contains("rejected; run `gts-oauth login "), "{}", outcome.stdout);
}

#[test]
fn scopes_are_a_list_in_json() {
    let (shell, _served) = logged_in();
    let printed = shell.run(&["status", "--json"]).stdout;
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(printed[0]["scopes"], json!(["read"]));
    assert_eq!(printed[0]["missing"], json!([]));
}

/// A server with one account, whose tokens are all valid. Returns its origin.
fn serve_account(name: &str, before_response: impl Fn() + Send + 'static) -> String {
    let account = format!(r#"{{"id":"1","username":"{name}"}}"#);
    custom_server::serve(move |target| match target {
        "/api/v1/accounts/verify_credentials" => {
            before_response();
            custom_server::ok("Content-Type: application/json\r\n", &account)
        }
        _ => "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
    })
}

#[test]
fn accounts_are_checked_at_once_and_printed_in_order() {
    let shell = Shell::new();
    let (is_armed, (sender, receiver)) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
    let armed = Arc::clone(&is_armed);
    let last = serve_account("last", move || {
        if armed.load(Ordering::SeqCst) {
            sender.send(()).expect("the first one waits");
        }
    });
    let armed = Arc::clone(&is_armed);
    let first = serve_account("first", move || {
        if armed.load(Ordering::SeqCst) {
            let both = receiver.recv_timeout(Duration::from_secs(60));
            both.expect("the other account is checked meanwhile");
        }
    });
    for origin in [&last, &first] {
        let arguments = ["login", origin, "--with-token", "--skip-discovery"];
        let outcome = shell.run_to(&mut shell.command(&arguments), "TOKEN");
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    is_armed.store(true, Ordering::SeqCst);
    let outcome = shell.run(&["status"]);
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.stdout, outcome.stderr);
    assert_eq!(outcome.stdout.matches("token:    valid").count(), 2, "{}", outcome.stdout);
    assert!(outcome.stdout.find("@first@") < outcome.stdout.find("@last@"), "{}", outcome.stdout);
}

#[cfg(unix)]
#[test]
fn status_ends_with_its_reader() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let shell = Shell::new();
    let is_armed = Arc::new(AtomicBool::new(false));
    let ((sender, checked), (release, receiver)) = (mpsc::channel(), mpsc::channel::<()>());
    let armed = Arc::clone(&is_armed);
    let origin = serve_account("slow", move || {
        if armed.load(Ordering::SeqCst) {
            sender.send(()).expect("the test waits");
            receiver.recv_timeout(Duration::from_secs(20)).expect("the command has ended");
        }
    });
    let arguments = ["login", &origin, "--with-token", "--skip-discovery"];
    let outcome = shell.run_to(&mut shell.command(&arguments), "TOKEN");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    is_armed.store(true, Ordering::SeqCst);
    let (reader, writer) = UnixStream::pair().expect("two ends");
    let mut command = shell.command(&["status", "--request-timeout", "300"]);
    let child = command.stdout(OwnedFd::from(writer)).spawn().expect("the command starts");
    drop(command);
    checked.recv().expect("a request");
    drop(reader);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    release.send(()).expect("the server still waits");
}

#[test]
fn slow_server_does_not_delay_other_rows() {
    use std::io::BufRead as _;

    let shell = Shell::new();
    let (is_armed, (sender, receiver)) = (Arc::new(AtomicBool::new(false)), mpsc::channel::<()>());
    let fast = serve_account("fast", || {});
    let armed = Arc::clone(&is_armed);
    let slow = serve_account("slow", move || {
        if armed.load(Ordering::SeqCst) {
            let is_printed = receiver.recv_timeout(Duration::from_secs(60));
            is_printed.expect("the other account is printed meanwhile");
        }
    });
    for origin in [&fast, &slow] {
        let arguments = ["login", origin, "--with-token", "--skip-discovery"];
        let outcome = shell.run_to(&mut shell.command(&arguments), "TOKEN");
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    is_armed.store(true, Ordering::SeqCst);
    let mut child = shell.spawn(&["status", "--verbose"]);
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let is_printed = lines.any(|line| line.expect("text").contains("@fast@"));
    assert!(is_printed);
    sender.send(()).expect("the slow server waits");
    assert!(lines.any(|line| line.expect("text").contains("@slow@")));
    lines.for_each(drop);
    assert_eq!(child.wait_with_output().expect("the end").status.code(), Some(0));
}

#[test]
fn the_exit_code_is_that_of_the_requested_account() {
    let (shell, served) = logged_in();
    let alices = shell.token();
    shell.log_in(&served, &served.account("bob"));
    let session = Session::from_token(served.instance(), Secret::new(alices));
    served.revoke(&session.expect("a token"));
    let outcome = shell.run(&["status"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("rejected; run `gts-oauth login "), "{}", outcome.stdout);
    assert_eq!(shell.run(&["status", "--account", "alice"]).code, Some(4));
    assert_eq!(shell.run(&["status", "--account", "bob"]).code, Some(0));
    shell.run(&["switch"]);
    assert_eq!(shell.run(&["status"]).code, Some(4));
}

#[test]
fn offline_status_sends_no_requests() {
    let (shell, served) = logged_in();
    let before = served.requests().len();
    let outcome = shell.run(&["status", "--offline"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("not checked"), "{}", outcome.stdout);
    let outcome = shell.run(&["status", "--offline", "--json"]);
    let rows: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!((&rows[0]["state"], &rows[0]["scopes"]), (&json!("unchecked"), &json!(["read"])));
    assert_eq!(served.requests().len(), before);
}

#[test]
fn a_far_expiry_spoils_no_other_account() {
    let (shell, served) = logged_in();
    shell.log_in(&served, &served.account("bob"));
    let stored = shell.stored();
    for expires_in in [1e11 as u64, u64::MAX / 1000, i64::MAX as u64, u64::MAX] {
        let mut stored: Value = serde_json::from_str(&stored).expect("JSON");
        let token = token_fields(&mut stored["accounts"][1]).expect("a token");
        token["expires_in"] = expires_in.into();
        token["received_at"] = 1_700_000_000.into();
        std::fs::write(shell.file(), stored.to_string()).expect("a file");
        for arguments in [&["status"][..], &["status", "--json"], &["status", "--offline"]] {
            let outcome = shell.run(arguments);
            assert_eq!(outcome.code, Some(0), "{expires_in}: {}", outcome.stderr);
            for name in ["@alice@", "@bob@"] {
                assert!(outcome.stdout.contains(name), "{expires_in}: {}", outcome.stdout);
            }
        }
    }
}

/// The fields of the first stored token.
fn token_fields(stored: &mut Value) -> Option<&mut Value> {
    if stored.get("access_token").is_some() {
        return Some(stored);
    }
    stored.as_object_mut()?.values_mut().find_map(token_fields)
}

#[test]
fn a_rejected_token_has_one_word_and_one_command() {
    let (shell, served) = logged_in();
    served.revoke_all();
    let command = format!("run `gts-oauth login {} --expect alice`", served.origin());
    let outcome = shell.run(&["status"]);
    assert!(
        outcome.stdout.contains(&format!("token:    rejected; {command}\n")),
        "{}",
        outcome.stdout
    );
    let printed = shell.run(&["status", "--json"]).stdout;
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(printed[0]["state"], "rejected");
    assert_eq!(printed[0]["problem"], format!("rejected; {command}"));
    let mut command = shell.command(&["status"]);
    command.env("GTS_OAUTH_TOKEN", "TOKEN").env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    let expected = "token:    rejected; set GTS_OAUTH_TOKEN to a valid token\n";
    assert!(outcome.stdout.contains(expected), "{}", outcome.stdout);
}

#[test]
fn source_is_known_if_the_server_is_not_found() {
    let shell = Shell::new();
    let mut command = shell.command(&["status"]);
    // Nothing listens on port 9 of this machine.
    command.env("GTS_OAUTH_TOKEN", "TOKEN").env("GTS_OAUTH_INSTANCE", "http://127.0.0.1:9");
    let outcome = shell.run_to(&mut command, "");
    assert!(outcome.stdout.contains("source:   GTS_OAUTH_TOKEN"), "{}", outcome.stdout);
    let outcome = shell.run_to(command.arg("--json"), "");
    let rows: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(rows[0]["source"], "environment", "{rows}");
    assert_eq!(rows[0]["state"], "unknown", "{rows}");
}
