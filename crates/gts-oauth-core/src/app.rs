//! An app that a server knows.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::authorize::Authorize;
use crate::client_credentials::ClientCredentials;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::instance::Instance;
use crate::metadata::Metadata;
use crate::redirect::RedirectUri;
use crate::refresh::RefreshToken;
use crate::register::RegisterApp;
use crate::revoke::RevokeToken;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::session::Session;
use crate::stored::Version;

/// An app that a server knows: its id and secret, what it registered, and how it could be
/// registered again. Cheap to clone.
///
/// Keep it as long as its tokens: it takes the app to revoke a token that it got. It serialises
/// whole, secret included, in clear.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct App(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    registration: RegisterApp,
    redirect_uris: Vec<RedirectUri>,
    scopes: Scopes,
    client_id: String,
    client_secret: Secret,
    /// Where the server has them; at the usual paths where it does not say.
    authorize: Address,
    token: Address,
    revoke: Address,
}

impl App {
    pub(crate) fn new(
        registration: RegisterApp,
        redirect_uris: Vec<RedirectUri>,
        scopes: Scopes,
        client_id: String,
        client_secret: Secret,
    ) -> Self {
        let named = registration.metadata.as_ref().map(Metadata::endpoints);
        let address = |named: Option<&Option<Address>>, usual| {
            let named = named.and_then(Option::as_ref).cloned();
            named.unwrap_or_else(|| Address::new(&registration.instance, usual))
        };
        Self(Arc::new(Inner {
            authorize: address(named.map(|it| &it.authorize), "/oauth/authorize"),
            token: address(named.map(|it| &it.token), "/oauth/token"),
            revoke: address(named.map(|it| &it.revoke), "/oauth/revoke"),
            registration,
            redirect_uris,
            scopes,
            client_id,
            client_secret,
        }))
    }

    /// An app that somebody registered by other means, as `registration` describes it.
    ///
    /// ```
    /// use gts_oauth_core::{App, RegisterApp, Secret};
    ///
    /// let registration = RegisterApp::new("example.org".parse()?, "my-bot")?;
    /// let app = App::from_credentials(registration, "01ST88WW", Secret::new("63688859-6eb8"))?;
    /// assert_eq!(app.client_id(), "01ST88WW");
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if the id or the secret is empty.
    pub fn from_credentials(
        registration: RegisterApp,
        client_id: &str,
        client_secret: Secret,
    ) -> Result<Self, Error> {
        let stored = Stored {
            version: Version,
            redirect_uris: registration.redirect_uris.clone(),
            scopes: registration.scopes.clone(),
            registration,
            client_id: client_id.to_owned(),
            client_secret,
        };
        stored.try_into()
    }

    /// Where the app lives.
    pub fn instance(&self) -> &Instance {
        &self.0.registration.instance
    }

    /// What was asked for when the app was registered: registered again, it would be the same.
    pub fn registration(&self) -> &RegisterApp {
        &self.0.registration
    }

    /// Where people may come back to, as the server spells it. Never empty.
    pub fn redirect_uris(&self) -> &[RedirectUri] {
        &self.0.redirect_uris
    }

    /// What the app may ask for, as the server registered it.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// The public half of the app's credentials.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The secret half.
    pub fn client_secret(&self) -> &Secret {
        &self.0.client_secret
    }

    /// Whether a token of this session may be sent where this app is known.
    pub(crate) fn check(&self, session: &Session) -> Result<(), Error> {
        match self.instance() == session.instance() {
            true => Ok(()),
            false => Err(Error::input(
                "session",
                "it is of another instance than the app: its token is not sent there",
            )),
        }
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.0.registration.metadata.as_ref()
    }

    pub(crate) fn authorization_endpoint(&self) -> &Address {
        &self.0.authorize
    }

    pub(crate) fn token_endpoint(&self) -> &Address {
        &self.0.token
    }

    pub(crate) fn revocation_endpoint(&self) -> &Address {
        &self.0.revoke
    }

    /// One attempt to have a person allow this app. For an attempt that copes with what can go
    /// wrong, see [`Login`](crate::Login).
    pub fn authorize(&self, entropy: Entropy) -> Authorize {
        Authorize::new(self.clone(), entropy.nonces())
    }

    /// A token for the app itself, with no person behind it.
    pub fn client_credentials(&self) -> ClientCredentials {
        ClientCredentials::new(self.clone())
    }

    /// A new token for a session whose own has expired, or is about to, on servers that give a
    /// refresh token.
    ///
    /// # Errors
    /// [`Error::Input`] if the session has no refresh token, or is of another instance.
    pub fn refresh(&self, session: &Session) -> Result<RefreshToken, Error> {
        RefreshToken::new(self, session)
    }

    /// Takes back a token that this app got.
    ///
    /// # Errors
    /// [`Error::Input`] if the session is of another instance: its token is not sent there.
    pub fn revoke(&self, session: &Session) -> Result<RevokeToken, Error> {
        RevokeToken::new(self, session)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("instance", self.instance())
            .field("client_id", &self.client_id())
            .field("client_secret", self.client_secret())
            .field("redirect_uris", &self.redirect_uris())
            .field("scopes", self.scopes())
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    registration: RegisterApp,
    redirect_uris: Vec<RedirectUri>,
    scopes: Scopes,
    client_id: String,
    client_secret: Secret,
}

impl From<App> for Stored {
    fn from(app: App) -> Self {
        Self {
            version: Version,
            registration: app.0.registration.clone(),
            redirect_uris: app.0.redirect_uris.clone(),
            scopes: app.0.scopes.clone(),
            client_id: app.0.client_id.clone(),
            client_secret: app.0.client_secret.clone(),
        }
    }
}

impl TryFrom<Stored> for App {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let fault = |fault| Err(Error::input("app", fault));
        if stored.client_id.is_empty() || stored.client_secret.expose().is_empty() {
            return fault("its client id or its client secret is empty");
        }
        if stored.redirect_uris.is_empty() || stored.scopes.is_empty() {
            return fault("it has no redirect URI or no scopes");
        }
        Ok(Self::new(
            stored.registration,
            stored.redirect_uris,
            stored.scopes,
            stored.client_id,
            stored.client_secret,
        ))
    }
}
