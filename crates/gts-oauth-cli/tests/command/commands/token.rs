//! `gts-oauth token`.

use crate::support::shell::{Shell, logged_in};

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
    for arguments in [&["token"][..], &["status"], &["logout"], &["api", "/api/v1/x"]] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(3));
        assert!(outcome.stderr.contains("gts-oauth login"), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}
