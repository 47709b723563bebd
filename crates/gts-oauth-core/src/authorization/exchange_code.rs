//! The exchange of a code for a token (RFC 6749 section 4.1.3).

use http::{Request, Response};
use serde::{Deserialize, Serialize};

use super::PendingAuthorization;
use crate::app::post_token_request;
use crate::error::{Error, Operation};
use crate::exchange::Exchange;
use crate::session::Session;
use crate::types::Secret;
use crate::types::stored::{Stored, stored};

/// Exchanges a code for a session (RFC 6749 section 4.1.3, RFC 7636 section 4.5). Made by
/// [`PendingAuthorization::code_from_callback`] and [`PendingAuthorization::code_from_text`].
///
/// Send it at once: GoToSocial's codes expire after five minutes. If no response was received, it
/// can be sent again: all known servers then reject a used code without further effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ExchangeCode {
    #[serde(with = "Stored")]
    pending: PendingAuthorization,
    pub(crate) code: Secret,
}

impl ExchangeCode {
    pub(super) fn new(pending: PendingAuthorization, code: Secret) -> Self {
        Self { pending, code }
    }

    /// The authorization that returned the code.
    pub fn pending(&self) -> &PendingAuthorization {
        &self.pending
    }

    /// The code, if errors must not show it.
    pub(crate) fn redacted_code(&self) -> Option<&Secret> {
        Some(&self.code).filter(|code| code.expose().len() >= SHORTEST_CODE)
    }

    fn checked(self) -> Result<Self, Error> {
        if self.code.expose().is_empty() || self.code.is_too_long() {
            return Err(Error::input("stored login", "the code is empty or longer than 64 KiB"));
        }
        Ok(self)
    }
}

/// A shorter code is a mistyped one. Redacting it would make the words of the response unreadable.
const SHORTEST_CODE: usize = 8;

impl Exchange for ExchangeCode {
    type Output = Session;

    fn operation(&self) -> Operation {
        Operation::ExchangeCode
    }

    fn request(&self) -> Request<Vec<u8>> {
        post_token_request(self.pending.app(), |form| {
            form.plain("grant_type", "authorization_code")
                .pair("code", self.code.expose())
                .pair("redirect_uri", self.pending.redirect_uri().as_str())
                .plain("code_verifier", self.pending.verifier().expose())
        })
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Session, Error> {
        let pending = &self.pending;
        let code = self.redacted_code().map_or("", Secret::expose);
        let secrets = [code, pending.verifier().expose(), pending.state()];
        let app = pending.app();
        app.read_token(response, self.operation(), secrets, pending.scopes()).map(Session)
    }
}

stored!(ExchangeCode, ExchangeCode::checked);
