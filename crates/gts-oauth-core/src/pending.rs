//! Having a person allow an app: the address to open, and the ways back.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::authorize::Wishes;
use crate::callback::{Callback, RedirectFault};
use crate::entropy::{Nonces, challenge};
use crate::error::{Endpoint, Error, Refused};
use crate::exchange_code::ExchangeCode;
use crate::metadata::Metadata;
use crate::paste;
use crate::redirect::RedirectUri;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::stored::Version;
use crate::text::snippet;
use crate::wire::{Form, error_code};

/// An authorisation that waits for its person: the address to open, and what tells their answer
/// from anybody else's. Cheap to clone.
///
/// `state` guards against forged redirects (RFC 6749 §10.12). A PKCE challenge (RFC 7636, S256)
/// is always sent too; GoToSocial, as many others, ignores it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct PendingLogin(Arc<Attempt>);

struct Attempt {
    app: App,
    wishes: Wishes,
    nonces: Nonces,
    url: String,
}

impl PendingLogin {
    pub(crate) fn new(app: App, wishes: Wishes, nonces: Nonces) -> Self {
        let url = authorization_url(&app, &wishes, &nonces);
        Self(Arc::new(Attempt {
            app,
            wishes,
            nonces,
            url,
        }))
    }

    /// The same attempt (`state` and PKCE verifier) with other wishes.
    pub(crate) fn with(&self, wishes: Wishes) -> Self {
        Self::new(self.0.app.clone(), wishes, self.0.nonces.clone())
    }

    /// The address to open in the person's own browser (RFC 8252 §8.12: not in a web view).
    /// GoToSocial wants them signed in two minutes after they opened it.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// What the callback must repeat: the key under which to store this, and to look for it
    /// when a callback comes. A web back end must also bind it to the browser, by a cookie.
    pub fn state(&self) -> &str {
        &self.0.nonces.state
    }

    /// The app that asks.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// What is asked for.
    pub fn scopes(&self) -> &Scopes {
        self.0.wishes.scopes(&self.0.app)
    }

    /// Where the person is sent back to.
    pub fn redirect_uri(&self) -> &RedirectUri {
        self.0.wishes.redirect_uri(&self.0.app)
    }

    pub(crate) fn verifier(&self) -> &Secret {
        &self.0.nonces.verifier
    }

    /// The person came back by redirect.
    ///
    /// # Errors
    /// [`Error::Redirect`] if it is not the answer to this attempt: then this attempt lives on.
    /// [`Error::Refused`] if the server or the person said no; with our `state` that ended the
    /// attempt, without `state` any web page could have sent it.
    pub fn callback(&self, callback: &Callback) -> Result<ExchangeCode, Error> {
        self.answer(callback, false)
    }

    /// The person brought a text: a code, where this login is out of band, or the whole address
    /// they were sent to. White space and quotes around it do no harm.
    ///
    /// # Errors
    /// As [`callback`](Self::callback), and [`Error::Input`] if it is neither.
    pub fn pasted(&self, text: &str) -> Result<ExchangeCode, Error> {
        let out_of_band = self.redirect_uri().is_out_of_band();
        let callback = paste::read(text, out_of_band)?;
        self.answer(&callback, out_of_band)
    }

    /// Whether a callback claims to answer this attempt.
    pub(crate) fn owns(&self, callback: &Callback) -> bool {
        // In constant time, though it is no long-lived secret.
        let ours = self.state().as_bytes();
        callback
            .state
            .as_ref()
            .is_some_and(|state| subtle::ConstantTimeEq::ct_eq(state.as_bytes(), ours).into())
    }

    /// `stateless`: whether a code is taken without a `state`, as pasted codes have none.
    pub(crate) fn answer(
        &self,
        callback: &Callback,
        stateless: bool,
    ) -> Result<ExchangeCode, Error> {
        let fault = |fault| Err(Error::Redirect(fault));
        if callback.state.is_some() && !self.owns(callback) {
            return fault(RedirectFault::WrongState);
        }
        if callback.iss.as_ref().is_some_and(|iss| !self.is_from(iss)) {
            return fault(RedirectFault::WrongIssuer);
        }
        let place = callback.arrived_at.as_deref();
        if place.is_some_and(|place| !self.redirect_uri().is_at(place)) {
            return fault(RedirectFault::WrongPlace);
        }
        if let Some(error) = &callback.error {
            return Err(self.refused(error, callback));
        }
        match &callback.code {
            _ if callback.token => fault(RedirectFault::Token),
            None => fault(RedirectFault::Nothing),
            Some(_) if callback.state.is_none() && !stateless => fault(RedirectFault::NoState),
            Some(_) if self.wants_iss(callback) => fault(RedirectFault::NoIssuer),
            Some(code) => Ok(ExchangeCode::new(self.clone(), code.clone())),
        }
    }

    /// Whether `iss` names this attempt's server: by its metadata, or by its own name.
    fn is_from(&self, iss: &str) -> bool {
        match self.app().metadata() {
            Some(metadata) => metadata.is_issuer(iss),
            None => iss.strip_suffix('/').unwrap_or(iss) == self.app().instance().origin(),
        }
    }

    /// Whether `iss` was promised, and is not there. A code that was pasted bare has none.
    fn wants_iss(&self, callback: &Callback) -> bool {
        let promised = self.app().metadata().is_some_and(Metadata::promises_iss);
        let redirected = callback.state.is_some();
        promised && redirected && callback.iss.is_none() && !self.0.wishes.waive_iss
    }

    fn refused(&self, error: &str, callback: &Callback) -> Error {
        let code = callback.code.as_ref().map_or("", |code| code.expose());
        let secrets = [
            self.app().client_secret().expose(),
            self.verifier().expose(),
            self.state(),
            code,
        ];
        let description = callback.error_description.as_deref();
        Error::Refused(Refused {
            endpoint: Endpoint::Authorize,
            status: None,
            code: error_code(error, &secrets).unwrap_or_default(),
            description: description.and_then(|text| snippet(text, &secrets)),
        })
    }
}

/// RFC 6749 §4.1.1 with RFC 7636 §4.3.
fn authorization_url(app: &App, wishes: &Wishes, nonces: &Nonces) -> String {
    let endpoint = app.authorization_endpoint();
    let path = endpoint.path.as_str();
    let mut url = String::with_capacity(512);
    url.push_str(endpoint.instance.origin());
    url.push_str(path);
    // A query of its own stays (RFC 6749 §3.1).
    url.push(if path.contains('?') { '&' } else { '?' });
    let scopes = wishes.scopes(app).iter().map(|scope| scope.as_str());
    let mut query = Form::after(url)
        .plain("response_type", "code")
        .pair("client_id", app.client_id())
        .pair("redirect_uri", wishes.redirect_uri(app).as_str())
        .words("scope", scopes)
        .plain("state", &nonces.state)
        .pair(
            "code_challenge",
            challenge(nonces.verifier.expose(), &mut [0; 43]),
        )
        .plain("code_challenge_method", "S256");
    if wishes.force_login {
        query = query.plain("force_login", "true");
    }
    if let Some(lang) = &wishes.lang {
        query = query.pair("lang", lang);
    }
    query.into_string()
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin")
            .field("app", self.app())
            .field("scopes", self.scopes())
            .field("redirect_uri", self.redirect_uri())
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    app: App,
    wishes: Wishes,
    nonces: Nonces,
}

impl From<PendingLogin> for Stored {
    fn from(pending: PendingLogin) -> Self {
        Self {
            version: Version,
            app: pending.0.app.clone(),
            wishes: pending.0.wishes.clone(),
            nonces: pending.0.nonces.clone(),
        }
    }
}

impl TryFrom<Stored> for PendingLogin {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        stored.wishes.check(&stored.app)?;
        Ok(Self::new(stored.app, stored.wishes, stored.nonces))
    }
}
