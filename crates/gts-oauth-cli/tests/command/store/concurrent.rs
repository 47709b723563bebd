//! Concurrent commands, and commands that are killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Child;
use std::thread;

use gts_oauth_fake::Served;
use serde_json::Value;

use crate::support::shell::{Shell, served};

/// Tokens of users that no command of this test logs in.
fn tokens(served: &Served, names: &[String]) -> Vec<String> {
    let token = |name: &String| {
        let shell = Shell::new();
        shell.log_in(served, &served.account(name));
        shell.token()
    };
    names.iter().map(token).collect()
}

fn names(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| format!("person{number}")).collect()
}

fn accounts(shell: &Shell) -> Vec<String> {
    let stored: Value = serde_json::from_str(&shell.stored()).expect("a whole file");
    let accounts = stored["accounts"].as_array().expect("accounts");
    let handles = accounts.iter().map(|it| it["handle"].as_str().expect("a handle"));
    let mut names: Vec<String> =
        handles.map(|handle| handle.split('@').nth(1).expect("a name").to_owned()).collect();
    names.sort();
    names
}

fn keep_token(shell: &Shell, served: &Served, token: &str) -> i32 {
    let arguments = ["login", &served.origin(), "--with-token"];
    let outcome = shell.run_to(&mut shell.command(&arguments), token);
    outcome.code.expect("it ends by itself")
}

/// A hundred logins and a hundred logouts, all at the same time.
#[test]
fn of_two_hundred_logins_and_logouts_at_once_none_loses_another() {
    let (shell, served) = (Shell::new(), served());
    served.rate_limit(None);
    let (stay, leave) = (names(0..100), names(100..200));
    let [coming, going] = [&stay, &leave].map(|names| tokens(&served, names));
    for token in &going {
        assert_eq!(keep_token(&shell, &served, token), 0);
    }
    let host = served.origin().replace("http://", "");
    thread::scope(|scope| {
        for token in &coming {
            scope.spawn(|| assert_eq!(keep_token(&shell, &served, token), 0));
        }
        for name in &leave {
            let account = format!("@{name}@{host}");
            let shell = &shell;
            scope.spawn(move || {
                let outcome = shell.run(&["logout", "--account", &account]);
                assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            });
        }
    });
    let mut expected = stay;
    expected.sort();
    assert_eq!(accounts(&shell), expected);
}

/// Whole logins, each with its own app, all with the same command.
#[test]
fn logins_at_once_with_the_same_words_do_not_take_up_each_other() {
    let (shell, served) = (Shell::new(), served());
    served.rate_limit(None);
    let names = names(0..20);
    thread::scope(|scope| {
        for name in &names {
            let (shell, served) = (&shell, &served);
            scope.spawn(move || shell.log_in(served, &served.account(name)));
        }
    });
    let mut expected = names.clone();
    expected.sort();
    assert_eq!(accounts(&shell), expected);
    let asked = served.requests();
    let apps = asked.iter().filter(|it| it.path == "/api/v1/apps").count();
    assert_eq!(apps, names.len());
    let exchanges = asked.iter().filter(|it| it.path == "/oauth/token").count();
    assert_eq!(exchanges, names.len(), "no code was sent twice");
    let stored: Value = serde_json::from_str(&shell.stored()).expect("a whole file");
    assert_eq!(stored["unfinished"], serde_json::json!([]));
}

fn switch(shell: &Shell) -> Child {
    shell.spawn(&["switch"])
}

/// Waits until the command writes, polls a number of times more, and kills it. Returns whether it
/// wrote.
fn kill_in_the_middle(mut child: Child, half: &Path, looks: u32) -> bool {
    let mut seen = 0;
    while child.try_wait().expect("a state").is_none() {
        seen += u32::from(half.exists());
        if seen > looks {
            child.kill().expect("it runs");
            break;
        }
    }
    child.wait().expect("it ends");
    seen > looks
}

#[test]
fn a_command_that_is_killed_while_it_writes_leaves_the_old_file_or_the_new_one() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
    }
    let old = shell.stored();
    assert_eq!(shell.run(&["switch"]).code, Some(0));
    let new = shell.stored();
    assert_ne!(old, new);

    let half = shell.file().with_extension("new");
    let (mut killed, mut kept) = (0, 0);
    // Later each time, until the command finishes first.
    for round in 0..200 {
        let _ = fs::remove_file(&half);
        let before = shell.stored();
        killed += u32::from(kill_in_the_middle(switch(&shell), &half, round % 20));
        let after = shell.stored();
        assert!(after == old || after == new, "round {round}: {after}");
        kept += u32::from(after == before);
    }
    assert!(killed > 20 && kept > 0, "killed {killed}, kept the old file {kept} times");
    fs::write(&half, "{\"version\":1,\"acc").expect("what a command may leave");
    // A half-written file is no obstacle.
    let before = shell.stored();
    assert_eq!(shell.run(&["switch"]).code, Some(0));
    assert_ne!(shell.stored(), before);
    assert!(!half.exists());
}

#[test]
fn the_file_is_replaced_and_never_written_over() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
    }
    let before = shell.stored();
    let same = shell.file().with_extension("same");
    fs::hard_link(shell.file(), &same).expect("another name");
    assert_eq!(shell.run(&["switch"]).code, Some(0));
    assert_ne!(shell.stored(), before);
    // A reader that opened the old file reads it to its end.
    assert_eq!(fs::read_to_string(&same).expect("the old file"), before);
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_stays_behind_it() {
    let (shell, served) = (Shell::new(), served());
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("elsewhere.json");
    shell.log_in(&served, &served.account("alice"));
    fs::rename(shell.file(), &real).expect("it moves");
    std::os::unix::fs::symlink(&real, shell.file()).expect("a link");
    shell.log_in(&served, &served.account("bob"));
    assert!(fs::symlink_metadata(shell.file()).expect("it is there").is_symlink());
    assert_eq!(accounts(&shell), ["alice", "bob"]);
}

/// Another user who can write to the folder can plant the link.
#[cfg(unix)]
#[test]
fn link_in_a_folder_that_others_can_write_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let shell = Shell::new();
    let folder = shell.file().parent().expect("a folder").to_owned();
    fs::create_dir_all(&folder).expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path().join("x.json"), shell.file()).expect("a link");
    for (mode, is_warned_of) in [(0o777, true), (0o1777, true), (0o755, false), (0o700, false)] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("a mode");
        let outcome = shell.run(&["status"]);
        let warning = format!("Other users have access to {}", folder.display());
        let is_printed = outcome.stderr.replace('\n', " ").contains(&warning);
        assert_eq!(is_printed, is_warned_of, "{mode:o}: {}", outcome.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_followed() {
    let (shell, served) = (Shell::new(), served());
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("elsewhere.json");
    let place = shell.file();
    fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
    std::os::unix::fs::symlink(&real, &place).expect("a link");
    shell.log_in(&served, &served.account("alice"));
    assert!(real.is_file());
    assert!(fs::symlink_metadata(place).is_ok_and(|it| it.is_symlink()));
}

#[test]
fn long_wait_for_another_command_is_reported() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
    }
    let file = fs::File::open(shell.file().with_extension("lock")).expect("a lock file");
    let mut lock = fd_lock::RwLock::new(file);
    let held = lock.try_write().expect("no other command runs");
    let mut child = shell.spawn(&["switch"]);
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    stderr.read_line(&mut said).expect("a line");
    assert!(said.starts_with("Waiting for another gts-oauth"), "{said}");
    drop(held);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
