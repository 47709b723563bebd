//! Credentials that another user has put in place.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use gts_oauth_tests::environment::skip;

use crate::support::shell::{Shell, logged_in};

/// A user id that no test runs with.
const OTHER: u32 = 54321;

/// The owner of a new file.
fn own() -> u32 {
    let file = tempfile::tempfile().expect("a file");
    file.metadata().expect("its owner").uid()
}

/// Gives a file, a folder or a link to this user. Returns whether that is possible here.
fn give(path: &Path, owner: u32) -> bool {
    let is_given = lchown(path, Some(owner), None).is_ok() || {
        let mut sudo = Command::new("sudo");
        let status = sudo.args(["-n", "chown", "-h", &owner.to_string()]).arg(path).status();
        status.is_ok_and(|status| status.success())
    };
    if !is_given {
        skip("no file can be given to another user");
    }
    is_given
}

/// Moves a file or folder, and puts a link in its place.
fn link(path: &Path) -> PathBuf {
    let target = path.with_file_name("elsewhere");
    fs::rename(path, &target).expect("it moves");
    symlink(&target, path).expect("a link");
    target
}

fn folder(shell: &Shell) -> PathBuf {
    shell.file().parent().expect("a folder").to_owned()
}

#[test]
fn credentials_of_another_user_are_refused() {
    type Case = (&'static str, fn(&Shell) -> PathBuf);
    let cases: [Case; 6] = [
        ("the folder", folder),
        ("the file", Shell::file),
        ("the link", |shell| {
            link(&folder(shell));
            folder(shell)
        }),
        ("the link", |shell| {
            link(&shell.file());
            shell.file()
        }),
        ("the folder", |shell| link(&folder(shell))),
        ("the file", |shell| link(&shell.file())),
    ];
    for (what, path) in cases {
        let (shell, served) = logged_in();
        let path = path(&shell);
        // Its own link is followed.
        assert_eq!(shell.run(&["status"]).stderr, "");
        served.clear_requests();
        if !give(&path, OTHER) {
            return;
        }
        for arguments in [
            &["api", "/api/v1/statuses", "-f", "status=secret"][..],
            &["status"],
            &["token"],
            &["logout", "--force"],
            &["login", &served.origin()],
        ] {
            let outcome = shell.run(arguments);
            assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""), "{arguments:?}");
            let refusal = format!("belongs to another user (uid {OTHER})");
            assert!(outcome.stderr.contains(&refusal), "{}", outcome.stderr);
            assert!(outcome.stderr.contains(what), "{}", outcome.stderr);
            let hint = format!("run `chown -h {} {}` as root", own(), path.display());
            assert!(outcome.stderr.contains(&hint), "{}", outcome.stderr);
        }
        assert!(served.requests().is_empty());
        assert!(give(&path, own()));
        assert_eq!(shell.run(&["status"]).code, Some(0));
    }
}

#[test]
fn credentials_of_root_are_accepted() {
    let (shell, _served) = logged_in();
    // Another user can read them only if their mode allows it.
    let is_given = give(&folder(&shell), 0);
    let outcome = shell.run(&["status", "--offline"]);
    if is_given && give(&folder(&shell), own()) {
        assert!(!outcome.stderr.contains("another user"), "{}", outcome.stderr);
    }
}

#[test]
fn user_of_sudo_can_have_the_credentials() {
    let (shell, _served) = logged_in();
    if own() != 0 {
        return skip("only root can have become it by sudo");
    }
    let home = tempfile::tempdir().expect("a folder");
    for path in [&folder(&shell), &shell.file(), home.path()] {
        assert!(give(path, OTHER));
    }
    let other = OTHER.to_string();
    let home = home.path().to_str().expect("text");
    for (variable, value, code) in
        [("SUDO_UID", &*other, 0), ("HOME", home, 0), ("SUDO_UID", "54322", 1)]
    {
        let outcome = shell.run_to(shell.command(&["status"]).env(variable, value), "");
        assert_eq!(outcome.code, Some(code), "{variable}={value}: {}", outcome.stderr);
    }
}
