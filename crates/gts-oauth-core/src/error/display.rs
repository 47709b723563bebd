//! Error messages.

use std::fmt;
use std::time::Duration;

use super::hints::{error_response_hint, transport_hint, unexpected_hint};
use super::{
    Error, ErrorResponse, MAX_BODY, Operation, Unavailable, UnexpectedReason, UnexpectedResponse,
    WrongAccount,
};
use crate::time::{LAST_SECOND_OF_9999, Retry, since_epoch};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongStep(message) => f.write_str(message),
            Self::Input(error) => error.fmt(f),
            Self::Callback(error) => error.fmt(f),
            Self::ErrorResponse(response) => response.fmt(f),
            Self::UnexpectedResponse(response) => response.fmt(f),
            Self::Unavailable(unavailable) => unavailable.fmt(f),
            Self::WrongAccount(WrongAccount { expected, actual }) => write!(
                f,
                "{actual} signed in, but {expected} was expected: sign {actual} out in the browser, \
                 or use a private window, and sign in as {expected}"
            ),
            Self::Transport(error) => write!(
                f,
                "asked to {}, the server gave no answer ({})",
                error.operation,
                transport_hint(error.operation)
            ),
            Self::Prompt(_) => f.write_str("asking the person failed"),
            Self::Store(_) => f.write_str("the login could not be stored, so it did not go on"),
            Self::Entropy(_) => f.write_str("the operating system gave no randomness"),
        }
    }
}

impl fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused to {}: ", self.operation)?;
        if let Some(status) = self.status {
            write!(f, "{} ", status.as_u16())?;
        }
        // Some texts end with a full stop, which is added anyway.
        f.write_str(self.code.trim_end_matches('.'))?;
        if let Some(description) = &self.description {
            write!(f, " ({description})")?;
        }
        write_hint(f, error_response_hint(self))
    }
}

impl fmt::Display for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asked to {}, the server answered ", self.operation)?;
        if let Some(status) = self.status {
            write!(f, "{} with ", status.as_u16())?;
        }
        self.reason.fmt(f)?;
        if let Some(snippet) = &self.snippet {
            write!(f, ": “{snippet}”")?;
        }
        write_hint(f, unexpected_hint(self))
    }
}

impl fmt::Display for UnexpectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing"),
            Self::Html => f.write_str("a web page"),
            Self::CutOff(line, column) => {
                write!(f, "JSON that is cut off at line {line}, column {column}")
            }
            Self::NotJson(line, column) => {
                write!(f, "something that is not JSON (line {line}, column {column})")
            }
            Self::OtherShape(line, column) => {
                write!(f, "JSON of another shape (line {line}, column {column})")
            }
            Self::Field(name) => write!(f, "JSON in which `{name}` is missing or unusable"),
            Self::TooLong => write!(f, "more than {MAX_BODY} bytes"),
            Self::Redirect(target) => write!(f, "a redirect to {target}"),
            Self::OtherRedirectUri(uris) => write!(f, "another redirect URI than asked ({uris})"),
            Self::PlainText => f.write_str("a text"),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_u16();
        write!(f, "the server is too busy to {} ({status}): ", self.operation)?;
        match self.retry {
            Some(Retry::After(wait)) => {
                let wait = Duration::from_secs(wait.as_secs());
                write!(f, "try again in {}", humantime::format_duration(wait))
            }
            // humantime panics after the year 9999 and before 1970.
            Some(Retry::At(time))
                if since_epoch(time).is_some_and(|it| it <= LAST_SECOND_OF_9999) =>
            {
                write!(f, "try again at {}", humantime::format_rfc3339_seconds(time))
            }
            _ => f.write_str("it does not say for how long; try again in a few minutes"),
        }
    }
}

fn write_hint(f: &mut fmt::Formatter<'_>, hint: Option<&str>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, ". {hint}"))
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discover => "tell where its API is",
            Self::Register => "register the app",
            Self::Authorize => "authorise the app",
            Self::ExchangeCode => "exchange the code for a token",
            Self::RequestAppToken => "give the app a token",
            Self::RefreshSession => "refresh the token",
            Self::VerifyCredentials => "say whose token this is",
            Self::RevokeToken => "revoke the token",
            Self::Call => "answer the call",
        })
    }
}
