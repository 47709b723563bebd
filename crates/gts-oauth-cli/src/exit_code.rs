//! What the command exits with, beside 2, which is the command line's.

use std::fmt;
use std::process::ExitCode;

use gts_oauth_ureq::{BoxError, Endpoint, Error};

/// All went well.
pub(crate) const DONE: ExitCode = ExitCode::SUCCESS;
/// Something did not.
pub(crate) const FAILED: ExitCode = ExitCode::FAILURE;

/// Nobody is logged in, or not the account that was named.
pub(crate) fn nobody() -> ExitCode {
    ExitCode::from(3)
}

/// The server does not take the token.
pub(crate) fn refused() -> ExitCode {
    ExitCode::from(4)
}

/// Nobody is logged in, or not the account that was named: how to do it.
#[derive(Debug)]
pub(crate) struct NotLoggedIn(pub(crate) String);

impl fmt::Display for NotLoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotLoggedIn {}

/// The exit code of an error.
pub(crate) fn of(error: &BoxError) -> ExitCode {
    if error.is::<NotLoggedIn>() {
        return nobody();
    }
    match error.downcast_ref::<Error>() {
        Some(error) if is_refusal_of_token(error) => refused(),
        _ => FAILED,
    }
}

/// Whether the server says that the token is no good: in the one status that says nothing else, or,
/// asked whose token it is, in any of those that servers have for it; or that it renews none.
pub(crate) fn is_refusal_of_token(error: &Error) -> bool {
    let endpoint = match error {
        Error::Refused(no) => no.endpoint,
        Error::Unexpected(odd) => odd.endpoint,
        _ => return false,
    };
    let status = error.status().map_or(0, |status| status.as_u16());
    match endpoint {
        // A server that stumbles refuses nothing.
        Endpoint::Refresh => matches!(error, Error::Refused(_)) && status < 500,
        Endpoint::Verify => matches!(status, 400 | 401 | 403 | 404 | 422),
        Endpoint::Api => status == 401,
        _ => false,
    }
}
