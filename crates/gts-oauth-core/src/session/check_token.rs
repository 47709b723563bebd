//! Whether a token is valid (`GET /api/v1/accounts/verify_credentials`).

use http::{Request, Response};

use super::{Account, Session, VerifyCredentials};
use crate::error::{Cause, Error, Operation};
use crate::exchange::Exchange;

/// Whether a server accepts a token.
///
/// It is exhaustive: a token is known to be valid, known to be rejected, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// The server accepts the token. It might lack the scope to read its account.
    Valid,
    /// The server rejects the token: it is unknown, expired or revoked.
    Rejected,
    /// The response is no evidence: an HTML page, a server error, a rate limit, an account that
    /// cannot be used at the moment. Keep the token.
    Unknown,
}

impl TokenStatus {
    /// What the result of [`Session::verify`] means for the token.
    pub fn of(account: &Result<Account, Error>) -> Self {
        match account.as_ref().map_err(Error::cause) {
            Ok(_) | Err(Cause::MissingScope) => Self::Valid,
            Err(Cause::TokenRejected) => Self::Rejected,
            Err(_) => Self::Unknown,
        }
    }
}

impl Session {
    /// Checks whether the server accepts this token, before it is deleted or used. It requires no
    /// scope.
    ///
    /// ```
    /// use gts_oauth_core::session::TokenStatus;
    /// use gts_oauth_core::{Error, Exchange, Session, Transport};
    ///
    /// /// Whether the user must log in again.
    /// fn is_lost(session: &Session, http: &dyn Transport) -> Result<bool, Error> {
    ///     Ok(session.check_token().send(http)? == TokenStatus::Rejected)
    /// }
    /// ```
    pub fn check_token(&self) -> CheckToken {
        CheckToken(self.verify())
    }
}

/// Checks a token. Made by [`Session::check_token`].
///
/// Parsing never fails: whatever the response is, it has a [`TokenStatus`]. To find out why it is
/// unknown, send [`Session::verify`] and pass its result to [`TokenStatus::of`].
#[derive(Clone, Debug)]
pub struct CheckToken(VerifyCredentials);

impl Exchange for CheckToken {
    type Output = TokenStatus;

    fn operation(&self) -> Operation {
        self.0.operation()
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.0.request()
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<TokenStatus, Error> {
        Ok(TokenStatus::of(&self.0.parse(response)))
    }
}
