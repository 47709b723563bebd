//! Printing results.

use serde_json::{Value, json};

use crate::support::custom_server::{command, ok, serve};
use crate::support::shell::{Shell, logged_in};

#[cfg(unix)]
#[test]
fn output_without_a_reader_is_a_success() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let (shell, _served) = logged_in();
    let commands = [
        &["status"][..],
        &["status", "--json"],
        &["token"],
        &["tokens"],
        &["api", "/api/v1/instance"],
    ];
    for arguments in commands {
        let (reader, writer) = UnixStream::pair().expect("two ends");
        drop(reader);
        let mut command = shell.command(arguments);
        command.stdout(OwnedFd::from(writer));
        let outcome = shell.run_to(&mut command, "");
        assert_eq!(outcome.code, Some(0), "{arguments:?}");
        assert_eq!(outcome.stderr, "", "{arguments:?}");
    }
    // The response is an error even if nobody reads it.
    let (reader, writer) = UnixStream::pair().expect("two ends");
    drop(reader);
    let mut command = shell.command(&["api", "/api/v1/nothing"]);
    let outcome = shell.run_to(command.stdout(OwnedFd::from(writer)), "");
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("404 Not Found"), "{}", outcome.stderr);
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
