//! Error messages: what failed, why, and what to do.

use std::fmt;
use std::time::Duration;

use super::network::causes;
use super::{
    BoxError, Cause, Error, ErrorResponse, NetworkError, NetworkFault, Operation, Remedy,
    TransportError, Unavailable, UnexpectedReason, UnexpectedResponse, WrongAccount,
};
use crate::time::{LAST_SECOND_OF_9999, Retry, since_epoch};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(reason), Some(operation)) = (self.plain_reason(), self.operation()) {
            let (_, advice) = self.advice();
            write!(f, "{operation} failed: {reason}. {advice} The server's response: ")?;
            return match self {
                Self::ErrorResponse(response) => write!(f, "{}.", ServerText(response)),
                Self::UnexpectedResponse(response) => write!(f, "{}.", ServerText(response)),
                _ => Ok(()),
            };
        }
        match self {
            Self::WrongStep(message) => f.write_str(message)?,
            Self::Input(error) => error.fmt(f)?,
            Self::Callback(error) => error.fmt(f)?,
            Self::ErrorResponse(response) => response.fmt(f)?,
            Self::UnexpectedResponse(response) => response.fmt(f)?,
            Self::Unavailable(unavailable) => unavailable.fmt(f)?,
            Self::WrongAccount(WrongAccount { expected, actual }) => write!(
                f,
                "signed in as {actual}, but {expected} was expected. Sign out {actual} in the \
                 browser, or use a private window, and sign in as {expected}."
            )?,
            Self::Transport(error) => error.fmt(f)?,
            Self::Prompt(error) => write!(f, "the authorization prompt failed: {error}")?,
            Self::Store(error) => write!(
                f,
                "could not store the login or session; stopped before the next step: {error}"
            )?,
            Self::Entropy(error) => {
                write!(f, "could not get random bytes from the operating system: {error}")?
            }
        }
        match (self.advice(), self.cause(), self.missing_scope_names()) {
            (_, Cause::MissingScope, Some(scopes)) if !scopes.is_empty() => {
                write!(f, ". Log in again with the missing scope `{scopes}`.")
            }
            ((_, ""), ..) => Ok(()),
            ((_, advice), ..) => write!(f, ". {advice}"),
        }
    }
}

impl Error {
    /// Why it failed, where the words of the server do not help its users (`sql: no rows in result
    /// set`): they come last then.
    fn plain_reason(&self) -> Option<&'static str> {
        match (self.cause(), self.operation()?) {
            (Cause::Denied, Operation::Authorize) => Some("access was denied"),
            (Cause::CodeRejected, Operation::ExchangeCode) if self.remedy() == Remedy::SignIn => {
                Some("the server rejected the code")
            }
            _ => None,
        }
    }
}

impl fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_what_failed(f, self.operation, self.call.as_deref())?;
        ServerText(self).fmt(f)
    }
}

/// What the server responded, in its own words.
struct ServerText<'a, T>(&'a T);

impl fmt::Display for ServerText<'_, ErrorResponse> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(response) = self;
        if let Some(status) = response.status {
            write!(f, "{} ", status.as_u16())?;
        }
        let code = without_end(&response.code);
        match response.description.as_deref().map(without_end) {
            // GoToSocial repeats its code there.
            Some(description) if description.contains(code) => f.write_str(description),
            Some(description) => write!(f, "{code} ({description})"),
            None => f.write_str(code),
        }
    }
}

/// Writes what failed: a program makes many calls, so that they are named.
fn write_what_failed(
    f: &mut fmt::Formatter<'_>,
    operation: Operation,
    call: Option<&str>,
) -> fmt::Result {
    match call {
        Some(call) => write!(f, "{call} failed: "),
        None => write!(f, "{operation} failed: "),
    }
}

/// A text without the punctuation at its end, because a full stop follows.
fn without_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| ".:;!? ".contains(c))
}

impl fmt::Display for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_what_failed(f, self.operation, self.call.as_deref())?;
        ServerText(self).fmt(f)
    }
}

impl fmt::Display for ServerText<'_, UnexpectedResponse> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(response) = self;
        if let Some(status) = response.status {
            write!(f, "{} with ", status.as_u16())?;
        }
        response.reason.fmt(f)?;
        match &response.snippet {
            Some(snippet) => write!(f, ": “{snippet}”"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for UnexpectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty response"),
            Self::Html => f.write_str("an HTML page"),
            Self::CutOff(line, column) => {
                write!(f, "JSON that is cut off at line {line}, column {column}")
            }
            Self::NotJson(line, column) => {
                write!(f, "a response that is not JSON (line {line}, column {column})")
            }
            Self::OtherShape(line, column) => {
                write!(f, "JSON of an unexpected shape (line {line}, column {column})")
            }
            Self::Field(name) => write!(f, "JSON in which `{name}` is missing or invalid"),
            Self::FieldTooLong(name) => write!(f, "JSON in which `{name}` is longer than 64 KiB"),
            Self::TooLong(limit) => write!(f, "a body of more than {}", Size(*limit)),
            Self::TooManyPages(most) => write!(f, "a list of more than {most} pages"),
            Self::Redirect(target) => write!(f, "a redirect to {target}"),
            Self::OtherRedirectUri(uris) => {
                write!(f, "another redirect URI than the requested one ({uris})")
            }
            Self::PlainText => f.write_str("plain text"),
            Self::Authentication(scheme) => write!(f, "a challenge for {scheme} authentication"),
        }
    }
}

/// A number of bytes: `4 MiB`, unless it is no whole number of them.
pub(super) struct Size(pub(super) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MIB: u64 = 1024 * 1024;
        match self.0 {
            bytes if bytes > 0 && bytes % MIB == 0 => write!(f, "{} MiB", bytes / MIB),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, call, host, status, retry } = self;
        write_what_failed(f, *operation, call.as_deref())?;
        match status.as_u16() {
            429 => write!(f, "rate limited by {host}")?,
            status => write!(f, "{host} is temporarily unavailable ({status})")?,
        }
        match *retry {
            Some(Retry::After(Duration::ZERO)) => f.write_str(". Retry now."),
            Some(Retry::After(wait)) if wait > DAY => f.write_str(" for more than a day"),
            Some(Retry::After(wait)) => {
                let wait = Duration::from_secs(wait.as_secs());
                write!(f, " for {}", humantime::format_duration(wait))
            }
            // humantime panics after the year 9999 and before 1970.
            Some(Retry::At(time))
                if since_epoch(time).is_some_and(|it| it <= LAST_SECOND_OF_9999) =>
            {
                write!(f, " until {}", humantime::format_rfc3339_seconds(time))
            }
            _ => f.write_str(". Try again in a few minutes."),
        }
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, call, authority, fault, error } = self;
        write_what_failed(f, *operation, call.as_deref())?;
        let what = match fault {
            NetworkFault::Certificate(_) | NetworkFault::NotTls | NetworkFault::Tls => {
                "no secure connection to"
            }
            fault if fault.nothing_sent() => "could not reach",
            _ => "no response from",
        };
        write!(f, "{what} {authority}: {fault}")?;
        match fault.says_enough() {
            true => Ok(()),
            false => write_detail(f, error),
        }
    }
}

/// Writes the errors of the HTTP stack, without this crate's own.
fn write_detail(f: &mut fmt::Formatter<'_>, error: &BoxError) -> fmt::Result {
    let mut last = String::new();
    for error in causes(&**error).filter(|error| !error.is::<NetworkError>()) {
        let text = error.to_string();
        // Many errors repeat the text of their cause.
        if !last.contains(&text) {
            write!(f, ": {text}")?;
            last = text;
        }
    }
    Ok(())
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discover => "discovery",
            Self::Register => "app registration",
            Self::Authorize => "authorization",
            Self::ExchangeCode => "code exchange",
            Self::RequestAppToken => "app token request",
            Self::RefreshSession => "token refresh",
            Self::VerifyCredentials => "account verification",
            Self::RevokeToken => "token revocation",
            Self::Read | Self::Write => "API call",
        })
    }
}
