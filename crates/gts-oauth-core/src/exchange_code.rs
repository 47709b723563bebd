//! A code for a token.

use http::{Request, Response};
use serde::{Deserialize, Serialize};

use crate::client_auth;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::pending::PendingLogin;
use crate::secret::Secret;
use crate::session::{Bearer, Session};
use crate::stored::Version;
use crate::token::{self, Token};
use crate::wire::Answer;

/// Exchanges a code for a session (RFC 6749 §4.1.3, RFC 7636 §4.5). Made by
/// [`PendingLogin::callback`] and [`PendingLogin::pasted`].
///
/// Send it at once: GoToSocial's codes live five minutes. After a lost answer it may be sent
/// again: a code that was spent is then refused, which does no harm on the servers known.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "StoredCode", into = "StoredCode")]
pub struct ExchangeCode {
    pending: PendingLogin,
    code: Secret,
}

impl ExchangeCode {
    pub(crate) fn new(pending: PendingLogin, code: Secret) -> Self {
        Self { pending, code }
    }

    /// The attempt that the code answers.
    pub fn pending(&self) -> &PendingLogin {
        &self.pending
    }

    pub(crate) fn code(&self) -> &Secret {
        &self.code
    }
}

impl Exchange for ExchangeCode {
    type Output = Session;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Token
    }

    fn request(&self) -> Request<Vec<u8>> {
        token::post(self.pending.app(), |form| {
            form.plain("grant_type", "authorization_code")
                .pair("code", self.code.expose())
                .pair("redirect_uri", self.pending.redirect_uri().as_str())
                .plain("code_verifier", self.pending.verifier().expose())
        })
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Session, Error> {
        let app = self.pending.app();
        let pair = client_auth::pair(app);
        let secrets = [
            app.client_secret().expose(),
            pair.expose(),
            self.code.expose(),
            self.pending.verifier().expose(),
            self.pending.state(),
        ];
        let answer = Answer::new(answer, Endpoint::Token, &secrets);
        let token = Token::read(&answer, self.pending.scopes())?;
        Ok(Session(Bearer::new(app, token)))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredCode {
    version: Version,
    pending: PendingLogin,
    code: Secret,
}

impl From<ExchangeCode> for StoredCode {
    fn from(ExchangeCode { pending, code }: ExchangeCode) -> Self {
        let version = Version;
        Self {
            version,
            pending,
            code,
        }
    }
}

impl TryFrom<StoredCode> for ExchangeCode {
    type Error = Error;

    fn try_from(StoredCode { pending, code, .. }: StoredCode) -> Result<Self, Error> {
        if code.expose().is_empty() {
            return Err(Error::input("stored login", "its code is empty"));
        }
        Ok(Self { pending, code })
    }
}
