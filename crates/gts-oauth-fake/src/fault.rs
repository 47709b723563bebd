//! Faults on demand.

use std::fmt;
use std::io;
use std::time::Duration;

use gts_oauth_core::{BoxError, TooLong};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use serde_json::Value;

use crate::json::merge;
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
    /// The right answer, with its JSON merged with this (RFC 7396): members are added or replaced,
    /// and taken out where they are `null`.
    ///
    /// ```
    /// use gts_oauth_fake::{Fault, Server, serde_json::json};
    ///
    /// let server = Server::new(1);
    /// // Who refreshes is not told that the refresh token is still good.
    /// let silent = json!({ "refresh_token": null });
    /// server.fail(Fault::Patched(silent).at("/oauth/token"));
    /// ```
    Patched(Value),
    /// 302 to this address.
    Redirect(String),
    /// A body without end. In memory it is too long at once.
    Endless,
    /// No answer until the client gives up. In memory it is a time-out at once.
    Silence,
    /// A body without end, of which a byte comes every 100 ms. In memory it is a time-out at
    /// once.
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
    pub(crate) after: u32,
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

    /// Not before so many of these requests went well.
    #[must_use = "this returns the failure"]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            path: None,
            after: 0,
            times: 1,
        }
    }
}

/// The fault that is due for a request to this path; it is used up by one.
pub(crate) fn due(failures: &mut Vec<Failure>, path: &str) -> Option<Fault> {
    failures.retain(|failure| failure.times > 0);
    let here = |failure: &Failure| failure.path.as_deref().is_none_or(|wanted| wanted == path);
    let position = failures.iter().position(here)?;
    let failure = &mut failures[position];
    if failure.after > 0 {
        failure.after -= 1;
        return None;
    }
    failure.times -= 1;
    Some(failure.fault.clone())
}

/// What comes of a request: an answer, or one of the ways to have none.
pub(crate) enum Answered {
    Reply(Reply),
    Endless,
    Silence,
    SlowDrip,
    /// The connection is closed, without an answer.
    Reset,
}

impl Answered {
    /// In memory, what would take for ever is over at once.
    pub(crate) fn in_memory(self) -> Result<Reply, BoxError> {
        let broken = |kind: io::ErrorKind| Err(io::Error::from(kind).into());
        match self {
            Self::Reply(reply) => Ok(reply),
            Self::Endless => Err(TooLong.into()),
            Self::Silence | Self::SlowDrip => broken(io::ErrorKind::TimedOut),
            Self::Reset => broken(io::ErrorKind::ConnectionReset),
        }
    }
}

/// No reply is a server that fell over, and its connection with it.
impl From<Option<Reply>> for Answered {
    fn from(reply: Option<Reply>) -> Self {
        reply.map_or(Self::Reset, Self::Reply)
    }
}

/// What a fault makes of an exchange. `answer` has the server do what it was asked.
pub(crate) fn strike(
    fault: Fault,
    world: &mut World,
    answer: impl FnOnce(&mut World) -> Option<Reply>,
) -> Answered {
    Answered::from(match fault {
        Fault::RateLimited(wait) => Some(rate_limited(world, wait)),
        Fault::Throttled => Some(throttled()),
        Fault::BadGateway => Some(bad_gateway()),
        Fault::Empty => Some(reply(StatusCode::OK, "application/json", "")),
        Fault::CutOff => answer(world).map(|mut reply| {
            let half = reply.body().len() / 2;
            reply.body_mut().truncate(half);
            reply
        }),
        Fault::WrongContentType => answer(world).map(|mut reply| {
            set(&mut reply, CONTENT_TYPE, "text/html");
            reply
        }),
        Fault::Patched(patch) => answer(world).map(|reply| patched(reply, &patch)),
        Fault::Redirect(target) => Some(redirect(StatusCode::FOUND, &target)),
        Fault::Endless => return Answered::Endless,
        Fault::Silence => return Answered::Silence,
        Fault::SlowDrip => return Answered::SlowDrip,
        Fault::Reset => None,
        Fault::LostAnswer => {
            answer(world);
            None
        }
    })
}

fn patched(mut reply: Reply, patch: &Value) -> Reply {
    if let Ok(mut body) = serde_json::from_slice(reply.body()) {
        merge(&mut body, patch);
        *reply.body_mut() = body.to_string().into_bytes();
    }
    reply
}

fn rate_limited(world: &World, wait: Duration) -> Reply {
    let body = serde_json::json!({ "error": "rate limit reached" });
    let mut reply = json(StatusCode::TOO_MANY_REQUESTS, &body);
    let reset = crate::shapes::moment(world.now + wait);
    for (name, value) in [
        ("x-ratelimit-limit", "300"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", &reset),
    ] {
        set(&mut reply, HeaderName::from_static(name), value);
    }
    crate::route::dated(world, reply)
}

fn throttled() -> Reply {
    let body = serde_json::json!({ "error": "server capacity exceeded" });
    let mut reply = json(StatusCode::TOO_MANY_REQUESTS, &body);
    set(&mut reply, RETRY_AFTER, "30");
    reply
}

fn bad_gateway() -> Reply {
    html(
        StatusCode::BAD_GATEWAY,
        "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
         <h1>502 Bad Gateway</h1>\n</body>\n</html>\n"
            .to_owned(),
    )
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
