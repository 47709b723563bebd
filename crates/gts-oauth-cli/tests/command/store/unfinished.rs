//! Unfinished logins.

use std::io::BufReader;
#[cfg(target_os = "linux")]
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Child;

use gts_oauth_fake::{Fault, Served};
use serde_json::{Value, json};

use crate::support::shell::{Outcome, Shell, next_address, served};

/// A login that was interrupted before the user allowed the app.
fn interrupted(shell: &Shell, served: &Served, options: &[&str]) {
    let outcome = shell.run(&[&["login", &served.origin()], options].concat());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
}

/// A login that was interrupted after it had got a token.
fn interrupted_with_token(shell: &Shell, served: &Served, options: &[&str]) {
    served.fail(Fault::BadGateway.at("/api/v1/accounts/verify_credentials"));
    let alice = served.account("alice");
    let origin = served.origin();
    let arguments = [&["login", &origin], options].concat();
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
}

fn count(served: &Served, path: &str) -> usize {
    served.requests().iter().filter(|it| it.path == path).count()
}

fn unfinished(shell: &Shell) -> usize {
    let stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    stored["unfinished"].as_array().expect("a list").len()
}

/// The commands that `status` names, as arguments.
pub(crate) fn commands(status: &Outcome, verb: &str) -> Vec<Vec<String>> {
    let lines = status.stderr.lines().filter(|line| line.contains("is unfinished"));
    let quoted = lines.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned));
    let start = format!("gts-oauth {verb} ");
    let commands = quoted.filter(|command| command.starts_with(&start));
    // A shell would split them.
    let split = |command: String| {
        let pieces = command.split('\'').enumerate();
        let words = pieces.flat_map(|(at, piece)| match at % 2 {
            0 => piece.split_whitespace().map(str::to_owned).collect(),
            _ => vec![piece.to_owned()],
        });
        words.skip(1).collect()
    };
    commands.map(split).collect()
}

#[test]
fn status_names_the_command_that_resumes_each_login() {
    let (shell, served) = (Shell::new(), served());
    interrupted(&shell, &served, &["--scopes", "read write:media", "--name", "my app"]);
    interrupted(&shell, &served, &["--expect", "bob", "--store", "file"]);
    let apps = count(&served, "/api/v1/apps");
    let logins = commands(&shell.run(&["status"]), "login");
    assert_eq!(logins.len(), 2, "{logins:?}");
    assert!(logins[1].join(" ").contains("--store file"), "{logins:?}");
    for arguments in logins {
        let outcome = shell.run(&arguments);
        assert!(outcome.stderr.contains("Resuming"), "{arguments:?}: {}", outcome.stderr);
    }
    assert_eq!(count(&served, "/api/v1/apps"), apps);
}

#[test]
fn a_login_by_another_way_ends_the_unfinished_ones() {
    let (shell, served) = (Shell::new(), served());
    interrupted_with_token(&shell, &served, &["--name", "another app"]);
    interrupted(&shell, &served, &["--expect", "bob", "--name", "bob's app"]);
    interrupted(&shell, &served, &["--expect", "alice", "--name", "a third app"]);
    shell.log_in(&served, &served.account("alice"));
    assert_eq!(count(&served, "/oauth/revoke"), 1);
    // Only that of another account is left.
    let left = commands(&shell.run(&["status"]), "login");
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains(&"@bob".to_owned()), "{left:?}");
    let token = shell.token();
    let mut command = shell.command(&["login", &served.origin(), "--with-token"]);
    interrupted(&shell, &served, &["--name", "yet another app"]);
    assert_eq!(shell.run_to(&mut command, &token).code, Some(0));
    assert_eq!(unfinished(&shell), 1);
}

#[test]
fn logout_of_an_instance_discards_its_unfinished_logins() {
    let (shell, served) = (Shell::new(), served());
    interrupted_with_token(&shell, &served, &[]);
    let status = shell.run(&["status"]);
    let logout = commands(&status, "logout").remove(0);
    let other = shell.run(&["logout", "example.org"]);
    assert_eq!((other.code, unfinished(&shell)), (Some(3), 1));
    let outcome = shell.run(&logout);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!((unfinished(&shell), count(&served, "/oauth/revoke")), (0, 1));
    assert_eq!(shell.run(&logout).code, Some(1));
    // Without an account there, the instance is enough.
    interrupted(&shell, &served, &[]);
    assert_eq!(shell.run(&["logout", &served.origin()]).code, Some(0));
    assert_eq!(unfinished(&shell), 0);
}

#[test]
fn discarding_unfinished_logins_keeps_the_accounts() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
        let token = shell.token();
        interrupted(&shell, &served, &["--expect", "carol"]);
        interrupted(&shell, &served, &["--expect", "dave", "--name", "my app"]);
        let status = shell.run(&["status"]);
        // Each by its account.
        for (left, logout) in (0..2).rev().zip(commands(&status, "logout")) {
            let outcome = shell.run(&logout);
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            assert_eq!((unfinished(&shell), count(&served, "/oauth/revoke")), (left, 0));
        }
        assert_eq!(shell.token(), token);
    }
}

#[test]
fn unfinished_logins_without_accounts_are_discarded_together() {
    let (shell, served) = (Shell::new(), served());
    for name in ["my app", "another app"] {
        interrupted(&shell, &served, &["--name", name]);
    }
    let status = shell.run(&["status"]);
    assert!(status.stderr.contains("discard all unfinished logins"), "{}", status.stderr);
    assert_eq!(shell.run(&commands(&status, "logout").remove(0)).code, Some(0));
    assert_eq!(unfinished(&shell), 0);
}

/// It might be of another user, and its app can do more.
#[test]
fn login_with_more_scopes_is_kept() {
    let (shell, served) = (Shell::new(), served());
    interrupted(&shell, &served, &["--scopes", "read write:media"]);
    interrupted(&shell, &served, &["--scopes", "read:accounts"]);
    assert_eq!(unfinished(&shell), 2);
    let outcome = shell.log_in(&served, &served.account("alice"));
    let discarded = format!("Another unfinished login to {} is discarded.", served.origin());
    assert_eq!(outcome.stderr.matches(&discarded).count(), 1, "{}", outcome.stderr);
    let status = shell.run(&["status"]);
    assert_eq!(unfinished(&shell), 1);
    assert!(status.stderr.contains("--scopes 'read write:media'"), "{}", status.stderr);
}

#[test]
fn unfinished_login_is_named_by_its_account_and_server() {
    let (shell, served) = (Shell::new(), served());
    let host = served.origin().replace("http://", "");
    interrupted(&shell, &served, &["--expect", "bob"]);
    let status = shell.run(&["status"]);
    let logout = format!("gts-oauth logout @bob@{host} --unfinished");
    assert!(status.stderr.contains(&logout), "{}", status.stderr);
    let outcome = shell.run(&["logout", "@bob@127.0.0.1:1", "--unfinished"]);
    assert_eq!((outcome.code, unfinished(&shell)), (Some(1), 1));
    assert_eq!(shell.run(&commands(&status, "logout").remove(0)).code, Some(0));
    assert_eq!(unfinished(&shell), 0);
}

#[test]
fn unfinished_login_shows_that_its_server_has_no_tls() {
    let (shell, served) = (Shell::new(), served());
    let host = served.origin().replace("http://", "");
    interrupted(&shell, &served, &[]);
    interrupted(&shell, &served, &[]);
    let outcome = shell.run(&["login", &format!("@alice@{host}")]);
    assert!(outcome.stderr.contains("/oauth/authorize?"), "{}", outcome.stderr);
}

#[test]
fn login_of_another_account_is_not_resumed() {
    let (shell, served) = (Shell::new(), served());
    interrupted(&shell, &served, &["--expect", "carol"]);
    interrupted(&shell, &served, &["--expect", "dave"]);
    assert_eq!((unfinished(&shell), count(&served, "/api/v1/apps")), (2, 2));
    // In another spelling, or without one, it is the same.
    let host = served.origin().replace("http://", "");
    interrupted(&shell, &served, &["--expect", &format!("@Dave@{host}")]);
    interrupted(&shell, &served, &[]);
    assert_eq!((unfinished(&shell), count(&served, "/api/v1/apps")), (2, 2));
}

#[test]
fn logout_of_an_account_keeps_unfinished_logins() {
    let (shell, served) = (Shell::new(), served());
    let host = served.origin().replace("http://", "");
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
    }
    interrupted(&shell, &served, &["--expect", "carol"]);
    // Two accounts match: nothing is ended.
    let outcome = shell.run(&["logout", &host]);
    assert_eq!((outcome.code, unfinished(&shell)), (Some(2), 1), "{}", outcome.stderr);
    assert_eq!(shell.run(&["logout", "bob"]).code, Some(0));
    assert_eq!(shell.run(&["logout", &host]).code, Some(0));
    assert_eq!(unfinished(&shell), 1);
    assert_eq!(shell.run(&["logout", "carol", "--unfinished"]).code, Some(0));
    assert_eq!(unfinished(&shell), 0);
}

#[test]
fn a_login_that_is_running_is_not_listed() {
    let (shell, served) = (Shell::new(), served());
    let mut running = shell.spawn(&["login", &served.origin()]);
    let mut stderr = BufReader::new(running.stderr.take().expect("a pipe"));
    next_address(&mut stderr, &mut String::new()).expect("it waits for the code");
    let status = shell.run(&["status"]);
    assert!(!status.stderr.contains("is unfinished"), "{}", status.stderr);
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    let status = shell.run(&["status"]);
    assert!(status.stderr.contains("is unfinished"), "{}", status.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_login_that_finishes_meanwhile_is_not_listed() {
    let (shell, served) = (Shell::new(), served());
    interrupted(&shell, &served, &[]);
    let mut lock = locked(&shell, "lock");
    let held = lock.write().expect("it is free");
    let status = shell.spawn(&["status"]);
    let status = wait_at(status, &shell.file().with_extension("lock"));
    let mut stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    stored["unfinished"] = json!([]);
    std::fs::write(shell.file(), stored.to_string()).expect("a file");
    drop(held);
    let outcome = Outcome::from(status.wait_with_output().expect("it ends"));
    assert!(!outcome.stderr.contains("is unfinished"), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn logout_skips_no_login_that_status_looks_at() {
    let (shell, served) = (Shell::new(), served());
    interrupted(&shell, &served, &[]);
    // As `status` does.
    let (mut lock, mut slot) = (locked(&shell, "lock"), locked(&shell, "login0.lock"));
    let held = lock.write().expect("it is free");
    let tested = slot.write().expect("it is free");
    let logout = shell.spawn(&["logout", "--all"]);
    let logout = wait_at(logout, &shell.file().with_extension("lock"));
    drop((tested, held));
    let outcome = Outcome::from(logout.wait_with_output().expect("it ends"));
    assert_eq!((outcome.code, unfinished(&shell)), (Some(0), 0), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
pub(super) fn locked(shell: &Shell, extension: &str) -> fd_lock::RwLock<std::fs::File> {
    let path = shell.file().with_extension(extension);
    let file = std::fs::File::options().create(true).append(true).open(path);
    fd_lock::RwLock::new(file.expect("a lock file"))
}

/// Waits until the command opens this file, or ends.
#[cfg(target_os = "linux")]
pub(super) fn wait_at(mut child: Child, path: &Path) -> Child {
    let folder = format!("/proc/{}/fd", child.id());
    let is_open = || {
        let mut files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        files.any(|it| std::fs::read_link(it.path()).is_ok_and(|it| it == path))
    };
    while !is_open() && child.try_wait().expect("a state").is_none() {}
    child
}

#[test]
fn token_of_a_discarded_login_is_stored_until_it_is_revoked() {
    let (shell, served) = (Shell::new(), served());
    interrupted_with_token(&shell, &served, &[]);
    served.fail(Fault::BadGateway.at("/oauth/revoke"));
    let discard = ["logout", &served.origin(), "--unfinished"];
    let outcome = shell.run(&discard);
    assert!(outcome.stderr.contains("is discarded"), "{}", outcome.stderr);
    assert_eq!(unfinished(&shell), 0);
    assert!(shell.stored().contains("access_token"));
    let status = shell.run(&["status"]);
    assert!(status.stderr.contains("An earlier token at 127.0.0.1:"), "{}", status.stderr);
    assert_eq!(shell.run(&discard).code, Some(0));
    assert_eq!(count(&served, "/oauth/revoke"), 2);
    assert!(!shell.stored().contains("access_token"));
}
