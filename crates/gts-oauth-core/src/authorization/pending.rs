//! A pending authorization: the URL to open (RFC 6749 section 4.1.1). `callback.rs` validates what
//! the user returns with.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::AuthorizeOptions;
use super::pkce::{Nonces, challenge};
use crate::app::App;
use crate::error::Error;
use crate::types::Entropy;
use crate::types::stored::{Stored, stored};
use crate::types::{RedirectUri, Scopes, Secret};
use crate::wire::Form;

/// A pending authorization: the URL to open, plus the `state` and PKCE verifier that validate the
/// callback. Cheap to clone.
///
/// `state` guards against forged callbacks (RFC 6749 section 10.12). A PKCE challenge (RFC 7636,
/// S256) is always sent too; GoToSocial and many others ignore it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct PendingAuthorization(pub(super) Arc<Attempt>);

#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    #[serde(with = "Stored")]
    app: App,
    pub(super) options: AuthorizeOptions,
    nonces: Nonces,
    #[serde(skip)]
    url: String,
}

impl App {
    /// Starts an authorization by a user. For one that handles what can go wrong, see
    /// [`Login`](crate::Login).
    ///
    /// ```
    /// # use gts_oauth_core::{App, BoxError, Entropy};
    /// use gts_oauth_core::AuthorizeOptions;
    ///
    /// fn start(app: &App, entropy: Entropy) -> Result<String, BoxError> {
    ///     let pending = app.authorize(AuthorizeOptions::new(), entropy)?;
    ///     // Store `pending` under `pending.state()`.
    ///     Ok(pending.url().to_owned())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] if the app did not register these scopes or this redirect URI.
    pub fn authorize(
        &self,
        options: AuthorizeOptions,
        entropy: Entropy,
    ) -> Result<PendingAuthorization, Error> {
        options.check_app(self)?;
        let nonces = Nonces::first(&entropy);
        Ok(PendingAuthorization::new(self.clone(), options, nonces))
    }
}

impl PendingAuthorization {
    pub(crate) fn new(app: App, options: AuthorizeOptions, nonces: Nonces) -> Self {
        let options = options.limited_to(&app);
        let url = authorization_url(&app, &options, &nonces);
        Self(Arc::new(Attempt { app, options, nonces, url }))
    }

    /// The same attempt (`state` and PKCE verifier) with other options.
    pub(crate) fn with_options(&self, options: AuthorizeOptions) -> Self {
        Self::new(self.0.app.clone(), options, self.0.nonces.clone())
    }

    /// The authorization URL, to open in the user's own browser (RFC 8252 section 8.12: not in a
    /// web view). On GoToSocial the user has two minutes to sign in after opening it.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The `state` that the callback must repeat: the key under which to store this value, and to
    /// find it when a callback arrives. A web back end must also bind it to the browser by a cookie.
    pub fn state(&self) -> &str {
        &self.0.nonces.state
    }

    /// The app that requests the authorization.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The requested scopes.
    pub fn scopes(&self) -> &Scopes {
        self.0.options.requested_scopes(&self.0.app)
    }

    /// The redirect URI.
    pub fn redirect_uri(&self) -> &RedirectUri {
        self.0.options.requested_redirect_uri(&self.0.app)
    }

    pub(crate) fn verifier(&self) -> &Secret {
        &self.0.nonces.verifier
    }

    fn checked(self) -> Result<Self, Error> {
        let attempt = &*self.0;
        attempt.nonces.check()?;
        attempt.options.check_limited_to(&attempt.app)?;
        // The URL is not stored.
        let (app, options) = (attempt.app.clone(), attempt.options.clone());
        Ok(Self::new(app, options, attempt.nonces.clone()))
    }
}

/// The authorization URL (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
fn authorization_url(app: &App, options: &AuthorizeOptions, nonces: &Nonces) -> String {
    let endpoint = app.endpoint(|it| &it.authorize);
    let path = endpoint.path.as_str();
    let mut url = String::with_capacity(512);
    url.push_str(endpoint.instance.origin());
    url.push_str(path);
    // A query of the endpoint is kept (RFC 6749 section 3.1).
    url.push(if path.contains('?') { '&' } else { '?' });
    let scopes = options.requested_scopes(app).iter();
    let mut query = Form::after(url)
        .plain("response_type", "code")
        .pair("client_id", app.client_id())
        .pair("redirect_uri", options.requested_redirect_uri(app).as_str())
        .words("scope", scopes.map(|scope| scope.as_str()))
        .plain("state", &nonces.state)
        .pair("code_challenge", challenge(nonces.verifier.expose(), &mut [0; 43]))
        .plain("code_challenge_method", "S256");
    if options.force_login {
        query = query.plain("force_login", "true");
    }
    if let Some(lang) = &options.lang {
        query = query.pair("lang", lang);
    }
    query.into_string()
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingAuthorization")
            .field("app", self.app())
            .field("scopes", self.scopes())
            .field("redirect_uri", self.redirect_uri())
            .finish_non_exhaustive()
    }
}

stored!(PendingAuthorization, PendingAuthorization::checked);
