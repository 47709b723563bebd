//! Exit codes.

use std::fmt;
use std::process::ExitCode;

use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{BoxError, Error};

/// Success.
pub(crate) const SUCCESS: ExitCode = ExitCode::SUCCESS;
/// Any other error.
pub(crate) const FAILURE: ExitCode = ExitCode::FAILURE;

/// Invalid usage, as clap reports it.
pub(crate) fn invalid_usage() -> ExitCode {
    ExitCode::from(2)
}

/// Not logged in, or not to the given account.
pub(crate) fn not_logged_in() -> ExitCode {
    ExitCode::from(3)
}

/// The server rejects the token.
pub(crate) fn token_rejected() -> ExitCode {
    ExitCode::from(4)
}

/// The error if an argument is missing. The message names the command with it.
#[derive(Debug)]
pub(crate) struct InvalidUsage(pub(crate) &'static str);

impl fmt::Display for InvalidUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
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

/// Returns the exit code for an error.
pub(crate) fn of(error: &BoxError) -> ExitCode {
    if error.is::<NotLoggedIn>() {
        return not_logged_in();
    }
    if error.is::<InvalidUsage>() {
        return invalid_usage();
    }
    match error.downcast_ref().map(Error::cause) {
        Some(Cause::TokenRejected) => token_rejected(),
        _ => FAILURE,
    }
}
