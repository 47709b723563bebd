//! Errors in words: what happened, and what to do about it where the cause is known from how
//! servers behave.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use crate::error::{Busy, Endpoint, Refused, Unexpected, Why};
use crate::limits::{LAST_SECOND_OF_9999, Retry};
use crate::wire::{is_a_word_of_the_rfc, is_trouble};

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused to {}: ", self.endpoint)?;
        if let Some(status) = self.status {
            write!(f, "{} ", status.as_u16())?;
        }
        // Some end it with a full stop, which comes anyway.
        f.write_str(self.code.trim_end_matches('.'))?;
        if let Some(description) = &self.description {
            write!(f, " ({description})")?;
        }
        write_hint(f, hint_of_refusal(self))
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asked to {}, the server answered ", self.endpoint)?;
        if let Some(status) = self.status {
            write!(f, "{} with ", status.as_u16())?;
        }
        self.why.fmt(f)?;
        if let Some(snippet) = &self.snippet {
            write!(f, ": “{snippet}”")?;
        }
        write_hint(f, hint_of_surprise(self))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing"),
            Self::Html => f.write_str("a web page"),
            Self::CutOff(line, column) => {
                write!(f, "JSON that is cut off at line {line}, column {column}")
            }
            Self::NotJson(line, column) => {
                write!(
                    f,
                    "something that is not JSON (line {line}, column {column})"
                )
            }
            Self::OtherShape(line, column) => {
                write!(f, "JSON of another shape (line {line}, column {column})")
            }
            Self::Field(name) => write!(f, "JSON in which `{name}` is missing or unusable"),
            Self::TooLong => write!(f, "more than {} bytes", crate::MAX_BODY),
            Self::Redirect(target) => write!(f, "a redirect to {target}"),
            Self::OtherRedirectUri(uris) => write!(f, "another redirect URI than asked ({uris})"),
            Self::Text => f.write_str("a text"),
        }
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_u16();
        write!(
            f,
            "the server is too busy to {} ({status}): ",
            self.endpoint
        )?;
        match self.retry {
            Some(Retry::After(wait)) => {
                let wait = Duration::from_secs(wait.as_secs());
                write!(f, "try again in {}", humantime::format_duration(wait))
            }
            Some(Retry::At(moment)) if is_printable(moment) => {
                write!(
                    f,
                    "try again at {}",
                    humantime::format_rfc3339_seconds(moment)
                )
            }
            _ => f.write_str("it does not say for how long; try again in a few minutes"),
        }
    }
}

/// humantime prints the years 1970 to 9999, and panics on others.
fn is_printable(moment: SystemTime) -> bool {
    moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .is_ok_and(|since| since.as_secs() <= LAST_SECOND_OF_9999)
}

fn write_hint(f: &mut fmt::Formatter<'_>, hint: Option<&str>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, ". {hint}"))
}

/// What may have happened although nobody said so.
pub(crate) fn hint_of_silence(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Api => "whether it was done is not known",
        Endpoint::Refresh => {
            "the refresh token may be spent, or not: try again, and if it is refused, log in again"
        }
        _ => "nothing is lost: try again",
    }
}

fn hint_of_refusal(refused: &Refused) -> Option<&'static str> {
    let status = refused.status.map_or(0, |status| status.as_u16());
    if status >= 500 && !is_a_word_of_the_rfc(&refused.code) {
        return Some(hint_of_trouble(refused.endpoint, status));
    }
    hint_of_no(refused.endpoint, status, &refused.code)
}

/// What a status of 4xx, or a word of the RFC, stands for.
fn hint_of_no(endpoint: Endpoint, status: u16, code: &str) -> Option<&'static str> {
    Some(match (endpoint, status, code) {
        (_, 418, _) => NO_USER_AGENT,
        (Endpoint::Authorize, _, "access_denied") => {
            "The person, or the server on their behalf, said no: ask again, or stop"
        }
        (Endpoint::Authorize, _, "invalid_scope") | (Endpoint::AppToken, _, "invalid_scope") => {
            "Ask only for scopes that the app registered, in words that this server knows"
        }
        // GoToSocial redirects with this to a URI that the app did not register.
        (Endpoint::Authorize, _, "server_error") => {
            "Either the server is in trouble, or the redirect URI is not one of the app's: \
             register a new app with exactly this redirect URI"
        }
        (Endpoint::Register, 403, _) => {
            "The server lets nobody register an app from here: ask whoever runs it"
        }
        (Endpoint::Register, 404 | 405, _) => NO_API,
        (Endpoint::Register, _, _) => {
            "Change what is asked for: the name, the redirect URI, the scopes or the website"
        }
        (Endpoint::Token | Endpoint::AppToken | Endpoint::Refresh, _, code)
            if code.starts_with("invalid_client") =>
        {
            "The server does not know this app, or not by this secret: register a new app"
        }
        (Endpoint::Token | Endpoint::AppToken, 403, "invalid redirect uri") => {
            "The redirect URI must be, byte for byte, one that the app registered"
        }
        (endpoint, _, code) if is_trouble(code) => hint_of_trouble(endpoint, status),
        (Endpoint::Token, ..) => DEAD_CODE,
        (Endpoint::Refresh, ..) => DEAD_REFRESH_TOKEN,
        (Endpoint::AppToken, 404 | 405, _) => NO_API,
        (
            Endpoint::AppToken,
            _,
            "unsupported_grant_type" | "unsupported grant type" | "invalid_grant_type",
        ) => "This server gives apps no tokens of their own: log a person in",
        (Endpoint::Verify, 403, _) => {
            "A token may read its own account with the scope `profile` or `read:accounts`; \
             an account that has moved away may not at all"
        }
        (Endpoint::Verify | Endpoint::Api, 401, _) => DEAD_TOKEN,
        (Endpoint::Verify, 400 | 404 | 422, _) => MAYBE_DEAD_TOKEN,
        (Endpoint::Api, 403, _) => "The token lacks a scope for this: log in again and ask for it",
        (Endpoint::Api, 404 | 405, _) => NOT_THERE,
        (Endpoint::Revoke, 401 | 403, _) => MAY_LIVE_ON,
        _ => return None,
    })
}

fn hint_of_surprise(unexpected: &Unexpected) -> Option<&'static str> {
    let status = unexpected.status.unwrap_or(StatusCode::OK).as_u16();
    Some(match (&unexpected.why, unexpected.endpoint, status) {
        (_, _, 418) => NO_USER_AGENT,
        (Why::Redirect(_), ..) => {
            "Redirects are not followed, lest a secret go astray: if that is the instance's \
             true address, use it"
        }
        (Why::OtherRedirectUri(_), ..) => {
            "A login with this app could not come back: ask for one redirect URI, as plain as can be"
        }
        (Why::TooLong, ..) => "No honest answer is that long: check that the address is right",
        (_, Endpoint::Register, 404 | 405) => NO_API,
        (_, endpoint, 500..) => hint_of_trouble(endpoint, status),
        (_, Endpoint::Api, 404 | 405) => NOT_THERE,
        (Why::Empty | Why::Text, endpoint, 400..) => return hint_of_no(endpoint, status, ""),
        (Why::Html, ..) => {
            "Something else than the instance's API answered (a log-in page of the network, a \
             shield against robots, another site): check the address and try again"
        }
        (_, Endpoint::Token, 400..) => DEAD_CODE,
        (_, Endpoint::Refresh, 400..) => DEAD_REFRESH_TOKEN,
        (_, Endpoint::Verify | Endpoint::Api, 401) => DEAD_TOKEN,
        (_, Endpoint::Verify, 400 | 404 | 422) => MAYBE_DEAD_TOKEN,
        (_, Endpoint::Revoke, 401 | 403) => MAY_LIVE_ON,
        (Why::CutOff(..) | Why::Empty, ..) => "It may have been lost on the way: try again",
        _ => return None,
    })
}

fn hint_of_trouble(endpoint: Endpoint, status: u16) -> &'static str {
    match (endpoint, status) {
        (Endpoint::Discover, _) => {
            "The server is in trouble, at least there: try again later, or go on with the address \
             as it is (skip_discovery)"
        }
        (_, 502 | 504) => "The server, or what stands before it, is down: try again later",
        (Endpoint::Token, _) => {
            "The server is in trouble, or stumbles over a code or an app that it does not know: \
             try again; if it still says so, start over, at last with a new app"
        }
        (Endpoint::Refresh, _) => {
            "The server is in trouble, or knows this refresh token no more: try again, or log in \
             again"
        }
        (Endpoint::Verify, 500) => MAYBE_DEAD_TOKEN,
        _ => "The server is in trouble: try again later",
    }
}

const NO_USER_AGENT: &str =
    "The request arrived without its User-Agent: the HTTP stack must send the headers it is given";

const NO_API: &str =
    "This does not look like a server with the Mastodon API: check the instance's address";

const NOT_THERE: &str = "There is no such thing, or this server does not have this call";

const MAY_LIVE_ON: &str = "The token belongs to another app, or the server knows neither of them any more, or not by \
     this secret: the token may live on";

const DEAD_TOKEN: &str =
    "The token is not, or no longer, good for this: if it worked before, log in again";

// snac answers 422, Kitsune 500, Takahē 400, and nothing else, to a token that it does not know.
const MAYBE_DEAD_TOKEN: &str =
    "Some servers say so where the token is no longer good: try again, or log in again";

const DEAD_REFRESH_TOKEN: &str =
    "The refresh token is spent, has expired, or is another app's: log in again";

// GoToSocial tells a dead code and an unknown app in the same words.
const DEAD_CODE: &str = "The code was mistyped, has expired (GoToSocial's live five minutes) or was used before, or \
     the server has forgotten the app, which some servers do not tell apart: try the code again or \
     start over, and if that keeps failing, register a new app";

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discover => "tell where its API is",
            Self::Register => "register the app",
            Self::Authorize => "authorise the app",
            Self::Token => "exchange the code for a token",
            Self::AppToken => "give the app a token",
            Self::Refresh => "refresh the token",
            Self::Verify => "say whose token this is",
            Self::Revoke => "revoke the token",
            Self::Api => "answer the call",
        })
    }
}
