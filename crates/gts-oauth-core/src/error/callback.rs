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
    /// It has a code but no `iss`, although the server's metadata requires one.
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
        match self {
            // GoToSocial shows a browser with an older authorization open that one's app and state.
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
                 never keeps that promise, waive it (allow_missing_iss)",
            ),
            Self::WrongRedirectUri => f.write_str(
                "the redirect arrived at another address than this log-in's own, so it may belong \
                 to another server: open the address again",
            ),
            // Akkoma does so for an app that the user allowed before.
            Self::AccessToken => f.write_str(
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
            Self::AuthorizationUrl => f.write_str(
                "that is the address to open in a browser: allow the app there, and bring the \
                 code, or the whole address that you are sent to",
            ),
        }
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
