//! The credentials file.

use std::fs;

use serde_json::{Value, json};

use crate::support::shell::{Shell, served};

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file_and_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;

    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
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
    shell.log_in(&served, &served.account("alice"));
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
        ("{\"version\": 1, \"accounts\": [\"SECRET\"], \"unfinished\": []}", "damaged"),
        ("{\"version\": 9, \"tokens\": \"SECRET\"}", "newer gts-oauth (file version 9)"),
        ("{\"version\": 300, \"tokens\": \"SECRET\"}", "newer gts-oauth (file version 300)"),
        (
            "{\"version\": 0, \"tokens\": \"SECRET\"}",
            "no valid version (0): the file was not changed",
        ),
        ("", "is empty: move it away"),
        ("\n", "is empty: move it away"),
    ] {
        let shell = Shell::new();
        fs::create_dir_all(shell.file().parent().expect("a folder")).expect("a folder");
        fs::write(shell.file(), damage).expect("a file");
        for arguments in [
            &["login", "http://127.0.0.1:9"][..],
            &["token"],
            &["logout"],
            &["switch"],
            &["status"],
        ] {
            let outcome = shell.run(arguments);
            assert_eq!(outcome.code, Some(1));
            assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
            assert!(outcome.stderr.contains("credentials.json"), "{}", outcome.stderr);
            assert!(!outcome.stderr.contains("SECRET"), "{}", outcome.stderr);
        }
        assert_eq!(shell.stored(), damage);
    }
}

#[test]
fn logging_in_again_to_the_same_account_revokes_the_older_token() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    shell.log_in(&served, &alice);
    let older = shell.token();
    shell.log_in(&served, &alice);
    assert!(!shell.stored().contains(&older));
    let asked = served.requests();
    let revoked = asked.iter().find(|it| it.path == "/oauth/revoke");
    assert_eq!(revoked.and_then(|it| it.field("token")), Some(older));
}

#[test]
fn of_several_accounts_the_last_is_used_unless_one_is_named() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let alices = shell.token();
    shell.log_in(&served, &served.account("bob"));
    let bobs = shell.token();
    assert_ne!(alices, bobs);
    let host = served.origin().replace("http://", "");
    let token = |account: &str| shell.run(&["token", "--account", account]).stdout;
    assert_eq!(token(&format!("@alice@{host}")), format!("{alices}\n"));
    assert_eq!(token("bob"), format!("{bobs}\n"));
    assert_eq!(token("@ALICE"), format!("{alices}\n"));
    for several in [host, served.origin(), "127.0.0.1".to_owned()] {
        let outcome = shell.run(&["logout", "--account", &several]);
        assert_eq!(outcome.code, Some(2), "{several}");
        let said = format!("several accounts match: @bob@{0}, @alice@{0}", &served.origin()[7..]);
        assert!(outcome.stderr.contains(&said), "{}", outcome.stderr);
    }
    let gone = shell.run(&["logout", "--account", "alice"]);
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    assert_eq!(token(&served.origin()), format!("{bobs}\n"));
    let nobody = shell.run(&["token", "-a", "@carol@example.org"]);
    assert_eq!(nobody.code, Some(3));
    assert!(nobody.stderr.contains("@carol@example.org"), "{}", nobody.stderr);
}

/// Edits the stored credentials, as another program might.
fn edit(shell: &Shell, edit: impl FnOnce(&mut Value)) {
    let mut stored = serde_json::from_str(&shell.stored()).expect("JSON");
    edit(&mut stored);
    std::fs::write(shell.file(), stored.to_string()).expect("a file");
}

#[test]
fn a_login_that_was_damaged_begins_anew() {
    let (shell, served) = (Shell::new(), served());
    shell.run(&["login", &served.origin()]);
    edit(&shell, |stored| stored["unfinished"][0]["kept"]["file"] = json!({ "x": 1 }));
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(outcome.stderr.contains("so it starts over"), "{}", outcome.stderr);
    assert!(shell.stored().contains("\"unfinished\": []"));
}

#[test]
fn a_login_that_was_left_long_ago_begins_anew() {
    let (shell, served) = (Shell::new(), served());
    shell.run(&["login", &served.origin()]);
    edit(&shell, |stored| stored["unfinished"][0]["begun"] = json!(1));
    let status = shell.run(&["status"]);
    assert!(!status.stderr.contains("is unfinished"), "{}", status.stderr);
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(!outcome.stderr.contains("Resuming"), "{}", outcome.stderr);
    let asked = served.requests();
    let apps = asked.iter().filter(|it| it.path == "/api/v1/apps").count();
    assert_eq!(apps, 2);
}

#[test]
fn an_account_that_was_damaged_can_be_forgotten() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    edit(&shell, |stored| stored["accounts"][0]["kept"]["file"] = json!({ "x": 1 }));
    let kept = shell.run(&["logout"]);
    assert_eq!(kept.code, Some(1));
    assert!(kept.stderr.contains("--force"), "{}", kept.stderr);
    let forced = shell.run(&["logout", "--force"]);
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert!(forced.stderr.contains("may still be valid"), "{}", forced.stderr);
    assert_eq!(shell.run(&["status"]).code, Some(3));
}

#[test]
fn what_the_environment_says_by_half_is_an_error_unless_an_account_is_named() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    for (name, value) in [("GTS_OAUTH_TOKEN", "TOKEN"), ("GTS_OAUTH_INSTANCE", "example.org")] {
        for arguments in [&["token"][..], &["status"], &["logout", "--force"]] {
            let outcome = shell.run_to(shell.command(arguments).env(name, value), "");
            assert_eq!(outcome.code, Some(1), "{name}: {arguments:?}");
            assert!(outcome.stderr.contains("Set both or neither"), "{}", outcome.stderr);
        }
        let arguments = ["token", "--account", "alice"];
        let named = shell.run_to(shell.command(&arguments).env(name, value), "");
        assert_eq!(named.stdout.trim(), shell.token(), "{}", named.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_token_in_the_environment_that_is_no_text_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt as _;

    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let outcome = shell.run_to(shell.command(&["token"]).env("GTS_OAUTH_TOKEN", token), "");
    assert_eq!(outcome.code, Some(1));
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("not valid UTF-8"), "{}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn each_command_warns_of_access_by_others() {
    use std::os::unix::fs::PermissionsExt as _;

    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let (file, folder) = (shell.file(), shell.file().parent().expect("a folder").to_owned());
    let set_mode = |path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
    };
    for (path, mode, private) in [(&file, 0o644, 600), (&file, 0o620, 600), (&folder, 0o755, 700)] {
        set_mode(path, mode);
        let path = path.display();
        for arguments in
            [&["status", "--offline"][..], &["token"], &["api", "/api/v1/notifications"]]
        {
            let outcome = shell.run(arguments);
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            let hint = format!("{path} (mode {mode:04o}). Run `chmod {private} {path}`.");
            assert!(outcome.stderr.contains(&hint), "{}", outcome.stderr);
        }
        set_mode(&folder, 0o700);
        // The next change replaces the file.
        shell.log_in(&served, &served.account("bob"));
        assert_eq!(shell.run(&["status"]).stderr, "");
    }
    // A folder of all users must not be closed to them.
    set_mode(&folder, 0o1777);
    let outcome = shell.run(&["token"]);
    assert!(outcome.stderr.contains("GTS_OAUTH_CONFIG_DIR"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("chmod"), "{}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn special_files_are_refused_and_not_waited_for() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let stored = shell.stored();
    let lock = shell.file().with_extension("lock");
    for (path, commands) in [
        (shell.file(), &[&["token"][..], &["status"], &["logout", "--all"]][..]),
        (lock, &[&["switch", "alice"], &["logout"]]),
    ] {
        let fifo = |path: &std::path::Path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.expect("mkfifo").success());
        };
        let device = |path: &std::path::Path| {
            std::os::unix::fs::symlink("/dev/zero", path).expect("a link");
        };
        for make in [&fifo as &dyn Fn(&std::path::Path), &device] {
            fs::remove_file(&path).expect("a file");
            make(&path);
            for arguments in commands {
                let outcome = shell.run(arguments);
                assert_eq!(outcome.code, Some(1), "{arguments:?}: {}", outcome.stderr);
                let fault = "it is not a regular file";
                assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
                // Neither a device nor its folder must be closed to others.
                assert!(!outcome.stderr.contains("chmod 700"), "{}", outcome.stderr);
                assert!(!outcome.stderr.contains("to /dev"), "{}", outcome.stderr);
            }
        }
        fs::remove_file(&path).expect("it was left");
        fs::write(shell.file(), &stored).expect("a file");
    }
    assert_eq!(shell.run(&["logout"]).code, Some(0));
}

#[test]
fn an_older_login_that_cannot_be_read_is_told_to_live_on() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    edit(&shell, |stored| stored["accounts"][0]["kept"]["file"] = json!({ "x": 1 }));
    let outcome = shell.log_in(&served, &served.account("alice"));
    assert!(outcome.stderr.contains("may still be valid"), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_created_is_named() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin()]);
    let outcome = shell.run_unattended(command.env("GTS_OAUTH_CONFIG_DIR", "/proc/nope"));
    assert_eq!(outcome.code, Some(1));
    let fault = "the folder /proc/nope cannot be created: ";
    assert!(outcome.stderr.contains(fault), "{}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_partial_file() {
    let (shell, served) = (Shell::new(), served());
    for name in ["alice", "bob"] {
        shell.log_in(&served, &served.account(name));
    }
    let (stored, command) = (shell.stored(), shell.command(&["switch"]));
    // A limit on the size of files, as an error instead of a signal.
    let mut full = std::process::Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"]);
    full.arg(command.get_program()).args(command.get_args());
    full.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    for pipe in [std::process::Command::stdin, std::process::Command::stdout] {
        pipe(&mut full, std::process::Stdio::piped());
    }
    full.stderr(std::process::Stdio::piped());
    let outcome = shell.run_to(&mut full, "");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("cannot be written: "), "{}", outcome.stderr);
    assert_eq!(shell.stored(), stored);
    assert!(!shell.file().with_extension("new").exists());
}

/// Linux rejects new files there, also those of root.
#[cfg(target_os = "linux")]
#[test]
fn folder_that_takes_no_file_is_named() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin()]);
    let outcome = shell.run_to(command.env("GTS_OAUTH_CONFIG_DIR", "/sys/kernel"), "");
    assert_eq!(outcome.code, Some(1));
    // The reason depends on whether the file system is read-only, too.
    for part in ["no file can be created in /sys/kernel: ", "folder, set GTS_OAUTH_CONFIG_DIR."] {
        assert!(outcome.stderr.contains(part), "{}", outcome.stderr);
    }
}
