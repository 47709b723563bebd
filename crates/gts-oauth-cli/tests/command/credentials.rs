//! The file of credentials.

use std::fs;

use gts_oauth_tests::play;
use gts_oauth_tests::recording;

use crate::shell::{Shell, TOKEN, recorded_login, register, revoke, verify};

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file_and_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;

    let shell = Shell::new();
    let _server = shell.logged_in(vec![]);
    let mode = |path: &std::path::Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
    };
    let file = shell.file();
    assert_eq!(mode(&file) & 0o777, 0o600);
    assert_eq!(mode(file.parent().expect("a folder")) & 0o777, 0o700);
}

#[test]
fn the_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let shell = Shell::new();
    let _server = shell.logged_in(vec![]);
    let folder = fs::read_dir(shell.file().parent().expect("a folder")).expect("a folder");
    assert_eq!(folder.count(), 1);
}

#[test]
fn a_damaged_file_is_named_and_never_overwritten() {
    for (damage, fault) in [
        ("{\"version\": 1, \"accounts\": [", "damaged at line 1"),
        (
            "{\"version\": 1, \"accounts\": [\"SECRET\"], \"unfinished\": []}",
            "damaged",
        ),
        (
            "{\"version\": 9, \"tokens\": \"SECRET\"}",
            "newer gts-oauth",
        ),
        ("", "damaged"),
    ] {
        let shell = Shell::new();
        fs::create_dir_all(shell.file().parent().expect("a folder")).expect("a folder");
        fs::write(shell.file(), damage).expect("a file");
        for arguments in [
            &["login", "http://127.0.0.1:9"][..],
            &["token"],
            &["logout"],
        ] {
            let outcome = shell.run(arguments, "CODE\n");
            assert_eq!(outcome.code, Some(1));
            assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
            assert!(
                outcome.stderr.contains("credentials.json"),
                "{}",
                outcome.stderr
            );
            assert!(!outcome.stderr.contains("SECRET"), "{}", outcome.stderr);
        }
        assert_eq!(shell.stored(), damage);
    }
}

#[test]
fn logging_in_again_to_the_same_account_revokes_the_older_token() {
    let shell = Shell::new();
    let mut newer = recorded_login();
    newer[1] = play("POST", "/oauth/token", recording(54));
    newer.push(revoke());
    let server = shell.logged_in(newer);
    let outcome = shell.run(&["login", &server.origin()], "CODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!shell.stored().contains(TOKEN));
    let asked = server.finish();
    assert_eq!(
        asked.last().map(|asked| asked.field("token")).as_deref(),
        Some(TOKEN)
    );
}

#[test]
fn of_several_accounts_the_last_is_used_unless_one_is_named() {
    let shell = Shell::new();
    let first = shell.logged_in(vec![]);
    let other = play("POST", "/oauth/token", recording(54));
    let second = gts_oauth_tests::Player::start(vec![register(), other, verify()]);
    let outcome = shell.run(&["login", &second.origin()], "CODE\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let token = |arguments: &[&str]| shell.run(arguments, "").stdout;
    assert_ne!(token(&["token"]), format!("{TOKEN}\n"));
    let host = first.origin().replace("http://", "");
    assert_eq!(token(&["token", "--account", &host]), format!("{TOKEN}\n"));
    assert_eq!(
        token(&["token", "-a", &format!("@alice@{host}")]),
        format!("{TOKEN}\n")
    );
    let nobody = shell.run(&["token", "-a", "@carol@example.org"], "");
    assert_eq!(nobody.code, Some(1));
    assert!(
        nobody.stderr.contains("@carol@example.org"),
        "{}",
        nobody.stderr
    );
}
