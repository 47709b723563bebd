//! What to do about an error: one table from cause and operation to remedy and sentence.

use super::{Cause, CertificateFault, Error, NetworkFault, Operation, UnexpectedReason};

/// What to do about an error.
///
/// It is `non_exhaustive` because later versions distinguish more remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// Send the request again, or [`run`](crate::Login::run) the login again: it does no harm, and
    /// might succeed. Wait first: [`Error::retry`] returns until when, and
    /// [`Retry::wait_from`](crate::types::Retry::wait_from) how long.
    Retry,
    /// The request might have been carried out. Find out before you repeat it.
    Check,
    /// Correct what the error names: the input, the registration, the instance, the network or its
    /// proxy.
    Correct,
    /// The user must authorize the app again: continue the login, or start another.
    SignIn,
    /// As [`SignIn`](Self::SignIn), with [`Error::missing_scopes`] added.
    RequestScopes,
    /// Register a new app, and start another login.
    RegisterApp,
    /// The program can do nothing: the server does not allow it, or the program is wrong.
    GiveUp,
}

impl Error {
    /// What to do about the error. Its `Display` contains the same in words.
    pub fn remedy(&self) -> Remedy {
        self.advice().0
    }

    /// The remedy, and a sentence or two. No sentence if the error itself says enough.
    pub(super) fn advice(&self) -> (Remedy, &'static str) {
        match self {
            Self::Transport(error) => network(error.operation, &error.fault),
            Self::UnexpectedResponse(error) => {
                let status = error.status.map_or(200, |status| status.as_u16());
                match &error.reason {
                    UnexpectedReason::Redirect(target) => redirect(target),
                    UnexpectedReason::TooLong(_) => too_long(error.operation),
                    UnexpectedReason::TooManyPages(_) => {
                        (Remedy::Correct, "Request the list page by page.")
                    }
                    UnexpectedReason::OtherRedirectUri(_) => (Remedy::Correct, OTHER_REDIRECT_URI),
                    UnexpectedReason::Authentication(_) if status != 407 => {
                        (Remedy::Correct, OTHER_CREDENTIALS)
                    }
                    UnexpectedReason::NotJson(..)
                    | UnexpectedReason::OtherShape(..)
                    | UnexpectedReason::Field(_)
                    | UnexpectedReason::FieldTooLong(_)
                        if is_repeatable(error.operation) =>
                    {
                        (Remedy::GiveUp, "")
                    }
                    _ => by_cause(self.cause(), error.operation, status, ""),
                }
            }
            Self::ErrorResponse(error) => {
                let status = error.status.map_or(0, |status| status.as_u16());
                by_cause(self.cause(), error.operation, status, &error.code)
            }
            // A proxy can send 503 after it has passed the request on.
            Self::Unavailable(it) if it.status == 503 && it.operation == Operation::Write => {
                (Remedy::Check, MAYBE_DONE)
            }
            Self::Unavailable(_) => (Remedy::Retry, ""),
            Self::Input(_) => (Remedy::Correct, ""),
            Self::Callback(_) | Self::WrongAccount(_) => (Remedy::SignIn, ""),
            // The user did not return, or cancelled: the login can be run again.
            Self::Prompt(_) => (Remedy::SignIn, ""),
            Self::WrongStep(_) | Self::Store(_) | Self::Entropy(_) => (Remedy::GiveUp, ""),
        }
    }
}

/// The table for responses.
fn by_cause(cause: Cause, operation: Operation, status: u16, code: &str) -> (Remedy, &'static str) {
    use Operation::{
        Authorize, Discover, ExchangeCode, Read, RefreshSession, Register, RequestAppToken,
        RevokeToken, VerifyCredentials, Write,
    };
    match (cause, operation) {
        (Cause::Program, _) => (Remedy::Correct, NO_USER_AGENT),
        (Cause::Denied, _) => (Remedy::SignIn, "Start over to be asked again."),
        (Cause::InvalidInput, Register) => {
            (Remedy::Correct, "Change the app's name, redirect URI, scopes or website.")
        }
        (Cause::InvalidInput, Authorize | RequestAppToken) => (
            Remedy::Correct,
            "Request only scopes that the app registered and that the server knows.",
        ),
        (Cause::InvalidInput, _) => (Remedy::Correct, ""),
        // GoToSocial redirects with this code to a URI that the app did not register.
        (Cause::ServerError, Authorize) => (
            Remedy::RegisterApp,
            "Either the server failed, or the app did not register this redirect URI. Start over, \
             or register a new app with exactly this redirect URI.",
        ),
        (Cause::CodeRejected, ExchangeCode) if code == "invalid redirect uri" => (
            Remedy::RegisterApp,
            "The redirect URI must be exactly one that the app registered. Register a new app \
             with it.",
        ),
        (Cause::CodeRejected, ExchangeCode) => (Remedy::SignIn, CODE_REJECTED),
        (Cause::CodeRejected, _) => (Remedy::SignIn, "Start over to be asked again."),
        (Cause::UnknownClient, _) => (
            Remedy::RegisterApp,
            "The server does not know this app or its client secret: a new app is needed.",
        ),
        (Cause::TokenRejected, RefreshSession) => (
            Remedy::SignIn,
            "The refresh token was used, has expired, or belongs to another app. Log in again.",
        ),
        (Cause::TokenRejected, RevokeToken) => (Remedy::GiveUp, "The token is no longer valid."),
        (Cause::TokenRejected, _) => {
            (Remedy::SignIn, "The token is invalid, expired or revoked. Log in again.")
        }
        (Cause::NewTokenRejected, _) => (
            Remedy::Retry,
            "On some servers, a new token works only after a second or two. Retrying is safe.",
        ),
        (Cause::MissingScope, _) => (
            Remedy::RequestScopes,
            "Log in again with a scope that permits this; the server does not name it.",
        ),
        (Cause::AccountUnusable, _) => (
            Remedy::GiveUp,
            "The server does not accept this account at the moment. Its user or the server's \
             administrator must resolve that.",
        ),
        (Cause::Forbidden, Register) => (
            Remedy::GiveUp,
            "The server does not allow app registration from this address. Contact its \
             administrator.",
        ),
        (Cause::Forbidden, RevokeToken) => (
            Remedy::GiveUp,
            "The token belongs to another app, or the server does not know the app or its client \
             secret; the token may still be valid.",
        ),
        (Cause::NotFound, RequestAppToken) => (
            Remedy::GiveUp,
            "This server does not support the client credentials grant. Use a user login.",
        ),
        (Cause::Forbidden, _) => {
            (Remedy::GiveUp, "The server does not permit this to this account, app or address.")
        }
        (Cause::NotFound, VerifyCredentials) => (
            Remedy::Correct,
            "This does not look like a server with the Mastodon API. Check the instance address.",
        ),
        (Cause::NotFound, _) => {
            (Remedy::Correct, "Check the path and the id; this server might not implement it.")
        }
        (Cause::NotApi, Register | RequestAppToken) if matches!(status, 404 | 405 | 501) => (
            Remedy::Correct,
            "This does not look like a server with the Mastodon API. Check the instance address.",
        ),
        // A proxy that requires credentials passes nothing on.
        (Cause::NotApi, _) if status == 407 => (Remedy::Correct, CHECK_PROXY),
        // snac responds so to all that it does not implement.
        (Cause::NotApi, Read | VerifyCredentials) if matches!(status, 404 | 405) => (
            Remedy::Correct,
            "Got an HTML page instead of an API response. Check the address; this server might not \
             implement the call.",
        ),
        (Cause::NotApi, ExchangeCode | RefreshSession) if matches!(status, 404 | 405) => {
            (Remedy::Correct, FROM_ELSEWHERE)
        }
        (Cause::NotApi, Write) => (
            Remedy::Check,
            "Got an HTML page instead of an API response (captive portal, bot protection or wrong \
             host). Check whether the request was carried out.",
        ),
        (Cause::NotApi, _) if matches!(status, 402 | 406..=499) => {
            (Remedy::Correct, FROM_ELSEWHERE)
        }
        (Cause::NotApi, _) => (
            Remedy::Correct,
            "Got an HTML page instead of an API response (captive portal, bot protection or wrong \
             host). Check the address and try again.",
        ),
        (Cause::ServerError, Write) => (Remedy::Check, MAYBE_DONE),
        (Cause::ServerError, Discover) => {
            (Remedy::Retry, "Server error. Try again later, or skip discovery.")
        }
        (Cause::ServerError, _) if matches!(status, 502..=504) => {
            (Remedy::Retry, "The server, or a proxy in front of it, is down. Try again later.")
        }
        (Cause::ServerError, ExchangeCode) if status == 500 => (
            Remedy::SignIn,
            "The server failed while exchanging the code; some servers do this for unknown codes \
             or apps. Retry, then start over, then register a new app.",
        ),
        (Cause::ServerError, RefreshSession) => (
            Remedy::Retry,
            "Server error, or the refresh token is no longer valid. Retry or log in again.",
        ),
        (Cause::ServerError, RevokeToken) => {
            (Remedy::Retry, "Server error; the token may still be valid. Try again later.")
        }
        // Kitsune responds so to an unknown token.
        (Cause::ServerError, VerifyCredentials) => (
            Remedy::Retry,
            "Server error, or the token is no longer valid. Try again later, or log in again.",
        ),
        (Cause::ServerError, _) => (Remedy::Retry, "Server error. Try again later."),
        (Cause::InvalidResponse, _) => lost_response(operation),
        _ => (Remedy::GiveUp, ""),
    }
}

/// Whether a repeated request has no effect, or the same as one.
fn is_repeatable(operation: Operation) -> bool {
    !matches!(operation, Operation::Write | Operation::ExchangeCode | Operation::RefreshSession)
}

/// What to do if a request might have been carried out, and its response was lost.
fn lost_response(operation: Operation) -> (Remedy, &'static str) {
    match operation {
        Operation::Write => (Remedy::Check, MAYBE_DONE),
        Operation::ExchangeCode => (
            Remedy::Retry,
            "The code might have been used. Continue the login: it sends the code again, and \
             starts over if the server rejects it.",
        ),
        Operation::RefreshSession => (
            Remedy::Retry,
            "The refresh token might have been used. Retry; if the server rejects it, log in \
             again.",
        ),
        Operation::Register => {
            (Remedy::Retry, "Retrying is safe: at worst, the server has an unused app.")
        }
        _ => (Remedy::Retry, "Retrying is safe."),
    }
}

/// The table for requests without a response.
fn network(operation: Operation, fault: &NetworkFault) -> (Remedy, &'static str) {
    match fault {
        NetworkFault::UnknownHost => {
            (Remedy::Correct, "Check the host name and the network connection.")
        }
        NetworkFault::Certificate(CertificateFault::Expired) => (
            Remedy::GiveUp,
            "The server's administrator must renew it; check the local clock, too.",
        ),
        NetworkFault::Certificate(CertificateFault::NotYetValid) => {
            (Remedy::Correct, "Check the local clock.")
        }
        NetworkFault::Certificate(CertificateFault::WrongHost) => {
            (Remedy::Correct, "Check the host name.")
        }
        NetworkFault::Certificate(CertificateFault::UnknownIssuer) => (
            Remedy::Correct,
            "A private root certificate must be trusted by the system. A missing intermediate \
             certificate must be added by the server's administrator.",
        ),
        // libcurl does not report which of these it is.
        NetworkFault::Certificate(_) => (
            Remedy::Correct,
            "It has expired, is for another host, or is not signed by a trusted authority. A \
             private root certificate must be trusted by the system. A missing intermediate \
             certificate must be added by the server's administrator.",
        ),
        NetworkFault::Tls => (
            Remedy::Correct,
            "Check the host name and the port; the server might not use TLS (https) there.",
        ),
        NetworkFault::NotTls => {
            (Remedy::Correct, "Check the port; the server might only speak plain HTTP there.")
        }
        NetworkFault::Proxy(_) => (Remedy::Correct, CHECK_PROXY),
        NetworkFault::Configuration => (Remedy::Correct, ""),
        NetworkFault::NotHttp if operation != Operation::Write => {
            (Remedy::Correct, "Check the host name and the port.")
        }
        NetworkFault::Refused => {
            (Remedy::Retry, "Check the port, and whether the server is running; retrying is safe.")
        }
        fault if fault.nothing_sent() => (Remedy::Retry, "Retrying is safe."),
        // The stack's own text can name a lasting fault, such as a feature that is not enabled.
        NetworkFault::Unknown if is_repeatable(operation) => (Remedy::Retry, ""),
        _ => lost_response(operation),
    }
}

/// What to do about a body that exceeds the limit of its request.
fn too_long(operation: Operation) -> (Remedy, &'static str) {
    match operation {
        Operation::Write => (Remedy::Check, MAYBE_DONE),
        Operation::Read => (Remedy::Correct, "Request less at once, or allow longer responses."),
        _ => (Remedy::Correct, "Check the instance address."),
    }
}

/// What to do about a redirect, which is never followed.
fn redirect(target: &str) -> (Remedy, &'static str) {
    let after_scheme = target.split_once("://").map(|(_, rest)| rest);
    let path = match after_scheme.or(target.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("", |start| &rest[start..]),
        None => target,
    };
    let is_under_a_path = ["/api/v", "/oauth/token", "/oauth/revoke", "/.well-known/"]
        .iter()
        .any(|start| path.find(start).is_some_and(|position| position > 0));
    if is_under_a_path {
        return (Remedy::GiveUp, "The server's API is under a path, which is not supported.");
    }
    if path == target {
        return (
            Remedy::Correct,
            "The server redirects within the same host; it, or a proxy in front of it, does not \
             serve the API there.",
        );
    }
    (
        Remedy::Correct,
        "Redirects are not followed because the request carries credentials. If this is the \
         server's real host, log in there.",
    )
}

const CHECK_PROXY: &str = "Check the proxy's address and credentials.";

const OTHER_CREDENTIALS: &str = "The server, or a proxy in front of it, requires a password that \
     this request does not have. Check the address.";

const FROM_ELSEWHERE: &str = "A proxy or firewall might have responded in place of the server. \
     Check the address and try again.";

const MAYBE_DONE: &str = "The request might have been carried out. Check before you repeat it.";

const CODE_REJECTED: &str = "It was mistyped, used before, or has expired (GoToSocial: after five \
     minutes), or the server no longer knows the app. Copy it again, or start over for another one; \
     if that keeps failing, register a new app.";

const NO_USER_AGENT: &str =
    "The request arrived without its User-Agent: the HTTP stack must send the headers it is given.";

const OTHER_REDIRECT_URI: &str = "The server registered a different redirect URI, so the \
     callback would fail. Register exactly one simple redirect URI.";
