//! Callbacks that are not a valid authorization response (RFC 6749 section 4.1.2).

use std::fmt;

/// Why a callback does not belong to this login. It repeats nothing of the callback.
///
/// It is `non_exhaustive` because later versions distinguish more causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// Its `state` is of another authorization.
    WrongState,
    /// Its `iss` is of another server (RFC 9207 section 2.4).
    WrongIssuer,
    /// It has a code but no `iss`, although the server's metadata requires one. To accept such
    /// callbacks, use [`allow_missing_iss`](crate::AuthorizeOptions::allow_missing_iss).
    NoIssuer,
    /// It arrived at another URL than the redirect URI of this authorization.
    WrongRedirectUri,
    /// It contains a token instead of a code.
    AccessToken,
    /// It has a code but no `state`.
    NoState,
    /// A parameter is repeated.
    Doubled(CallbackParameter),
    /// It has neither a code nor an error.
    Nothing,
    /// It is the authorization URL that the user was to open.
    AuthorizationUrl,
}

/// A parameter of a callback that must not be repeated.
///
/// It is `non_exhaustive` because extensions of OAuth add parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackParameter {
    /// `code`
    Code,
    /// `state`
    State,
    /// `error`
    Error,
    /// `iss` (RFC 9207)
    Iss,
    /// `access_token`, which a response to this request must not contain
    AccessToken,
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // GoToSocial shows a browser with an older authorization open that one's app and state.
            Self::WrongState => {
                "invalid callback: it belongs to another login (wrong state), or its URL was cut off. \
                 Copy the whole URL, or close other login pages of this server, open the authorization URL \
                 again, and allow the app there."
            }
            Self::NoState => {
                "invalid callback: it has a code but no state, so it might have been cut off, or \
                 forged. Copy the whole callback URL. If that has no state, open the authorization \
                 URL again."
            }
            Self::WrongIssuer => {
                "invalid callback: it is from another server (wrong iss), so its code was not \
                 sent. Open the authorization URL again."
            }
            Self::NoIssuer => {
                "invalid callback: it has no iss although the server's metadata requires one (RFC \
                 9207), so it might be forged. Open the authorization URL again. If this server \
                 never sends iss, allow callbacks without iss."
            }
            Self::WrongRedirectUri => {
                "invalid callback: it arrived at another URL than the redirect URI of this login. \
                 Open the authorization URL again."
            }
            // Akkoma does so for an app that the user allowed before.
            Self::AccessToken => {
                "invalid callback: it has a token instead of a code, which is not safe to use. \
                 Open the authorization URL again, and sign in."
            }
            Self::Doubled(parameter) => {
                return write!(
                    f,
                    "invalid callback: `{parameter}` is repeated, so it might be forged. Open the \
                     authorization URL again."
                );
            }
            Self::Nothing => {
                "invalid callback: it has neither a code nor an error. Open the authorization URL \
                 again."
            }
            Self::AuthorizationUrl => {
                "invalid callback: this is the authorization URL. Open it in a browser, allow the \
                 app, and return the code or the whole callback URL."
            }
        })
    }
}

impl fmt::Display for CallbackParameter {
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
