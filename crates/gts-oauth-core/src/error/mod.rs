//! Every error of this crate, sorted by who caused it.

mod callback;
mod display;
mod hints;
mod input;
mod kinds;
mod network;

use std::error::Error as StdError;

use http::{StatusCode, Uri};

pub use callback::{CallbackError, CallbackParameter};
pub use input::InputError;
pub use kinds::{
    ErrorResponse, MAX_BODY, ResponseTooLong, Unavailable, UnexpectedReason, UnexpectedResponse,
    WrongAccount,
};
pub(crate) use kinds::{is_registered_code, is_temporary, is_token_code};
use network::causes;
pub use network::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase, TransportError};

use crate::time::Retry;

/// Any error, as transports and prompts report theirs.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Everything that can go wrong in this crate, sorted by who caused it.
///
/// `Display` is a sentence or two to act on. Neither it nor `Debug` nor the `source` chain of this
/// crate's own errors ever contains a secret. The errors of a transport, a prompt, a store or a
/// random source ([`Transport`](Error::Transport), [`Prompt`](Error::Prompt),
/// [`Store`](Error::Store), [`Entropy`](Error::Entropy)) are outside that promise. The texts can
/// change; match on the variants.
///
/// It is `non_exhaustive` because later versions distinguish more causes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The program called a method in the wrong state. Nothing changed.
    WrongStep(&'static str),
    /// Input is invalid: an instance, a name, a pasted code.
    Input(InputError),
    /// A callback does not belong to this login, so nothing in it was used.
    Callback(CallbackError),
    /// The server rejected the request.
    ErrorResponse(ErrorResponse),
    /// The response is neither a success nor an error response of the API.
    UnexpectedResponse(UnexpectedResponse),
    /// Rate limited or temporarily unavailable (429, 503).
    Unavailable(Unavailable),
    /// The user signed in to another account than the expected one.
    WrongAccount(WrongAccount),
    /// No response was received. `source` returns the transport's own error.
    Transport(TransportError),
    /// The program's own prompt failed. `source` returns its error.
    Prompt(BoxError),
    /// The program could not store the login. `source` returns its error.
    Store(BoxError),
    /// The operating system returned no random bytes. `source` returns its error.
    Entropy(BoxError),
}

/// What a request is for.
///
/// It is `non_exhaustive` because later versions add exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `GET /.well-known/nodeinfo` and the documents it links to
    Discover,
    /// `POST /api/v1/apps`
    Register,
    /// `GET /oauth/authorize` in the user's browser, and its callback
    Authorize,
    /// `POST /oauth/token` with a code
    ExchangeCode,
    /// `POST /oauth/token` with the app's own credentials
    RequestAppToken,
    /// `POST /oauth/token` with a refresh token
    RefreshSession,
    /// `GET /api/v1/accounts/verify_credentials`
    VerifyCredentials,
    /// `POST /oauth/revoke`
    RevokeToken,
    /// Any other call with a token
    Call,
}

impl Operation {
    /// Whether a successful response contains a secret that the caller did not have before.
    pub(crate) fn returns_secrets(self) -> bool {
        matches!(
            self,
            Self::Register | Self::ExchangeCode | Self::RequestAppToken | Self::RefreshSession
        )
    }
}

impl Error {
    pub(crate) fn input(what: &'static str, fault: impl Into<String>) -> Self {
        Self::Input(InputError { what, fault: fault.into() })
    }

    /// Wraps the transport's error for a request to this URI. If it is, or was caused by,
    /// [`ResponseTooLong`], returns an [`UnexpectedResponse`](Self::UnexpectedResponse).
    pub fn transport(operation: Operation, uri: &Uri, error: impl Into<BoxError>) -> Self {
        let error = error.into();
        if causes(&*error).any(|error| error.is::<ResponseTooLong>()) {
            let (status, reason, snippet) = (None, UnexpectedReason::TooLong, None);
            let response = UnexpectedResponse { operation, status, reason, snippet };
            return Self::UnexpectedResponse(response);
        }
        Self::Transport(TransportError::new(operation, uri, error))
    }

    /// When to retry an [`Unavailable`](Self::Unavailable) server. `None` if the server did not
    /// report it, and for every other error.
    pub fn retry(&self) -> Option<Retry> {
        match self {
            Self::Unavailable(unavailable) => unavailable.retry,
            _ => None,
        }
    }

    /// The status of the response that caused this error. `None` if there was no response.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::ErrorResponse(response) => response.status,
            Self::UnexpectedResponse(response) => response.status,
            Self::Unavailable(unavailable) => Some(unavailable.status),
            _ => None,
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(TransportError { error, .. })
            | Self::Prompt(error)
            | Self::Store(error)
            | Self::Entropy(error) => Some(&**error),
            _ => None,
        }
    }
}
