//! `gts-oauth api`: requests and responses.

use serde_json::Value;

use crate::support::shell::logged_in;

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
    let asked = served.requests();
    let bearer = format!("Bearer {}", shell.token());
    let last = asked.last().expect("a request");
    assert_eq!(last.header("authorization"), Some(bearer.as_str()));
}

#[test]
fn missing_scope_prints_the_body_and_the_login_command() {
    let (shell, served) = logged_in();
    let arguments = ["api", "/api/v1/statuses", "-f", "status=hello, world"];
    let outcome = shell.run(&arguments);
    assert_eq!(outcome.code, Some(1));
    let body: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(body["error"], "Forbidden: token has insufficient scope permission");
    let command =
        format!("gts-oauth login {} --expect alice --add-scopes write:statuses", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let asked = served.requests();
    let last = asked.last().expect("a request");
    assert_eq!(last.field("status").as_deref(), Some("hello, world"));
}

#[test]
fn url_in_a_query_is_no_host() {
    let (shell, served) = logged_in();
    let path = "/api/v2/search?q=https://example.org/@bob&resolve=true";
    let outcome = shell.run(&["api", path]);
    assert!(!outcome.stderr.contains("invalid path"), "{}", outcome.stderr);
    assert_eq!(served.requests().last().expect("a request").path, "/api/v2/search");
}

#[test]
fn password_in_a_url_is_not_repeated() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["api", "http://me:pass-word@example.org/api/v1/x"]);
    assert!(outcome.stderr.contains("example.org is not 127.0.0.1"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("pass-word"), "{}", outcome.stderr);
}

#[test]
fn empty_path_is_rejected() {
    let (shell, served) = logged_in();
    let before = served.requests().len();
    for path in ["", " "] {
        let outcome = shell.run(&["api", path]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        let error = "gts-oauth: invalid path: empty; name one, such as /api/v1/notifications\n";
        assert_eq!(outcome.stderr, error);
    }
    assert_eq!(served.requests().len(), before);
}

#[test]
fn paths_that_lead_elsewhere_are_rejected() {
    let (shell, served) = logged_in();
    let before = served.requests().len();
    for (path, fault) in [
        ("https://example.org/api/v1/x", "example.org is not 127.0.0.1"),
        ("https://127.0.0.1/api/v1/x", "--account"),
        (
            &served.origin().replace("http", "https"),
            "the instance of this token is http://127.0.0.1",
        ),
        ("//example.org/", "start with exactly one /"),
        ("C:/Program Files/Git/x", "Git Bash"),
    ] {
        let outcome = shell.run(&["api", path]);
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
    }
    assert_eq!(served.requests().len(), before);
}

#[test]
fn paths_are_read_in_all_common_forms() {
    let (shell, served) = logged_in();
    let url = format!("{}/api/v1/notifications?limit=5", served.origin());
    for path in
        ["api/v1/notifications?limit=5", &url, "C:/Program Files/Git/api/v1/notifications?limit=5"]
    {
        let outcome = shell.run(&["api", path]);
        assert_eq!(outcome.code, Some(0), "{path}: {}", outcome.stderr);
        let requests = served.requests();
        let sent = requests.last().expect("a request");
        assert_eq!((&*sent.path, &*sent.query), ("/api/v1/notifications", "limit=5"));
    }
}

#[test]
fn pages_are_requested_with_get_although_there_are_fields() {
    let (shell, served) = logged_in();
    let outcome = shell.run(&["api", "/api/v1/notifications", "--paginate", "-f", "limit=5"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let requests = served.requests();
    let sent = requests.last().expect("a request");
    assert_eq!((sent.method.as_str(), &*sent.query), ("GET", "limit=5"));
}

#[test]
fn post_that_was_not_requested_is_explained() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["api", "/api/v1/nothing", "-f", "a=b"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("add -X GET"), "{}", outcome.stderr);
    for arguments in [&["-X", "POST", "-f", "a=b"][..], &[]] {
        let outcome = shell.run(&[&["api", "/api/v1/nothing"], arguments].concat());
        assert!(!outcome.stderr.contains("-X GET"), "{}", outcome.stderr);
    }
}

#[test]
fn rejected_token_names_the_command_to_run() {
    let (shell, served) = logged_in();
    let token = shell.token();
    served.revoke_all();
    let outcome = shell.run(&["api", "/api/v1/notifications"]);
    assert_eq!(outcome.code, Some(4));
    let command = format!("run `gts-oauth login {} --expect alice`.", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let mut command = shell.command(&["api", "/api/v1/notifications"]);
    command.env("GTS_OAUTH_TOKEN", token).env("GTS_OAUTH_INSTANCE", served.origin());
    let outcome = shell.run_to(&mut command, "");
    assert_eq!(outcome.code, Some(4));
    assert!(outcome.stderr.contains("Set GTS_OAUTH_TOKEN"), "{}", outcome.stderr);
}

#[test]
fn silent_prints_no_body() {
    let (shell, _served) = logged_in();
    for (path, code) in [("/api/v1/notifications", 0), ("/api/v1/nothing", 1)] {
        let outcome = shell.run(&["api", path, "--silent"]);
        assert_eq!((outcome.code, &*outcome.stdout), (Some(code), ""));
    }
}

#[test]
fn invalid_headers_are_invalid_usage() {
    let (shell, _served) = logged_in();
    for header in ["Accept", "Bad name: x", "Authorization: Bearer x"] {
        let outcome = shell.run(&["api", "/api/v1/x", "-H", header]);
        assert_eq!(outcome.code, Some(2), "{header}: {}", outcome.stderr);
    }
}

#[test]
fn invalid_header_is_named_without_its_value() {
    let (shell, served) = logged_in();
    let before = served.requests().len();
    for (header, expected) in [
        ("Cookie:", "`Cookie` cannot be set"),
        ("Cookie: SECRET", "`Cookie` cannot be set"),
        ("Content-Type: SECRET", "`Content-Type` cannot be set"),
        ("X-A: SECRET\u{1b}[0m", "the value of `X-A` has a control character"),
        ("X A: SECRET", "the name `X…` has the invalid character ' '"),
        ("Bearer SECRET", "no colon after Bearer"),
        ("SECRET", "expected NAME: VALUE"),
        (": SECRET", "not a valid name"),
    ] {
        let outcome = shell.run(&["api", "/api/v1/statuses", "-H", header]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        let starts = ["gts-oauth: invalid header: ", "gts-oauth: invalid value for --header: "];
        assert!(starts.iter().any(|it| outcome.stderr.starts_with(it)), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("SECRET"), "{}", outcome.stderr);
    }
    assert_eq!(served.requests().len(), before, "nothing is sent");
}
