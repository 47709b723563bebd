//! When a server wants to be asked again, and how often it may be asked.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// After this long, counted from when the answer came. Moments that the server named are
    /// reckoned against the answer's own `Date`, so a wrong clock on either side does no harm.
    After(Duration),
    /// At this moment of the server's clock: the answer had no `Date` to reckon against.
    At(SystemTime),
}

/// How often a server may be asked: its `X-RateLimit-*` headers.
///
/// GoToSocial allows 300 requests in five minutes to one address, for `/api`, `/auth` and
/// `/oauth` together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests in one period.
    pub limit: Option<u64>,
    /// Requests left in this one.
    pub remaining: Option<u64>,
    /// When the next period begins.
    pub reset: Option<Retry>,
}

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Numbers up to this are a delay in seconds, greater ones seconds since 1970.
const LONGEST_DELAY: u64 = 1_000_000_000;

impl RateLimit {
    /// None where the server sends no such headers (GoToSocial with limiting switched off, or
    /// for an exempt address).
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let limit = Self {
            limit: number(headers, &LIMIT),
            remaining: number(headers, &REMAINING),
            reset: reset(headers),
        };
        (limit != Self::default()).then_some(limit)
    }
}

impl Retry {
    /// From `Retry-After` (seconds or a date), else from `X-RateLimit-Reset` in any of its
    /// forms: an ISO 8601 moment (GoToSocial, Mastodon), seconds since 1970, or a delay. None
    /// where neither is there, or can be read.
    ///
    /// [`Error::Busy`](crate::Error::Busy) holds it already; this is for transports that wait
    /// by themselves.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use gts_oauth_core::Retry;
    /// use gts_oauth_core::http::Response;
    ///
    /// let busy = Response::builder()
    ///     .header("Date", "Mon, 23 Nov 2026 10:58:21 GMT")
    ///     .header("X-Ratelimit-Reset", "2026-11-23T11:03:21.000Z")
    ///     .body(())?;
    /// let five_minutes = Retry::After(Duration::from_secs(300));
    /// assert_eq!(Retry::of(busy.headers()), Some(five_minutes));
    /// # Ok::<(), gts_oauth_core::http::Error>(())
    /// ```
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        retry_after(headers).or_else(|| reset(headers))
    }

    fn at(moment: SystemTime, headers: &HeaderMap) -> Self {
        match date(headers) {
            Some(date) => Self::After(moment.duration_since(date).unwrap_or_default()),
            None => Self::At(moment),
        }
    }
}

/// The server's clock, when it answered.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, &DATE)?).ok()
}

fn retry_after(headers: &HeaderMap) -> Option<Retry> {
    if let Some(seconds) = number(headers, &RETRY_AFTER) {
        return Some(Retry::After(Duration::from_secs(seconds)));
    }
    let date = httpdate::parse_http_date(text(headers, &RETRY_AFTER)?).ok()?;
    Some(Retry::at(date, headers))
}

fn reset(headers: &HeaderMap) -> Option<Retry> {
    match number(headers, &RESET) {
        Some(seconds) if seconds <= LONGEST_DELAY => {
            Some(Retry::After(Duration::from_secs(seconds)))
        }
        Some(epoch) => {
            let moment = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(epoch))?;
            Some(Retry::at(moment, headers))
        }
        None => {
            let moment = humantime::parse_rfc3339(text(headers, &RESET)?).ok()?;
            Some(Retry::at(moment, headers))
        }
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}
