//! The structs inside [`Error`](super::Error).

use std::fmt;

use http::StatusCode;

use super::{Operation, display::Size};
use crate::time::Retry;

/// An error response: an error of RFC 6749 sections 4.1.2.1 or 5.2, or the API's own
/// `{"error": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorResponse {
    /// What was rejected.
    pub operation: Operation,
    /// The method and path of a call. `None` for any other operation.
    pub(crate) call: Option<Box<str>>,
    /// The response's status. `None` if the error was in a callback.
    pub status: Option<StatusCode>,
    /// The server's `error`: a registered error code, or any other text (GoToSocial:
    /// `sql: no rows in result set`).
    pub code: String,
    /// The server's `error_description`, printable and shortened.
    pub description: Option<String>,
    /// The scopes that the token lacks, if there is evidence for it. Empty if it is not known which.
    pub(crate) missing_scopes: Option<Box<str>>,
    /// Whether it is the first rejection of a login's new token.
    pub(crate) is_new_token: bool,
}

/// A response that is neither a success nor an error response of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnexpectedResponse {
    /// What was requested.
    pub operation: Operation,
    /// The method and path of a call. `None` for any other operation.
    pub(crate) call: Option<Box<str>>,
    /// The response's status. `None` if the transport stopped reading it.
    pub status: Option<StatusCode>,
    /// What is wrong with the response.
    pub reason: UnexpectedReason,
    /// The beginning of the body, printable and shortened. `None` if it might contain a secret.
    pub snippet: Option<String>,
    /// The scopes that the token lacks, if there is evidence for it. Empty if it is not known which.
    pub(crate) missing_scopes: Option<Box<str>>,
    /// Whether it is the first rejection of a login's new token.
    pub(crate) is_new_token: bool,
}

/// What is wrong with a response.
///
/// It is `non_exhaustive` because servers keep finding new ways.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnexpectedReason {
    /// The body is empty.
    Empty,
    /// The body is an HTML page.
    Html,
    /// The JSON ends too early, at this line and column (both from 1).
    CutOff(usize, usize),
    /// The body is not JSON, from this line and column on (both from 1).
    NotJson(usize, usize),
    /// The JSON has another shape: the first difference is at this line and column.
    OtherShape(usize, usize),
    /// A required field is missing or has an unusable value.
    Field(&'static str),
    /// A client id, a client secret or a token is longer than 64 KiB.
    FieldTooLong(&'static str),
    /// The body is longer than this limit, in bytes. That of a call is set by
    /// [`body_limit`](crate::session::Call::body_limit).
    TooLong(u64),
    /// The list has more pages than this, and [`Pages::all`](crate::session::Pages::all) stopped.
    TooManyPages(usize),
    /// A redirect to this URL, without its query. Redirects are never followed.
    Redirect(String),
    /// The server registered other redirect URIs than the requested ones: these.
    OtherRedirectUri(String),
    /// The body is only a text, which is the snippet.
    PlainText,
    /// A challenge for this other kind of authentication, as of a proxy (`Basic`).
    Authentication(String),
}

/// The server is rate limited or temporarily unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unavailable {
    /// What was requested.
    pub operation: Operation,
    /// The method and path of a call. `None` for any other operation.
    pub(crate) call: Option<Box<str>>,
    /// The host of the server, with its port unless it is the default.
    pub host: String,
    /// 429 or 503.
    pub status: StatusCode,
    /// When to retry. `None` if the server did not report it.
    pub retry: Option<Retry>,
}

/// The user signed in to another account than the expected one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongAccount {
    /// The expected account, as the program named it.
    pub expected: String,
    /// The account of the token: `@name@host`, or its id if an id was expected.
    pub actual: String,
}

/// The error of a transport that stopped reading because a body is longer than the limit of its
/// request (see [`BodyLimit::check`](crate::transport::BodyLimit::check)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTooLong {
    /// The limit in bytes.
    pub limit: u64,
}

impl fmt::Display for ResponseTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response body is longer than {}", Size(self.limit))
    }
}

impl std::error::Error for ResponseTooLong {}
