//! A user's token, and calls to the API with it.

mod account;
mod call;
mod check_token;
mod expected_account;
mod multipart;
mod pages;
mod required_scope;
mod sign;
mod tokens;

use std::time::{Duration, SystemTime};

use http::Method;
use http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};

pub use account::{Account, VerifyCredentials};
pub use call::{ApiResponse, Call};
pub use check_token::{CheckToken, TokenStatus};
pub use expected_account::ExpectedAccount;
pub use multipart::Multipart;
pub use pages::{Page, Pages};
pub use tokens::{AppInfo, DeleteApp, InvalidateToken, NameToken, TokenApp, TokenInfo};

use crate::error::Error;
use crate::time::from_epoch;
use crate::types::stored::{Stored, stored};
use crate::types::{Instance, Scopes, Secret, UserAgent};
use crate::wire::{Bearer, TokenResponse};

/// A user's token and the one instance where it is valid. It signs requests for that origin only.
///
/// ```
/// use gts_oauth_core::{Exchange, Secret, Session};
///
/// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
/// let call = session.get("/api/v1/notifications")?.query("limit", "20")?;
/// assert_eq!(call.request().uri(), "https://example.org/api/v1/notifications?limit=20");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
///
/// It is serialized as a whole, including its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Session(#[serde(with = "Stored")] pub(crate) Bearer);

impl Session {
    /// A session from a token that its owner already has. Its scopes and expiry are unknown.
    ///
    /// ```
    /// # use gts_oauth_core::{App, BoxError, Exchange, Secret, Session, Transport};
    /// /// Imports what another library stored. Refreshed, it equals a session of this library.
    /// fn take_over(
    ///     app: &App,
    ///     token: Secret,
    ///     refresh_token: Option<Secret>,
    ///     http: &dyn Transport,
    /// ) -> Result<Session, BoxError> {
    ///     let session = Session::from_token(app.instance().clone(), token)?;
    ///     let session = session.with_scopes(app.scopes().clone());
    ///     match refresh_token {
    ///         Some(refresh) => Ok(app.refresh(&session.with_refresh_token(refresh)?)?.send(http)?),
    ///         None => Ok(session),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if the token is empty, longer than 64 KiB, or contains characters that are not
    /// allowed in a header.
    pub fn from_token(instance: Instance, token: Secret) -> Result<Self, Error> {
        let bearer = Bearer {
            instance,
            user_agent: UserAgent::default(),
            token: TokenResponse {
                access_token: token,
                scopes: Scopes::default(),
                created_at: None,
                expires_in: None,
                received_at: None,
                refresh_token: None,
            },
        };
        Ok(Self(bearer.checked()?))
    }

    /// Sets the refresh token that was issued with the token, for [`App::refresh`](crate::App::refresh).
    ///
    /// # Errors
    /// [`Error::Input`] if it is empty, longer than 64 KiB, or contains characters that are not allowed
    /// in a token.
    pub fn with_refresh_token(mut self, refresh_token: Secret) -> Result<Self, Error> {
        self.0.token.refresh_token = Some(refresh_token);
        Ok(Self(self.0.checked()?))
    }

    /// Sets the scopes, if the owner knows them.
    #[must_use = "this returns the session"]
    pub fn with_scopes(mut self, scopes: Scopes) -> Self {
        self.0.token.scopes = scopes;
        self
    }

    /// Sets the `User-Agent` of this session's requests, in place of the app's.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or contains characters that are not allowed in a header.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.0.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// The token, which gives access to the account.
    pub fn access_token(&self) -> &Secret {
        &self.0.token.access_token
    }

    /// The instance where the token is valid.
    pub fn instance(&self) -> &Instance {
        &self.0.instance
    }

    /// The granted scopes. If the server did not report them, the requested ones (RFC 6749
    /// section 5.1).
    pub fn scopes(&self) -> &Scopes {
        &self.0.token.scopes
    }

    /// When the token was issued, by the server's clock. Advisory: servers differ.
    pub fn created_at(&self) -> Option<SystemTime> {
        from_epoch(self.0.token.created_at?)
    }

    /// The lifetime of the token when it was issued (RFC 6749 section 5.1). `None` on GoToSocial,
    /// where user tokens never expire.
    pub fn expires_in(&self) -> Option<Duration> {
        self.0.token.expires_in.map(Duration::from_secs)
    }

    /// When the token expires. `None` if it never expires, or if there is no time to count from.
    /// Tokens can become invalid earlier: expect a 401.
    ///
    /// It is by the local clock if the transport reported when it received the token
    /// ([`ReceivedAt`](crate::transport::ReceivedAt), as this project's adapters do), or after
    /// [`received_at`](Self::received_at). Else it is by the server's clock, from the `Date` of the
    /// response.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.token.expires_at()
    }

    /// Sets when the token was received, by the local clock, from which its expiry is counted. It is
    /// not needed with a transport that reports it.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use gts_oauth_core::{BoxError, Exchange, Session, authorization::ExchangeCode};
    /// # use http::{Request, Response};
    /// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
    ///
    /// async fn obtain(exchange: &ExchangeCode) -> Result<Session, BoxError> {
    ///     let session = exchange.parse(&my_stack(exchange.request()).await?)?;
    ///     Ok(session.received_at(SystemTime::now()))
    /// }
    /// ```
    #[must_use = "this returns the session"]
    pub fn received_at(mut self, now: SystemTime) -> Self {
        self.0.token.set_received_at(now);
        self
    }

    /// The refresh token, for [`App::refresh`](crate::App::refresh). `None` on servers without them
    /// (GoToSocial); Akkoma and Pixelfed issue them.
    pub fn refresh_token(&self) -> Option<&Secret> {
        self.0.token.refresh_token.as_ref()
    }

    /// The tokens, which errors must not repeat.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.0.secrets().into_iter().filter(|it| !it.is_empty()).map(Secret::new)
    }

    /// Any call to the API. `path` starts with one `/`, and can contain a query.
    ///
    /// # Errors
    /// [`Error::Input`] if the path could lead to another host than this instance, or if HTTP stacks
    /// would send another path: it has a segment `.` or `..`, or is not percent-encoded. Also if the
    /// method is `CONNECT` or `TRACE`.
    pub fn call(&self, method: Method, path: &str) -> Result<Call, Error> {
        Call::new(&self.0, method, path)
    }

    pub(crate) fn fixed(&self, method: Method, path: &'static str) -> Call {
        Call::to(&self.0, method, PathAndQuery::from_static(path))
    }

    /// [`call`](Self::call) with `GET`.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get(&self, path: &str) -> Result<Call, Error> {
        self.call(Method::GET, path)
    }

    /// [`call`](Self::call) with `POST`.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn post(&self, path: &str) -> Result<Call, Error> {
        self.call(Method::POST, path)
    }
}

stored!(Session);
