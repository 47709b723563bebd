//! Tokens of the app itself: the client credentials grant (RFC 6749 section 4.4).

use std::time::{Duration, SystemTime};

use http::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::app::{App, post_token_request};
use crate::error::{Cause, Error, Operation};
use crate::exchange::Exchange;
use crate::session::{ApiResponse, Call};
use crate::transport::Transport;
use crate::types::stored::{Stored, stored};
use crate::types::{Instance, Scopes, Secret};
use crate::wire::Bearer;

/// Requests a token for the app itself (RFC 6749 section 4.4). Made by [`App::request_token`].
///
/// App tokens have few uses: GoToSocial accepts them on no authenticated endpoint, and expires them
/// after 60 minutes although it reports 120.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct RequestAppToken {
    #[serde(with = "Stored")]
    app: App,
    scopes: Option<Scopes>,
}

impl App {
    /// Requests a token for the app itself, without a user.
    ///
    /// # Errors
    /// [`Error::Input`] for a [public client](Self::public_client), which could not authenticate
    /// (RFC 6749 section 4.4).
    pub fn request_token(&self) -> Result<RequestAppToken, Error> {
        RequestAppToken { app: self.clone(), scopes: None }.checked()
    }
}

impl RequestAppToken {
    /// Requests these scopes instead of all registered ones. An empty set is ignored.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = (!scopes.is_empty()).then_some(scopes);
        self
    }

    fn checked(self) -> Result<Self, Error> {
        if self.app.client_secret().is_none() {
            let fault = "it has no client secret, which a token of the app itself requires";
            return Err(Error::input("app", fault));
        }
        Ok(self)
    }

    fn requested(&self) -> &Scopes {
        self.scopes.as_ref().unwrap_or(self.app.scopes())
    }
}

impl Exchange for RequestAppToken {
    type Output = AppToken;

    fn operation(&self) -> Operation {
        Operation::RequestAppToken
    }

    fn request(&self) -> Request<Vec<u8>> {
        post_token_request(&self.app, |form| {
            form.plain("grant_type", "client_credentials")
                // No RFC requires it here; GoToSocial does.
                .pair("redirect_uri", self.app.redirect_uris()[0].as_str())
                .words("scope", self.requested().iter().map(|scope| scope.as_str()))
        })
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<AppToken, Error> {
        let bearer = self.app.read_token(response, self.operation(), [""; 3], self.requested())?;
        Ok(AppToken { bearer, request: self.clone() })
    }
}

/// A token of the app itself, without a user. It is never a [`Session`](crate::Session).
///
/// ```
/// use gts_oauth_core::{App, Error, Exchange, Transport};
///
/// fn rules(app: &App, http: &dyn Transport) -> Result<Vec<u8>, Error> {
///     let mut token = app.request_token()?.send(http)?;
///     let call = token.get("/api/v1/instance/rules")?;
///     Ok(token.send(&call, http)?.body) // an hour later, too
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct AppToken {
    #[serde(with = "Stored")]
    bearer: Bearer,
    #[serde(with = "Stored")]
    request: RequestAppToken,
}

impl AppToken {
    /// The token.
    pub fn access_token(&self) -> &Secret {
        &self.bearer.token.access_token
    }

    /// The instance where the token is valid.
    pub fn instance(&self) -> &Instance {
        &self.bearer.instance
    }

    /// The granted scopes.
    pub fn scopes(&self) -> &Scopes {
        &self.bearer.token.scopes
    }

    /// The lifetime that the server reported. GoToSocial's tokens expire after half of it, which
    /// [`send`](Self::send) handles.
    pub fn expires_in(&self) -> Option<Duration> {
        self.bearer.token.expires_in.map(Duration::from_secs)
    }

    /// When the token expires, as [`Session::expires_at`](crate::Session::expires_at).
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.bearer.token.expires_at()
    }

    /// The request for another token like this one.
    pub fn request_again(&self) -> &RequestAppToken {
        &self.request
    }

    /// Sends a call with this token, whichever token it was created with. If the server rejects the
    /// token (401), requests another one, which replaces this one, and sends the call once more.
    ///
    /// # Errors
    /// As [`Call::send`](Exchange::send) and the request for a token, and [`Error::Input`] if the
    /// call is for another instance.
    pub fn send(&mut self, call: &Call, http: &dyn Transport) -> Result<ApiResponse, Error> {
        let outcome = match call.signed_with(&self.bearer)?.send(http) {
            Err(error) if is_dead(&error) => {
                *self = self.request_again().send(http)?;
                call.signed_with(&self.bearer)?.send(http)
            }
            outcome => outcome,
        };
        outcome.map_err(|error| error.without(&self.request.app.held_secrets()))
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
    /// [`Error::Input`] if the path could lead to another host than this instance.
    pub fn call(&self, method: Method, path: &str) -> Result<Call, Error> {
        Call::new(&self.bearer, method, path)
    }

    fn checked(self) -> Result<Self, Error> {
        if self.bearer.instance != *self.request.app.instance() {
            let fault = "its app belongs to another instance";
            return Err(Error::input("stored app token", fault));
        }
        Ok(self)
    }
}

/// Whether the server rejected the token. A web page with a 401 is no evidence for that.
fn is_dead(error: &Error) -> bool {
    error.status() == Some(StatusCode::UNAUTHORIZED) && error.cause() == Cause::TokenRejected
}

stored!(RequestAppToken, RequestAppToken::checked);
stored!(AppToken, AppToken::checked);
