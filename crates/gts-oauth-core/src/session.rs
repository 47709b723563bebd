//! A token and where it is good.

use std::time::{Duration, SystemTime};

use http::Method;
use http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};

use crate::account::VerifyCredentials;
use crate::api::Call;
use crate::app::App;
use crate::error::Error;
use crate::instance::Instance;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::stored::Version;
use crate::token::{Token, is_token};
use crate::user_agent::UserAgent;

/// A person's token and the one instance where it is good. It signs requests for that origin
/// only.
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
/// It serialises whole, token included, in clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Session(pub(crate) Bearer);

/// What a session and an app's token have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(crate) struct Bearer {
    pub(crate) instance: Instance,
    pub(crate) user_agent: UserAgent,
    pub(crate) token: Token,
}

impl Bearer {
    pub(crate) fn new(app: &App, token: Token) -> Self {
        Self {
            instance: app.instance().clone(),
            user_agent: app.registration().user_agent.clone(),
            token,
        }
    }

    fn checked(self) -> Result<Self, Error> {
        let refresh = self.token.refresh_token.as_ref();
        match is_token(&self.token.access_token) && refresh.is_none_or(is_token) {
            true => Ok(self),
            false => Err(Error::input(
                "token",
                "it is empty, or holds white space or characters beyond ASCII",
            )),
        }
    }
}

impl Session {
    /// A session from a token that its owner already holds. Which scopes it has, and when it
    /// expires, is not known.
    ///
    /// ```
    /// # use gts_oauth_core::{App, BoxError, Exchange, Secret, Session, Transport};
    /// /// Takes over what another library stored. Renewed, it is as if we had got it ourselves.
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
    /// [`Error::Input`] if the token is empty or holds characters that a header cannot carry.
    pub fn from_token(instance: Instance, token: Secret) -> Result<Self, Error> {
        let bearer = Bearer {
            instance,
            user_agent: UserAgent::default(),
            token: Token {
                access_token: token,
                scopes: Scopes::default(),
                created_at: None,
                expires_in: None,
                answered_at: None,
                refresh_token: None,
            },
        };
        bearer.checked().map(Self)
    }

    /// The refresh token that came with it, for [`App::refresh`].
    ///
    /// # Errors
    /// [`Error::Input`] if it is empty or holds characters that no token has.
    pub fn with_refresh_token(mut self, refresh_token: Secret) -> Result<Self, Error> {
        self.0.token.refresh_token = Some(refresh_token);
        self.0.checked().map(Self)
    }

    /// What it may do, where its owner knows that.
    #[must_use = "this returns the session"]
    pub fn with_scopes(mut self, scopes: Scopes) -> Self {
        self.0.token.scopes = scopes;
        self
    }

    /// The `User-Agent` of this session's requests, in place of the app's.
    ///
    /// # Errors
    /// [`Error::Input`] if it is blank or has characters that a header may not have.
    pub fn user_agent(mut self, user_agent: &str) -> Result<Self, Error> {
        self.0.user_agent = user_agent.parse()?;
        Ok(self)
    }

    /// The token, which opens the account to whoever holds it.
    pub fn access_token(&self) -> &Secret {
        &self.0.token.access_token
    }

    /// Where the token is good.
    pub fn instance(&self) -> &Instance {
        &self.0.instance
    }

    /// What was granted, as far as the server told; where it told nothing, what was asked for
    /// (RFC 6749 §5.1).
    pub fn scopes(&self) -> &Scopes {
        &self.0.token.scopes
    }

    /// When the token was made, by the server's clock. Advisory: servers differ.
    pub fn created_at(&self) -> Option<SystemTime> {
        let since = Duration::from_secs(self.0.token.created_at?);
        SystemTime::UNIX_EPOCH.checked_add(since)
    }

    /// How long the token lives from when the server gave it (RFC 6749 §5.1). None on
    /// GoToSocial, whose user tokens never expire.
    pub fn expires_in(&self) -> Option<Duration> {
        self.0.token.expires_in.map(Duration::from_secs)
    }

    /// When the token expires, by the server's clock; none if it never does, or the server tells
    /// no time to count from. Some tokens die before: be ready for a 401.
    ///
    /// ```
    /// # use gts_oauth_core::{App, BoxError, Exchange, Session, Transport};
    /// use std::time::{Duration, SystemTime};
    ///
    /// fn fresh(app: &App, session: Session, http: &dyn Transport) -> Result<Session, BoxError> {
    ///     let soon = SystemTime::now() + Duration::from_secs(60);
    ///     match (session.expires_at(), session.refresh_token()) {
    ///         (Some(moment), Some(_)) if moment < soon => Ok(app.refresh(&session)?.send(http)?),
    ///         _ => Ok(session), // to be stored, when it is another
    ///     }
    /// }
    /// ```
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.token.expires_at()
    }

    /// The refresh token, on servers that give one (Akkoma, Pixelfed; not GoToSocial). What it
    /// is for: [`App::refresh`].
    pub fn refresh_token(&self) -> Option<&Secret> {
        self.0.token.refresh_token.as_ref()
    }

    /// Asks whose token this is.
    pub fn verify(&self) -> VerifyCredentials {
        VerifyCredentials::new(self.clone())
    }

    /// Any call to the API. `path` begins with one `/`, and may hold a query.
    ///
    /// # Errors
    /// [`Error::Input`] if the path could lead elsewhere than to this instance.
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

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    instance: Instance,
    user_agent: UserAgent,
    token: Token,
}

impl From<Bearer> for Stored {
    fn from(bearer: Bearer) -> Self {
        Self {
            version: Version,
            instance: bearer.instance,
            user_agent: bearer.user_agent,
            token: bearer.token,
        }
    }
}

impl TryFrom<Stored> for Bearer {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let bearer = Self {
            instance: stored.instance,
            user_agent: stored.user_agent,
            token: stored.token,
        };
        bearer.checked()
    }
}
