//! Every error of this crate, sorted by who caused it; what it means, and what to do about it.
//!
//! [`Error`]'s `Display` says what failed, why, and what to do; print it to your users. Programs
//! read the same from [`Error::cause`] and [`Error::remedy`], which know how servers differ: a
//! rejected token can be a 400, 401, 403, 422 or 500, and a 403 can mean four things. An error
//! leaves the login where a next step works, and loses nothing that was obtained. A web back end
//! responds with [`Error::http_status`].
//!
//! [Why did my login fail?](crate::manual::guides::failed_login) lists the messages by [`Cause`].

mod call_name;
mod callback;
mod classify;
mod display;
mod http_status;
mod input;
mod kinds;
mod network;
mod remedy;

use std::error::Error as StdError;
use std::time::Duration;

use http::{Method, Request, StatusCode, Uri};

pub(crate) use call_name::call_name;
pub use callback::{CallbackError, CallbackParameter};
pub use classify::Cause;
pub(crate) use classify::{is_registered_code, rejects_token};
pub use input::InputError;
pub use kinds::{
    ErrorResponse, ResponseTooLong, Unavailable, UnexpectedReason, UnexpectedResponse, WrongAccount,
};
use network::causes;
pub use network::{CertificateFault, NetworkError, NetworkFault, TimeoutPhase, TransportError};
pub use remedy::Remedy;

use crate::time::Retry;

/// Any error, as transports and prompts report theirs.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Everything that can go wrong in this crate, sorted by who caused it.
///
/// `Display` says what failed, why, and what to do; print it to your users. [`cause`](Self::cause)
/// and [`remedy`](Self::remedy) say the same to a program. Neither `Display` nor `Debug` nor the
/// `source` chain of this crate's own errors ever contains a secret. The errors of a transport, a prompt, a store or a
/// random source ([`Transport`](Error::Transport), [`Prompt`](Error::Prompt),
/// [`Store`](Error::Store), [`Entropy`](Error::Entropy)) are outside that promise: `Display` repeats
/// them. The texts can change; match on the variants, the cause or the remedy.
///
/// It is `non_exhaustive` because later versions distinguish more causes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The program called a method in the wrong state. Nothing changed. The `step` of the login or
    /// the session returns what is next.
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
    /// No response was received. It contains the transport's own error.
    Transport(TransportError),
    /// The program's own prompt failed, with this error.
    Prompt(BoxError),
    /// The program could not store the login or the renewed session, because of this error.
    Store(BoxError),
    /// The operating system returned no random bytes, because of this error.
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
    /// A call with `GET` or `HEAD`, which changes nothing
    Read,
    /// A call with any other method, which can change something
    Write,
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

    /// Wraps the transport's error for this request, which can be made again for it. If it is, or
    /// was caused by, [`ResponseTooLong`], returns an
    /// [`UnexpectedResponse`](Self::UnexpectedResponse).
    pub fn transport<B>(
        operation: Operation,
        request: &Request<B>,
        error: impl Into<BoxError>,
    ) -> Self {
        Self::transport_at(operation, request.method(), request.uri(), error)
    }

    /// As [`transport`](Self::transport), for a request that was given to the transport.
    pub(crate) fn transport_at(
        operation: Operation,
        method: &Method,
        uri: &Uri,
        error: impl Into<BoxError>,
    ) -> Self {
        let error = error.into();
        let is_call = matches!(operation, Operation::Read | Operation::Write);
        let call = is_call.then(|| call_name(method, uri.path()));
        if let Some(too_long) = causes(&*error).find_map(|it| it.downcast_ref::<ResponseTooLong>())
        {
            return Self::UnexpectedResponse(UnexpectedResponse {
                operation,
                call,
                status: None,
                reason: UnexpectedReason::TooLong(too_long.limit),
                snippet: None,
                missing_scopes: None,
                is_new_token: false,
            });
        }
        Self::Transport(TransportError::new(operation, call, uri, error))
    }

    /// When to repeat the request, for errors with [`Remedy::Retry`]. `None` if the server did not
    /// report it, and for other errors. [`Retry::wait_from`] returns how long to sleep:
    ///
    /// ```
    /// use std::thread::sleep;
    /// use std::time::{Duration, SystemTime};
    ///
    /// use gts_oauth_core::error::Remedy;
    /// use gts_oauth_core::session::ApiResponse;
    /// use gts_oauth_core::{Error, Exchange, Session, Transport};
    ///
    /// /// Sends a call again, once, after the time that the server reports, or after a minute.
    /// fn home(session: &Session, http: &dyn Transport) -> Result<ApiResponse, Error> {
    ///     let call = session.get("/api/v1/timelines/home")?;
    ///     match call.send(http) {
    ///         Err(error) if error.remedy() == Remedy::Retry => {
    ///             let retry = error.retry().map(|retry| retry.wait_from(SystemTime::now()));
    ///             // A server can report any time.
    ///             let wait = retry.unwrap_or(Duration::from_secs(60));
    ///             sleep(wait.min(Duration::from_secs(600)));
    ///             call.send(http)
    ///         }
    ///         outcome => outcome,
    ///     }
    /// }
    /// ```
    pub fn retry(&self) -> Option<Retry> {
        match self {
            Self::Unavailable(unavailable) => unavailable.retry,
            error if error.cause() == Cause::NewTokenRejected => Some(Retry::After(REPLICA_LAG)),
            _ => None,
        }
    }

    /// The error as the first rejection of a login's new token.
    pub(crate) fn of_new_token(mut self) -> Self {
        match &mut self {
            Self::ErrorResponse(response) => response.is_new_token = true,
            Self::UnexpectedResponse(response) => response.is_new_token = true,
            _ => {}
        }
        self
    }

    /// The error of the program: of its transport, its prompt, its store or its random source.
    fn wrapped(&self) -> Option<&BoxError> {
        match self {
            Self::Transport(TransportError { error, .. })
            | Self::Prompt(error)
            | Self::Store(error)
            | Self::Entropy(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn missing_scope_names(&self) -> Option<&str> {
        match self {
            Self::ErrorResponse(response) => response.missing_scopes.as_deref(),
            Self::UnexpectedResponse(response) => response.missing_scopes.as_deref(),
            _ => None,
        }
    }

    /// The operation that failed. `None` unless it was a request or an authorization.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::ErrorResponse(response) => Some(response.operation),
            Self::UnexpectedResponse(response) => Some(response.operation),
            Self::Unavailable(unavailable) => Some(unavailable.operation),
            Self::Transport(error) => Some(error.operation),
            _ => None,
        }
    }

    /// The status of the response that caused this error. `None` if there was no response. For the
    /// status of a page of your own, see [`http_status`](Self::http_status).
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::ErrorResponse(response) => response.status,
            Self::UnexpectedResponse(response) => response.status,
            Self::Unavailable(unavailable) => Some(unavailable.status),
            _ => None,
        }
    }
}

/// The time that a replica of a server's database can lag behind.
const REPLICA_LAG: Duration = Duration::from_secs(1);

impl StdError for Error {
    /// What `Display` does not contain: the error of the HTTP stack, or the cause of the error of a
    /// prompt, a store or a random source.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(error) if error.fault.says_enough() => Some(&*error.error),
            Self::Transport(_) => None,
            _ => self.wrapped()?.source(),
        }
    }
}
