//! Logins name their token, where the server has names.

use std::time::Duration;

use gts_oauth_fake::{Account, Dialect, Fault, Served};
use serde_json::Value;

use crate::support::shell::{Outcome, Shell, served, speaking};

fn log_in(shell: &Shell, served: &Served, alice: &Account, scopes: &str) -> Outcome {
    let arguments = ["login", &served.origin(), "--scopes", scopes];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome
}

fn tokens(shell: &Shell) -> Vec<Value> {
    let outcome = shell.run(&["tokens", "--json"]);
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

/// Whether a request with this method and path was received.
fn was_requested(served: &Served, method: &str, path: &str) -> bool {
    served.requests().iter().any(|it| it.method == method && it.path.starts_with(path))
}

#[test]
fn login_names_its_own_token_only() {
    let served = served();
    let alice = served.account("alice");
    served.session("alice", "read write");
    let shell = Shell::new();
    log_in(&shell, &served, &alice, "read,write");
    let tokens = tokens(&shell);
    assert_eq!(tokens.len(), 2);
    let name = tokens[0]["name"].as_str().expect("a name");
    let host = name.strip_prefix("gts-oauth on ").expect("a host name");
    assert!(!host.is_empty());
    assert_eq!(
        (&tokens[0]["application"], &tokens[1]["name"]),
        (&"gts-oauth".into(), &Value::Null)
    );
    let shown = shell.run(&["tokens"]).stdout;
    assert!(shown.contains(&format!("  name:      {name}\n")), "{shown}");
}

#[test]
fn two_logins_at_the_same_time_name_their_own_tokens() {
    let served = served();
    let alice = served.account("alice");
    let (first, second) = (Shell::new(), Shell::new());
    for (shell, name) in [(&first, "first"), (&second, "second")] {
        let arguments = ["login", &served.origin(), "--scopes", "read,write", "--token-name", name];
        let outcome = shell.talk(&arguments, |url| alice.visit(url).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("could not be named"), "{}", outcome.stderr);
    }
    let tokens = tokens(&first);
    let names: Vec<_> = tokens.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["second", "first"]);
}

/// The end of a login that prints nothing else.
const GRANTED: &str = "Logged in.\nThe server granted: read write\n";

#[test]
fn login_succeeds_where_tokens_have_no_names() {
    let gotosocials = [Dialect::GoToSocial020, Dialect::GoToSocial018];
    for dialect in gotosocials.into_iter().chain([Dialect::Mastodon, Dialect::Akkoma]) {
        let served = speaking(dialect);
        let outcome = log_in(&Shell::new(), &served, &served.account("alice"), "read,write");
        assert!(outcome.stderr.ends_with(GRANTED), "{dialect:?}: {}", outcome.stderr);
        let listed = was_requested(&served, "GET", "/api/v1/tokens");
        // Before 0.19, GoToSocial has no list.
        assert_eq!(listed, dialect == Dialect::GoToSocial020, "{dialect:?}");
        let named = was_requested(&served, "PUT", "/api/v1/tokens/");
        assert_eq!(named, dialect == Dialect::GoToSocial020, "{dialect:?}");
    }
}

#[test]
fn login_succeeds_if_its_token_cannot_be_named() {
    for fault in [Fault::BadGateway, Fault::RateLimited(Duration::from_secs(60))] {
        let served = served();
        served.fail(fault.at("/api/v1/tokens"));
        let shell = Shell::new();
        let outcome = log_in(&shell, &served, &served.account("alice"), "read,write");
        assert!(outcome.stderr.ends_with(GRANTED), "{}", outcome.stderr);
        assert!(!shell.token().is_empty());
    }
}

#[test]
fn token_without_the_scopes_is_not_named() {
    for scopes in ["read", "read:statuses,write:accounts", "profile,write:statuses"] {
        let served = served();
        log_in(&Shell::new(), &served, &served.account("alice"), scopes);
        assert!(!was_requested(&served, "GET", "/api/v1/tokens"), "{scopes}");
    }
}

#[test]
fn token_name_can_be_chosen_or_refused() {
    for (chosen, name) in [("my laptop", Value::from("my laptop")), ("", Value::Null)] {
        let (shell, served) = (Shell::new(), served());
        let alice = served.account("alice");
        let arguments =
            ["login", &served.origin(), "--scopes", "read,write", "--token-name", chosen];
        // The command that resumes the login has the name, too.
        shell.run(&arguments);
        let status = shell.run(&["status"]).stderr;
        let quoted = format!("--token-name '{chosen}'");
        assert!(status.contains(&quoted), "{status}");
        let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert_eq!(tokens(&shell)[0]["name"], name);
        assert_eq!(was_requested(&served, "PUT", "/api/v1/tokens/"), !chosen.is_empty());
    }
}

#[test]
fn chosen_name_requires_its_scopes_before_the_login() {
    let (shell, served) = (Shell::new(), served());
    let origin = served.origin();
    let arguments =
        ["login", &origin, "--print-token", "--scopes", "read,write:media", "--token-name", "ci"];
    let outcome = shell.run(&arguments);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("The name of the app, --name,"), "{}", outcome.stderr);
    let command = format!(
        "Run `gts-oauth login {origin} --scopes 'read write:media write:accounts' --token-name ci \
         --print-token`."
    );
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    assert!(served.requests().is_empty());
}

#[test]
fn chosen_name_that_cannot_be_set_is_reported() {
    for (dialect, scopes, reason) in [
        (Dialect::GoToSocial018, "read,write", "the server has no names of tokens."),
        (Dialect::Mastodon, "read,write", "the server has no names of tokens."),
    ] {
        let served = speaking(dialect);
        let alice = served.account("alice");
        for option in ["--json", "--print-token"] {
            let arguments =
                ["login", &served.origin(), "--scopes", scopes, "--token-name", "ci", option];
            let outcome = Shell::new().talk(&arguments, |address| alice.visit(address).ok());
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            let start = "The token could not be named `ci`: ";
            let (_, rest) = outcome.stderr.split_once(start).expect("a message");
            let line = rest.lines().next().expect("a reason");
            assert!(line.contains(reason) && line.ends_with('.'), "{dialect:?}: {line}");
        }
    }
}
