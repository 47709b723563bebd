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
    let command = format!("gts-oauth login {} --add-scopes 'write:statuses'", served.origin());
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    let asked = served.requests();
    let last = asked.last().expect("a request");
    assert_eq!(last.field("status").as_deref(), Some("hello, world"));
}

#[test]
fn api_refuses_paths_that_lead_elsewhere_before_anything_is_sent() {
    let (shell, served) = logged_in();
    let before = served.requests().len();
    for path in ["https://example.org/", "//example.org/", "api/v1/x"] {
        let outcome = shell.run(&["api", path]);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.stderr.contains("start with exactly one /"), "{}", outcome.stderr);
    }
    assert_eq!(served.requests().len(), before);
}
