//! The credentials file: mode 0600, replaced atomically, changed by one process at a time.

use std::fmt::Display;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fd_lock::RwLock;
use gts_oauth_ureq::BoxError;
use serde::Deserialize;

use super::{Contents, owner};
use crate::output::message;
#[cfg(unix)]
use crate::output::shell_word;

const VERSION: u8 = 1;

/// The mode of a folder that is meant for all users, such as `/tmp`.
#[cfg(unix)]
const STICKY: u32 = 0o1000;

/// How long another process is waited for without a message, and how often the lock is tried.
const SILENT_WAIT: Duration = Duration::from_secs(3);
const RETRY: Duration = Duration::from_millis(10);

/// The location of the file.
#[derive(Clone)]
pub(crate) struct CredentialsFile {
    path: PathBuf,
    /// The folder of the file, or of the link to it. The target of a link can be in a folder that has
    /// another purpose.
    config_folder: PathBuf,
}

impl CredentialsFile {
    /// Finds the file in `GTS_OAUTH_CONFIG_DIR`, or in the platform's configuration folder.
    pub(crate) fn find() -> Result<Self, BoxError> {
        let folder = match std::env::var_os("GTS_OAUTH_CONFIG_DIR") {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder),
            _ => directories::ProjectDirs::from("", "", "gts-oauth")
                .ok_or("no home folder was found; set GTS_OAUTH_CONFIG_DIR to a folder")?
                .config_dir()
                .to_owned(),
        };
        owner::check(&folder)?;
        let path = folder.join("credentials.json");
        owner::check(&path)?;
        Ok(Self { path: follow_link(path), config_folder: folder })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Warns if other users can read the file or its folder.
    #[cfg(unix)]
    pub(crate) fn warn_of_readers(&self) {
        for (path, private) in [(&*self.config_folder, 0o700), (&*self.path, 0o600)] {
            let Ok(metadata) = fs::metadata(path) else { continue };
            // Not of a device, which belongs to all users. It is refused when it is opened.
            let is_own = match private {
                0o700 => metadata.is_dir(),
                _ => metadata.is_file(),
            };
            if !is_own {
                continue;
            }
            let mode = metadata.permissions().mode();
            // Who can write to the folder of a link can replace it. What it shows is no secret.
            let access = match private {
                0o700 if self.folder() != self.config_folder => 0o022,
                _ => 0o077,
            };
            if mode & access == 0 {
                continue;
            }
            let shown = path.display();
            let hint = match mode & STICKY {
                0 => format!("Run `chmod {private:o} {}`.", shell_word(&shown.to_string())),
                _ => "Name a folder of your own in GTS_OAUTH_CONFIG_DIR.".to_owned(),
            };
            message(format_args!(
                "Other users have access to {shown} (mode {:04o}). {hint}",
                mode & 0o7777
            ));
        }
    }

    /// On this platform, a user's folder is not open to others.
    #[cfg(not(unix))]
    pub(crate) fn warn_of_readers(&self) {}

    /// Loads the file. A missing file is empty.
    pub(crate) fn load(&self) -> Result<Contents, BoxError> {
        let file = match check_regular(&self.path).and_then(|()| File::open(&self.path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Contents::default());
            }
            Err(error) => return Err(self.error_at("cannot be read", error)),
        };
        // Of the open file, because another user can have created it since.
        owner::check_open(&file, &self.path)?;
        let mut text = Vec::new();
        (&file).read_to_end(&mut text).map_err(|error| self.error_at("cannot be read", error))?;
        if text.trim_ascii().is_empty() {
            return Err(self.error_at("is empty", "move it away and log in again"));
        }
        /// What every version of the file has.
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        match serde_json::from_slice::<Contents>(&text) {
            Ok(contents) if contents.version == VERSION => Ok(contents),
            Ok(contents) => Err(self.of_version(contents.version.into())),
            Err(error) => Err(match serde_json::from_slice(&text) {
                Ok(Head { version }) if version != u64::from(VERSION) => self.of_version(version),
                _ => self.damaged(&error),
            }),
        }
    }

    /// Loads, changes and replaces the file, while a lock excludes other processes. After an error
    /// the file is unchanged. If it cannot be written, `change` is not called.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<T, BoxError>,
    ) -> Result<T, BoxError> {
        self.locked(|| {
            let mut contents = self.load()?;
            contents.version = VERSION;
            let unwritable = |error| self.error_at("cannot be written", error);
            let new = NewFile::create(self, &contents).map_err(unwritable)?;
            let outcome = change(&mut contents)?;
            new.replace(self, &contents).map_err(unwritable)?;
            Ok(outcome)
        })
    }

    /// Excludes other processes that change the file.
    pub(super) fn locked<T>(
        &self,
        action: impl FnOnce() -> Result<T, BoxError>,
    ) -> Result<T, BoxError> {
        let mut lock = RwLock::new(self.lock_file("lock")?);
        let start = Instant::now();
        while start.elapsed() < SILENT_WAIT && is_locked(&mut lock) {
            thread::sleep(RETRY);
        }
        if is_locked(&mut lock) {
            message("Waiting for another gts-oauth, which is changing the credentials.");
        }
        let _locked = lock.write().map_err(|error| self.error_at("cannot be locked", error))?;
        action()
    }

    /// Opens a lock file beside the credentials file, which cannot be locked because it is
    /// replaced.
    pub(super) fn lock_file(&self, extension: &str) -> Result<File, BoxError> {
        let (folder, path) = (self.folder(), self.sibling(extension));
        create_private_folder(folder).map_err(|error| {
            format!(
                "the folder {} cannot be created: {error}. For another folder, set \
                 GTS_OAUTH_CONFIG_DIR.",
                folder.display()
            )
        })?;
        // If it was missing, another user can have created it since.
        owner::check(&self.config_folder)?;
        let file = check_regular(&path).and_then(|()| private_options().create(true).open(&path));
        file.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                if !path.exists() => format!(
                "no file can be created in {}: {error}. For another folder, set GTS_OAUTH_CONFIG_DIR.",
                folder.display()
            )
            .into(),
            _ => self.error_at("cannot be locked", error),
        })
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn sibling(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }

    fn of_version(&self, version: u64) -> BoxError {
        if version < VERSION.into() {
            return self.error_at(&format!("has no valid version ({version})"), REPAIR);
        }
        let program = env!("CARGO_PKG_VERSION");
        self.error_at(
            &format!("was written by a newer gts-oauth (file version {version})"),
            format_args!(
                "gts-oauth {program} reads file version {VERSION}. The file was not changed. Update \
                 gts-oauth, or move the file away and log in again."
            ),
        )
    }

    /// Names the position of the damage only, because serde's message may quote a secret.
    fn damaged(&self, error: &serde_json::Error) -> BoxError {
        let (line, column) = (error.line(), error.column());
        self.error_at(&format!("is damaged at line {line}, column {column}"), REPAIR)
    }

    fn error_at(&self, what: &str, reason: impl Display) -> BoxError {
        format!("{} {what}: {reason}", self.path.display()).into()
    }
}

/// A file that replaces the credentials file, or is deleted when dropped, because it can hold secrets.
struct NewFile {
    file: File,
    path: PathBuf,
}

/// The space for what a change can add, in bytes: an account or a login with several long URLs.
const ROOM: usize = 32 * 1024;

impl NewFile {
    /// Creates the file, and fills the space that these contents and those after a change need, so
    /// that a disk that becomes full meanwhile loses no token.
    fn create(credentials: &CredentialsFile, contents: &Contents) -> io::Result<Self> {
        let path = credentials.sibling("new");
        // Left by a process that was killed.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = private_options().create_new(true).open(&path)?;
        let mut new = Self { file, path };
        let length = serde_json::to_vec_pretty(contents)?.len() + ROOM;
        new.file.write_all(&vec![0; length])?;
        Ok(new)
    }

    fn replace(mut self, credentials: &CredentialsFile, contents: &Contents) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(contents)?;
        text.push(b'\n');
        self.file.rewind()?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()?;
        fs::rename(&self.path, &credentials.path)?;
        sync_folder(credentials.folder());
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After an error, which is the one to report. If it has replaced the other, nothing is left.
        let _ = fs::remove_file(&self.path);
    }
}

const REPAIR: &str = "the file was not changed; repair it, or move it away and log in again";

/// Follows a symbolic link, so that the link itself is kept.
fn follow_link(path: PathBuf) -> PathBuf {
    let Ok(target) = fs::read_link(&path) else {
        return path;
    };
    let target = path.with_file_name(target);
    fs::canonicalize(&target).unwrap_or(target)
}

/// Checks that a file is none that opening would wait for, or that never ends: a FIFO, a device.
fn check_regular(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            Err(io::Error::other("it is not a regular file. Move it away."))
        }
        // A missing file is reported when it is opened, or created.
        _ => Ok(()),
    }
}

/// Whether another process has the lock. `false` if it cannot be locked, which is reported later.
fn is_locked(lock: &mut RwLock<File>) -> bool {
    lock.try_write().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Creates files with mode 0600.
fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder)
}

/// Makes the rename durable, on platforms that can sync folders. The file is already in place.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
