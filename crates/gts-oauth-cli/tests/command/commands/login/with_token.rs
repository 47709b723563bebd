//! `gts-oauth login --with-token`.

use gts_oauth_fake::Served;

use crate::support::shell::{Outcome, Shell, served};

/// A token that alice obtained elsewhere.
fn alices_token(served: &Served) -> String {
    let elsewhere = Shell::new();
    elsewhere.log_in(served, &served.account("alice"));
    elsewhere.token()
}

fn log_in(shell: &Shell, arguments: &[&str], token: &str) -> Outcome {
    let arguments = [&["login", "--with-token"], arguments].concat();
    shell.run_to(&mut shell.command(&arguments), token)
}

#[test]
fn a_token_from_standard_input_is_verified_and_kept() {
    let (shell, served) = (Shell::new(), served());
    let token = alices_token(&served);
    let outcome = log_in(&shell, &[&served.origin()], &format!("  {token}\n"));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
    assert_eq!(shell.token(), token);
    assert_eq!(shell.run(&["api", "/api/v1/notifications"]).code, Some(0));
    let status = shell.run(&["status"]);
    assert!(status.stdout.contains("scopes:   unknown"), "{}", status.stdout);
}

#[test]
fn a_token_that_is_no_good_is_not_kept() {
    let (shell, served) = (Shell::new(), served());
    for (token, fault, code) in [
        ("", "no token came", 1),
        (" \n", "no token came", 1),
        ("two words", "invalid token", 2),
        ("NOT-A-TOKEN", "401 Unauthorized: token not supplied. Pass a valid token.", 4),
    ] {
        let outcome = log_in(&shell, &[&served.origin()], token);
        assert_eq!(outcome.code, Some(code), "{token}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
        let repeated = token.trim().len() > 5 && outcome.stderr.contains(token);
        assert!(!repeated, "{}", outcome.stderr);
    }
    assert_eq!(shell.run(&["status"]).code, Some(3));
}

#[test]
fn a_token_of_somebody_else_than_expected_is_not_kept() {
    let (shell, served) = (Shell::new(), served());
    let token = alices_token(&served);
    let outcome = log_in(&shell, &[&served.origin(), "--expect", "bob"], &token);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.contains("@bob was expected") && !outcome.stderr.contains("browser"),
        "{}",
        outcome.stderr
    );
    assert_eq!(shell.run(&["status"]).code, Some(3));
}

#[test]
fn logout_forgets_it_and_says_that_it_lives_on() {
    let (shell, served) = (Shell::new(), served());
    let token = alices_token(&served);
    log_in(&shell, &[&served.origin()], &token);
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("remains valid"), "{}", outcome.stderr);
    assert!(!shell.stored().contains(&token));
    let asked = served.requests();
    assert!(!asked.iter().any(|it| it.path == "/oauth/revoke"));
}

#[test]
fn the_token_of_the_login_before_it_is_revoked() {
    let (shell, served) = (Shell::new(), served());
    let token = alices_token(&served);
    shell.log_in(&served, &served.account("alice"));
    let older = shell.token();
    let outcome = log_in(&shell, &[&served.origin()], &token);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let asked = served.requests();
    let revoked = asked.iter().find(|it| it.path == "/oauth/revoke");
    assert_eq!(revoked.and_then(|it| it.field("token")), Some(older));
    // A token from elsewhere cannot be revoked here.
    let first = Shell::new();
    log_in(&first, &[&served.origin()], &token);
    let other = alices_token(&served);
    let again = log_in(&first, &[&served.origin()], &other);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(
        again.stderr.contains("its app is not known here. To revoke it, use"),
        "{}",
        again.stderr
    );
}

#[test]
fn the_token_that_is_kept_already_can_still_be_revoked() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    let outcome = log_in(&shell, &[&served.origin()], &token);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let outcome = shell.run(&["logout"]);
    assert!(outcome.stderr.contains("revoked and deleted"), "{}", outcome.stderr);
}

#[test]
fn a_token_that_may_not_tell_whose_it_is_is_kept_unless_somebody_is_expected() {
    let (elsewhere, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "write"];
    elsewhere.talk(&arguments, |address| alice.visit(address).ok());
    let token = elsewhere.token();
    let shell = Shell::new();
    let outcome = log_in(&shell, &[&served.origin(), "--expect", "alice"], &token);
    assert_ne!(outcome.code, Some(0));
    let outcome = log_in(&shell, &[&served.origin()], &token);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("does not allow reading its account"), "{}", outcome.stderr);
    // The same token is the same account.
    let again = log_in(&shell, &[&served.origin()], &token);
    assert_eq!((again.code, &again.stdout), (Some(0), &outcome.stdout), "{}", again.stderr);
    assert_eq!(shell.run(&["switch"]).code, Some(1), "there is one account");
    assert_eq!(shell.token(), token);
}
