//! What to do about an error, where its cause is known from how servers behave.

use http::StatusCode;

use super::Operation::{
    self, Authorize, Call, Discover, ExchangeCode, RefreshSession, Register, RequestAppToken,
    RevokeToken, VerifyCredentials,
};
use super::UnexpectedReason::{
    CutOff, Empty, Html, OtherRedirectUri, PlainText, Redirect, TooLong,
};
use super::kinds::{is_registered_code, is_temporary};
use super::{ErrorResponse, UnexpectedResponse};

/// What might have happened if no response was received.
pub(super) fn transport_hint(operation: Operation) -> &'static str {
    match operation {
        Call => "whether it was done is not known",
        RefreshSession => {
            "the refresh token may be spent, or not: try again, and if it is refused, log in again"
        }
        _ => "nothing is lost: try again",
    }
}

pub(super) fn error_response_hint(refused: &ErrorResponse) -> Option<&'static str> {
    let status = refused.status.map_or(0, |status| status.as_u16());
    if status >= 500 && !is_registered_code(&refused.code) {
        return Some(server_error_hint(refused.operation, status));
    }
    rejection_hint(refused.operation, status, &refused.code)
}

/// The meaning of a 4xx status, or of a registered error code.
fn rejection_hint(operation: Operation, status: u16, code: &str) -> Option<&'static str> {
    Some(match (operation, status, code) {
        (_, 418, _) => NO_USER_AGENT,
        (Authorize, _, "access_denied") => {
            "The person, or the server on their behalf, said no: ask again, or stop"
        }
        (Authorize | RequestAppToken, _, "invalid_scope") => {
            "Ask only for scopes that the app registered, in words that this server knows"
        }
        // GoToSocial redirects with this code to a URI that the app did not register.
        (Authorize, _, "server_error") => {
            "Either the server is in trouble, or the redirect URI is not one of the app's: \
             register a new app with exactly this redirect URI"
        }
        (Register, 403, _) => {
            "The server lets nobody register an app from here: ask whoever runs it"
        }
        (Register, 404 | 405, _) => NO_API,
        (Register, _, _) => {
            "Change what is asked for: the name, the redirect URI, the scopes or the website"
        }
        (ExchangeCode | RequestAppToken | RefreshSession, _, code)
            if code.starts_with("invalid_client") =>
        {
            "The server does not know this app, or not by this secret: register a new app"
        }
        (ExchangeCode | RequestAppToken, 403, "invalid redirect uri") => {
            "The redirect URI must be, byte for byte, one that the app registered"
        }
        (operation, _, code) if is_temporary(code) => server_error_hint(operation, status),
        // GoToSocial does not distinguish an expired code from an unknown app.
        (ExchangeCode, ..) => {
            "The code was mistyped, has expired (GoToSocial's live five minutes) or was used \
             before, or the server has forgotten the app, which some servers do not tell apart: \
             try the code again or start over, and if that keeps failing, register a new app"
        }
        (RefreshSession, ..) => {
            "The refresh token is spent, has expired, or is another app's: log in again"
        }
        (RequestAppToken, 404 | 405, _) => NO_API,
        (
            RequestAppToken,
            _,
            "unsupported_grant_type" | "unsupported grant type" | "invalid_grant_type",
        ) => "This server gives apps no tokens of their own: log a person in",
        (VerifyCredentials, 403, _) => {
            "A token may read its own account with the scope `profile` or `read:accounts`; \
             an account that has moved away may not at all"
        }
        (VerifyCredentials | Call, 401, _) => {
            "The token is not, or no longer, good for this: if it worked before, log in again"
        }
        (VerifyCredentials, 400 | 404 | 422, _) => MAYBE_DEAD_TOKEN,
        (Call, 403, _) => "The token lacks a scope for this: log in again and ask for it",
        (Call, 404 | 405, _) => NOT_THERE,
        (RevokeToken, 401 | 403, _) => {
            "The token belongs to another app, or the server knows neither of them any more, or \
             not by this secret: the token may live on"
        }
        _ => return None,
    })
}

pub(super) fn unexpected_hint(unexpected: &UnexpectedResponse) -> Option<&'static str> {
    let status = unexpected.status.unwrap_or(StatusCode::OK).as_u16();
    Some(match (&unexpected.reason, unexpected.operation, status) {
        (_, _, 418) => NO_USER_AGENT,
        (Redirect(_), ..) => {
            "Redirects are not followed, lest a secret go astray: if that is the instance's \
             true address, use it"
        }
        (OtherRedirectUri(_), ..) => {
            "A login with this app could not come back: ask for one redirect URI, as plain as can be"
        }
        (TooLong, ..) => "No honest answer is that long: check that the address is right",
        (_, Register, 404 | 405) => NO_API,
        (_, operation, 500..) => server_error_hint(operation, status),
        (_, Call, 404 | 405) => NOT_THERE,
        (Empty | PlainText, operation, 400..) => {
            return rejection_hint(operation, status, "");
        }
        (Html, ..) => {
            "Something else than the instance's API answered (a log-in page of the network, a \
             shield against robots, another site): check the address and try again"
        }
        (CutOff(..) | Empty, ..) => "It may have been lost on the way: try again",
        _ => return None,
    })
}

fn server_error_hint(operation: Operation, status: u16) -> &'static str {
    match (operation, status) {
        (Discover, _) => {
            "The server is in trouble, at least there: try again later, or go on with the address \
             as it is (skip_discovery)"
        }
        (_, 502 | 504) => "The server, or what stands before it, is down: try again later",
        (ExchangeCode, _) => {
            "The server is in trouble, or stumbles over a code or an app that it does not know: \
             try again; if it still says so, start over, at last with a new app"
        }
        (RefreshSession, _) => {
            "The server is in trouble, or knows this refresh token no more: try again, or log in \
             again"
        }
        (VerifyCredentials, 500) => MAYBE_DEAD_TOKEN,
        _ => "The server is in trouble: try again later",
    }
}

const NO_USER_AGENT: &str =
    "The request arrived without its User-Agent: the HTTP stack must send the headers it is given";

const NO_API: &str =
    "This does not look like a server with the Mastodon API: check the instance's address";

const NOT_THERE: &str = "There is no such thing, or this server does not have this call";

// snac responds only with 422, Kitsune with 500, Takahē with 400 to an unknown token.
const MAYBE_DEAD_TOKEN: &str =
    "Some servers say so where the token is no longer good: try again, or log in again";
