//! Values in the file or in the keyring.

use std::fmt;

use clap::ValueEnum;
use gts_oauth_ureq::BoxError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::keyring;
use crate::credentials::Source;

/// A place for credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// A file that only you can read
    File,
    /// The system keyring
    Keyring,
}

/// A value in the file itself, or the name of its keyring entry.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoredValue {
    /// Its JSON, parsed when it is opened: a command uses one account of all.
    File(Box<RawValue>),
    Keyring(String),
}

/// The error of a value that is missing or damaged, and will remain so.
#[derive(Debug)]
pub(crate) struct Lost(pub(super) String);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lost {}

impl PartialEq for StoredValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(json), Self::File(other)) => json.get() == other.get(),
            (Self::Keyring(name), Self::Keyring(other)) => name == other,
            _ => false,
        }
    }
}

impl StoredValue {
    /// Reads the value.
    ///
    /// # Errors
    /// [`Lost`], or an error of the keyring.
    pub(crate) fn open<T: DeserializeOwned>(&self) -> Result<T, BoxError> {
        match self {
            // Not serde's message, which may quote a secret.
            Self::File(json) => serde_json::from_str(json.get()).map_err(|_| {
                Lost("its entry in the credentials file is damaged; log in again".to_owned()).into()
            }),
            Self::Keyring(name) => keyring::get(name),
        }
    }

    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::File(_) => Backend::File,
            Self::Keyring(_) => Backend::Keyring,
        }
    }

    pub(crate) fn source(&self) -> Source {
        match self {
            Self::File(_) => Source::File,
            Self::Keyring(_) => Source::Keyring,
        }
    }

    /// Returns the name of the keyring entry. `None` if the value is in the file.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Keyring(name) => Some(name),
        }
    }
}
