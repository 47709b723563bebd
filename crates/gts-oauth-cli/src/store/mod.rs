//! The store: the credentials file, and the keyring with the file as its index.

mod account_http;
mod claim;
mod contents;
mod current;
mod file;
mod keyring;
mod owner;
mod stored_value;
mod unfinished;

use std::mem;
use std::path::Path;

use gts_oauth_ureq::BoxError;

use crate::output::report_error;
pub(crate) use claim::Claim;
pub(crate) use contents::{AccountEntry, Contents, is_other_name};
pub(crate) use current::{
    ACCOUNT, AccountArgs, AccountArgument, INSECURE_HTTP, LoadedAccount, TOKEN, from_environment,
};
use file::CredentialsFile;
pub(crate) use stored_value::Backend;
pub(crate) use stored_value::Lost;
use stored_value::StoredValue;
pub(crate) use unfinished::{LoginRequest, Unfinished};

#[derive(Clone)]
pub(crate) struct Store {
    file: CredentialsFile,
}

impl Store {
    /// Finds the file, and warns if other users have access to it.
    pub(crate) fn open() -> Result<Self, BoxError> {
        let file = CredentialsFile::find()?;
        file.warn_of_readers();
        Ok(Self { file })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn load(&self) -> Result<Contents, BoxError> {
        self.file.load()
    }

    /// Ends the process as soon as no change is being made, such as a refreshed token stored.
    #[cfg(unix)]
    pub(crate) fn exit(&self, code: i32) -> ! {
        let _ = self.file.locked::<()>(|| std::process::exit(code));
        // The file cannot be locked, so it is not being changed.
        std::process::exit(code)
    }

    /// Changes the contents while other processes wait. An error changes nothing. `change` can send a
    /// request whose result must be stored: it is called only if the file can be written. A keyring
    /// entry that cannot be deleted is reported, but is not an error, because it is unused.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<T, BoxError>,
    ) -> Result<T, BoxError> {
        let (mut created, mut dropped) = (Vec::new(), Vec::new());
        let outcome = self.file.change(|contents| {
            let outcome = change(contents);
            (created, dropped) =
                (mem::take(&mut contents.created), mem::take(&mut contents.dropped));
            outcome
        });
        // Only now, because the file referred to those that were dropped until it was replaced.
        for name in if outcome.is_ok() { dropped } else { created } {
            if let Err(error) = keyring::delete(&name) {
                report_error(&error);
            }
        }
        outcome
    }
}

/// Chooses where to store credentials: the given backend, or the keyring if it is available. If it
/// is not, also returns why.
pub(crate) fn choose_backend(
    requested: Option<Backend>,
) -> Result<(Backend, Option<&'static str>), BoxError> {
    if requested == Some(Backend::File) {
        return Ok((Backend::File, None));
    }
    match keyring::check_available() {
        Ok(()) => Ok((Backend::Keyring, None)),
        Err(unavailable) if requested.is_none() => Ok((Backend::File, Some(unavailable.reason()))),
        Err(unavailable) => Err(unavailable.into()),
    }
}
