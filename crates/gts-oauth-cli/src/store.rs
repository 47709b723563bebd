//! Where credentials are kept: one file, readable by its owner alone, replaced as a whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gts_oauth_ureq::{BoxError, LoggedIn, Login};
use serde::{Deserialize, Serialize};

use crate::output::handle;

/// Where the file is.
pub(crate) struct Store {
    path: PathBuf,
}

/// What is in the file.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    version: u8,
    /// The last one logged in last.
    pub(crate) accounts: Vec<LoggedIn>,
    /// Logins that were not finished, at most one for each registration.
    pub(crate) unfinished: Vec<Login>,
}

const VERSION: u8 = 1;

impl Store {
    pub(crate) fn open() -> Result<Self, BoxError> {
        let folder = match std::env::var_os("GTS_OAUTH_CONFIG_DIR") {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder),
            _ => directories::ProjectDirs::from("", "", "gts-oauth")
                .ok_or("you have no home folder: name a folder in GTS_OAUTH_CONFIG_DIR")?
                .config_dir()
                .to_owned(),
        };
        Ok(Self {
            path: folder.join("credentials.json"),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What the file holds; nothing if there is none yet.
    pub(crate) fn load(&self) -> Result<Contents, BoxError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Contents {
                    version: VERSION,
                    ..Contents::default()
                });
            }
            Err(error) => return Err(self.fault("cannot be read", &error)),
        };
        /// Read first, for what else is in the file depends on it.
        #[derive(Deserialize)]
        struct Head {
            version: u8,
        }
        match serde_json::from_slice(&text) {
            Ok(Head { version: VERSION }) => {}
            Ok(Head { version }) => {
                return Err(self.fault(
                    &format!("was written by a newer gts-oauth (form {version})"),
                    &"update gts-oauth, or move the file away and log in again",
                ));
            }
            Err(error) => return Err(self.damaged(&error)),
        }
        serde_json::from_slice(&text).map_err(|error| self.damaged(&error))
    }

    /// Where the damage is, and never what serde says, which may quote a secret.
    fn damaged(&self, error: &serde_json::Error) -> BoxError {
        let (line, column) = (error.line(), error.column());
        self.fault(
            &format!("is damaged at line {line}, column {column}"),
            &"it was left as it is; mend it, or move it away and log in again",
        )
    }

    fn fault(&self, what: &str, why: &dyn std::fmt::Display) -> BoxError {
        format!("{} {what}: {why}", self.path.display()).into()
    }

    /// Reads the file anew, changes it, and puts it back: at any moment it is either the old
    /// one or the new one.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Contents) -> T) -> Result<T, BoxError> {
        let mut contents = self.load()?;
        let outcome = change(&mut contents);
        self.save(&contents)
            .map_err(|error| self.fault("cannot be written", &error))?;
        Ok(outcome)
    }

    fn save(&self, contents: &Contents) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        create_private_folder(folder)?;
        // Made with mode 0600, before there is anything in it.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, contents)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl Contents {
    /// The account that `wanted` names, or the last one that logged in.
    pub(crate) fn choose(self, wanted: Option<&str>) -> Result<LoggedIn, BoxError> {
        let mut named = self.accounts.into_iter().filter(|it| is_named(it, wanted));
        match (named.next_back(), wanted) {
            (Some(logged_in), _) => Ok(logged_in),
            (None, Some(wanted)) => Err(format!(
                "no account is logged in as {wanted}: `gts-oauth status` tells which are"
            )
            .into()),
            (None, None) => Err("nobody is logged in: `gts-oauth login INSTANCE` does it".into()),
        }
    }

    /// Takes the place of an older login to the same account, which is returned if it had
    /// another token. Accounts that are not known are never the same.
    pub(crate) fn keep(&mut self, logged_in: LoggedIn) -> Option<LoggedIn> {
        let id = |it: &LoggedIn| Some(it.account.as_ref()?.id().to_owned());
        let same = |it: &LoggedIn| {
            it.session.instance() == logged_in.session.instance()
                && id(it).is_some()
                && id(it) == id(&logged_in)
        };
        let older = self.accounts.iter().position(same);
        let older = older.map(|position| self.accounts.remove(position));
        let token = logged_in.session.access_token().clone();
        self.accounts.push(logged_in);
        older.filter(|older| *older.session.access_token() != token)
    }
}

/// Whether `wanted` means this account: nothing, its handle, or its host.
pub(crate) fn is_named(logged_in: &LoggedIn, wanted: Option<&str>) -> bool {
    let Some(wanted) = wanted else {
        return true;
    };
    let handle = handle(logged_in);
    let wanted = wanted.strip_prefix('@').unwrap_or(wanted);
    handle[1..].eq_ignore_ascii_case(wanted)
        || logged_in
            .session
            .instance()
            .authority()
            .eq_ignore_ascii_case(wanted)
        || logged_in
            .session
            .instance()
            .host()
            .eq_ignore_ascii_case(wanted)
}
