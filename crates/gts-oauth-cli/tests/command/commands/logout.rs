//! `gts-oauth logout`.

use gts_oauth_fake::{Dialect, Fault, Served};
use serde_json::Value;

use crate::support::shell::{Shell, logged_in, served, speaking};

#[test]
fn logout_revokes_then_forgets() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("revoked and deleted"), "{}", outcome.stderr);
    assert!(!shell.stored().contains(&token));
    let asked = served.requests();
    assert_eq!(asked.last().and_then(|it| it.field("token")), Some(token));
}

#[test]
fn logout_forgets_the_app_too() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    shell.run(&["logout"]);
    let asked = served.requests();
    let secret = asked.iter().find_map(|it| it.field("client_secret"));
    assert!(!shell.stored().contains(&secret.expect("a secret")));
}

#[test]
fn logout_forgets_and_says_so_where_the_server_cannot_revoke() {
    let (shell, served) = (Shell::new(), speaking(Dialect::GoToSocial018));
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("remains valid"), "{}", outcome.stderr);
    assert!(!shell.stored().contains(&token));
}

#[test]
fn unconfirmed_revocation_keeps_a_valid_token() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    served.forget_apps();
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("unauthorized_client"), "{}", outcome.stderr);
    assert!(shell.stored().contains(&token));
    // Once the token is invalid, there is nothing left to revoke.
    served.revoke_all();
    assert_eq!(shell.run(&["logout"]).code, Some(0));
    assert!(!shell.stored().contains(&token));
}

#[test]
fn logout_keeps_the_token_while_no_answer_comes_unless_it_is_forced() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    served.fail(Fault::Reset.at("/oauth/revoke").times(2));
    let kept = shell.run(&["logout"]);
    assert_eq!(kept.code, Some(1));
    assert!(kept.stderr.contains("--force"), "{}", kept.stderr);
    assert!(shell.stored().contains(&token));
    let forced = shell.run(&["logout", "--force"]);
    assert_eq!(forced.code, Some(0));
    assert!(forced.stderr.contains("may still be valid"), "{}", forced.stderr);
    assert!(!shell.stored().contains(&token));
}

#[test]
fn what_cannot_be_forgotten_is_not_revoked() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    // A folder in the way of every write.
    let new = shell.file().with_extension("new");
    std::fs::create_dir(new).expect("a folder");
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("cannot be written"), "{}", outcome.stderr);
    assert!(!served.requests().iter().any(|it| it.path == "/oauth/revoke"));
}

/// A login that got a token, but could not read the account.
fn left_with_a_token(served: &Served) -> Shell {
    let shell = Shell::new();
    served.fail(Fault::BadGateway.at("/api/v1/accounts/verify_credentials"));
    let alice = served.account("alice");
    let arguments = ["login", &served.origin()];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    shell
}

fn revocations(served: &Served) -> usize {
    let asked = served.requests();
    asked.iter().filter(|it| it.path == "/oauth/revoke").count()
}

#[test]
fn whoever_logs_all_out_ends_what_was_not_finished_too() {
    let served = served();
    let shell = left_with_a_token(&served);
    let outcome = shell.run(&["logout", "--all"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("is discarded"), "{}", outcome.stderr);
    assert_eq!(revocations(&served), 1);
    assert!(!shell.stored().contains("access_token"));
    assert_eq!(shell.run(&["logout", "--all"]).code, Some(3));
}

#[test]
fn what_was_left_a_day_ago_is_ended_by_the_next_login() {
    let served = served();
    let shell = left_with_a_token(&served);
    let mut stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    stored["unfinished"][0]["begun"] = Value::from(1);
    std::fs::write(shell.file(), stored.to_string()).expect("a file");
    shell.log_in(&served, &served.account("bob"));
    assert_eq!(revocations(&served), 1);
    let stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    assert_eq!(stored["unfinished"], Value::Array(Vec::new()));
}

#[test]
fn whoever_has_nothing_is_told_so_and_given_nothing() {
    let shell = Shell::new();
    for arguments in [&["logout"][..], &["logout", "--all"], &["status"], &["token"]] {
        assert_eq!(shell.run(arguments).code, Some(3));
        assert!(!shell.file().exists(), "{arguments:?}");
    }
}

#[test]
fn other_commands_wait_for_the_revocation() {
    let (shell, served) = logged_in();
    served.fail(Fault::NoResponse.at("/oauth/revoke"));
    let mut logout = shell.spawn(&["logout"]);
    while revocations(&served) == 0 {}
    // One that refreshed the token now would store a new one that is deleted, but not revoked.
    let lock = std::fs::File::open(shell.file().with_extension("lock")).expect("a lock file");
    assert!(fd_lock::RwLock::new(lock).try_write().is_err());
    logout.kill().expect("it waits");
    logout.wait().expect("it ends");
}

#[test]
fn logout_names_the_next_current_account() {
    let (shell, served) = (Shell::new(), served());
    for name in ["carol", "bob", "alice"] {
        shell.log_in(&served, &served.account(name));
    }
    let current = |name: &str| format!("@{name}@127.0.0.1");
    let outcome = shell.run(&["logout", "bob"]);
    assert!(!outcome.stderr.contains("current account"), "{}", outcome.stderr);
    let outcome = shell.run(&["logout"]);
    let line = outcome.stderr.lines().last().expect("a message");
    assert!(line.starts_with(&current("carol")), "{line}");
    assert!(line.ends_with("is now the current account."), "{line}");
    let outcome = shell.run(&["logout"]);
    assert!(!outcome.stderr.contains("current account"), "{}", outcome.stderr);
}

#[test]
fn logout_with_an_environment_token_names_the_argument() {
    let (shell, served) = (Shell::new(), served());
    let log_out = || {
        let mut command = shell.command(&["logout"]);
        command.env("GTS_OAUTH_TOKEN", "TOKEN").env("GTS_OAUTH_INSTANCE", served.origin());
        shell.run_to(&mut command, "").stderr
    };
    let without_accounts = log_out();
    assert!(without_accounts.contains("No account is stored here."), "{without_accounts}");
    shell.log_in(&served, &served.account("alice"));
    let with_account = log_out();
    assert!(with_account.contains("gts-oauth logout @name@host"), "{with_account}");
}

#[test]
fn logout_without_an_account_names_the_unfinished_login() {
    let (shell, served) = (Shell::new(), served());
    shell.run(&["login", &served.origin()]);
    let outcome = shell.run(&["logout"]);
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    let host = served.origin().replace("http://", "");
    let command = format!("run `gts-oauth logout {host} --unfinished`.");
    assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("not logged in. Run "), "{}", outcome.stderr);
    let named = shell.run(&["logout", "all", "--unfinished"]);
    assert!(named.stderr.contains("no unfinished login to all"), "{}", named.stderr);
    assert!(!named.stderr.contains("logout --all"), "{}", named.stderr);
    assert_eq!(shell.run(&["logout", "--unfinished"]).code, Some(0));
    assert!(!shell.run(&["logout"]).stderr.contains("--unfinished"));
}

#[test]
fn forced_logout_names_how_to_revoke_the_token() {
    for (dialect, how) in [
        (Dialect::GoToSocial, "run `gts-oauth tokens revoke ID`."),
        (Dialect::Mastodon, "/oauth/authorized_applications"),
    ] {
        let (shell, served) = (Shell::new(), speaking(dialect));
        shell.log_in(&served, &served.account("alice"));
        served.fail(Fault::NoResponse.at("/oauth/revoke").times(2));
        let outcome = shell.run(&["logout", "--force"]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(outcome.stderr.trim_end().ends_with(how), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("Retrying"), "{}", outcome.stderr);
    }
}
