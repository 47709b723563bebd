//! What a person brings back from the authorisation page.

use std::fmt;

use crate::error::Error;
use crate::secret::Secret;
use crate::wire::pairs;

/// What came back by redirect: the query of the callback (RFC 6749 §4.1.2).
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
    /// Whether a token came in place of a code. It is never kept: it stood in an address.
    pub(crate) token: bool,
    /// Where it arrived, if that is to be compared.
    pub(crate) arrived_at: Option<String>,
}

impl Callback {
    /// Reads a query, without its `?`. Unknown parameters are ignored; empty ones count as
    /// absent, as some servers send `state=` for none.
    ///
    /// # Errors
    /// [`Error::Redirect`] if `code`, `state`, `error` or `iss` stands there twice (RFC 6749
    /// §3.1). Other parameters may repeat.
    pub fn from_query(query: &str) -> Result<Self, Error> {
        let mut callback = Self::default();
        let mut seen = [false; 5];
        for (name, value) in pairs(behind_a_second_mark(query)) {
            // Copied from a page's source, where `&` is `&amp;`.
            let name = match name.strip_prefix("amp;").unwrap_or(&name) {
                "code" => Parameter::Code,
                "state" => Parameter::State,
                "error" => Parameter::Error,
                "iss" => Parameter::Iss,
                "access_token" => Parameter::AccessToken,
                "error_description" if callback.error_description.is_none() => {
                    callback.error_description = Some(value.into_owned());
                    continue;
                }
                _ => continue,
            };
            if std::mem::replace(&mut seen[name as usize], true) {
                return Err(Error::Redirect(RedirectFault::Doubled(name)));
            }
            if value.is_empty() {
                continue;
            }
            match name {
                Parameter::Code => callback.code = Some(Secret::new(value)),
                Parameter::State => callback.state = Some(value.into_owned()),
                Parameter::Error => callback.error = Some(value.into_owned()),
                Parameter::Iss => callback.iss = Some(value.into_owned()),
                Parameter::AccessToken => callback.token = true,
            }
        }
        Ok(callback)
    }

    /// A bare code, without a `state`.
    pub(crate) fn with_code(code: &str) -> Self {
        let code = Some(Secret::new(code));
        Self {
            code,
            ..Self::default()
        }
    }

    /// Reads the query of a URL, whole or from its path on: `/callback?code=…&state=…`.
    /// What stands before the `?` is not compared with anything: `state` tells whose it is.
    ///
    /// # Errors
    /// As [`from_query`](Self::from_query).
    pub fn from_url(url: &str) -> Result<Self, Error> {
        let url = url.split('#').next().unwrap_or_default();
        Self::from_query(url.split_once('?').map_or("", |(_, query)| query))
    }

    /// As [`from_url`](Self::from_url), and remembers where the person arrived: an attempt takes
    /// this callback only if that is the attempt's own redirect URI. The path is compared, and
    /// scheme and host where the URL has them.
    ///
    /// With a redirect URI of its own for each server ([`RedirectUri::own_to`](crate::RedirectUri::own_to)), this is what
    /// tells one server's answer from another's where they send no `iss` (RFC 9700 §4.4.2.2).
    /// Behind a proxy that rewrites paths, hand in the URL that the browser asked for.
    ///
    /// # Errors
    /// As [`from_query`](Self::from_query).
    pub fn arrived_at(url: &str) -> Result<Self, Error> {
        let place = url.split(['?', '#']).next().unwrap_or_default();
        Ok(Self {
            arrived_at: Some(place.to_owned()),
            ..Self::from_url(url)?
        })
    }

    /// The attempt this answers, as it claims: the key under which to look for a stored login.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Some servers write `?code=…` behind a redirect URI that has a query already (Takahē).
fn behind_a_second_mark(query: &str) -> &str {
    let begins = |rest: &str| rest.starts_with("code=") || rest.starts_with("error=");
    match query.rsplit_once('?') {
        Some((_, rest)) if begins(rest) => rest,
        _ => query,
    }
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

/// Why a redirect is not the answer to this login. Nothing of it is repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectFault {
    /// Its `state` is another's.
    WrongState,
    /// Its `iss` is another server's (RFC 9207 §2.4).
    WrongIssuer,
    /// It has a code but no `iss`, though the server's metadata promises one.
    NoIssuer,
    /// It arrived elsewhere than at this attempt's redirect URI.
    WrongPlace,
    /// It carries a token instead of a code.
    Token,
    /// It has a code but no `state`.
    NoState,
    /// A parameter stands there twice.
    Doubled(Parameter),
    /// It has neither a code nor an error.
    Nothing,
    /// It is the address that the person was to open.
    NotVisited,
}

/// A parameter of a callback that may stand there only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// `code`
    Code,
    /// `state`
    State,
    /// `error`
    Error,
    /// `iss` (RFC 9207)
    Iss,
    /// `access_token`, which no answer to us should have
    AccessToken,
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // GoToSocial shows a browser with an older log-in open that one's app and state.
            Self::WrongState => f.write_str(
                "the redirect belongs to another log-in (its state is not ours): close other \
                 log-in pages of this server, open the address again, and allow the app there",
            ),
            Self::NoState => f.write_str(
                "the redirect has a code but no state, so it may be forged: open the address \
                 again, and bring the whole address that it leads to",
            ),
            Self::WrongIssuer => f.write_str(
                "the redirect says that it comes from another server (its iss is not this \
                 server's), so its code was not sent anywhere: open the address again",
            ),
            Self::NoIssuer => f.write_str(
                "the redirect does not say which server it comes from, though this server promises \
                 to (iss, RFC 9207), so it may be forged: open the address again. Where the server \
                 never keeps that promise, waive it (waive_iss)",
            ),
            Self::WrongPlace => f.write_str(
                "the redirect arrived at another address than this log-in's own, so it may belong \
                 to another server: open the address again",
            ),
            // Akkoma does so for an app that the person allowed before.
            Self::Token => f.write_str(
                "the server sent a token in place of a code, which is not safe to use: open the \
                 address again and sign in anew",
            ),
            Self::Doubled(parameter) => write!(
                f,
                "the redirect has `{parameter}` twice, so it may be forged: open the address again"
            ),
            Self::Nothing => {
                f.write_str("the redirect has neither a code nor an error: open the address again")
            }
            Self::NotVisited => f.write_str(
                "that is the address to open in a browser: allow the app there, and bring the \
                 code, or the whole address that you are sent to",
            ),
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::State => "state",
            Self::Error => "error",
            Self::Iss => "iss",
            Self::AccessToken => "access_token",
        })
    }
}
