//! An app that is registered with a server.

mod client_auth;
mod register;
mod registration;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use client_auth::{basic_credentials, post_form, post_token_request};
pub use registration::RegisterApp;

use crate::discovery::{Discovery, Endpoints, Metadata};
use crate::error::Error;
use crate::session::Session;
use crate::types::stored::{Stored, stored};
use crate::types::{EndpointUrl, Instance, MAX_CREDENTIAL, RedirectUri, Scopes, Secret};

/// An app that is registered with a server: its client id, its secret if it has one, what it
/// registered, and how to register it again. Cheap to clone.
///
/// Keep it as long as its tokens, because revoking a token requires the app that obtained it. It is
/// serialized as a whole, including its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct App(Arc<Registered>);

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Registered {
    #[serde(with = "Stored")]
    registration: RegisterApp,
    redirect_uris: Vec<RedirectUri>,
    scopes: Scopes,
    client_id: String,
    /// `None` for a public client.
    client_secret: Option<Secret>,
    /// All of them, once [`App::checked`] has set them.
    #[serde(skip)]
    endpoints: Endpoints,
}

impl App {
    /// An app that was registered by other means, as `registration` describes it.
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
    /// [`Error::Input`] if the client id or the client secret is empty, or longer than 64 KiB.
    pub fn from_credentials(
        registration: RegisterApp,
        client_id: &str,
        client_secret: Secret,
    ) -> Result<Self, Error> {
        Self::new(registration, client_id, Some(client_secret))
    }

    /// An app without a client secret: a public client (RFC 6749 section 2.1), which was registered
    /// by other means. Registration at the Mastodon API always issues a secret.
    ///
    /// Its code is bound to the login by PKCE alone, which the server must therefore check (RFC
    /// 9700 section 2.1.1): see
    /// [`Metadata::supports_pkce`](crate::discovery::Metadata::supports_pkce). It cannot obtain a
    /// token of its own ([`request_token`](Self::request_token)).
    ///
    /// ```
    /// use gts_oauth_core::{App, AuthorizeOptions, Entropy, Exchange, RegisterApp};
    ///
    /// let registration = RegisterApp::new("example.org".parse()?, "my-bot")?;
    /// let app = App::public_client(registration, "https://app.example/client.json")?;
    /// # let entropy = Entropy::from_fn(|bytes| Ok::<_, std::io::Error>(bytes.fill(7)))?;
    /// let pending = app.authorize(AuthorizeOptions::new(), entropy)?;
    /// let request = pending.code_from_text("MJG4YJRK")?.request();
    /// assert!(!String::from_utf8_lossy(request.body()).contains("client_secret"));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if the client id is empty, or longer than 64 KiB.
    pub fn public_client(registration: RegisterApp, client_id: &str) -> Result<Self, Error> {
        Self::new(registration, client_id, None)
    }

    fn new(
        registration: RegisterApp,
        client_id: &str,
        client_secret: Option<Secret>,
    ) -> Result<Self, Error> {
        let app = Self(Arc::new(Registered {
            redirect_uris: registration.redirect_uris.clone(),
            scopes: registration.scopes.clone(),
            registration,
            client_id: client_id.to_owned(),
            client_secret,
            endpoints: Endpoints::default(),
        }));
        app.checked()
    }

    /// The same app, with the result of another discovery of its server: for an app that several users
    /// share. Each login has the account domain that its user named, and current metadata.
    ///
    /// ```
    /// use gts_oauth_core::discovery::Discover;
    /// use gts_oauth_core::{App, BoxError, Entropy, Login, Transport};
    ///
    /// fn start(
    ///     typed: &str,
    ///     shared: &App,
    ///     entropy: Entropy,
    ///     http: &dyn Transport,
    /// ) -> Result<Login, BoxError> {
    ///     let found = typed.parse::<Discover>()?.run(http)?; // example.org, @me@example.org
    ///     Ok(Login::with_app(shared.with_discovery(&found)?, entropy))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if another API host was found: the app is not registered there.
    pub fn with_discovery(&self, found: &Discovery) -> Result<Self, Error> {
        if found.instance() != self.instance() {
            let fault = "its API host is another one than that of the app";
            return Err(Error::input("discovery result", fault));
        }
        let app = Self(Arc::new(Registered {
            registration: self.registration().clone().with_discovery(found),
            redirect_uris: self.redirect_uris().to_vec(),
            scopes: self.scopes().clone(),
            client_id: self.client_id().to_owned(),
            client_secret: self.client_secret().cloned(),
            endpoints: Endpoints::default(),
        }));
        app.checked()
    }

    /// The server where the app is registered.
    pub fn instance(&self) -> &Instance {
        &self.0.registration.instance
    }

    /// The registration request: sent again, it registers the same app.
    pub fn registration(&self) -> &RegisterApp {
        &self.0.registration
    }

    /// The registered redirect URIs, as the server spells them. Never empty.
    pub fn redirect_uris(&self) -> &[RedirectUri] {
        &self.0.redirect_uris
    }

    /// The scopes that the app can request, as the server registered them.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The client secret. `None` for a [public client](Self::public_client).
    pub fn client_secret(&self) -> Option<&Secret> {
        self.0.client_secret.as_ref()
    }

    /// The client secret in each form in which it is sent, which errors must not repeat.
    pub(crate) fn held_secrets(&self) -> Vec<Secret> {
        self.client_secret().cloned().into_iter().chain(basic_credentials(self)).collect()
    }

    /// Checks that a token of this session can be sent where this app is registered.
    pub(crate) fn check_session(&self, session: &Session) -> Result<(), Error> {
        if self.instance() == session.instance() {
            return Ok(());
        }
        let fault = "it belongs to another instance than the app, so its token is not sent there";
        Err(Error::input("session", fault))
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.0.registration.metadata()
    }

    pub(crate) fn endpoint(&self, which: fn(&Endpoints) -> &Option<EndpointUrl>) -> &EndpointUrl {
        which(&self.0.endpoints).as_ref().expect("an app is checked when it is made")
    }

    /// Checks the credentials, and sets the endpoints: those of the metadata, or else the usual
    /// ones.
    fn checked(mut self) -> Result<Self, Error> {
        let fault = |fault| Err(Error::input("app", fault));
        let is_empty = |secret: &Secret| secret.expose().is_empty();
        if self.client_id().is_empty() || self.client_secret().is_some_and(is_empty) {
            return fault("empty client id or client secret");
        }
        let is_too_long = self.client_secret().is_some_and(Secret::is_too_long);
        if self.client_id().len() > MAX_CREDENTIAL || is_too_long {
            return fault("client id or client secret longer than 64 KiB");
        }
        if self.redirect_uris().is_empty() || self.scopes().is_empty() {
            return fault("no redirect URI or no scopes");
        }
        let requested = &self.registration().redirect_uris;
        let mut pairs = requested.iter().zip(self.redirect_uris());
        let is_same = pairs.all(|(uri, registered)| uri.is_same_as(registered.as_str()));
        if requested.len() != self.redirect_uris().len() || !is_same {
            return fault("other redirect URIs than its registration requests");
        }
        let named = self.metadata().map(|it| it.endpoints.clone());
        let mut endpoints = named.unwrap_or_default();
        let usual = |path| EndpointUrl::new(self.instance(), path);
        endpoints.authorize.get_or_insert_with(|| usual("/oauth/authorize"));
        endpoints.token.get_or_insert_with(|| usual("/oauth/token"));
        endpoints.revoke.get_or_insert_with(|| usual("/oauth/revoke"));
        if let Some(registered) = Arc::get_mut(&mut self.0) {
            registered.endpoints = endpoints;
        }
        Ok(self)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("instance", self.instance())
            .field("client_id", &self.client_id())
            .field("client_secret", &self.client_secret())
            .field("redirect_uris", &self.redirect_uris())
            .field("scopes", self.scopes())
            .finish_non_exhaustive()
    }
}

stored!(App, App::checked);
