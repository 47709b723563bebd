//! The file of credentials.

use std::fs;

use crate::shell::{Shell, served};

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file_and_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;

    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.person("alice"));
    let mode = |path: &std::path::Path| {
        let metadata = fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    let file = shell.file();
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().expect("a folder")), 0o700);
}

#[test]
fn the_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.person("alice"));
    let folder = fs::read_dir(shell.file().parent().expect("a folder")).expect("a folder");
    let names = folder.map(|it| it.expect("a file").file_name().into_string().expect("text"));
    let mut names: Vec<_> = names.filter(|name| !name.ends_with(".lock")).collect();
    names.sort();
    assert_eq!(names, ["credentials.json"]);
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
            "another gts-oauth",
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
            let outcome = shell.run(arguments);
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
    let (shell, served) = (Shell::new(), served());
    let alice = served.person("alice");
    shell.log_in(&served, &alice);
    let older = shell.token();
    shell.log_in(&served, &alice);
    assert!(!shell.stored().contains(&older));
    let asked = served.asked();
    let revoked = asked.iter().find(|it| it.path == "/oauth/revoke");
    assert_eq!(revoked.and_then(|it| it.field("token")), Some(older));
}

#[test]
fn of_several_accounts_the_last_is_used_unless_one_is_named() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.person("alice"));
    let alices = shell.token();
    shell.log_in(&served, &served.person("bob"));
    let bobs = shell.token();
    assert_ne!(alices, bobs);
    let host = served.origin().replace("http://", "");
    let token = |account: &str| shell.run(&["token", "--account", account]).stdout;
    assert_eq!(token(&format!("@alice@{host}")), format!("{alices}\n"));
    assert_eq!(token(&host), format!("{bobs}\n"));
    let nobody = shell.run(&["token", "-a", "@carol@example.org"]);
    assert_eq!(nobody.code, Some(3));
    assert!(
        nobody.stderr.contains("@carol@example.org"),
        "{}",
        nobody.stderr
    );
}
