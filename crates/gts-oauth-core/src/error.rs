//! What can go wrong, sorted by whose fault it is.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use http::StatusCode;

use crate::callback::RedirectFault;
use crate::limits::Retry;
use crate::message::hint_of_silence;

/// Any error, as transports and prompts report theirs.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Everything that can go wrong in this crate, sorted by whose fault it is.
///
/// `Display` is a sentence or two that a person can act on. Neither it nor `Debug` nor the
/// `source` chain of this crate's own errors ever holds a secret; what a transport or a prompt
/// says of itself ([`NoAnswer`](Error::NoAnswer), [`Prompt`](Error::Prompt),
/// [`Store`](Error::Store), [`Entropy`](Error::Entropy)) is outside that promise. The texts may change; match on the variants.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The program called something out of turn. Nothing changed.
    OutOfTurn(&'static str),
    /// A text that was given is not what it should be: an instance, a name, a pasted code.
    Input(InputError),
    /// A redirect that is not the answer to this login, so nothing in it was used.
    Redirect(RedirectFault),
    /// The server understood and said no.
    Refused(Refused),
    /// The server answered something that is neither yes nor no.
    Unexpected(Unexpected),
    /// The server has no time now (429, 503).
    Busy(Busy),
    /// Another account signed in than the one that was expected.
    WrongAccount(WrongAccount),
    /// No answer came to what was asked. Why, only the transport's own error tells, which `source`
    /// returns as it was.
    NoAnswer(Endpoint, BoxError),
    /// The program's own prompt failed: its error, which `source` returns as it was.
    Prompt(BoxError),
    /// The program could not store the login: its error, which `source` returns as it was.
    Store(BoxError),
    /// The operating system gave no randomness: the source's own error.
    Entropy(BoxError),
}

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET /.well-known/nodeinfo` and what it leads to
    Discover,
    /// `POST /api/v1/apps`
    Register,
    /// `GET /oauth/authorize`, and the redirect that answers it
    Authorize,
    /// `POST /oauth/token` with a code
    Token,
    /// `POST /oauth/token` with the app's own credentials
    AppToken,
    /// `POST /oauth/token` with a refresh token
    Refresh,
    /// `GET /api/v1/accounts/verify_credentials`
    Verify,
    /// `POST /oauth/revoke`
    Revoke,
    /// Any other call with a token
    Api,
}

impl Endpoint {
    /// Whether a good answer holds a secret that we did not have before.
    pub(crate) fn gives_secrets(self) -> bool {
        matches!(
            self,
            Self::Register | Self::Token | Self::AppToken | Self::Refresh
        )
    }
}

/// A text that was given is not what it should be.
///
/// It says what is wrong and where, and never repeats the text, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputError {
    /// What was being read: `instance`, `scope`, `code`, …
    pub what: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

/// A refusal: an error of RFC 6749 §4.1.2.1 or §5.2, or the API's own `{"error": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// What was refused.
    pub endpoint: Endpoint,
    /// The answer's status; none where the refusal came by redirect.
    pub status: Option<StatusCode>,
    /// The server's `error`: a code of the RFC, or whatever text this server puts there
    /// (GoToSocial: `sql: no rows in result set`).
    pub code: String,
    /// The server's `error_description`, cleaned and shortened.
    pub description: Option<String>,
}

/// An answer that is neither a yes nor a no.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unexpected {
    /// What had been asked for.
    pub endpoint: Endpoint,
    /// The answer's status; none where the transport stopped reading it.
    pub status: Option<StatusCode>,
    /// What is wrong with the answer.
    pub why: Why,
    /// How the answer begins, cleaned and shortened; never of an answer that may hold a secret.
    pub snippet: Option<String>,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It is empty.
    Empty,
    /// It is a page of HTML.
    Html,
    /// It is JSON that ends too early, at this line and column (both from 1).
    CutOff(usize, usize),
    /// It is not JSON: it stops being so at this line and column (both from 1).
    NotJson(usize, usize),
    /// It is JSON of another shape: the first surprise is at this line and column.
    OtherShape(usize, usize),
    /// It is JSON without a field that it must have, or with that field unusable.
    Field(&'static str),
    /// It is longer than [`MAX_BODY`](crate::MAX_BODY).
    TooLong,
    /// It sends us elsewhere, here without query; redirects are never followed.
    Redirect(String),
    /// It registered other redirect URIs than were asked for: these.
    OtherRedirectUri(String),
    /// It carries only a text, in the snippet.
    Text,
}

/// The server asks to come back later.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Busy {
    /// What had been asked for.
    pub endpoint: Endpoint,
    /// 429 or 503.
    pub status: StatusCode,
    /// When to try again, if the server says.
    pub retry: Option<Retry>,
}

/// Another account signed in than the one that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongAccount {
    /// The expected account, as the program named it.
    pub expected: String,
    /// Who signed in: `@name@host`, or the id where an id was expected.
    pub actual: String,
}

impl Error {
    pub(crate) fn input(what: &'static str, fault: impl Into<String>) -> Self {
        let fault = fault.into();
        Self::Input(InputError { what, fault })
    }

    /// An error of a transport's. One that is, or was caused by, [`TooLong`] becomes the error
    /// of an answer that was too long.
    pub fn no_answer(endpoint: Endpoint, error: BoxError) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
        while let Some(error) = cause {
            if error.is::<TooLong>() {
                return Self::Unexpected(Unexpected {
                    endpoint,
                    status: None,
                    why: Why::TooLong,
                    snippet: None,
                });
            }
            // An io::Error hides what it wraps from `source`.
            let wrapped = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            cause = match wrapped {
                Some(wrapped) => Some(wrapped),
                None => error.source(),
            };
        }
        Self::NoAnswer(endpoint, error)
    }

    /// When a busy server ([`Busy`](Self::Busy)) wants to be asked again, if it says.
    pub fn retry(&self) -> Option<Retry> {
        match self {
            Self::Busy(busy) => busy.retry,
            _ => None,
        }
    }

    /// The status of the answer behind this error, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(refused) => refused.status,
            Self::Unexpected(unexpected) => unexpected.status,
            Self::Busy(busy) => Some(busy.status),
            _ => None,
        }
    }
}

/// What a transport returns when it stops reading because an answer is longer than
/// [`MAX_BODY`](crate::MAX_BODY).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer is longer than {} bytes", crate::MAX_BODY)
    }
}

impl StdError for TooLong {}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::NoAnswer(_, error)
            | Self::Prompt(error)
            | Self::Store(error)
            | Self::Entropy(error) => Some(&**error),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfTurn(message) => f.write_str(message),
            Self::Input(error) => write!(f, "that {} cannot be used: {}", error.what, error.fault),
            Self::Redirect(fault) => fault.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::Unexpected(unexpected) => unexpected.fmt(f),
            Self::Busy(busy) => busy.fmt(f),
            Self::WrongAccount(WrongAccount { expected, actual }) => write!(
                f,
                "{actual} signed in, but {expected} was expected: sign {actual} out in the browser, \
                 or use a private window, and sign in as {expected}"
            ),
            Self::NoAnswer(endpoint, _) => write!(
                f,
                "asked to {endpoint}, the server gave no answer ({})",
                hint_of_silence(*endpoint)
            ),
            Self::Prompt(_) => f.write_str("asking the person failed"),
            Self::Store(_) => f.write_str("the login could not be stored, so it did not go on"),
            Self::Entropy(_) => f.write_str("the operating system gave no randomness"),
        }
    }
}
