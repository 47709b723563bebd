//! Credentials in the system's keyring: GNOME's, on a bus of its own.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use gts_oauth_fake::Served;
use tempfile::TempDir;

use crate::optional::program;
use crate::shell::{Outcome, Shell, secrets, served};

/// A keyring that nobody else has, gone when dropped.
struct Keyring {
    bus: Child,
    daemon: Child,
    address: String,
    folder: TempDir,
}

impl Keyring {
    fn unlocked() -> Option<Self> {
        let (bus, daemon) = (program("dbus-daemon")?, program("gnome-keyring-daemon")?);
        let folder = tempfile::tempdir().expect("a folder");
        let mut bus = Command::new(bus)
            .args(["--session", "--nofork", "--print-address=1"])
            .env("XDG_RUNTIME_DIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a bus");
        let mut address = String::new();
        let lines = bus.stdout.take().expect("a pipe");
        BufReader::new(lines)
            .read_line(&mut address)
            .expect("an address");
        let address = address.trim().to_owned();
        let mut daemon = Command::new(daemon)
            .args(["--foreground", "--unlock", "--components=secrets"])
            .envs([("HOME", folder.path()), ("XDG_DATA_HOME", folder.path())])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a keyring");
        let mut password = daemon.stdin.take().expect("a pipe");
        password.write_all(b"password").expect("it is read");
        drop(password);
        let keyring = Self {
            bus,
            daemon,
            address,
            folder,
        };
        while !keyring.answers() {}
        Some(keyring)
    }

    /// Whether it has come to the bus.
    fn answers(&self) -> bool {
        let asked = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
            ])
            .args([
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("dbus-send, which comes with dbus-daemon");
        String::from_utf8_lossy(&asked.stdout).contains("boolean true")
    }

    fn command(&self, shell: &Shell, arguments: &[&str]) -> Command {
        let mut command = shell.command(arguments);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", self.folder.path());
        command
    }

    fn run(&self, shell: &Shell, arguments: &[&str]) -> Outcome {
        shell.run_to(&mut self.command(shell, arguments), "")
    }

    fn log_in(&self, shell: &Shell, served: &Served, name: &str) -> Outcome {
        let person = served.person(name);
        let mut command = self.command(shell, &["login", &served.origin()]);
        let outcome = shell.talk_to(&mut command, |address| person.allow(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome
    }

    fn token(&self, shell: &Shell) -> String {
        let outcome = self.run(shell, &["token"]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome.stdout.trim().to_owned()
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn where_a_keyring_answers_the_file_never_holds_a_secret() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.person("alice");
    let mut stored = Vec::new();
    let mut command = keyring.command(&shell, &["login", &served.origin()]);
    let outcome = shell.talk_to(&mut command, |address| {
        stored.push(shell.stored());
        alice.allow(address).ok()
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let said = outcome
        .stderr
        .find("kept in the system's keyring")
        .expect("it is said");
    assert!(
        said < outcome.stderr.find("Open this").expect("an address"),
        "and before"
    );
    stored.push(shell.stored());

    let mut secrets = secrets(&served);
    secrets.push(keyring.token(&shell));
    assert!(stored[0].contains("a login to"), "{}", stored[0]);
    for (secret, stored) in secrets
        .iter()
        .flat_map(|it| stored.iter().map(move |s| (it, s)))
    {
        assert!(!stored.contains(secret), "{stored}");
    }
    let status = keyring.run(&shell, &["status"]);
    assert!(
        status.stdout.contains("the system's keyring"),
        "{}",
        status.stdout
    );
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
    let asked = served.asked();
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
    // As if somebody had brought the files back: what they name is gone.
    for stored in [index, later] {
        fs::write(shell.file(), stored).expect("a file");
        let outcome = keyring.run(&shell, &["token"]);
        assert_eq!(outcome.code, Some(1));
        assert!(
            outcome.stderr.contains("No matching entry"),
            "{}",
            outcome.stderr
        );
    }
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
fn the_file_can_be_chosen_where_a_keyring_answers() {
    let Some(keyring) = Keyring::unlocked() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let alice = served.person("alice");
    let arguments = ["login", &served.origin(), "--store", "file"];
    let mut command = keyring.command(&shell, &arguments);
    let outcome = shell.talk_to(&mut command, |address| alice.allow(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("credentials.json"),
        "{}",
        outcome.stderr
    );
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
    for arguments in [
        &["token"][..],
        &["api", "/api/v1/x"],
        &["logout"],
        &["status"],
    ] {
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}");
        let told = format!("{}{}", outcome.stderr, outcome.stdout);
        assert!(
            told.contains("the system's keyring does not give"),
            "{told}"
        );
    }
    assert_eq!(shell.stored(), stored);
    // Another account is kept in the file, beside it.
    shell.log_in(&served, &served.person("bob"));
    assert_eq!(shell.run(&["token"]).code, Some(0));
}
