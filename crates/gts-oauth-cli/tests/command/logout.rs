//! `gts-oauth logout`.

use gts_oauth_tests::{Answer, play, recording};

use crate::shell::{CLIENT_SECRET, Shell, TOKEN, revoke};

#[test]
fn logout_revokes_then_forgets() {
    let shell = Shell::new();
    let server = shell.logged_in(vec![revoke()]);
    let outcome = shell.run(&["logout"], "");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("revoked and forgotten"),
        "{}",
        outcome.stderr
    );
    assert_forgotten(&shell);
    let asked = server.finish();
    assert_eq!(asked[3].field("token"), TOKEN);
    assert_eq!(asked[3].field("client_secret"), CLIENT_SECRET);
}

#[test]
fn logout_forgets_and_says_so_where_the_server_cannot_revoke() {
    let shell = Shell::new();
    let server = shell.logged_in(vec![play("POST", "/oauth/revoke", Answer::new(404, ""))]);
    let outcome = shell.run(&["logout"], "");
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("lives on"), "{}", outcome.stderr);
    assert_forgotten(&shell);
    server.finish();
}

#[test]
fn logout_forgets_and_says_why_where_the_server_does_not_confirm() {
    let shell = Shell::new();
    let server = shell.logged_in(vec![play("POST", "/oauth/revoke", recording(44))]);
    let outcome = shell.run(&["logout"], "");
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome.stderr.contains("unauthorized_client"),
        "{}",
        outcome.stderr
    );
    assert_forgotten(&shell);
    server.finish();
}

#[test]
fn logout_keeps_the_token_while_no_answer_comes_unless_it_is_forced() {
    let shell = Shell::new();
    drop(shell.logged_in(vec![]));
    let kept = shell.run(&["logout"], "");
    assert_eq!(kept.code, Some(1));
    assert!(kept.stderr.contains("--force"), "{}", kept.stderr);
    assert!(shell.stored().contains(TOKEN));
    let forced = shell.run(&["logout", "--force"], "");
    assert_eq!(forced.code, Some(0));
    assert!(forced.stderr.contains("may live on"), "{}", forced.stderr);
    assert_forgotten(&shell);
}

fn assert_forgotten(shell: &Shell) {
    let stored = shell.stored();
    assert!(
        !stored.contains(TOKEN) && !stored.contains(CLIENT_SECRET),
        "{stored}"
    );
}
