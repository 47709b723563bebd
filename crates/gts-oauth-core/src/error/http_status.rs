//! The status of a web back end's own page (RFC 9110 section 15).

use http::StatusCode;

use super::{Cause, Error, NetworkFault, Operation};

impl Error {
    /// The status with which a web back end responds when its request fails with this error. It is
    /// not the server's [`status`](Self::status), which means something else to a browser.
    ///
    /// | status | what failed |
    /// |---|---|
    /// | 400 | what the browser sent: an instance, also one with an unknown host name, a callback, a code that was used or has expired |
    /// | 403 | the user or the server denied it, or the user must sign in again |
    /// | 404 | the resource of a call does not exist |
    /// | 500 | the program |
    /// | 502 | the server, or the connection to it |
    /// | 503 | the server is rate limited, unavailable, or does not accept its new token yet: add `Retry-After`, from [`retry`](Self::retry) |
    /// | 504 | the server did not respond in time |
    ///
    /// ```
    /// use gts_oauth_core::Callback;
    ///
    /// /// The page of a callback that failed.
    /// fn page(error: &gts_oauth_core::Error) -> (u16, String) {
    ///     (error.http_status().as_u16(), error.to_string())
    /// }
    ///
    /// let error = Callback::from_query("code=MJG4YJRK&code=ZDC2ZJHL").unwrap_err();
    /// assert_eq!(page(&error).0, 400);
    /// ```
    ///
    /// 401 is not among them: it requires a challenge (RFC 9110 section 15.5.2), and a browser has
    /// no credentials for it.
    pub fn http_status(&self) -> StatusCode {
        let is_call = matches!(self.operation(), Some(Operation::Read | Operation::Write));
        match (self.cause(), self) {
            (Cause::InvalidInput | Cause::InvalidCallback | Cause::CodeRejected, _) => {
                StatusCode::BAD_REQUEST
            }
            (
                Cause::Denied
                | Cause::WrongAccount
                | Cause::TokenRejected
                | Cause::MissingScope
                | Cause::AccountUnusable
                | Cause::Forbidden,
                _,
            ) => StatusCode::FORBIDDEN,
            (Cause::NotFound, _) if is_call => StatusCode::NOT_FOUND,
            (Cause::Program, _) => StatusCode::INTERNAL_SERVER_ERROR,
            // The visitor has mistyped the host. A known app's host had a name before.
            (_, Self::Transport(error))
                if error.fault == NetworkFault::UnknownHost
                    && matches!(error.operation, Operation::Discover | Operation::Register) =>
            {
                StatusCode::BAD_REQUEST
            }
            // A 429 limits this program, not the browser.
            (Cause::NewTokenRejected, _) | (_, Self::Unavailable(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            (_, Self::Transport(error)) if matches!(error.fault, NetworkFault::TimedOut(_)) => {
                StatusCode::GATEWAY_TIMEOUT
            }
            _ => StatusCode::BAD_GATEWAY,
        }
    }
}
