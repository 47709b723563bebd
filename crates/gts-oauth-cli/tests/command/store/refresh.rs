//! Refreshing expired tokens, on the servers that support it.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_fake::{Dialect, Fault, Served};
use serde_json::{Value, json};

use crate::support::shell::{Shell, speaking};

/// A shell with a token that has expired.
pub(super) fn logged_in() -> (Shell, Served) {
    logged_in_to(Dialect::Pixelfed)
}

fn logged_in_to(dialect: Dialect) -> (Shell, Served) {
    let (shell, served) = (Shell::new(), speaking(dialect));
    shell.log_in(&served, &served.account("alice"));
    set_expiry(&shell, UNIX_EPOCH);
    (shell, served)
}

/// Sets when the stored token expires.
pub(super) fn set_expiry(shell: &Shell, time: SystemTime) {
    let mut stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    let token = token(&mut stored).expect("a token");
    token["expires_in"] = 3600.into();
    let seconds = time.duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    token["received_at"] = seconds.saturating_sub(3600).into();
    std::fs::write(shell.file(), stored.to_string()).expect("a file");
}

/// The first stored token.
fn token(stored: &mut Value) -> Option<&mut Value> {
    if stored.get("received_at").is_some() {
        return Some(stored);
    }
    match stored {
        Value::Object(fields) => fields.values_mut().find_map(token),
        Value::Array(items) => items.iter_mut().find_map(token),
        _ => None,
    }
}

/// How often a token was refreshed.
pub(super) fn renewals(served: &Served) -> usize {
    let refresh = Some("refresh_token".to_owned());
    let asked = served.requests();
    asked.iter().filter(|it| it.field("grant_type") == refresh).count()
}

#[test]
fn a_token_that_ends_is_renewed_before_it_is_used() {
    let (shell, served) = logged_in();
    let before = shell.stored();
    let token = shell.token();
    assert!(!before.contains(&token), "it is another one");
    assert!(shell.stored().contains(&token), "and it is kept");
    assert_eq!(shell.run(&["status"]).code, Some(0));
    assert_eq!(shell.token(), token);
    assert_eq!(renewals(&served), 1);
}

#[test]
fn of_many_commands_at_once_one_renews_it_for_all() {
    let (shell, served) = logged_in();
    let tokens: Vec<String> = thread::scope(|scope| {
        let commands: Vec<_> = (0..8).map(|_| scope.spawn(|| shell.token())).collect();
        let tokens = commands.into_iter().map(|it| it.join().expect("a token"));
        tokens.collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0] && !token.is_empty()));
    assert_eq!(renewals(&served), 1);
}

#[test]
fn a_renewal_that_fails_keeps_what_there_is() {
    let (shell, served) = logged_in();
    let before = shell.stored();
    served.fail(Fault::BadGateway.at("/oauth/token"));
    let outcome = shell.run(&["token"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("token refresh failed"), "{}", outcome.stderr);
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(parsed(&shell.stored()), parsed(&before));
    assert!(!shell.token().is_empty());
}

#[test]
fn working_token_is_used_if_renewing_fails() {
    for dialect in [Dialect::Pixelfed, Dialect::Akkoma] {
        let (shell, served) = logged_in_to(dialect);
        set_expiry(&shell, SystemTime::now() + Duration::from_secs(50));
        let before = shell.stored();
        served.fail(Fault::BadGateway.at("/oauth/token").times(4));
        for arguments in [&["status"][..], &["api", "/api/v1/notifications"]] {
            let outcome = shell.run(arguments);
            assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.stderr);
        }
        assert!(before.contains(&shell.token()), "the same token");
        served.clear_failures();
        assert!(!before.contains(&shell.token()), "it is renewed");
        assert_eq!(renewals(&served), 4);
    }
}

#[test]
fn a_token_that_ends_never_is_left_alone() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    let endless = Fault::Patched(json!({ "expires_in": null }));
    served.fail(endless.at("/oauth/token"));
    shell.log_in(&served, &served.account("alice"));
    assert_eq!(shell.token(), shell.token());
    assert_eq!(renewals(&served), 0);
}

#[test]
fn a_server_that_stumbles_over_a_renewal_refuses_nothing() {
    let (shell, served) = logged_in();
    served.fail(Fault::BadGateway.at("/oauth/token").times(2));
    assert_eq!(shell.run(&["token"]).code, Some(1));
    let status = shell.run(&["status"]);
    assert_eq!(status.code, Some(1));
    assert!(status.stdout.contains("502"), "{}", status.stdout);
    // Pixelfed sends 500 for an invalid refresh token, too, with a text of its own.
    served.revoke_all();
    let status = shell.run(&["status"]);
    assert_eq!(status.code, Some(4));
    assert!(status.stdout.contains("rejected; run `gts-oauth login "), "{}", status.stdout);
}

#[test]
fn a_renewal_that_is_refused_means_that_the_token_is_no_good_any_more() {
    let (shell, served) = logged_in_to(Dialect::Akkoma);
    served.revoke_all();
    for arguments in [&["token"][..], &["api", "/api/v1/x"], &["status"]] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(4), "{arguments:?}: {}", outcome.stderr);
    }
    let status = shell.run(&["status", "--json"]);
    let rows: Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert_eq!(rows[0]["state"], "rejected");
    assert_eq!(rows[0]["instance"], served.origin());
    assert_eq!(rows[0]["source"], "file");
}

#[test]
fn unwritable_file_loses_no_tokens() {
    let (shell, served) = logged_in();
    // A folder in the way of every write.
    let new = shell.file().with_extension("new");
    std::fs::create_dir(&new).expect("a folder");
    let outcome = shell.run(&["token"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("cannot be written"), "{}", outcome.stderr);
    std::fs::remove_dir(&new).expect("it is empty");
    let outcome = shell.run(&["token"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(renewals(&served), 1);
}
