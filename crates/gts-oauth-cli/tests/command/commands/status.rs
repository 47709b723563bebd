//! `gts-oauth status`.

use crate::support::shell::logged_in;

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
    assert!(outcome.stdout.contains("Log in again"), "{}", outcome.stdout);
}
