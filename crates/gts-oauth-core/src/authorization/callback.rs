//! Callbacks (RFC 6749 section 4.1.2): reading the query, and validating it against the pending
//! authorization.

use std::borrow::Cow;
use std::fmt;

use super::text::read_text;
use super::{ExchangeCode, PendingAuthorization};
use crate::discovery::Metadata;
use crate::error::{CallbackError, CallbackParameter, Error, ErrorResponse, Operation};
use crate::types::{Secret, snippet};
use crate::wire::{error_code, pairs};

/// The parameters of a callback: the query of the redirect URI (RFC 6749 section 4.1.2).
///
/// ```
/// use gts_oauth_core::Callback;
///
/// let callback = Callback::from_query("code=MJG4YJRK&state=4FkS")?;
/// assert_eq!(callback.state(), Some("4FkS")); // the key under which the login is stored
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Callback {
    pub(crate) code: Option<Secret>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
    pub(crate) iss: Option<String>,
    /// Whether it contains a token instead of a code. The token was in a URL and is not kept.
    pub(crate) token: bool,
    /// The URL where it arrived. `None` if that is not compared.
    pub(crate) arrived_at: Option<String>,
}

impl Callback {
    /// Parses a query, without its `?`. Unknown parameters are ignored. Empty ones count as missing,
    /// because some servers send `state=` for none.
    ///
    /// # Errors
    /// [`Error::Callback`] if `code`, `state`, `error` or `iss` is repeated (RFC 6749 section 3.1).
    /// Other parameters can be repeated. [`Error::Input`] if the code is longer than 64 KiB.
    pub fn from_query(query: &str) -> Result<Self, Error> {
        let (mut code, mut state, mut error, mut iss, mut token) = (None, None, None, None, None);
        let mut error_description = None;
        let (own, appended) = split_appended(query);
        for (name, value) in pairs(own).chain(pairs(appended)) {
            // Copied from the source of an HTML page, where `&` is `&amp;`.
            let (parameter, first) = match name.strip_prefix("amp;").unwrap_or(&name) {
                "code" => (CallbackParameter::Code, &mut code),
                "state" => (CallbackParameter::State, &mut state),
                "error" => (CallbackParameter::Error, &mut error),
                "iss" => (CallbackParameter::Iss, &mut iss),
                "access_token" => (CallbackParameter::AccessToken, &mut token),
                "error_description" => {
                    error_description.get_or_insert_with(|| value.into_owned());
                    continue;
                }
                _ => continue,
            };
            if first.replace(value).is_some() {
                return Err(Error::Callback(CallbackError::Doubled(parameter)));
            }
        }
        let text = |it: Option<Cow<'_, str>>| Some(it?.into_owned()).filter(|it| !it.is_empty());
        Ok(Self {
            code: text(code).map(checked_code).transpose()?,
            state: text(state),
            error: text(error),
            error_description,
            iss: text(iss),
            token: text(token).is_some(),
            arrived_at: None,
        })
    }

    /// Parses the query of a URL, whole or from its path on: `/callback?code=…&state=…`. The part
    /// before the `?` is not compared: the `state` identifies the authorization.
    ///
    /// # Errors
    /// As [`from_query`](Self::from_query).
    pub fn from_url(url: &str) -> Result<Self, Error> {
        let url = url.split('#').next().unwrap_or_default();
        Self::from_query(url.split_once('?').map_or("", |(_, query)| query))
    }

    /// As [`from_url`](Self::from_url), and keeps the URL where the callback arrived: it is accepted
    /// only at the redirect URI of the authorization. The path is compared, and scheme and host if the
    /// URL has them.
    ///
    /// With one redirect URI per server
    /// ([`RedirectUri::for_instance`](crate::RedirectUri::for_instance)), this distinguishes the
    /// callbacks of servers that send no `iss` (RFC 9700 section 4.4.2.2), even if their metadata
    /// announces it. Use it only for a request that you received, never for a URL that a user
    /// pasted. Behind a proxy that rewrites paths, pass the URL that the browser requested.
    ///
    /// # Errors
    /// As [`from_query`](Self::from_query).
    pub fn at_redirect_uri(url: &str) -> Result<Self, Error> {
        let url_without_query = url.split(['?', '#']).next().unwrap_or_default();
        Ok(Self { arrived_at: Some(url_without_query.to_owned()), ..Self::from_url(url)? })
    }

    /// The `state`: the key under which the pending authorization is stored.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The error code (RFC 6749 section 4.1.2.1), to show it if there is no `state`: Pixelfed sends
    /// `invalid_scope` without one. Any web page can send it, so it ends no login.
    ///
    /// ```
    /// use gts_oauth_core::Callback;
    ///
    /// let callback = Callback::from_query("error=invalid_scope")?;
    /// assert_eq!((callback.state(), callback.error()), (None, Some("invalid_scope")));
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl PendingAuthorization {
    /// Validates the callback, and takes its code.
    ///
    /// # Errors
    /// [`Error::Callback`] if the callback does not belong to this attempt, which stays pending.
    /// [`Error::ErrorResponse`] if the server or the user denied access. With the right `state`
    /// that ends the attempt; without `state` any web page could have sent it.
    pub fn code_from_callback(&self, callback: &Callback) -> Result<ExchangeCode, Error> {
        self.validate(callback, false)
    }

    /// Takes the code from what the user pasted: the code itself if the redirect URI is out of
    /// band, or the whole callback URL. White space and quotes around it are ignored.
    ///
    /// # Errors
    /// As [`code_from_callback`](Self::code_from_callback), and [`Error::Input`] if it is neither.
    pub fn code_from_text(&self, text: &str) -> Result<ExchangeCode, Error> {
        let out_of_band = self.redirect_uri().is_out_of_band();
        let callback = read_text(text, out_of_band)?;
        self.validate(&callback, out_of_band)
    }

    /// Whether the callback has the `state` of this attempt.
    pub(crate) fn has_state_of(&self, callback: &Callback) -> bool {
        // In constant time, although it is not a long-lived secret.
        let ours = self.state().as_bytes();
        callback
            .state
            .as_ref()
            .is_some_and(|state| subtle::ConstantTimeEq::ct_eq(state.as_bytes(), ours).into())
    }

    /// `allow_missing_state`: whether a code without `state` is accepted, as pasted codes have none.
    pub(crate) fn validate(
        &self,
        callback: &Callback,
        allow_missing_state: bool,
    ) -> Result<ExchangeCode, Error> {
        let fault = |fault| Err(Error::Callback(fault));
        if callback.state.is_some() && !self.has_state_of(callback) {
            return fault(CallbackError::WrongState);
        }
        if callback.iss.as_ref().is_some_and(|iss| !self.is_issuer(iss)) {
            return fault(CallbackError::WrongIssuer);
        }
        let url = callback.arrived_at.as_deref();
        if url.is_some_and(|url| !self.redirect_uri().is_at(url)) {
            return fault(CallbackError::WrongRedirectUri);
        }
        if let Some(error) = &callback.error {
            return Err(self.error_response(error, callback));
        }
        match &callback.code {
            _ if callback.token => fault(CallbackError::AccessToken),
            None => fault(CallbackError::Nothing),
            Some(_) if callback.state.is_none() && !allow_missing_state => {
                fault(CallbackError::NoState)
            }
            Some(_) if self.lacks_required_iss(callback) => fault(CallbackError::NoIssuer),
            Some(code) => Ok(ExchangeCode::new(self.clone(), code.clone())),
        }
    }

    /// Whether `iss` names this server, as in its metadata or by its origin (RFC 9207 section 2.4).
    fn is_issuer(&self, iss: &str) -> bool {
        match self.app().metadata() {
            Some(metadata) => metadata.is_issuer(iss),
            None => iss.strip_suffix('/').unwrap_or(iss) == self.app().instance().origin(),
        }
    }

    /// Whether the metadata requires an `iss` that is missing. A code that was pasted without its
    /// URL has none. A redirect URI of this server alone identifies it as well (RFC 9700 section
    /// 4.4.2.2), if the callback was received there: a pasted URL can be of any origin.
    fn lacks_required_iss(&self, callback: &Callback) -> bool {
        let required = self.app().metadata().is_some_and(Metadata::requires_iss);
        let redirected = callback.state.is_some();
        let missing = redirected && callback.iss.is_none();
        required && missing && !self.0.options.allow_missing_iss && !self.is_identified_by(callback)
    }

    /// Whether the callback arrived at a redirect URI that no other server has.
    fn is_identified_by(&self, callback: &Callback) -> bool {
        callback.arrived_at.is_some() && self.redirect_uri().is_for(self.app().instance())
    }

    fn error_response(&self, error: &str, callback: &Callback) -> Error {
        let code = callback.code.as_ref().map_or("", |code| code.expose());
        let verifier = self.verifier().expose();
        let secrets = self.app().secrets(None, [verifier, self.state(), code]);
        let description = callback.error_description.as_deref();
        Error::ErrorResponse(ErrorResponse {
            operation: Operation::Authorize,
            call: None,
            status: None,
            code: error_code(error, &secrets).unwrap_or_default(),
            description: description.and_then(|text| snippet(text, &secrets)),
            missing_scopes: None,
            is_new_token: false,
        })
    }
}

/// The code, if an exchange can send it.
pub(super) fn checked_code(text: impl Into<String>) -> Result<Secret, Error> {
    let code = Secret::new(text);
    match code.is_too_long() {
        true => Err(Error::input("code", "longer than 64 KiB")),
        false => Ok(code),
    }
}

/// Some servers append `?code=…` to a redirect URI that already has a query (Takahē). Both parts
/// count, so that no parameter is hidden in the first.
fn split_appended(query: &str) -> (&str, &str) {
    let begins = |rest: &str| rest.starts_with("code=") || rest.starts_with("error=");
    query.rsplit_once('?').filter(|(_, rest)| begins(rest)).unwrap_or((query, ""))
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("code", &self.code)
            .field("state", &self.state.as_ref().map(|_| ".."))
            .field("error", &self.error.as_ref().map(|_| ".."))
            .finish_non_exhaustive()
    }
}
