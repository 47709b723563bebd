//! Exit codes.

use std::fmt;
use std::process::ExitCode;

use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error};

use crate::secrets::hide;

/// Success.
pub(crate) const SUCCESS: ExitCode = ExitCode::SUCCESS;
/// Any other error.
pub(crate) const FAILURE: ExitCode = ExitCode::FAILURE;

/// The server rejects the token.
pub(crate) fn token_rejected() -> ExitCode {
    ExitCode::from(4)
}

/// The error if an argument is missing, invalid or ambiguous. The message names the correct form.
#[derive(Debug)]
pub(crate) struct InvalidUsage(pub(crate) String);

impl From<Error> for InvalidUsage {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for InvalidUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidUsage {}

/// The error if no account, or not the given one, is logged in. The message names the next command.
#[derive(Debug)]
pub(crate) struct NotLoggedIn(pub(crate) String);

impl fmt::Display for NotLoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotLoggedIn {}

/// An error, with what to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    pub(crate) error: Error,
    pub(crate) hint: String,
    /// Whether the hint replaces what the error itself says to do.
    pub(crate) is_instead: bool,
}

impl Hinted {
    /// Adds a hint.
    pub(crate) fn new(error: Error, hint: String) -> Self {
        Self { error, hint, is_instead: false }
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_instead {
            true => write!(f, "{}. {}", without_advice(&self.error), self.hint),
            false => {
                let text = self.error.to_string();
                let stop = if text.ends_with('.') { "" } else { "." };
                write!(f, "{text}{stop} {}", self.hint)
            }
        }
    }
}

impl std::error::Error for Hinted {}

/// Formats an error without what it says to do, without secrets, and without a full stop at the end.
pub(crate) fn without_advice(error: &Error) -> String {
    let text = match error {
        Error::ErrorResponse(error) => error.to_string(),
        Error::UnexpectedResponse(error) => error.to_string(),
        Error::Transport(error) => error.to_string(),
        error => error.to_string(),
    };
    hide(&printable(text.trim_end_matches('.')))
}

/// Returns the exit code for an error.
pub(crate) fn of(error: &BoxError) -> u8 {
    // Core wraps an error of the prompt or the store.
    if let Some(Error::Prompt(error) | Error::Store(error)) = error.downcast_ref() {
        return of(error);
    }
    if error.is::<NotLoggedIn>() {
        return 3;
    }
    if error.is::<InvalidUsage>() {
        return 2;
    }
    if matches!(error.downcast_ref(), Some(Error::Input(_))) {
        return 2;
    }
    let hinted = error.downcast_ref().map(|it: &Hinted| &it.error);
    match hinted.or(error.downcast_ref()).map(Error::cause) {
        Some(Cause::TokenRejected) => 4,
        _ => 1,
    }
}
