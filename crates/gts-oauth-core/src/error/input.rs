//! Invalid input from the caller or from storage.

use std::fmt;

/// Input that is invalid: an instance, a scope, a pasted code, a stored value.
///
/// It contains what is wrong and where, and never the input itself, which can be a secret.
///
/// ```
/// use gts_oauth_core::{Error, Instance};
///
/// let error = "https://user:pass@example.org".parse::<Instance>().unwrap_err();
/// assert!(matches!(error, Error::Input(input) if input.what == "instance"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputError {
    /// The kind of input: `instance`, `scope`, `code`, …
    pub what: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: {}", self.what, self.fault)
    }
}

impl std::error::Error for InputError {}
