//! Error responses, before their format is negotiated.

use http::StatusCode;

use super::response::{Response, json};

/// The result of a request handler.
pub(crate) type HandlerResult = Result<Response, ErrorResponse>;

/// An error response.
pub(crate) enum ErrorResponse {
    /// `{"error":"<Status Text>: <help>"}`, or an HTML page with that text.
    Plain(StatusCode, String),
    /// `{"error":…,"error_description":…}` (RFC 6749 section 5.2).
    OAuth(StatusCode, String, String),
    /// A response that is sent unchanged.
    Finished(Box<Response>),
    /// Two responses: one for clients that accept JSON before anything else, one for all others.
    ByAccept(Box<[Response; 2]>),
    /// An error that Rails reports itself: `{"status":…,"error":"<Status Text>"}`.
    Unhandled(StatusCode),
    /// The server crashes, and closes the connection.
    Crash,
}

impl ErrorResponse {
    pub(crate) fn bad_request(help: impl Into<String>) -> Self {
        Self::Plain(StatusCode::BAD_REQUEST, help.into())
    }

    pub(crate) fn not_found() -> Self {
        Self::Plain(StatusCode::NOT_FOUND, String::new())
    }

    pub(crate) fn invalid_request(help: impl Into<String>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, "invalid_request", help)
    }

    pub(crate) fn oauth(status: StatusCode, error: &str, help: impl Into<String>) -> Self {
        Self::OAuth(status, error.to_owned(), help.into())
    }

    pub(crate) fn finished(response: Response) -> Self {
        Self::Finished(Box::new(response))
    }

    pub(crate) fn by_accept(json: Response, page: Response) -> Self {
        Self::ByAccept(Box::new([json, page]))
    }

    /// `{"error":…}` with exactly this text, regardless of `Accept`.
    pub(crate) fn exact(status: StatusCode, error: &str) -> Self {
        let body = serde_json::json!({ "error": error });
        Self::finished(json(status, &body))
    }

    /// Whether it ends the browser's session when returned for this path. Wrong passwords,
    /// disabled accounts and unsupported `Accept` headers do not.
    pub(crate) fn ends_session(&self, path: &str) -> bool {
        let Self::Plain(status, _) = self else {
            return false;
        };
        let rejected = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(status);
        let again = *status == StatusCode::NOT_ACCEPTABLE || rejected && path == "/auth/sign_in";
        !again && ["/auth/sign_in", "/oauth/authorize", "/oauth/oob"].contains(&path)
    }
}
