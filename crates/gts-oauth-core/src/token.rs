//! `POST /oauth/token`: a code, or the app's own credentials, for a token.

use http::{Request, Response};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::pending::PendingLogin;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::session::{AppToken, Bearer, Session};
use crate::stored::Version;
use crate::wire::{self, Answer, Form, lenient};

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
        let form = credentials(self.pending.app())
            .plain("grant_type", "authorization_code")
            .pair("code", self.code.expose())
            .pair("redirect_uri", self.pending.redirect_uri().as_str())
            .plain("code_verifier", self.pending.verifier().expose());
        post(self.pending.app(), form)
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Session, Error> {
        let app = self.pending.app();
        let secrets = [
            app.client_secret().expose(),
            self.code.expose(),
            self.pending.verifier().expose(),
            self.pending.state(),
        ];
        let answer = Answer::new(answer, Endpoint::Token, &secrets);
        let token = Token::read(&answer, self.pending.scopes())?;
        Ok(Session(Bearer::new(app, token)))
    }
}

/// A token for the app itself (RFC 6749 §4.4). Made by [`App::client_credentials`].
///
/// It proves little and opens less: on GoToSocial it is good for no endpoint that needs a
/// token, and lives 60 minutes, half of what the server says.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    app: App,
    scopes: Option<Scopes>,
}

impl ClientCredentials {
    pub(crate) fn new(app: App) -> Self {
        Self { app, scopes: None }
    }

    /// Asks for these scopes, rather than for all that the app registered.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = (!scopes.is_empty()).then_some(scopes);
        self
    }

    fn asked(&self) -> &Scopes {
        self.scopes.as_ref().unwrap_or(self.app.scopes())
    }
}

impl Exchange for ClientCredentials {
    type Output = AppToken;

    fn endpoint(&self) -> Endpoint {
        Endpoint::AppToken
    }

    fn request(&self) -> Request<Vec<u8>> {
        let form = credentials(&self.app)
            .plain("grant_type", "client_credentials")
            // No RFC asks for it here; GoToSocial does.
            .pair("redirect_uri", self.app.redirect_uris()[0].as_str())
            .words("scope", self.asked().iter().map(|scope| scope.as_str()));
        post(&self.app, form)
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<AppToken, Error> {
        let secrets = [self.app.client_secret().expose()];
        let answer = Answer::new(answer, Endpoint::AppToken, &secrets);
        let token = Token::read(&answer, self.asked())?;
        Ok(AppToken(Bearer::new(&self.app, token)))
    }
}

/// In the body: GoToSocial reads no `Authorization: Basic`.
pub(crate) fn credentials(app: &App) -> Form {
    Form::with_capacity(512)
        .pair("client_id", app.client_id())
        .pair("client_secret", app.client_secret().expose())
}

fn post(app: &App, form: Form) -> Request<Vec<u8>> {
    let user_agent = &app.registration().user_agent;
    wire::post(app.instance(), "/oauth/token", user_agent, None, form)
}

/// What every token reply tells (RFC 6749 §5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) access_token: Secret,
    pub(crate) scopes: Scopes,
    /// Seconds since 1970, by the server's clock.
    pub(crate) created_at: Option<u64>,
    /// Seconds.
    pub(crate) expires_in: Option<u64>,
    pub(crate) refresh_token: Option<Secret>,
}

/// Moments above this are milliseconds (Hollo); as seconds they lie beyond the year 5000.
const SECONDS_END: u64 = 100_000_000_000;

impl Token {
    fn read(answer: &Answer<'_>, asked: &Scopes) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "lenient::secret")]
            access_token: Option<Secret>,
            #[serde(default = "lenient::yes", deserialize_with = "lenient::is_bearer")]
            token_type: bool,
            #[serde(default, deserialize_with = "lenient::scopes")]
            scope: Option<Scopes>,
            #[serde(default, deserialize_with = "lenient::seconds")]
            created_at: Option<u64>,
            #[serde(default, deserialize_with = "lenient::seconds")]
            expires_in: Option<u64>,
            #[serde(default, deserialize_with = "lenient::secret")]
            refresh_token: Option<Secret>,
        }
        let reply: Reply = answer.object()?;
        let access_token = reply.access_token.filter(is_token);
        // An unknown type must not be used (RFC 6749 §7.1).
        if !reply.token_type {
            return Err(answer.lacks("token_type"));
        }
        Ok(Self {
            access_token: access_token.ok_or_else(|| answer.lacks("access_token"))?,
            scopes: reply.scope.unwrap_or_else(|| asked.clone()),
            created_at: reply.created_at.map(|moment| match moment {
                SECONDS_END.. => moment / 1000,
                _ => moment,
            }),
            expires_in: reply.expires_in,
            refresh_token: reply.refresh_token.filter(is_token),
        })
    }
}

/// Whether a header can carry it.
pub(crate) fn is_token(token: &Secret) -> bool {
    wire::is_visible_ascii(token.expose())
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
