//! Credentials in the system's keyring.

use std::fs;
use std::io::{BufRead as _, BufReader};

use gts_oauth_fake::{Dialect, Fault};
use serde_json::{Value, json};

use crate::support::optional::program;
use crate::support::secret_service::Keyring;
use crate::support::shell::{Shell, secrets, served, speaking};

#[test]
fn where_a_keyring_answers_the_file_never_holds_a_secret() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut stored = Vec::new();
    let mut command = keyring.command(&shell, &["login", &served.origin()]);
    let outcome = shell.talk_to(&mut command, |address| {
        stored.push(shell.stored());
        alice.visit(address).ok()
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let said = outcome.stderr.find("stored in the system keyring").expect("it is said");
    assert!(said < outcome.stderr.find("Open this").expect("an address"), "and before");
    stored.push(shell.stored());

    let mut secrets = secrets(&served);
    secrets.push(keyring.token(&shell));
    assert!(stored[0].contains("a login to"), "{}", stored[0]);
    for (secret, stored) in secrets.iter().flat_map(|it| stored.iter().map(move |s| (it, s))) {
        assert!(!stored.contains(secret), "{stored}");
    }
    let status = keyring.run(&shell, &["status"]);
    assert!(status.stdout.contains("the system keyring"), "{}", status.stdout);
}

#[test]
fn a_login_that_was_killed_goes_on_from_the_keyring() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let begun = keyring.run(&shell, &["login", &served.origin()]);
    assert_eq!(begun.code, Some(1), "{}", begun.stderr);
    keyring.log_in(&shell, &served, "alice");
    let asked = served.requests();
    let apps = asked.iter().filter(|it| it.path == "/api/v1/apps").count();
    assert_eq!(apps, 1);
}

#[test]
fn logging_in_again_and_out_leaves_nothing_in_the_keyring() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    let (first, index) = (keyring.token(&shell), shell.stored());
    keyring.log_in(&shell, &served, "alice");
    let (second, later) = (keyring.token(&shell), shell.stored());
    assert_ne!(first, second);
    let outcome = keyring.run(&shell, &["logout"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(keyring.entries(), 0);
    // As after restoring a backup: the keyring entries that the files name are missing.
    for stored in [index, later] {
        fs::write(shell.file(), stored).expect("a file");
        let outcome = keyring.run(&shell, &["token"]);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.stderr.contains("no such entry. Log in again."), "{}", outcome.stderr);
    }
}

/// More than the Windows limit for one entry.
#[test]
fn what_is_long_is_kept_whole_and_forgotten_whole() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let website = format!("https://example.org/{}", "x".repeat(1000));
    let things = "accounts blocks bookmarks favourites filters follows lists mutes notifications";
    let scope = |thing: &str| format!("read:{thing} write:{thing} ");
    let scopes: String = things.split(' ').map(scope).collect();
    let origin = served.origin();
    let arguments = ["login", &origin, "--website", &website, "--scopes", &scopes];
    let begun = keyring.run(&shell, &arguments);
    assert_eq!(begun.code, Some(1), "{}", begun.stderr);
    let mut command = keyring.command(&shell, &arguments);
    let outcome = shell.talk_to(&mut command, |address| alice.visit(address).ok());
    assert!(outcome.stderr.contains("Resuming"), "{}", outcome.stderr);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(keyring.entries(), 2);
    let outcome = keyring.run(&shell, &["api", "/api/v1/notifications"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let outcome = keyring.run(&shell, &["logout"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(keyring.entries(), 0);
}

/// A command that is killed between two parts must not leave half of the old value, and half of the
/// new one.
#[test]
fn long_value_is_replaced_as_a_whole() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    let alice = served.account("alice");
    let website = format!("https://example.org/{}", "x".repeat(1950));
    served.fail(Fault::Patched(json!({ "expires_in": 1 })).at("/oauth/token"));
    let mut command = keyring.command(&shell, &["login", &served.origin(), "--website", &website]);
    let outcome = shell.talk_to(&mut command, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let name = || {
        let stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
        stored["accounts"][0]["kept"]["keyring"].as_str().expect("a name").to_owned()
    };
    let (first, entries) = (name(), keyring.entries());
    assert!(entries > 1, "several parts");
    let is_refreshed = || {
        let refresh = Some("refresh_token".to_owned());
        served.requests().iter().any(|it| it.field("grant_type") == refresh)
    };
    while !is_refreshed() {
        assert!(!keyring.token(&shell).is_empty());
    }
    assert_ne!(name(), first, "the file changes to another entry");
    assert_eq!(keyring.entries(), entries, "the old entry is deleted");
    assert_eq!(keyring.run(&shell, &["status"]).code, Some(0));
}

#[test]
fn several_accounts_are_kept_apart() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    let alices = keyring.token(&shell);
    keyring.log_in(&shell, &served, "bob");
    assert_ne!(keyring.token(&shell), alices);
    assert_eq!(keyring.run(&shell, &["switch"]).code, Some(0));
    assert_eq!(keyring.token(&shell), alices);
}

#[test]
fn configuration_folders_share_no_keyring_entries() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (first, second, served) = (Shell::new(), Shell::new(), served());
    // An unfinished login in each folder, too.
    for shell in [&first, &second] {
        keyring.run(shell, &["login", &served.origin(), "--name", "another app"]);
    }
    keyring.log_in(&first, &served, "alice");
    let token = keyring.token(&first);
    keyring.log_in(&second, &served, "alice");
    let other = keyring.token(&second);
    assert_ne!(token, other);
    assert_eq!(keyring.token(&first), token);
    let outcome = keyring.run(&second, &["logout", "--all"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(keyring.token(&first), token);
    let outcome = keyring.run(&first, &["logout", "--all"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let requests = served.requests();
    let revoked = requests.iter().filter(|it| it.path == "/oauth/revoke");
    let revoked: Vec<_> = revoked.filter_map(|it| it.field("token")).collect();
    assert_eq!(revoked, [other, token]);
    assert_eq!(keyring.entries(), 0);
}

#[test]
fn a_file_that_cannot_be_written_leaves_no_entry() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    let (token, entries) = (keyring.token(&shell), keyring.entries());
    // A folder in the way of every write.
    fs::create_dir(shell.file().with_extension("new")).expect("a folder");
    let outcome = keyring.run(&shell, &["login", &served.origin(), "--name", "another app"]);
    assert!(outcome.stderr.contains("cannot be written"), "{}", outcome.stderr);
    assert_eq!(keyring.entries(), entries);
    assert_eq!(keyring.token(&shell), token);
}

#[test]
fn keyring_entries_without_an_id_stay_readable() {
    let (Some(keyring), Some(_)) = (Keyring::unlocked(), program("gdbus")) else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    let token = keyring.token(&shell);
    let handle = format!("@alice@{}", served.origin().replace("http://", ""));
    let mut stored: Value = serde_json::from_str(&shell.stored()).expect("JSON");
    let name = stored["accounts"][0]["kept"]["keyring"].as_str().expect("a name").to_owned();
    assert!(name.starts_with(&format!("{handle} (")), "{name}");
    stored["accounts"][0]["kept"]["keyring"] = Value::from(handle.as_str());
    fs::write(shell.file(), stored.to_string()).expect("a file");
    keyring.rename(&handle);
    assert_eq!(keyring.token(&shell), token);
    // Another configuration folder can share it, so the next login adds an entry with an id.
    let other = Shell::new();
    fs::create_dir_all(other.file().parent().expect("a folder")).expect("a folder");
    fs::write(other.file(), stored.to_string()).expect("a file");
    keyring.log_in(&shell, &served, "alice");
    assert!(!shell.stored().contains(&format!("\"keyring\": \"{handle}\"")));
    assert_eq!(keyring.token(&other), token);
    for shell in [&shell, &other] {
        let outcome = keyring.run(shell, &["logout"]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    assert_eq!(keyring.entries(), 0);
}

#[test]
fn the_file_can_be_chosen_where_a_keyring_answers() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--store", "file"];
    let mut command = keyring.command(&shell, &arguments);
    let outcome = shell.talk_to(&mut command, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("credentials.json"), "{}", outcome.stderr);
    assert!(shell.stored().contains(&shell.token()));
}

#[test]
fn a_keyring_that_is_gone_later_is_told_and_spoils_nothing() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    drop(keyring);
    let stored = shell.stored();
    for arguments in [&["token"][..], &["api", "/api/v1/x"], &["logout"], &["status"]] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}");
        let told = format!("{}{}", outcome.stderr, outcome.stdout);
        assert!(told.contains("could not read @alice@127.0.0.1"), "{told}");
    }
    assert_eq!(shell.stored(), stored);
    // Another account is stored in the file, beside it.
    shell.log_in(&served, &served.account("bob"));
    assert_eq!(shell.run(&["token"]).code, Some(0));
    // The option to do so removes the first one.
    let handle = format!("@alice@{}", served.origin().replace("http://", ""));
    let forced = shell.run(&["logout", "--account", &handle, "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert!(forced.stderr.contains("may still be valid"), "{}", forced.stderr);
    assert!(!shell.stored().contains("@alice@"));
    assert!(shell.stored().contains("@bob@"));
}

#[test]
fn a_login_begun_in_a_keyring_that_is_gone_begins_anew() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.run(&shell, &["login", &served.origin()]);
    drop(keyring);
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(outcome.stderr.contains("so it starts over"), "{}", outcome.stderr);
    assert_eq!(shell.run(&["token"]).code, Some(0));
    assert!(!shell.stored().contains("a login to"));
}

#[test]
fn a_keyring_that_stays_locked_says_what_to_do() {
    let Some(mut keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    keyring.lock();
    let login = ["login", &served.origin(), "--store", "keyring"];
    for arguments in [&["token"][..], &login] {
        let outcome = keyring.run(&shell, arguments);
        assert_eq!(outcome.code, Some(1));
        let hint = "is locked. Unlock it, or log in with --store file.";
        assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
    // Without --store, the file is announced before there is anything to store.
    let outcome = keyring.log_in(&shell, &served, "bob");
    let said = outcome.stderr.find("because the system keyring is locked").expect("it is said");
    assert!(said < outcome.stderr.find("Open this").expect("an address"));
    assert_eq!(keyring.token(&shell), shell.token());
    // The id of an entry says nothing to a user.
    let outcome = keyring.run(&shell, &["logout", "--account", "alice"]);
    let host = served.origin().replace("http://", "");
    let what = format!("could not read @alice@{host} from the system keyring: it is locked");
    assert!(outcome.stderr.contains(&what), "{}", outcome.stderr);
}

#[test]
fn a_keyring_that_asks_for_its_password_is_waited_for_and_that_is_said() {
    // The daemon runs as long as the bus, and does not prompt.
    let silent = program("dbus-monitor");
    let Some(mut keyring) = silent.and_then(|it| Keyring::asking_by(&it)) else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    keyring.log_in(&shell, &served, "alice");
    keyring.lock();
    let mut command = keyring.command(&shell, &["token"]);
    let mut waiting = command.spawn().expect("it starts");
    let mut said = String::new();
    let mut stderr = BufReader::new(waiting.stderr.take().expect("a pipe"));
    stderr.read_line(&mut said).expect("a line");
    assert!(said.contains("may ask for its password"), "{said}");
    waiting.kill().expect("it waits");
    let ended = waiting.wait().expect("it ends");
    assert_eq!(ended.code(), None, "it did not end by itself");
}

#[test]
fn refreshed_tokens_replace_their_entry_in_place() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    let short = Fault::Patched(json!({ "expires_in": 1 }));
    served.fail(short.at("/oauth/token").times(1));
    keyring.log_in(&shell, &served, "alice");
    let (index, refresh) = (shell.stored(), Some("refresh_token".to_owned()));
    let is_refreshed = || served.requests().iter().any(|it| it.field("grant_type") == refresh);
    let mut tokens = vec![keyring.token(&shell)];
    while !is_refreshed() {
        tokens.push(keyring.token(&shell));
    }
    // Nothing that is written later can fail and lose the new tokens.
    assert_eq!(shell.stored(), index);
    assert_eq!(keyring.entries(), 1);
    assert_eq!(tokens.last(), Some(&keyring.token(&shell)));
}

#[test]
fn value_stored_in_part_leaves_no_entry() {
    let Some(mut keyring) = Keyring::unlocked() else {
        return;
    };
    // Room for the first part of a login, but not for both.
    keyring.limit(3584);
    let (shell, served) = (Shell::new(), served());
    let website = format!("https://example.org/{}", "x".repeat(1000));
    let things = "accounts blocks bookmarks favourites filters follows lists mutes notifications";
    let scope = |thing: &str| format!("read:{thing} write:{thing} ");
    let scopes: String = things.split(' ').map(scope).collect();
    let arguments = ["login", &served.origin(), "--website", &website, "--scopes", &scopes];
    let outcome = keyring.run(&shell, &[&arguments[..], &["--store", "keyring"]].concat());
    assert_eq!(outcome.code, Some(1));
    let what = "could not store a login to http://127.0.0.1";
    assert!(outcome.stderr.contains(what), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("could not delete"), "{}", outcome.stderr);
    assert_eq!(keyring.entries(), 0);
}
