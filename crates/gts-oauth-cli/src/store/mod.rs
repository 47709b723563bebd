//! Where credentials are kept: in the file, or in the keyring with the file as its index.

mod claim;
mod contents;
mod current;
mod file;
mod keyring;
mod stored_value;
mod unfinished;

use std::path::Path;

use gts_oauth_ureq::BoxError;

use crate::output::fail;
pub(crate) use claim::Claim;
pub(crate) use contents::{Contents, Entry, Older};
pub(crate) use current::{AccountArgs, Held, environment};
use file::CredentialsFile;
pub(crate) use stored_value::Backend;
use stored_value::Place;
pub(crate) use unfinished::Unfinished;

pub(crate) struct Store {
    file: CredentialsFile,
}

impl Store {
    pub(crate) fn open() -> Result<Self, BoxError> {
        let file = CredentialsFile::find()?;
        Ok(Self { file })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Tells if others can read the file.
    pub(crate) fn warn_of_readers(&self) {
        self.file.warn_of_readers();
    }

    pub(crate) fn load(&self) -> Result<Contents, BoxError> {
        self.file.load()
    }

    /// Changes what is kept, with nobody else changing it meanwhile. An error changes nothing. What
    /// a keyring does not forget is told, and no error: it is in use no more.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<T, BoxError>,
    ) -> Result<T, BoxError> {
        let (outcome, dropped) = self.file.change(|contents| {
            let outcome = change(contents)?;
            Ok((outcome, std::mem::take(&mut contents.dropped)))
        })?;
        // Only now: until the file said otherwise, they were in use.
        for name in dropped {
            if let Err(error) = keyring::delete(&name) {
                fail(&error);
            }
        }
        Ok(outcome)
    }
}

/// Where a login's credentials are to be kept: as it is wished, or in the keyring if one answers.
pub(crate) fn choose_place(wished: Option<Backend>) -> Result<Backend, BoxError> {
    match wished {
        Some(Backend::File) => Ok(Backend::File),
        Some(Backend::Keyring) => keyring::answers().map(|()| Backend::Keyring),
        None if keyring::answers().is_ok() => Ok(Backend::Keyring),
        None => Ok(Backend::File),
    }
}
