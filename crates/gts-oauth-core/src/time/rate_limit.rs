//! Rate limits (`X-RateLimit-*`) and retry times (`Retry-After`, RFC 9110 section 10.2.3).

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::time::{LAST_SECOND_OF_9999, date, epoch_seconds, from_epoch, parse_rfc3339};

/// A time to retry.
///
/// It is exhaustive: a time is either relative or absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// After this duration, counted from the arrival of the response. Absolute times are converted
    /// with the response's own `Date`, so that a wrong clock does not matter.
    After(Duration),
    /// At this time of the server's clock: the response had no `Date`.
    At(SystemTime),
}

/// A rate limit: the `X-RateLimit-*` headers, or those without `X-` of the IETF draft.
///
/// GoToSocial allows 300 requests in five minutes from one address, over `/api`, `/auth` and
/// `/oauth` together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed in a period.
    pub limit: Option<u64>,
    /// Requests left in the current period.
    pub remaining: Option<u64>,
    /// When the next period starts.
    pub reset: Option<Retry>,
}

/// The header names of each value.
const LIMIT: [&str; 2] = ["x-ratelimit-limit", "ratelimit-limit"];
const REMAINING: [&str; 2] = ["x-ratelimit-remaining", "ratelimit-remaining"];
const RESET: [&str; 2] = ["x-ratelimit-reset", "ratelimit-reset"];

/// Numbers up to this one are a delay in seconds, greater ones are seconds since 1970.
const LONGEST_DELAY: u64 = 1_000_000_000;

impl RateLimit {
    /// Reads the headers. `None` if there are none (GoToSocial without rate limiting, or for an
    /// exempt address).
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let limit = Self {
            limit: any(headers, LIMIT).and_then(number),
            remaining: any(headers, REMAINING).and_then(number),
            reset: reset(headers),
        };
        (limit != Self::default()).then_some(limit)
    }
}

impl Retry {
    /// Reads `Retry-After` (seconds or a date), or else `X-RateLimit-Reset`. `None` if neither is
    /// present and valid.
    ///
    /// `X-RateLimit-Reset` is an ISO 8601 timestamp (GoToSocial, Mastodon), seconds since 1970, or
    /// a delay.
    ///
    /// It is for transports that wait themselves; [`Error::Unavailable`](crate::Error::Unavailable)
    /// contains it already.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use gts_oauth_core::types::Retry;
    /// use gts_oauth_core::http::Response;
    ///
    /// let busy = Response::builder()
    ///     .header("Date", "Mon, 23 Nov 2026 10:58:21 GMT")
    ///     .header("X-Ratelimit-Reset", "2026-11-23T11:03:21.000Z")
    ///     .body(())?;
    /// let five_minutes = Retry::After(Duration::from_secs(300));
    /// assert_eq!(Retry::from_headers(busy.headers()), Some(five_minutes));
    /// # Ok::<(), gts_oauth_core::http::Error>(())
    /// ```
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        retry_after(headers).or_else(|| reset(headers))
    }

    /// The time to wait after `now`, if the response has just arrived. Zero if the time has passed.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use gts_oauth_core::types::Retry;
    ///
    /// let now = SystemTime::now();
    /// let minute = Duration::from_secs(60);
    /// assert_eq!(Retry::After(minute).wait_from(now), minute);
    /// assert_eq!(Retry::At(now + minute).wait_from(now), minute);
    /// ```
    pub fn wait_from(self, now: SystemTime) -> Duration {
        match self {
            Self::After(wait) => wait,
            Self::At(time) => time.duration_since(now).unwrap_or_default(),
        }
    }

    fn at(time: SystemTime, headers: &HeaderMap) -> Self {
        match date(headers) {
            Some(date) => Self::After(time.duration_since(date).unwrap_or_default()),
            None => Self::At(time),
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Retry> {
    let after = text(headers, RETRY_AFTER.as_str())?;
    if let Some(seconds) = number(after) {
        return Some(Retry::After(Duration::from_secs(seconds)));
    }
    let date = httpdate::parse_http_date(after).ok()?;
    Some(Retry::at(date, headers))
}

fn reset(headers: &HeaderMap) -> Option<Retry> {
    let reset = any(headers, RESET)?;
    match number(reset) {
        Some(seconds) if seconds <= LONGEST_DELAY => {
            Some(Retry::After(Duration::from_secs(seconds)))
        }
        Some(epoch) => {
            let seconds = Some(epoch_seconds(epoch)).filter(|it| *it <= LAST_SECOND_OF_9999);
            Some(Retry::at(from_epoch(seconds?)?, headers))
        }
        None => {
            let time = parse_rfc3339(reset).or_else(|| httpdate::parse_http_date(reset).ok());
            Some(Retry::at(time?, headers))
        }
    }
}

/// A whole number, or a decimal one (Sharkey's delays), which is rounded up: waiting too long does
/// less harm. `None` if it is neither.
fn number(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let rounding = decimals.parse::<u64>().ok()? > 0;
    whole.parse::<u64>().ok()?.checked_add(rounding.into())
}

fn any<'a>(headers: &'a HeaderMap, names: [&str; 2]) -> Option<&'a str> {
    let value = |name| text(headers, name).filter(|text| !text.is_empty());
    names.into_iter().find_map(value)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}
