//! Why no callback arrived.

use std::fmt;
use std::time::Duration;

use gts_oauth_core::Error;
use gts_oauth_core::error::{Cause, Operation};
use gts_oauth_core::types::printable;

/// Why [`Loopback::ask`](crate::Loopback::ask) ended without a reply.
///
/// [`Login::run`](gts_oauth_core::Login::run) returns it in [`Error::Prompt`].
///
/// [`Error::Prompt`]: gts_oauth_core::Error::Prompt
///
/// ```
/// use gts_oauth_core::Error;
/// use gts_oauth_prompt::LoopbackError;
///
/// fn was_cancelled(error: &Error) -> bool {
///     let Error::Prompt(error) = error else { return false };
///     matches!(error.downcast_ref(), Some(LoopbackError::Cancelled))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoopbackError {
    /// No browser returned within the time limit.
    TimedOut(Duration),
    /// Another thread cancelled: [`Handle::cancel`](crate::Handle::cancel).
    Cancelled,
    /// The user denied access, or the server did: the message, with its error code.
    Denied(String),
    /// Two browsers opened the one-time link. One of them might be another user's, who then knows
    /// the authorization URL: the login has started a new attempt, which the next run shows.
    OpenedTwice,
    /// The login returns to another port, or out of band: make the port with
    /// [`Loopback::for_login`](crate::Loopback::for_login) before each run.
    AnotherPort,
}

impl fmt::Display for LoopbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut(limit) => {
                write!(
                    f,
                    "timed out after {}s waiting for the browser. Start the login again to \
                     continue.",
                    limit.as_secs()
                )
            }
            Self::Cancelled => f.write_str("the login was cancelled"),
            Self::Denied(problem) => f.write_str(problem),
            Self::OpenedTwice => f.write_str(
                "the link for the browser was opened twice, so another user of this machine might \
                 have read it. Start the login again.",
            ),
            Self::AnotherPort => f.write_str(
                "the login returns to a port that this program does not listen on. Start it again.",
            ),
        }
    }
}

impl std::error::Error for LoopbackError {}

/// Why the app was not allowed. Asking again at once would not help. `None` for other problems.
pub(super) fn denial(problem: &Error) -> Option<String> {
    let Error::ErrorResponse(response) = problem else { return None };
    if response.operation != Operation::Authorize {
        return None;
    }
    let text = match problem.cause() {
        Cause::Denied => format!(
            "the app was not allowed ({}). Run the login again to be asked again.",
            response.code
        ),
        _ => {
            let text = problem.to_string();
            let reason = text.strip_prefix("authorization failed: ").unwrap_or(&text);
            format!("the app was not allowed: {reason}")
        }
    };
    Some(printable(&text))
}
