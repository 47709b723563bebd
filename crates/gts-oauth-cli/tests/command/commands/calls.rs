//! `gts-oauth token`, `status` and `api`.

use gts_oauth_fake::Served;
use serde_json::{Value, json};

use crate::support::custom_server::{TOKEN, command, ok, serve};
use crate::support::shell::{Shell, served};

/// Somebody who is logged in as @alice.
fn logged_in() -> (Shell, Served) {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.person("alice"));
    (shell, served)
}

#[test]
fn the_token_stands_alone_on_standard_output() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["token"]);
    let token = outcome.stdout.strip_suffix('\n').expect("a line");
    assert!(token.len() == 48 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(outcome.stderr, "");
    assert!(shell.stored().contains(token));
}

#[test]
fn without_a_login_every_command_says_how_to_log_in() {
    let shell = Shell::new();
    for arguments in [
        &["token"][..],
        &["status"],
        &["logout"],
        &["api", "/api/v1/x"],
    ] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(3));
        assert!(
            outcome.stderr.contains("gts-oauth login"),
            "{}",
            outcome.stderr
        );
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn status_tells_who_is_logged_in_and_that_the_token_works() {
    let (shell, served) = logged_in();
    let outcome = shell.run(&["status"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for part in ["@alice@127.0.0.1", &served.origin(), "read", "works"] {
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
    assert!(
        outcome.stdout.contains("log in again"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn api_prints_the_body_as_it_came() {
    let (shell, served) = logged_in();
    for number in 0..3 {
        served.post("bob", &format!("@alice hello {number}"));
    }
    let outcome = shell.run(&["api", "/api/v1/notifications?limit=2"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let notifications: Vec<Value> = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(notifications.len(), 2);
    assert_eq!(notifications[0]["status"]["text"], "@alice hello 2");
    let asked = served.asked();
    let bearer = format!("Bearer {}", shell.token());
    let last = asked.last().expect("a request");
    assert_eq!(last.header("authorization"), Some(bearer.as_str()));
}

#[test]
fn api_sends_fields_as_a_form_and_prints_the_body_of_a_refusal_too() {
    let (shell, served) = logged_in();
    let arguments = ["api", "/api/v1/statuses", "-f", "status=hello, world"];
    let outcome = shell.run(&arguments);
    assert_eq!(outcome.code, Some(1));
    let body: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(
        body["error"],
        "Forbidden: token has insufficient scope permission"
    );
    assert!(
        outcome.stderr.contains("lacks a scope"),
        "{}",
        outcome.stderr
    );
    let asked = served.asked();
    let last = asked.last().expect("a request");
    assert_eq!(last.field("status").as_deref(), Some("hello, world"));
}

#[test]
fn api_refuses_paths_that_lead_elsewhere_before_anything_is_sent() {
    let (shell, served) = logged_in();
    let before = served.asked().len();
    for path in ["https://example.org/", "//example.org/", "api/v1/x"] {
        let outcome = shell.run(&["api", path]);
        assert_eq!(outcome.code, Some(1));
        assert!(
            outcome.stderr.contains("begin with one /"),
            "{}",
            outcome.stderr
        );
    }
    assert_eq!(served.asked().len(), before);
}

#[test]
fn a_command_line_that_is_none_exits_with_2() {
    let shell = Shell::new();
    for arguments in [
        &["login"][..],
        &["api"],
        &["fly"],
        &["login", "x.y", "--scopes", "a\"b"],
    ] {
        assert_eq!(shell.run(arguments).code, Some(2), "{arguments:?}");
    }
}

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

/// A server that says all it hears, in a header and in JSON of its own.
#[test]
fn what_a_server_repeats_is_masked_too() {
    let shell = Shell::new();
    let echo = |target: &str| {
        let headers = format!(
            "X-Echo: {target} Bearer {TOKEN} pass\"word p%22\r\n\
             Location: https://example.org/?code=THE-CODE&x=y\r\n\
             Content-Type: application/json\r\n"
        );
        ok(
            &headers,
            &json!({ "sent": [target, TOKEN, "pass\"word"] }).to_string(),
        )
    };
    let origin = serve(echo);
    let path = "/api/v1/x?access_token=THE+OTHER%21&y=z";
    let arguments = ["api", path, "--input", "-", "--verbose"];
    let input = json!({ "a": [{ "password": "pass\"word" }] }).to_string();
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), &input);
    assert!(outcome.stdout.contains(TOKEN));
    for secret in [
        TOKEN,
        "pass\"word",
        "pass\\\"word",
        "THE+OTHER%21",
        "THE OTHER!",
        "THE-CODE",
    ] {
        assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
    }
    for shown in ["x-echo: ", "?access_token=…&y=z", "?code=…&x=y"] {
        assert!(outcome.stderr.contains(shown), "{}", outcome.stderr);
    }
}

#[test]
fn a_form_that_a_server_sends_cannot_write_lines_of_its_own() {
    let shell = Shell::new();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let origin = serve(move |_| ok(kind, "%0D%0A%0C%C2%85fake line=1"));
    let arguments = ["api", "/api/v1/x", "--verbose"];
    let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
    assert!(
        outcome.stderr.contains("< fake line=1"),
        "{}",
        outcome.stderr
    );
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
fn tokens_are_ended_for_the_account_that_is_named_before_the_command_or_behind_it() {
    let (shell, served) = (Shell::new(), served());
    for name in ["bob", "alice"] {
        let person = served.person(name);
        let arguments = ["login", &served.origin(), "--scopes", "read,write"];
        let outcome = shell.talk(&arguments, |address| person.allow(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    let id = |name: &str| {
        let tokens = shell.run(&["tokens", "--json", "--account", name]).stdout;
        let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
        tokens[0]["id"].as_str().expect("an id").to_owned()
    };
    let outcome = shell.run(&["tokens", "-a", "bob", "invalidate", &id("bob"), "--json"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let gone: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(gone["application"], "gts-oauth");
    // That was bob's own, which is of no use any more.
    assert_eq!(shell.run(&["token", "-a", "bob"]).code, Some(3));
    let outcome = shell.run(&["tokens", "invalidate", "-a", "alice", &id("alice")]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(shell.run(&["token"]).code, Some(3));
}

#[test]
fn to_end_the_token_of_another_app_leaves_the_login_alone() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.person("alice");
    let elsewhere = Shell::new();
    elsewhere.log_in(&served, &alice);
    // May end tokens, and may neither list them nor tell whose its own is.
    let arguments = ["login", &served.origin(), "--scopes", "write"];
    let outcome = shell.talk(&arguments, |address| alice.allow(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let tokens = elsewhere.run(&["tokens", "--json"]).stdout;
    let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
    let others = tokens.as_array().expect("a list").iter();
    let id = others
        .clone()
        .find(|it| it["scopes"] == "read")
        .expect("the other's")["id"]
        .clone();
    let outcome = shell.run(&["tokens", "invalidate", id.as_str().expect("an id")]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("forgotten"), "{}", outcome.stderr);
    assert!(!shell.token().is_empty());
    assert_eq!(elsewhere.run(&["status"]).code, Some(4));
}
