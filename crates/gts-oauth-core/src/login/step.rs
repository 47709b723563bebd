//! The next action of a login.

use std::fmt;

use http::Request;

use super::LoggedIn;
use crate::error::{Error, Operation};

/// The next action of a [`Login`](super::Login).
///
/// It is exhaustive: a loop over it has exactly these three cases.
#[expect(clippy::large_enum_variant, reason = "a step is matched at once and never stored")]
#[must_use = "a login continues only when its step is carried out"]
pub enum Step<'a> {
    /// Send the request, and pass the response to [`Login::handle_response`](super::Login::handle_response), or the error to
    /// [`Login::handle_transport_error`](super::Login::handle_transport_error).
    Send {
        /// What the request is for.
        operation: Operation,
        /// The request. It can contain secrets.
        request: Request<Vec<u8>>,
    },
    /// Have the user open the URL, and pass what they return with to [`Login::handle_reply`](super::Login::handle_reply).
    Authorize {
        /// The authorization URL. It changes when a new attempt starts, and when the server must ask
        /// for a password again.
        url: &'a str,
        /// Why the last attempt failed. `None` on the first attempt.
        problem: Option<&'a Error>,
    },
    /// The login is finished.
    Done(&'a LoggedIn),
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { request, .. } => {
                write!(f, "Send({} {})", request.method(), request.uri().path())
            }
            Self::Authorize { .. } => f.write_str("Authorize(..)"),
            Self::Done(_) => f.write_str("Done(..)"),
        }
    }
}
