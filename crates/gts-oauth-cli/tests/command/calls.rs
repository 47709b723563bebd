//! `gts-oauth token`, `status` and `api`.

use gts_oauth_tests::{play, recording};

use crate::shell::{Shell, TOKEN, verify};

#[test]
fn the_token_stands_alone_on_standard_output() {
    let shell = Shell::new();
    let _server = shell.logged_in(vec![]);
    let outcome = shell.run(&["token"], "");
    assert_eq!(outcome.stdout, format!("{TOKEN}\n"));
    assert_eq!(outcome.stderr, "");
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
        let outcome = shell.run(arguments, "");
        assert_eq!(outcome.code, Some(1));
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
    let shell = Shell::new();
    let server = shell.logged_in(vec![verify()]);
    let outcome = shell.run(&["status"], "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for part in ["@alice@127.0.0.1", &server.origin(), "read", "works"] {
        assert!(outcome.stdout.contains(part), "{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains(TOKEN));
    server.finish();
}

#[test]
fn status_fails_when_the_server_refuses_the_token() {
    let shell = Shell::new();
    let refused = play("GET", "/api/v1/accounts/verify_credentials", recording(48));
    let server = shell.logged_in(vec![refused]);
    let outcome = shell.run(&["status"], "");
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stdout.contains("log in again"),
        "{}",
        outcome.stdout
    );
    server.finish();
}

#[test]
fn api_prints_the_body_as_it_came() {
    let shell = Shell::new();
    let path = "/api/v1/notifications?limit=2";
    let server = shell.logged_in(vec![play("GET", path, recording(62))]);
    let outcome = shell.run(&["api", "/api/v1/notifications", "-f", "limit=2"], "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, recording(62).body());
    let asked = server.finish();
    assert_eq!(
        asked[3].header("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
}

#[test]
fn api_sends_fields_as_a_form_and_prints_the_body_of_a_refusal_too() {
    let shell = Shell::new();
    let server = shell.logged_in(vec![play("POST", "/api/v1/statuses", recording(40))]);
    let arguments = [
        "api",
        "post",
        "/api/v1/statuses",
        "-f",
        "status=hello, world",
    ];
    let outcome = shell.run(&arguments, "");
    assert_eq!(outcome.code, Some(1));
    assert_eq!(outcome.stdout, recording(40).body());
    assert!(
        outcome.stderr.contains("lacks a scope"),
        "{}",
        outcome.stderr
    );
    assert_eq!(server.finish()[3].field("status"), "hello, world");
}

#[test]
fn api_refuses_paths_that_lead_elsewhere_before_anything_is_sent() {
    let shell = Shell::new();
    let server = shell.logged_in(vec![]);
    for path in ["https://example.org/", "//example.org/", "api/v1/x"] {
        let outcome = shell.run(&["api", path], "");
        assert_eq!(outcome.code, Some(1));
        assert!(
            outcome.stderr.contains("begin with one /"),
            "{}",
            outcome.stderr
        );
    }
    assert_eq!(server.finish().len(), 3);
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
        assert_eq!(shell.run(arguments, "").code, Some(2), "{arguments:?}");
    }
}
