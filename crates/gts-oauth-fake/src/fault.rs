//! Faults on demand, and requests to a wrong origin.

use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use gts_oauth_core::BoxError;
use gts_oauth_core::error::ResponseTooLong;
use gts_oauth_core::transport::BodyLimit;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::entities::timestamp;
use crate::http::{Response, html_page, json, merge, redirect, response, set_date, set_header};

/// A fault in one or more responses.
///
/// ```
/// use gts_oauth_core::http::Method;
/// use gts_oauth_fake::{Fault, Server};
///
/// let server = Server::new(1);
/// server.fail(Fault::BadGateway); // the next request
/// server.fail(Fault::CutOff.at("/oauth/token")); // the next one to this path
/// server.fail(Fault::Reset.at("/api/v1/apps").times(3));
/// server.fail(Fault::Throttled.at("/api").method(Method::POST)); // the next POST below /api
/// ```
///
/// It is `non_exhaustive` because later versions add faults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 429, with the limit's reset this much later.
    RateLimited(Duration),
    /// 429 from the throttle, with `Retry-After: 30`.
    Throttled,
    /// 502 with an HTML page, from a reverse proxy.
    BadGateway,
    /// 200 with an empty body.
    Empty,
    /// The correct response without its second half.
    CutOff,
    /// The correct response with the content type `text/html`.
    WrongContentType,
    /// The correct response with this patch merged into its JSON (RFC 7396): members are added or
    /// replaced, or removed if `null`.
    ///
    /// ```
    /// use gts_oauth_fake::{Fault, Server, serde_json::json};
    ///
    /// let server = Server::new(1);
    /// // A refresh response without a new refresh token: the old one remains valid.
    /// let silent = json!({ "refresh_token": null });
    /// server.fail(Fault::Patched(silent).at("/oauth/token"));
    /// ```
    Patched(Value),
    /// 302 to this URL.
    Redirect(String),
    /// Exactly this response. Made by [`Fault::response`].
    Response {
        /// The status.
        status: StatusCode,
        /// All headers.
        headers: HeaderMap,
        /// The body.
        body: Vec<u8>,
    },
    /// A body without end. In memory: too long at once.
    Endless,
    /// No response until the client gives up. In memory: a time-out at once.
    NoResponse,
    /// A body without end, one byte every 100 ms. In memory: a time-out at once.
    SlowDrip,
    /// The connection is reset before the server reads the request.
    Reset,
    /// The server processes the request, and its response is lost.
    LostResponse,
}

/// A fault with the requests that it applies to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) fault: Fault,
    pub(crate) method: Option<Method>,
    pub(crate) path: Option<String>,
    pub(crate) after: u32,
    pub(crate) times: u32,
}

impl Fault {
    /// Exactly this response, with these headers and no others. The server records the request,
    /// but does not process it.
    ///
    /// ```
    /// use gts_oauth_fake::{Fault, Server};
    ///
    /// let server = Server::new(1);
    /// // The firewall of a hosting provider rejects a single request.
    /// let html = [("content-type", "text/html"), ("server", "cloudflare")];
    /// server.fail(Fault::response(403, &html, "<html><title>Just a moment...</title></html>"));
    /// ```
    ///
    /// On a port, the body's own `Content-Length` replaces `Content-Length` and
    /// `Transfer-Encoding`. A response with the status 204 has no body there.
    ///
    /// # Panics
    /// If the status is not a final one (200 to 999), or if a header is not valid.
    #[track_caller]
    pub fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let status = match StatusCode::from_u16(status) {
            Ok(status) if !status.is_informational() => status,
            _ => panic!("{status} is not a final status"),
        };
        let mut map = HeaderMap::new();
        for &(name, value) in headers {
            match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                (Ok(name), Ok(value)) => {
                    map.append(name, value);
                }
                (Err(_), _) => panic!("{name:?} is not a valid header name"),
                (_, Err(_)) => panic!("{value:?} is not a valid header value"),
            }
        }
        Self::Response { status, headers: map, body: body.into() }
    }

    /// Limits the fault to requests for this path and all paths below it: `/oauth` includes
    /// `/oauth/token`, but not `/oauth2`.
    pub fn at(self, path: &str) -> Failure {
        Failure { path: Some(path.to_owned()), ..self.into() }
    }

    /// Limits the fault to requests with this method.
    pub fn method(self, method: Method) -> Failure {
        Failure { method: Some(method), ..self.into() }
    }

    /// Repeats the fault for this many requests.
    pub fn times(self, times: u32) -> Failure {
        Failure { times, ..self.into() }
    }
}

impl Failure {
    /// Limits the fault to requests with this method.
    #[must_use = "this returns the failure"]
    pub fn method(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// Repeats the fault for this many requests.
    #[must_use = "this returns the failure"]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Skips this many matching requests first.
    #[must_use = "this returns the failure"]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, method: None, path: None, after: 0, times: 1 }
    }
}

/// Returns the fault that is due for a request, and counts it as used.
pub(crate) fn take_due(failures: &mut Vec<Failure>, method: &Method, path: &str) -> Option<Fault> {
    failures.retain(|failure| failure.times > 0);
    let below = |prefix: &str| {
        let rest = path.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'))
    };
    let position = failures.iter().position(|failure| {
        failure.method.as_ref().is_none_or(|it| it == method)
            && failure.path.as_deref().is_none_or(below)
    })?;
    let failure = &mut failures[position];
    if failure.after > 0 {
        failure.after -= 1;
        return None;
    }
    failure.times -= 1;
    Some(failure.fault.clone())
}

/// The outcome of a request: a response, or a failed connection.
pub(crate) enum Outcome {
    Response(Response),
    Endless,
    NoResponse,
    SlowDrip,
    /// The connection is closed without a response.
    Reset,
}

impl Outcome {
    /// The outcome in memory, where nothing waits, for a request with this limit.
    pub(crate) fn in_memory(self, limit: BodyLimit) -> Result<Response, BoxError> {
        let broken = |kind: io::ErrorKind| Err(io::Error::from(kind).into());
        match self {
            Self::Response(response) => {
                limit.check(response.body().len())?;
                Ok(response)
            }
            Self::Endless => Err(ResponseTooLong { limit: limit.bytes() }.into()),
            Self::NoResponse | Self::SlowDrip => broken(io::ErrorKind::TimedOut),
            Self::Reset => broken(io::ErrorKind::ConnectionReset),
        }
    }
}

/// `None` if the server crashed, which closes the connection.
impl From<Option<Response>> for Outcome {
    fn from(response: Option<Response>) -> Self {
        response.map_or(Self::Reset, Self::Response)
    }
}

/// Applies a fault at this time. `respond` processes the request as usual.
pub(crate) fn apply(
    fault: Fault,
    now: SystemTime,
    respond: impl FnOnce() -> Option<Response>,
) -> Outcome {
    Outcome::from(match fault {
        Fault::RateLimited(wait) => Some(rate_limited(now, wait)),
        Fault::Throttled => Some(throttled()),
        Fault::BadGateway => Some(bad_gateway()),
        Fault::Empty => Some(response(StatusCode::OK, "application/json", "")),
        Fault::CutOff => respond().map(|mut response| {
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
            response
        }),
        Fault::WrongContentType => respond().map(|mut response| {
            set_header(&mut response, CONTENT_TYPE, "text/html");
            response
        }),
        Fault::Patched(patch) => respond().map(|response| patched(response, &patch)),
        Fault::Redirect(target) => Some(redirect(StatusCode::FOUND, &target)),
        Fault::Response { status, headers, body } => {
            let mut response = response(status, "", body);
            *response.headers_mut() = headers;
            Some(response)
        }
        Fault::Endless => return Outcome::Endless,
        Fault::NoResponse => return Outcome::NoResponse,
        Fault::SlowDrip => return Outcome::SlowDrip,
        Fault::Reset => None,
        Fault::LostResponse => {
            respond();
            None
        }
    })
}

fn patched(mut response: Response, patch: &Value) -> Response {
    if let Ok(mut body) = serde_json::from_slice(response.body()) {
        merge(&mut body, patch);
        *response.body_mut() = body.to_string().into_bytes();
    }
    response
}

fn rate_limited(now: SystemTime, wait: Duration) -> Response {
    let body = serde_json::json!({ "error": "rate limit reached" });
    let mut response = json(StatusCode::TOO_MANY_REQUESTS, &body);
    let reset = timestamp(now + wait);
    for (name, value) in [
        ("x-ratelimit-limit", "300"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", &reset),
    ] {
        set_header(&mut response, HeaderName::from_static(name), value);
    }
    set_date(response, now)
}

fn throttled() -> Response {
    let body = serde_json::json!({ "error": "server capacity exceeded" });
    let mut response = json(StatusCode::TOO_MANY_REQUESTS, &body);
    set_header(&mut response, RETRY_AFTER, "30");
    response
}

fn bad_gateway() -> Response {
    html_page(
        StatusCode::BAD_GATEWAY,
        "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
         <h1>502 Bad Gateway</h1>\n</body>\n</html>\n"
            .to_owned(),
    )
}

/// The request was for another origin than the server's own, and would send secrets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignOrigin {
    /// The requested origin.
    pub requested: String,
}

impl fmt::Display for ForeignOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a request for {} came to the fake: it is another origin", self.requested)
    }
}

impl std::error::Error for ForeignOrigin {}
