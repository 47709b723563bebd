//! The app's own credentials for a token of the app's own.

use std::time::{Duration, SystemTime};

use http::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::api::{Call, Reply};
use crate::app::App;
use crate::client_auth;
use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::instance::Instance;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::session::Bearer;
use crate::stored::Version;
use crate::token::{self, Token};
use crate::transport::Transport;
use crate::wire::Answer;

/// A token for the app itself (RFC 6749 §4.4). Made by [`App::client_credentials`].
///
/// It proves little and opens less: on GoToSocial it is good for no endpoint that needs a
/// token, and lives 60 minutes, half of what the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCredentials {
    version: Version,
    app: App,
    scopes: Option<Scopes>,
}

impl ClientCredentials {
    pub(crate) fn new(app: App) -> Self {
        Self {
            version: Version,
            app,
            scopes: None,
        }
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
        token::post(&self.app, |form| {
            form.plain("grant_type", "client_credentials")
                // No RFC asks for it here; GoToSocial does.
                .pair("redirect_uri", self.app.redirect_uris()[0].as_str())
                .words("scope", self.asked().iter().map(|scope| scope.as_str()))
        })
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<AppToken, Error> {
        let pair = client_auth::pair(&self.app);
        let secrets = [self.app.client_secret().expose(), pair.expose()];
        let answer = Answer::new(answer, Endpoint::AppToken, &secrets);
        let token = Token::read(&answer, self.asked())?;
        Ok(AppToken {
            version: Version,
            bearer: Bearer::new(&self.app, token),
            credentials: self.clone(),
        })
    }
}

/// A token of the app's own, with no person behind it: no [`Session`](crate::Session).
///
/// ```
/// use gts_oauth_core::{App, Error, Exchange, Transport};
///
/// fn rules(app: &App, http: &dyn Transport) -> Result<Vec<u8>, Error> {
///     let mut token = app.client_credentials().send(http)?;
///     let call = token.get("/api/v1/instance/rules")?;
///     Ok(token.send(&call, http)?.body) // an hour later, too
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct AppToken {
    version: Version,
    bearer: Bearer,
    credentials: ClientCredentials,
}

impl AppToken {
    /// The token.
    pub fn access_token(&self) -> &Secret {
        &self.bearer.token.access_token
    }

    /// Where the token is good.
    pub fn instance(&self) -> &Instance {
        &self.bearer.instance
    }

    /// What was granted.
    pub fn scopes(&self) -> &Scopes {
        &self.bearer.token.scopes
    }

    /// How long the server says the token lives. GoToSocial's live half as long:
    /// [`send`](Self::send) is ready for that.
    pub fn expires_in(&self) -> Option<Duration> {
        self.bearer.token.expires_in.map(Duration::from_secs)
    }

    /// As [`Session::expires_at`](crate::Session::expires_at), and as late as the server says.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.bearer.token.expires_at()
    }

    /// Asks for another token like this one.
    pub fn renew(&self) -> &ClientCredentials {
        &self.credentials
    }

    /// Sends a call signed with this token, whichever it was made with. If the server says that
    /// the token is no longer good (401), it is asked for another, which takes this one's place,
    /// and the call goes again, once.
    ///
    /// # Errors
    /// As [`Call::send`](Exchange::send), those of asking for a token, and [`Error::Input`] if
    /// the call is to another instance.
    pub fn send(&mut self, call: &Call, http: &dyn Transport) -> Result<Reply, Error> {
        match call.signed_with(&self.bearer)?.send(http) {
            Err(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
                *self = self.renew().send(http)?;
                call.signed_with(&self.bearer)?.send(http)
            }
            outcome => outcome,
        }
    }

    /// [`call`](Self::call) with `GET`.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get(&self, path: &str) -> Result<Call, Error> {
        self.call(Method::GET, path)
    }

    /// Any call to the API, as [`Session::call`](crate::Session::call).
    ///
    /// # Errors
    /// [`Error::Input`] if the path could lead elsewhere than to this instance.
    pub fn call(&self, method: Method, path: &str) -> Result<Call, Error> {
        Call::new(&self.bearer, method, path)
    }
}

/// Of the two a token may be asked for again, at the instance of the one.
#[derive(Deserialize)]
struct Stored {
    version: Version,
    bearer: Bearer,
    credentials: ClientCredentials,
}

impl TryFrom<Stored> for AppToken {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let Stored {
            version,
            bearer,
            credentials,
        } = stored;
        if bearer.instance != *credentials.app.instance() {
            let fault = "its app is of another instance";
            return Err(Error::input("stored token of an app", fault));
        }
        Ok(Self {
            version,
            bearer,
            credentials,
        })
    }
}
