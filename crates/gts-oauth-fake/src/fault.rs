//! Faults on demand.

use std::fmt;
use std::io;
use std::time::Duration;

use gts_oauth_core::{BoxError, TooLong};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER};

use crate::reply::{Reply, html, json, redirect, reply, set};
use crate::world::World;

/// Something that goes wrong with one answer, or several.
///
/// ```
/// use gts_oauth_fake::{Fault, Server};
///
/// let server = Server::new(1);
/// server.fail(Fault::BadGateway); // the next request, whatever it is
/// server.fail(Fault::CutOff.at("/oauth/token")); // the next one to this path
/// server.fail(Fault::Reset.at("/api/v1/apps").times(3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 429, with the moment when the budget is full again: this much later.
    RateLimited(Duration),
    /// 429 from the throttle, with `Retry-After: 30`.
    Throttled,
    /// 502 with a page of HTML, from whatever stands before the server.
    BadGateway,
    /// 200 with nothing.
    Empty,
    /// The right answer, but for its second half.
    CutOff,
    /// The right answer, called `text/html`.
    WrongContentType,
    /// 302 to this address.
    Redirect(String),
    /// A body without end.
    Endless,
    /// No answer. In memory it is a time-out at once.
    Silence,
    /// A byte now and then. In memory it is a time-out at once.
    SlowDrip,
    /// The connection is reset before the server has read the request.
    Reset,
    /// The server does what it was asked, and its answer is lost.
    LostAnswer,
}

/// A fault, where, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) fault: Fault,
    pub(crate) path: Option<String>,
    pub(crate) times: u32,
}

impl Fault {
    /// Only requests to this path.
    pub fn at(self, path: &str) -> Failure {
        Failure {
            path: Some(path.to_owned()),
            ..self.into()
        }
    }

    /// The next so many requests.
    pub fn times(self, times: u32) -> Failure {
        Failure {
            times,
            ..self.into()
        }
    }
}

impl Failure {
    /// The next so many requests.
    #[must_use = "this returns the failure"]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            path: None,
            times: 1,
        }
    }
}

/// The fault that is due for a request to this path; it is used up by one.
pub(crate) fn due(failures: &mut Vec<Failure>, path: &str) -> Option<Fault> {
    let here = |failure: &Failure| failure.path.as_deref().is_none_or(|wanted| wanted == path);
    let position = failures.iter().position(here)?;
    let failure = &mut failures[position];
    failure.times = failure.times.saturating_sub(1);
    let fault = failure.fault.clone();
    if failure.times == 0 {
        failures.remove(position);
    }
    Some(fault)
}

/// What a fault makes of an exchange: an answer, or none. `answer` has the server do what it
/// was asked.
pub(crate) fn strike(
    fault: Fault,
    world: &mut World,
    answer: impl FnOnce(&mut World) -> Option<Reply>,
) -> Result<Reply, BoxError> {
    let time_out = || io::Error::from(io::ErrorKind::TimedOut).into();
    let whole = |world: &mut World| answer_or_crash(answer(world));
    Ok(match fault {
        Fault::RateLimited(wait) => {
            let body = serde_json::json!({ "error": "rate limit reached" });
            let mut reply = json(StatusCode::TOO_MANY_REQUESTS, &body);
            let reset = crate::shapes::moment(world.now + wait);
            set(
                &mut reply,
                HeaderName::from_static("x-ratelimit-limit"),
                "300",
            );
            set(
                &mut reply,
                HeaderName::from_static("x-ratelimit-remaining"),
                "0",
            );
            set(
                &mut reply,
                HeaderName::from_static("x-ratelimit-reset"),
                &reset,
            );
            crate::route::dated(world, reply)
        }
        Fault::Throttled => {
            let body = serde_json::json!({ "error": "server capacity exceeded" });
            let mut reply = json(StatusCode::TOO_MANY_REQUESTS, &body);
            set(&mut reply, RETRY_AFTER, "30");
            reply
        }
        Fault::BadGateway => html(
            StatusCode::BAD_GATEWAY,
            "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
             <h1>502 Bad Gateway</h1>\n</body>\n</html>\n"
                .to_owned(),
        ),
        Fault::Empty => reply(StatusCode::OK, "application/json", ""),
        Fault::CutOff => {
            let mut reply = whole(world)?;
            let half = reply.body().len() / 2;
            reply.body_mut().truncate(half);
            reply
        }
        Fault::WrongContentType => {
            let mut reply = whole(world)?;
            set(&mut reply, CONTENT_TYPE, "text/html");
            reply
        }
        Fault::Redirect(target) => {
            let mut reply = redirect(StatusCode::FOUND, "");
            set(&mut reply, LOCATION, &target);
            reply
        }
        Fault::Endless => return Err(TooLong.into()),
        Fault::Silence | Fault::SlowDrip => return Err(time_out()),
        Fault::Reset => return Err(reset()),
        Fault::LostAnswer => {
            whole(world)?;
            return Err(reset());
        }
    })
}

pub(crate) fn answer_or_crash(reply: Option<Reply>) -> Result<Reply, BoxError> {
    reply.ok_or_else(reset)
}

fn reset() -> BoxError {
    io::Error::from(io::ErrorKind::ConnectionReset).into()
}

/// The request was for another origin than the server's own: a login that works with the fake
/// would send its secrets elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignOrigin {
    /// Where the request was to go.
    pub asked: String,
}

impl fmt::Display for ForeignOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a request for {} came to the fake: it is another origin",
            self.asked
        )
    }
}

impl std::error::Error for ForeignOrigin {}
