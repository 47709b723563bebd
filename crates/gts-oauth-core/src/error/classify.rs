//! What an error means: the one place that decides.
//!
//! Servers use the same status for different things, and different ones for the same. A status alone
//! therefore decides little: texts and codes that are known for one meaning come first.

use super::UnexpectedReason::{
    Authentication, CutOff, Empty, Field, FieldTooLong, Html, NotJson, OtherRedirectUri,
    OtherShape, PlainText, Redirect, TooLong, TooManyPages,
};
use super::{Error, ErrorResponse, Operation, UnexpectedResponse};

/// What an error means, as far as the response is evidence for it.
///
/// It is `non_exhaustive` because later versions distinguish more causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The program called a method in the wrong state, its prompt, store or random source failed,
    /// or its transport changed the request.
    Program,
    /// The server or this crate rejected the input: an instance, a name, a scope, a parameter.
    InvalidInput,
    /// A callback does not belong to this login.
    InvalidCallback,
    /// The user, or the server for them, denied the authorization.
    Denied,
    /// The code is unknown, expired or used.
    CodeRejected,
    /// The access token or refresh token is unknown, expired or revoked.
    TokenRejected,
    /// A login's new token was rejected for the first time. A replica of the server's database might
    /// lag behind, so the login verifies it once more.
    NewTokenRejected,
    /// The server does not know the app, or not with this client secret.
    UnknownClient,
    /// The token lacks a scope: see [`Error::missing_scopes`].
    MissingScope,
    /// The token's account cannot be used: its e-mail address is not confirmed, it is not approved
    /// yet, or disabled.
    AccountUnusable,
    /// The user signed in to another account than the expected one.
    WrongAccount,
    /// The server does not permit it, for a reason that no other cause describes.
    Forbidden,
    /// There is no such resource, or the server does not have the endpoint.
    NotFound,
    /// Too many requests (429).
    RateLimited,
    /// The server failed, or is temporarily unavailable (5xx). A login can go on without discovery:
    /// [`skip_discovery`](crate::Login::skip_discovery).
    ServerError,
    /// No response was received: see [`TransportError::fault`](super::TransportError::fault).
    Network,
    /// The response is not from the API: an HTML page, a redirect, or a status that proxies and
    /// firewalls send (402, 407, 451). It is no evidence about a code or a token.
    NotApi,
    /// The response is cut off, malformed, or too long for a call.
    InvalidResponse,
}

impl Error {
    /// What the error means.
    ///
    /// ```
    /// use gts_oauth_core::error::{Cause, Remedy};
    /// use gts_oauth_core::{Exchange, Secret, Session};
    /// use http::Response;
    ///
    /// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
    /// let verify = session.verify();
    /// // Akkoma's response to a token that has expired.
    /// let response = Response::builder().status(403).body(r#"{"error":"Invalid credentials."}"#);
    /// let error = verify.parse(&response?).unwrap_err();
    /// assert_eq!(error.cause(), Cause::TokenRejected);
    /// assert_eq!(error.remedy(), Remedy::SignIn);
    /// # Ok::<(), gts_oauth_core::BoxError>(())
    /// ```
    pub fn cause(&self) -> Cause {
        match self {
            Self::WrongStep(_) | Self::Prompt(_) | Self::Store(_) | Self::Entropy(_) => {
                Cause::Program
            }
            Self::Input(_) => Cause::InvalidInput,
            Self::Callback(_) => Cause::InvalidCallback,
            Self::WrongAccount(_) => Cause::WrongAccount,
            Self::Transport(_) => Cause::Network,
            Self::Unavailable(it) if it.status.as_u16() == 429 => Cause::RateLimited,
            Self::Unavailable(_) => Cause::ServerError,
            Self::ErrorResponse(it) => error_response(it),
            Self::UnexpectedResponse(it) => unexpected(it),
        }
    }

    /// Whether a document of discovery might exist although it could not be read.
    pub(crate) fn is_transient_in_discovery(&self) -> bool {
        let cut_off =
            matches!(self, Self::UnexpectedResponse(it) if matches!(it.reason, CutOff(..)));
        // 501 and 505 mean that the document does not exist.
        let missing = self.status().is_some_and(|it| matches!(it.as_u16(), 501 | 505));
        let failed = matches!(self.cause(), Cause::ServerError | Cause::RateLimited);
        cut_off || failed && !missing
    }
}

fn error_response(error: &ErrorResponse) -> Cause {
    let status = error.status.map_or(0, |status| status.as_u16());
    let text = match &error.description {
        Some(description) => format!("{} {description}", error.code),
        None => error.code.clone(),
    };
    let cause = rejection(error.operation, status, &error.code, &text);
    refined(cause, error.missing_scopes.is_some(), error.is_new_token)
}

fn unexpected(error: &UnexpectedResponse) -> Cause {
    let status = error.status.map_or(200, |status| status.as_u16());
    let cause = match error.reason {
        // A web server without any such method.
        Html if status == 501 && matches!(error.operation, Operation::Register) => Cause::NotApi,
        Html if status >= 500 => Cause::ServerError,
        // The limit of a proxy in front of the server.
        Html if status == 413 => Cause::InvalidInput,
        // Calls can have long responses, the protocol has none.
        TooLong(_) if matches!(error.operation, Operation::Read | Operation::Write) => {
            Cause::InvalidResponse
        }
        Html | Redirect(_) | TooLong(_) | Authentication(_) => Cause::NotApi,
        OtherRedirectUri(_) | TooManyPages(_) => Cause::InvalidResponse,
        Empty | PlainText if status >= 400 => {
            let text = error.snippet.as_deref().unwrap_or_default();
            // snac rejects an unknown app with 401 and an empty body.
            let exchange = matches!(error.operation, Operation::ExchangeCode);
            let code = match error.reason == Empty && status == 401 && exchange {
                true => "invalid_client",
                false => "",
            };
            rejection(error.operation, status, code, text)
        }
        Empty | PlainText | CutOff(..) | NotJson(..) | OtherShape(..) | Field(_)
        | FieldTooLong(_) => Cause::InvalidResponse,
    };
    refined(cause, error.missing_scopes.is_some(), error.is_new_token)
}

/// The cause, with what is known of the token.
fn refined(cause: Cause, lacks_scope: bool, is_new_token: bool) -> Cause {
    match cause {
        Cause::Forbidden | Cause::TokenRejected if lacks_scope => Cause::MissingScope,
        Cause::TokenRejected if is_new_token => Cause::NewTokenRejected,
        cause => cause,
    }
}

/// The meaning of an error status or an error code. `text` has the code and the description.
fn rejection(operation: Operation, status: u16, code: &str, text: &str) -> Cause {
    use Operation::{
        Authorize, Discover, ExchangeCode, Read, RefreshSession, Register, RequestAppToken,
        RevokeToken, VerifyCredentials, Write,
    };
    let whole = if code.is_empty() { text } else { code };
    match (operation, status) {
        // GoToSocial: "I'm a teapot: no user-agent sent with request"
        (_, 418) if text.is_empty() || text.contains("no user-agent") => Cause::Program,
        (_, 407) => Cause::NotApi,
        (_, 408 | 425) => Cause::ServerError,
        (VerifyCredentials | Read | Write | RevokeToken, _) if rejects_token(status, whole) => {
            Cause::TokenRejected
        }
        (VerifyCredentials | Read | Write, 403) if is_account_unusable(text) => {
            Cause::AccountUnusable
        }
        (ExchangeCode | RequestAppToken | RefreshSession, _)
            if is_unknown_client(code) || lacks_client_secret(text) =>
        {
            Cause::UnknownClient
        }
        (RefreshSession, 500) if whole == "The refresh token is invalid." => {
            Cause::TokenRejected // Pixelfed
        }
        (_, _) if is_temporary(code) => Cause::ServerError,
        (ExchangeCode | RefreshSession, 500..) if !is_token_code(code) => Cause::ServerError,
        (Authorize, _) => match code {
            "access_denied" => Cause::Denied,
            "invalid_scope" => Cause::InvalidInput,
            _ => Cause::CodeRejected,
        },
        (ExchangeCode | RefreshSession, _) if !is_token_code(code) && !is_evidence(status) => {
            Cause::NotApi
        }
        // A 403 without an error code can come from a firewall.
        (ExchangeCode | RefreshSession, 403) if code.is_empty() => Cause::Forbidden,
        (ExchangeCode, _) => Cause::CodeRejected,
        (RefreshSession, _) if matches!(code, "unsupported_grant_type" | "unauthorized_client") => {
            Cause::Forbidden
        }
        (RefreshSession, 404 | 410) => Cause::NotApi,
        (RefreshSession, _) => Cause::TokenRejected,
        (VerifyCredentials | Read | Write, 404 | 405 | 410 | 501) => Cause::NotFound,
        (RevokeToken, 404 | 405) => Cause::NotFound,
        (VerifyCredentials | Read | Write, 500..) => Cause::ServerError,
        (_, 500..) if !is_registered_code(code) => Cause::ServerError,
        (Register | RequestAppToken, 404) | (Discover, _) => Cause::NotApi,
        (Register | RequestAppToken | RevokeToken | VerifyCredentials, _)
            if !is_registered_code(code) && !is_evidence(status) =>
        {
            Cause::NotApi
        }
        (Register, 401 | 403) => Cause::Forbidden,
        (Register, _) => Cause::InvalidInput,
        (RequestAppToken, _) => match code {
            "unsupported_grant_type" | "unsupported grant type" | "invalid_grant_type" => {
                Cause::NotFound
            }
            _ => Cause::InvalidInput,
        },
        // A 400 or 403 without a known text can come from a firewall.
        (VerifyCredentials | Read | Write, 401) => Cause::TokenRejected,
        // snac responds with 422 and an empty body to an unknown token.
        (VerifyCredentials, 422) if text.is_empty() => Cause::TokenRejected,
        (Read | Write, 400 | 406 | 413 | 422) => Cause::InvalidInput,
        (RevokeToken, 400) => Cause::InvalidInput,
        (VerifyCredentials | Read | Write | RevokeToken, _) => Cause::Forbidden,
    }
}

/// Whether servers reject a code, a token, an app or its registration with this status. Any other
/// status is from a proxy or firewall, unless the body has an error code of RFC 6749.
fn is_evidence(status: u16) -> bool {
    matches!(status, 200..=299 | 400 | 401 | 403 | 404 | 410 | 422)
}

/// Whether servers are known to reject a token with this status and this code or whole text.
///
/// A part of a text proves nothing: it can be from a third party, such as the response of another
/// server, or the text that a user searched for.
pub(crate) fn rejects_token(status: u16, whole: &str) -> bool {
    const KNOWN: [(u16, &str); 11] = [
        (401, "invalid_token"), // RFC 6750 section 3.1; Hollo
        // Mastodon
        (401, "The access token expired"),
        (401, "The access token is invalid"),
        (401, "The access token was revoked"),
        // Mastodon and Hollo, for an app's token
        (422, "This method requires an authenticated user"),
        (401, "access token is invalid"), // Mitra
        (401, "AUTHENTICATION_FAILED"),   // Sharkey
        (403, "Invalid credentials."),    // Akkoma, Pleroma
        // Friendica, also for a missing scope
        (403, "Token is not authorized with a valid user or is missing a required scope"),
        (400, "Invalid Bearer token"), // Takahē
        (500, "Unauthenticated."),     // Pixelfed
    ];
    KNOWN.contains(&(status, whole.trim()))
}

/// Whether servers are known to reject an unusable account with this text.
fn is_account_unusable(text: &str) -> bool {
    const KNOWN: [&str; 6] = [
        "missing a confirmed e-mail",  // Mastodon
        "pending approval",            // Mastodon
        "login is currently disabled", // Mastodon, also if suspended
        "account_suspended",           // Sharkey
        "has been suspended",          // Sharkey, Iceshrimp.NET
        "account has moved",           // GoToSocial, for calls that change something
    ];
    contains_any(text, &KNOWN)
}

fn contains_any(text: &str, known: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    known.iter().any(|known| text.contains(known))
}

/// RFC 6749 section 5.2 has `invalid_client`, which GoToSocial sends with a 400. Takahē's is
/// `invalid_client_id`, and GoToSocial's for app tokens `func5: no application found with …`.
fn is_unknown_client(code: &str) -> bool {
    matches!(code, "invalid_client" | "invalid_client_id") || code.contains("no application found")
}

/// GoToSocial's response to a public client. It names more fields if the request lost its body.
fn lacks_client_secret(text: &str) -> bool {
    contains_any(text, &["client_secret was not set"])
        && !contains_any(text, &["client_id was not set"])
}

/// Whether this is an error code of RFC 6749.
pub(crate) fn is_registered_code(code: &str) -> bool {
    // Those of the authorization endpoint only (section 4.1.2.1) follow those of the token endpoint.
    is_token_code(code)
        || is_temporary(code)
        || matches!(code, "access_denied" | "unsupported_response_type")
}

/// An error code of the token endpoint (RFC 6749 section 5.2).
fn is_token_code(code: &str) -> bool {
    matches!(
        code,
        "invalid_request"
            | "invalid_client"
            | "invalid_grant"
            | "unauthorized_client"
            | "unsupported_grant_type"
            | "invalid_scope"
    )
}

/// Whether the code reports a temporary failure, whatever the status.
fn is_temporary(code: &str) -> bool {
    matches!(code, "server_error" | "temporarily_unavailable")
}
