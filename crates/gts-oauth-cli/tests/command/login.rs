//! `gts-oauth login`.

use std::io::{BufReader, Write as _};

use gts_oauth_tests::{Player, play, recording};

use crate::shell::{
    CLIENT_SECRET, Outcome, Shell, TOKEN, address, addresses, exchange, recorded_login, register,
    revoke, verify,
};

#[test]
fn a_pasted_code_logs_in_and_the_handle_is_all_of_standard_output() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let outcome = shell.run(&["login", &server.origin()], " \"MJG4YJRKYTITZMQ2YS0Z\" \n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let host = server.origin().replace("http://", "@alice@");
    assert_eq!(outcome.stdout, format!("{host}\n"));
    let asked = server.finish();
    assert_eq!(asked[0].field("client_name"), "gts-oauth");
    assert_eq!(asked[0].field("scopes"), "read");
    assert_eq!(asked[1].field("code"), "MJG4YJRKYTITZMQ2YS0Z");
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("user-agent").is_some())
    );
}

#[test]
fn the_address_stands_on_a_line_of_its_own_on_standard_error() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let outcome = shell.run(&["login", &server.origin()], "CODE\n");
    let address = addresses(outcome.stderr.lines().map(str::to_owned));
    let expected = format!("{}/oauth/authorize?response_type=code&", server.origin());
    assert!(address.is_some_and(|address| address.starts_with(&expected)));
}

#[test]
fn a_refused_code_is_told_and_asked_for_again_with_the_same_app() {
    let shell = Shell::new();
    let refused = play("POST", "/oauth/token", recording(21));
    let server = Player::start(vec![register(), refused, exchange(), verify()]);
    let outcome = shell.run(&["login", &server.origin()], "MISTYPED\nRIGHT\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("mistyped"), "{}", outcome.stderr);
    let asked = server.finish();
    assert_eq!(asked[2].field("code"), "RIGHT");
    let verifier = |at: usize| asked[at].field("code_verifier");
    assert_eq!(
        verifier(1),
        verifier(2),
        "PKCE still matches the address that was opened"
    );
}

#[test]
fn an_empty_line_is_asked_about_again_and_nothing_is_sent() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let outcome = shell.run(&["login", &server.origin()], "\n\nCODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("nothing was pasted"),
        "{}",
        outcome.stderr
    );
    server.finish();
}

#[test]
fn the_whole_address_is_taken_and_its_state_checked() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let mut child = shell.spawn(&["login", &server.origin()]);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let asked_for = address(&mut stderr);
    let query = asked_for.split_once('?').expect("a query").1;
    let state = query.split('&').find(|pair| pair.starts_with("state="));
    let state = state.expect("a state");
    let back = format!("{}/oauth/oob?code=FROMTHEPAGE", server.origin());
    writeln!(stdin, "{back}&state=somebodyelses").expect("it reads");
    let again = address(&mut stderr);
    assert_eq!(
        again, asked_for,
        "a forged redirect does not end the attempt"
    );
    writeln!(stdin, "{back}&{state}").expect("it reads");
    drop((stdin, stderr));
    let outcome = Outcome::from(child.wait_with_output().expect("it ends"));
    assert_eq!(outcome.code, Some(0));
    assert_eq!(server.finish()[1].field("code"), "FROMTHEPAGE");
}

#[test]
fn a_login_without_a_code_goes_on_later_with_the_same_app() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let first = shell.run(&["login", &server.origin()], "");
    assert_eq!(first.code, Some(1));
    assert!(first.stderr.contains("goes on"), "{}", first.stderr);
    let status = shell.run(&["status"], "");
    assert!(
        status.stderr.contains("was not finished"),
        "{}",
        status.stderr
    );
    let second = shell.run(&["login", &server.origin()], "CODE\n");
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    let lines = |outcome: &Outcome| addresses(outcome.stderr.lines().map(str::to_owned));
    assert_eq!(
        lines(&first),
        lines(&second),
        "the address that was opened is still good"
    );
    let registrations = server
        .finish()
        .iter()
        .filter(|it| it.path == "/api/v1/apps")
        .count();
    assert_eq!(registrations, 1);
    assert!(!shell.run(&["status"], "").stderr.contains("not finished"));
}

#[test]
fn a_login_killed_while_it_waits_goes_on_with_the_same_app() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let mut child = shell.spawn(&["login", &server.origin()]);
    address(&mut BufReader::new(child.stderr.take().expect("a pipe")));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let outcome = shell.run(&["login", &server.origin()], "CODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn a_server_that_dies_before_it_verifies_loses_no_token() {
    let shell = Shell::new();
    let down = gts_oauth_tests::Answer::new(502, "<html><title>502 Bad Gateway</title></html>");
    let down = play("GET", "/api/v1/accounts/verify_credentials", down);
    let server = Player::start(vec![register(), exchange(), down, verify()]);
    let first = shell.run(&["login", &server.origin()], "CODE\n");
    assert_eq!(first.code, Some(1));
    assert!(first.stderr.contains("502"), "{}", first.stderr);
    let second = shell.run(&["login", &server.origin()], "");
    assert_eq!(second.code, Some(0), "no code is needed: {}", second.stderr);
    server.finish();
}

#[test]
fn a_new_app_is_registered_on_demand() {
    let shell = Shell::new();
    let server = Player::start(vec![register(), register(), exchange(), verify()]);
    shell.run(&["login", &server.origin()], "");
    let outcome = shell.run(&["login", &server.origin(), "--new-app"], "CODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    server.finish();
}

#[test]
fn another_account_than_expected_is_refused_and_its_token_revoked() {
    let shell = Shell::new();
    let server = Player::start(vec![register(), exchange(), verify(), revoke()]);
    let outcome = shell.run(&["login", &server.origin(), "--expect", "@bob"], "CODE\n");
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.contains("@bob was expected"),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stderr.contains("force_login=true"),
        "{}",
        outcome.stderr
    );
    assert_eq!(shell.run(&["token"], "").code, Some(1));
    assert_eq!(server.finish()[3].field("token"), TOKEN);
}

#[test]
fn scopes_take_spaces_and_commas_and_what_was_not_granted_is_told() {
    let shell = Shell::new();
    let server = Player::start(recorded_login());
    let scopes = "read,write:statuses follow";
    let outcome = shell.run(&["login", &server.origin(), "--scopes", scopes], "CODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome
            .stderr
            .contains("did not grant: write:statuses follow"),
        "{}",
        outcome.stderr
    );
    assert_eq!(
        server.finish()[0].field("scopes"),
        "read write:statuses follow"
    );
}

#[test]
fn no_secret_is_shown_while_logging_in() {
    let shell = Shell::new();
    let refused = play("POST", "/oauth/token", recording(17));
    let server = Player::start(vec![register(), refused, register(), exchange(), verify()]);
    let outcome = shell.run(&["login", &server.origin()], "SECRETCODE\nSECRETCODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for secret in [TOKEN, CLIENT_SECRET, "SECRETCODE"] {
        assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
        assert!(!outcome.stdout.contains(secret));
    }
}

#[test]
fn an_instance_that_is_none_is_refused_before_anything_is_sent() {
    let shell = Shell::new();
    for (typed, fault) in [
        ("https://me:pass@example.org", "password"),
        ("http://example.org", "--insecure-http"),
        ("https://example.org/about", "path"),
        ("nonsense", "no dot"),
    ] {
        let outcome = shell.run(&["login", typed], "");
        assert_eq!(outcome.code, Some(1), "{typed}");
        assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("pass@"), "{}", outcome.stderr);
    }
    assert!(!shell.file().exists());
}
