//! A store that fails while a command holds a new token.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use gts_oauth_fake::{Dialect, Fault, Served};

use super::refresh::set_expiry;
use crate::support::secret_service::Keyring;
use crate::support::shell::{Outcome, Shell, served, speaking};

const EXCHANGE: &str = "/oauth/token";
const VERIFICATION: &str = "/api/v1/accounts/verify_credentials";

/// Calls `spoil` with the first request for this path.
fn spoil_at(served: &Served, path: &'static str, spoil: impl FnOnce() + Send + 'static) {
    let spoil = Mutex::new(Some(spoil));
    served.on_request(move |request| {
        if request.path == path {
            if let Some(spoil) = spoil.lock().expect("no panic").take() {
                spoil();
            }
        }
    });
}

/// Puts a folder in the place of the file.
fn replace_by_folder(file: &Path) {
    fs::remove_file(file).expect("a file");
    fs::create_dir(file).expect("a folder");
}

fn damage(file: &Path) {
    fs::write(file, "{").expect("a file");
}

/// Logs in as @alice.
fn log_in(shell: &Shell, served: &Served) -> Outcome {
    let alice = served.account("alice");
    shell.talk(&["login", &served.origin()], |address| alice.visit(address).ok())
}

fn revocations(served: &Served) -> usize {
    served.requests().iter().filter(|it| it.path == "/oauth/revoke").count()
}

#[test]
fn new_token_that_cannot_be_stored_is_revoked() {
    let spoilers: [(_, fn(&Path), _); 3] = [
        (EXCHANGE, replace_by_folder, "not a regular file"),
        (EXCHANGE, damage, "is damaged at"),
        // It was stored as an unfinished login until then.
        (VERIFICATION, damage, "is damaged at"),
    ];
    for (path, spoil, fault) in spoilers {
        let (shell, served) = (Shell::new(), served());
        let file: PathBuf = shell.file();
        spoil_at(&served, path, move || spoil(&file));
        let outcome = log_in(&shell, &served);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
        let said = "The token that the login had obtained is revoked.";
        assert!(outcome.stderr.contains(said), "{path}: {}", outcome.stderr);
        assert_eq!(revocations(&served), 1, "{path}");
    }
}

#[test]
fn unstored_token_that_cannot_be_revoked_is_reported() {
    for dialect in [Dialect::GoToSocial, Dialect::Pixelfed] {
        let (shell, served) = (Shell::new(), speaking(dialect));
        served.fail(Fault::BadGateway.at("/oauth/revoke"));
        let file = shell.file();
        spoil_at(&served, EXCHANGE, move || damage(&file));
        let outcome = log_in(&shell, &served);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        let said = "could not be revoked, and may still be valid. To revoke it, ";
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
    }
}

#[test]
fn stored_token_of_an_interrupted_login_is_kept() {
    let (shell, served) = (Shell::new(), served());
    let new = shell.file().with_extension("new");
    spoil_at(&served, VERIFICATION, {
        let new = new.clone();
        move || fs::create_dir(new).expect("a folder")
    });
    let outcome = log_in(&shell, &served);
    assert!(outcome.stderr.contains("cannot be written"), "{}", outcome.stderr);
    assert_eq!(revocations(&served), 0);
    fs::remove_dir(new).expect("it is empty");
    let exchanges =
        |served: &Served| served.requests().iter().filter(|it| it.path == EXCHANGE).count();
    assert_eq!(log_in(&shell, &served).code, Some(0));
    assert_eq!(exchanges(&served), 1);
}

#[test]
fn token_that_a_dead_keyring_cannot_store_is_revoked() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut command = keyring.command(&shell, &["login", &served.origin()]);
    let keyring = Mutex::new(Some(keyring));
    spoil_at(&served, EXCHANGE, move || drop(keyring.lock().expect("no panic").take()));
    let outcome = shell.talk_to(&mut command, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("could not store"), "{}", outcome.stderr);
    assert_eq!(revocations(&served), 1);
}

/// A shell with an expired token of @alice.
fn expired() -> (Shell, Served) {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    shell.log_in(&served, &served.account("alice"));
    set_expiry(&shell, UNIX_EPOCH);
    (shell, served)
}

#[test]
fn refreshed_token_that_cannot_be_stored_is_still_used() {
    for arguments in [&["token"][..], &["api", "/api/v1/notifications"], &["status"]] {
        let (shell, served) = expired();
        let (file, stored) = (shell.file(), shell.stored());
        spoil_at(&served, EXCHANGE, move || replace_by_folder(&file));
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.stderr);
        assert!(!outcome.stdout.is_empty());
        let said = "was refreshed, but the new one could not be stored: ";
        assert!(outcome.stderr.contains(said), "{}", outcome.stderr);
        let command = format!("`gts-oauth login {} --expect alice`", served.origin());
        assert!(outcome.stderr.contains(&command), "{}", outcome.stderr);
        let is_token = arguments == ["token"];
        assert!(!is_token || !stored.contains(outcome.stdout.trim()), "not the new one");
    }
}

#[test]
fn space_for_a_refreshed_token_is_taken_before_the_request() {
    let (shell, served) = expired();
    let (file, stored) = (shell.file(), shell.stored());
    let space = std::sync::Arc::new(Mutex::new(0));
    spoil_at(&served, EXCHANGE, {
        let space = space.clone();
        move || {
            let new = fs::metadata(file.with_extension("new"));
            *space.lock().expect("no panic") = new.map_or(0, |it| it.len());
        }
    });
    let token = shell.token();
    assert!(shell.stored().contains(&token) && !stored.contains(&token));
    let space = *space.lock().expect("no panic");
    assert!(space > shell.stored().len() as u64, "{space} bytes");
    assert!(!shell.file().with_extension("new").exists());
}
