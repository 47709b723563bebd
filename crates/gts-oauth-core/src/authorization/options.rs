//! Options of an authorization request (RFC 6749 section 4.1.1).

use serde::{Deserialize, Serialize};

use crate::app::{App, RegisterApp};
use crate::discovery::Metadata;
use crate::error::Error;
use crate::types::{Instance, RedirectUri, Scopes};

/// Options of an authorization request, for [`App::authorize`] and
/// [`Login::set_options`](crate::Login::set_options).
///
/// By default it requests all scopes that the app registered, because some servers compare the two
/// lists word by word, and uses the app's first redirect URI.
///
/// ```
/// use gts_oauth_core::AuthorizeOptions;
///
/// let options = AuthorizeOptions::new().force_login(true).lang("de")?;
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "its methods return the changed options"]
pub struct AuthorizeOptions {
    scopes: Option<Scopes>,
    redirect_uri: Option<RedirectUri>,
    pub(crate) force_login: bool,
    pub(super) lang: Option<String>,
    pub(crate) allow_missing_iss: bool,
}

impl AuthorizeOptions {
    /// The default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests these scopes instead of all registered ones. An empty set is ignored.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = (!scopes.is_empty()).then_some(scopes);
        self
    }

    /// Uses this redirect URI instead of the app's first one. It is sent as the server spelled it
    /// when the app was registered.
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Makes the server ask for a password even if the user is signed in, so that they can choose
    /// another account (Mastodon, Akkoma; GoToSocial ignores it).
    pub fn force_login(mut self, force: bool) -> Self {
        self.force_login = force;
        self
    }

    /// The language of the server's pages: `de`, `pt-BR` (Mastodon; GoToSocial ignores it).
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a language tag.
    pub fn lang(mut self, lang: &str) -> Result<Self, Error> {
        self.lang = Some(lang.to_owned());
        self.check_lang()?;
        Ok(self)
    }

    /// Accepts a code without `iss` from a server whose metadata requires it, for servers that
    /// omit it anyway (Sharkey). An `iss` that is present is still compared.
    ///
    /// Use a redirect URI per server instead ([`RedirectUri::for_instance`]): a callback that
    /// [arrives there](crate::Callback::at_redirect_uri) needs no `iss`.
    pub fn allow_missing_iss(mut self, allow: bool) -> Self {
        self.allow_missing_iss = allow;
        self
    }

    /// Checks that an app registered this way will have these scopes and this redirect URI.
    pub(crate) fn check_registration(&self, registration: &RegisterApp) -> Result<(), Error> {
        let uris = &registration.redirect_uris;
        self.check(&registration.scopes, uris, registration.metadata())
    }

    /// Checks options that were limited to the app's scopes, or have those that its server did not
    /// register.
    pub(crate) fn check_limited_to(&self, app: &App) -> Result<(), Error> {
        self.check_app(app).or_else(|_| self.check_registration(app.registration()))
    }

    /// Checks that the app has these scopes and this redirect URI.
    pub(crate) fn check_app(&self, app: &App) -> Result<(), Error> {
        self.check(app.scopes(), app.redirect_uris(), app.metadata())
    }

    /// Scopes can be named as the server lists them, because discovery registers them so.
    fn check(
        &self,
        scopes: &Scopes,
        redirect_uris: &[RedirectUri],
        metadata: Option<&Metadata>,
    ) -> Result<(), Error> {
        self.check_lang()?;
        if let Some(requested) = &self.scopes {
            let missing = requested.missing_from(scopes);
            let supported = metadata.map(|it| requested.supported_by(it));
            let covered = supported.is_some_and(|it| it.missing_from(scopes).is_empty());
            if !missing.is_empty() && !covered {
                let fault = format!("the app did not register {missing}");
                return Err(Error::input("scopes", fault));
            }
        }
        let registered =
            |uri: &RedirectUri| redirect_uris.iter().any(|it| uri.is_same_as(it.as_str()));
        if !self.redirect_uri.as_ref().is_none_or(registered) {
            return Err(Error::input("redirect URI", "the app did not register it"));
        }
        Ok(())
    }

    fn check_lang(&self) -> Result<(), Error> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if self.lang.as_ref().is_some_and(|lang| lang.is_empty() || !lang.bytes().all(valid)) {
            let fault = "not a language tag such as de or pt-BR";
            return Err(Error::input("language", fault));
        }
        Ok(())
    }

    /// Moves a redirect URI that was made for an instance, as discovery moves those of the app.
    pub(crate) fn move_redirect_uri(&mut self, from: &Instance, to: &Instance) {
        self.redirect_uri = self.redirect_uri.as_ref().map(|uri| uri.moved(from, to));
    }

    /// The options without the scopes that the server did not register. If it registered none of
    /// them, they are unchanged: other scopes must not be requested from the user.
    pub(crate) fn limited_to(self, app: &App) -> Self {
        let registered = app.scopes();
        match &self.scopes {
            Some(scopes) if !scopes.missing_from(registered).is_empty() => {
                let supported = app.metadata().map(|it| scopes.supported_by(it));
                let requested = scopes.iter().chain(supported.iter().flatten());
                let requested: Scopes = requested.cloned().collect();
                let kept = requested.iter().filter(|it| registered.permits(it));
                let finer = registered.iter().filter(|it| requested.permits(it));
                let both: Scopes = kept.chain(finer).cloned().collect();
                if both.is_empty() { self } else { self.scopes(both) }
            }
            _ => self,
        }
    }

    /// The scopes to request of this app.
    pub(crate) fn requested_scopes<'a>(&'a self, app: &'a App) -> &'a Scopes {
        self.scopes.as_ref().unwrap_or(app.scopes())
    }

    /// The redirect URI to request, as the server spells it.
    pub(crate) fn requested_redirect_uri<'a>(&'a self, app: &'a App) -> &'a RedirectUri {
        let registered = app.redirect_uris();
        let is_requested = |it: &&RedirectUri| {
            self.redirect_uri.as_ref().is_some_and(|uri| uri.is_same_as(it.as_str()))
        };
        registered.iter().find(is_requested).unwrap_or(&registered[0])
    }
}
