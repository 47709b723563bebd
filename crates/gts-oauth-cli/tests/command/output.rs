//! Printing results.

use serde_json::{Value, json};

use crate::support::custom_server::{command, ok, serve};
use crate::support::shell::{Shell, logged_in};

#[cfg(unix)]
#[test]
fn whoever_does_not_read_is_told_nothing() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (shell, _served) = logged_in();
    for arguments in [&["status"][..], &["token"], &["api", "/api/v1/instance"]] {
        let (reader, writer) = UnixStream::pair().expect("two ends");
        drop(reader);
        let mut command = shell.command(arguments);
        command.stdout(OwnedFd::from(writer));
        let outcome = shell.run_to(&mut command, "");
        assert_eq!(outcome.code, Some(1), "{arguments:?}");
        assert_eq!(outcome.stderr, "", "{arguments:?}");
    }
}

#[test]
fn json_of_what_others_wrote_cannot_deceive_whoever_reads_it() {
    let shell = Shell::new();
    let name = "evil\u{9b}31m\u{202e}\u{7f}\u{e0041}";
    let body = json!([{ "id": "1", "scope": "read", "application": { "name": name } }]);
    let origin = serve(move |_| ok("Content-Type: application/json\r\n", &body.to_string()));
    let outcome = shell.run_to(&mut command(&shell, &origin, &["tokens", "--json"]), "");
    let escaped = r"evil\u009b31m\u202e\u007f\udb40\udc41";
    assert!(outcome.stdout.contains(escaped), "{}", outcome.stdout);
    let read: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(read[0]["application"], name);
}

#[test]
fn usage_errors_are_json_if_requested() {
    let outcome = Shell::new().run(&["status", "--json", "--nonsense"]);
    assert_eq!(outcome.code, Some(2));
    let error: serde_json::Value = serde_json::from_str(&outcome.stderr).expect("JSON");
    assert_eq!(error["error"], "unexpected argument '--nonsense' found");
    assert_eq!(error["exit_code"], 2);
}
