//! Tokens that a later login replaces: each stays in the store until it is revoked.

use std::io::{BufReader, Write as _};
use std::process::{Child, Command};

use gts_oauth_fake::{Dialect, Fault, Served};

use crate::support::secret_service::Keyring;
use crate::support::shell::{Outcome, Shell, logged_in, next_address, served, speaking};

/// Returns the tokens for which a revocation was requested.
fn revoked(served: &Served) -> Vec<String> {
    let asked = served.requests();
    let revocations = asked.iter().filter(|it| it.path == "/oauth/revoke");
    revocations.filter_map(|it| it.field("token")).collect()
}

/// A command that logs in as @alice again, up to the revocation of the earlier token, to which no
/// response comes.
fn until_revocation(mut command: Command, served: &Served) -> Child {
    served.fail(Fault::NoResponse.at("/oauth/revoke"));
    let mut child = command.spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let url = next_address(&mut stderr, &mut String::new()).expect("a URL");
    let code = served.account("alice").visit(&url).expect("a code");
    writeln!(child.stdin.take().expect("a pipe"), "{code}").expect("it reads");
    while revoked(served).is_empty() {}
    served.clear_failures();
    served.clear_requests();
    child
}

fn kill(mut child: Child) {
    child.kill().expect("it waits");
    child.wait().expect("it ends");
}

/// The command that `status` names.
fn named_command(outcome: &Outcome) -> Vec<String> {
    let line = outcome.stderr.lines().find(|line| line.contains("An earlier token of @alice@"));
    let command = line.and_then(|line| line.split('`').nth(1)).expect("a command");
    command.split(' ').skip(1).map(str::to_owned).collect()
}

#[test]
fn killed_login_keeps_the_token_it_replaces() {
    let (shell, served) = logged_in();
    let older = shell.token();
    kill(until_revocation(shell.command(&["login", &served.origin()]), &served));
    let newer = shell.token();
    assert_ne!(newer, older);
    let command = named_command(&shell.run(&["status"]));
    assert_eq!(command[0], "logout");
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(revoked(&served), [newer, older]);
    assert!(!shell.stored().contains("access_token"), "{}", shell.stored());
}

#[test]
fn killed_login_keeps_the_replaced_keyring_entry() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), speaking(Dialect::GoToSocial));
    keyring.log_in(&shell, &served, "alice");
    let older = keyring.token(&shell);
    kill(until_revocation(keyring.command(&shell, &["login", &served.origin()]), &served));
    let newer = keyring.token(&shell);
    assert_eq!(keyring.entries(), 2);
    let outcome = keyring.run(&shell, &["logout"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(revoked(&served), [newer, older]);
    assert_eq!(keyring.entries(), 0);
}

#[test]
fn failed_revocation_is_repeated_by_the_named_command() {
    let (shell, served) = logged_in();
    let older = shell.token();
    served.fail(Fault::BadGateway.at("/oauth/revoke").times(2));
    let login = shell.log_in(&served, &served.account("alice"));
    assert!(login.stderr.contains("was not revoked, so it is kept: "), "{}", login.stderr);
    let newer = shell.token();
    let command = named_command(&shell.run(&["status"]));
    assert_eq!(named_command(&shell.run(&["status", "--offline", "@alice"])), command);
    assert_eq!(shell.run(&command).code, Some(1), "the server fails again");
    served.clear_requests();
    let outcome = shell.run(&command);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(revoked(&served), [older]);
    assert_eq!((shell.token(), shell.run(&["status"]).stderr), (newer, String::new()));
    assert_eq!(shell.run(&command).code, Some(1), "nothing is left");
}

#[test]
fn refused_revocation_names_other_ways() {
    let (shell, served) = logged_in();
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    shell.log_in(&served, &served.account("alice"));
    let newer = shell.token();
    served.forget_apps();
    let named = named_command(&shell.run(&["status"]));
    let refused = shell.run(&named);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("`gts-oauth tokens revoke ID`"), "{}", refused.stderr);
    let forced: Vec<_> = named.into_iter().chain(["--force".to_owned()]).collect();
    let command = format!("`gts-oauth {}`", forced.join(" "));
    assert!(refused.stderr.contains(&command), "{}", refused.stderr);
    let outcome = shell.run(&forced);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!((shell.token(), shell.run(&["status"]).stderr), (newer, String::new()));
}

#[test]
fn earlier_token_revoked_by_its_id_is_deleted() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "read write"];
    let log_in = || shell.talk(&arguments, |address| alice.visit(address).ok());
    log_in();
    let tokens = shell.run(&["tokens", "--json"]).stdout;
    let tokens: serde_json::Value = serde_json::from_str(&tokens).expect("JSON");
    let id = tokens[0]["id"].as_str().expect("an id");
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    log_in();
    let newer = shell.token();
    assert!(shell.run(&["status"]).stderr.contains("is not revoked yet"));
    let outcome = shell.run(&["tokens", "revoke", id]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!((shell.token(), shell.run(&["status"]).stderr), (newer, String::new()));
}

#[test]
fn token_of_an_earlier_attempt_stays_stored_until_revoked() {
    let (shell, served) = (Shell::new(), served());
    let rejected = Fault::response(401, &[], r#"{"error":"The access token was revoked"}"#);
    served.fail(rejected.at("/api/v1/accounts/verify_credentials").times(2));
    served.fail(Fault::BadGateway.at("/oauth/revoke").times(2));
    let login = shell.log_in(&served, &served.account("alice"));
    assert!(login.stderr.contains("was not revoked, so it is kept: "), "{}", login.stderr);
    let (newer, earlier) = (shell.token(), revoked(&served));
    assert!(earlier.len() == 2 && earlier[0] == earlier[1] && earlier[0] != newer, "{earlier:?}");
    let status = shell.run(&["status"]).stderr;
    let command = status.split('`').nth(1).expect("a command").replace('\'', "");
    let command: Vec<&str> = command.split(' ').skip(1).collect();
    served.clear_requests();
    let outcome = shell.run(&command);
    assert_eq!(outcome.code, Some(0), "{command:?}: {}", outcome.stderr);
    assert_eq!(revoked(&served), earlier[..1]);
    assert_eq!((shell.token(), shell.run(&["status"]).stderr), (newer, String::new()));
}

#[test]
fn next_login_revokes_all_earlier_tokens() {
    let (shell, served) = logged_in();
    let mut earlier = vec![shell.token()];
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    shell.log_in(&served, &served.account("alice"));
    earlier.push(shell.token());
    served.clear_requests();
    shell.log_in(&served, &served.account("alice"));
    assert_eq!(revoked(&served), earlier);
    assert_eq!(shell.run(&["status"]).stderr, "");
}

#[test]
fn earlier_token_outlives_its_account_until_revoked() {
    let (shell, served) = logged_in();
    let older = shell.token();
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    shell.log_in(&served, &served.account("alice"));
    // The first request is for the account itself.
    served.fail(Fault::BadGateway.at("/oauth/revoke").after(1));
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(shell.stored().contains(&older));
    assert_eq!(shell.run(&["token"]).code, Some(3));
    let other = shell.run(&["logout", "@bob"]);
    assert_eq!(other.code, Some(3), "{}", other.stderr);
    let outcome = shell.run(&["logout", "@alice", "--force"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!shell.stored().contains("access_token"));
}

#[test]
fn earlier_token_that_is_used_again_is_not_revoked() {
    let (shell, served) = logged_in();
    let older = shell.token();
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    shell.log_in(&served, &served.account("alice"));
    let newer = shell.token();
    served.clear_requests();
    let mut command = shell.command(&["login", &served.origin(), "--with-token"]);
    assert_eq!(shell.run_to(&mut command, &older).code, Some(0));
    assert_eq!(revoked(&served), [newer]);
    assert_eq!((shell.token(), shell.run(&["status"]).code), (older, Some(0)));
    // It was issued to gts-oauth, which can still revoke it.
    let outcome = shell.run(&["logout"]);
    assert!(outcome.stderr.contains("revoked and deleted"), "{}", outcome.stderr);
}
