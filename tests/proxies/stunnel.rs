//! TLS in front of a proxy: stunnel, which passes the bytes to it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gts_oauth_tests::certificates::{Authority, Identity};

/// The configuration of stunnel, and the certificate of the authority that clients trust.
pub(crate) struct Stunnel {
    folder: PathBuf,
    root: Authority,
    services: String,
}

impl Stunnel {
    /// Without services, with its files in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let root = Authority::new("root of the proxies");
        fs::write(authorities(folder), root.pem()).expect("a file");
        Self { folder: folder.to_owned(), root, services: String::new() }
    }

    /// Adds a port with a valid certificate.
    pub(crate) fn forward(&mut self, port: u16, proxy: u16) {
        let identity = self.root.valid_for("127.0.0.1");
        self.add(port, proxy, &identity);
    }

    /// Adds a port with the certificate of an unknown authority.
    pub(crate) fn forward_as_unknown(&mut self, port: u16, proxy: u16) {
        let identity = Authority::new("unknown root").valid_for("127.0.0.1");
        self.add(port, proxy, &identity);
    }

    fn add(&mut self, port: u16, proxy: u16, identity: &Identity) {
        let file = self.folder.join(format!("{port}.pem"));
        fs::write(&file, identity.pem()).expect("a file");
        let file = file.display();
        let _ = write!(
            self.services,
            "[{port}]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{proxy}\ncert = {file}\n"
        );
    }

    /// Starts all services.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let file = self.folder.join("stunnel.conf");
        let text = format!("foreground = yes\npid =\n{}", self.services);
        fs::write(&file, text).expect("a file");
        let mut command = Command::new(program);
        command.arg(file);
        command
    }
}

/// The file with the certificate of the authority.
pub(crate) fn authorities(folder: &Path) -> PathBuf {
    folder.join("authorities.pem")
}
