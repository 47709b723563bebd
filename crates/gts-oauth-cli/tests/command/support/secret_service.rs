//! A separate GNOME keyring on its own bus.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gts_oauth_fake::Served;
use tempfile::TempDir;

use crate::support::optional::program;
use crate::support::shell::{Outcome, Shell};

/// A keyring for one test, deleted when dropped.
pub(crate) struct Keyring {
    bus: Child,
    daemon: Child,
    address: String,
    folder: TempDir,
}

impl Keyring {
    pub(crate) fn unlocked() -> Option<Self> {
        Self::asking_by(Path::new("/bin/false"))
    }

    /// An unlocked keyring, with this program as its password prompt.
    pub(crate) fn asking_by(program_that_asks: &Path) -> Option<Self> {
        let (bus, _) = (program("dbus-daemon")?, program("gnome-keyring-daemon")?);
        let folder = tempfile::tempdir().expect("a folder");
        let services = folder.path().join("dbus-1/services");
        fs::create_dir_all(&services).expect("a folder");
        let name = "org.gnome.keyring.SystemPrompter";
        let service =
            format!("[D-BUS Service]\nName={name}\nExec={}\n", program_that_asks.display());
        fs::write(services.join(format!("{name}.service")), service).expect("a file");
        let mut bus = Command::new(bus)
            .args(["--session", "--nofork", "--print-address=1"])
            .arg(format!("--address=unix:path={}/bus", folder.path().display()))
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a bus");
        let mut address = String::new();
        let lines = bus.stdout.take().expect("a pipe");
        BufReader::new(lines).read_line(&mut address).expect("an address");
        let address = address.trim().to_owned();
        let daemon = unlocked_daemon(&folder, &address, EXEC);
        let keyring = Self { bus, daemon, address, folder };
        while !keyring.answers() {}
        Some(keyring)
    }

    /// Limits the size of the files of the keyring, which stays unlocked, to this many bytes.
    pub(crate) fn limit(&mut self, bytes: u32) {
        self.stop();
        // Ignoring the signal makes the limit an error. A block of a POSIX shell has 512 bytes.
        let command = format!("trap '' XFSZ; ulimit -f {}; {EXEC}", bytes / 512);
        self.daemon = unlocked_daemon(&self.folder, &self.address, &command);
        while !self.answers() {}
    }

    fn stop(&mut self) {
        self.daemon.kill().expect("it runs");
        self.daemon.wait().expect("it ends");
        while self.answers() {}
    }

    /// A locked keyring, as over SSH after the machine has started.
    pub(crate) fn lock(&mut self) {
        self.stop();
        self.daemon = daemon(&self.folder, &self.address, EXEC, &[]);
        while !self.answers() {}
    }

    /// Whether the daemon is on the bus.
    fn answers(&self) -> bool {
        let owner = "org.freedesktop.DBus.NameHasOwner";
        let name = "string:org.freedesktop.secrets";
        let asked = self.ask("org.freedesktop.DBus", "/", owner, name);
        asked.contains("boolean true")
    }

    /// The number of the command's entries.
    pub(crate) fn entries(&self) -> usize {
        let found = self.ask(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.SearchItems",
            "dict:string:string:service,gts-oauth",
        );
        assert!(found.contains("method return"), "{found}");
        found.matches("object path").count()
    }

    fn ask(&self, whom: &str, object: &str, method: &str, argument: &str) -> String {
        let asked = Command::new("dbus-send")
            .args(["--session", "--print-reply"])
            .arg(format!("--dest={whom}"))
            .args([object, method, argument])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("dbus-send, which comes with dbus-daemon");
        String::from_utf8_lossy(&asked.stdout).into_owned()
    }

    /// Renames the command's only entry.
    pub(crate) fn rename(&self, name: &str) {
        let found = self.ask(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.SearchItems",
            "dict:string:string:service,gts-oauth",
        );
        let mut paths = found.split('"').filter(|it| it.starts_with("/org/freedesktop/secrets/"));
        let path = paths.next().expect("an entry");
        assert_eq!(paths.next(), None, "{found}");
        let attributes =
            format!("<{{'service': 'gts-oauth', 'username': '{name}', 'target': 'default'}}>");
        let set = Command::new("gdbus")
            .args(["call", "--session", "--dest=org.freedesktop.secrets", "--object-path", path])
            .args(["--method", "org.freedesktop.DBus.Properties.Set"])
            .args(["org.freedesktop.Secret.Item", "Attributes", &attributes])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("gdbus");
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    }

    pub(crate) fn command(&self, shell: &Shell, arguments: &[&str]) -> Command {
        let mut command = shell.command(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("HOME", self.folder.path());
        command
    }

    pub(crate) fn run(&self, shell: &Shell, arguments: &[&str]) -> Outcome {
        shell.run_unattended(&mut self.command(shell, arguments))
    }

    pub(crate) fn log_in(&self, shell: &Shell, served: &Served, name: &str) -> Outcome {
        let person = served.account(name);
        let mut command = self.command(shell, &["login", &served.origin()]);
        let outcome = shell.talk_to(&mut command, |address| person.visit(address).ok());
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome
    }

    pub(crate) fn token(&self, shell: &Shell) -> String {
        let outcome = self.run(shell, &["token"]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        outcome.stdout.trim().to_owned()
    }
}

/// The command of a shell that starts the daemon.
const EXEC: &str = "exec gnome-keyring-daemon \"$@\"";

fn unlocked_daemon(folder: &TempDir, address: &str, command: &str) -> Child {
    let mut daemon = daemon(folder, address, command, &["--unlock"]);
    let mut password = daemon.stdin.take().expect("a pipe");
    password.write_all(b"password").expect("it is read");
    daemon
}

fn daemon(folder: &TempDir, address: &str, command: &str, arguments: &[&str]) -> Child {
    Command::new("sh")
        .args(["-c", command, "sh"])
        .args(["--foreground", "--components=secrets"])
        .args(arguments)
        .envs([("HOME", folder.path()), ("XDG_DATA_HOME", folder.path())])
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a keyring")
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
