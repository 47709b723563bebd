//! What to ask of the person, before they are asked.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::entropy::Nonces;
use crate::error::Error;
use crate::pending::PendingLogin;
use crate::redirect::RedirectUri;
use crate::scope::Scopes;

/// What to ask of the person, before they are asked. Made by [`App::authorize`].
///
/// Left alone it asks for all the app registered (some servers compare the two lists word by
/// word) and comes back to its first redirect URI.
#[derive(Clone, Debug)]
#[must_use = "an authorisation begins with `start`"]
pub struct Authorize {
    app: App,
    wishes: Wishes,
    nonces: Nonces,
}

/// What may differ from attempt to attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    pub(crate) scopes: Option<Scopes>,
    pub(crate) redirect_uri: Option<RedirectUri>,
    pub(crate) force_login: bool,
    pub(crate) lang: Option<String>,
    pub(crate) waive_iss: bool,
}

impl Wishes {
    /// What to ask for: all that the app registered, unless less is wished.
    pub(crate) fn scopes<'a>(&'a self, app: &'a App) -> &'a Scopes {
        self.scopes.as_ref().unwrap_or(app.scopes())
    }

    /// Where to come back to: the app's first redirect URI, unless another is wished.
    pub(crate) fn redirect_uri<'a>(&'a self, app: &'a App) -> &'a RedirectUri {
        let first = &app.redirect_uris()[0];
        self.redirect_uri.as_ref().unwrap_or(first)
    }

    /// Whether the app may wish this.
    pub(crate) fn check(&self, app: &App) -> Result<(), Error> {
        if let Some(lang) = &self.lang {
            checked_lang(lang)?;
        }
        if let Some(scopes) = &self.scopes {
            let missing = scopes.missing_from(app.scopes());
            if !missing.is_empty() {
                let fault = format!("the app did not register {missing}");
                return Err(Error::input("list of scopes", fault));
            }
        }
        match &self.redirect_uri {
            Some(uri) if !app.redirect_uris().contains(uri) => Err(Error::input(
                "redirect URI",
                "the app did not register it, byte for byte",
            )),
            _ => Ok(()),
        }
    }
}

/// `lang` as servers take it: `de`, `pt-BR`.
pub(crate) fn checked_lang(lang: &str) -> Result<String, Error> {
    if lang.is_empty() || !lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Error::input(
            "language",
            "it is not a language tag such as de or pt-BR",
        ));
    }
    Ok(lang.to_owned())
}

impl Authorize {
    pub(crate) fn new(app: App, nonces: Nonces) -> Self {
        let wishes = Wishes::default();
        Self {
            app,
            wishes,
            nonces,
        }
    }

    /// Asks for these scopes, rather than for all that the app registered; none are no wish.
    ///
    /// # Errors
    /// [`Error::Input`] if the app registered less.
    pub fn scopes(mut self, scopes: Scopes) -> Result<Self, Error> {
        self.wishes.scopes = (!scopes.is_empty()).then_some(scopes);
        self.wishes.check(&self.app)?;
        Ok(self)
    }

    /// Comes back here, rather than to the app's first redirect URI. It is sent as the server
    /// spelled it when the app was registered.
    ///
    /// # Errors
    /// [`Error::Input`] if the app did not register it.
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Result<Self, Error> {
        let mut registered = self.app.redirect_uris().iter();
        let spelled = registered.find(|it| uri.is_same_as(it.as_str()));
        self.wishes.redirect_uri = Some(spelled.unwrap_or(&uri).clone());
        self.wishes.check(&self.app)?;
        Ok(self)
    }

    /// Has the server ask for a password even of somebody who is signed in, so that they can
    /// choose another account (Mastodon, Akkoma; GoToSocial ignores it).
    pub fn force_login(mut self, force: bool) -> Self {
        self.wishes.force_login = force;
        self
    }

    /// The language of the server's pages: `de`, `pt-BR` (Mastodon; GoToSocial ignores it).
    ///
    /// # Errors
    /// [`Error::Input`] if it is no language tag.
    pub fn lang(mut self, lang: &str) -> Result<Self, Error> {
        self.wishes.lang = Some(checked_lang(lang)?);
        Ok(self)
    }

    /// Takes a code without `iss` from a server whose metadata promises it: for servers that are
    /// known to break that promise (Sharkey). An `iss` that is there is compared all the same.
    /// Use a redirect URI of the server's own in its stead ([`RedirectUri::own_to`]).
    pub fn waive_iss(mut self) -> Self {
        self.wishes.waive_iss = true;
        self
    }

    /// The address is fixed; what remains is a person to open it.
    pub fn start(self) -> PendingLogin {
        PendingLogin::new(self.app, self.wishes, self.nonces)
    }
}
