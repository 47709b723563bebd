//! When a server wants to be asked again, and how often it may be asked.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::wire::lenient;

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// After this long, counted from when the answer came. Moments that the server named are
    /// reckoned against the answer's own `Date`, so a wrong clock on either side does no harm.
    After(Duration),
    /// At this moment of the server's clock: the answer had no `Date` to reckon against.
    At(SystemTime),
}

/// How often a server may be asked: its `X-RateLimit-*` headers, or those without `X-` that the
/// IETF drafted.
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

/// Each by the names that servers have for it.
const LIMIT: [&str; 2] = ["x-ratelimit-limit", "ratelimit-limit"];
const REMAINING: [&str; 2] = ["x-ratelimit-remaining", "ratelimit-remaining"];
const RESET: [&str; 2] = ["x-ratelimit-reset", "ratelimit-reset"];

/// Numbers up to this are a delay in seconds, greater ones seconds since 1970.
const LONGEST_DELAY: u64 = 1_000_000_000;

/// No later moment can be written as a date.
pub(crate) const LAST_SECOND_OF_9999: u64 = 253_402_300_799;

impl RateLimit {
    /// None where the server sends no such headers (GoToSocial with limiting switched off, or
    /// for an exempt address).
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let limit = Self {
            limit: number(any(headers, LIMIT)),
            remaining: number(any(headers, REMAINING)),
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

    /// How long to wait from `now` on, if the answer has just come. Nothing where the moment has
    /// passed.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use gts_oauth_core::Retry;
    ///
    /// let now = SystemTime::now();
    /// let minute = Duration::from_secs(60);
    /// assert_eq!(Retry::After(minute).wait_from(now), minute);
    /// assert_eq!(Retry::At(now + minute).wait_from(now), minute);
    /// ```
    pub fn wait_from(self, now: SystemTime) -> Duration {
        match self {
            Self::After(wait) => wait,
            Self::At(moment) => moment.duration_since(now).unwrap_or_default(),
        }
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
    httpdate::parse_http_date(text(headers, DATE.as_str())?).ok()
}

fn retry_after(headers: &HeaderMap) -> Option<Retry> {
    let after = text(headers, RETRY_AFTER.as_str())?;
    if let Some(seconds) = number(Some(after)) {
        return Some(Retry::After(Duration::from_secs(seconds)));
    }
    let date = httpdate::parse_http_date(after).ok()?;
    Some(Retry::at(date, headers))
}

fn reset(headers: &HeaderMap) -> Option<Retry> {
    let reset = any(headers, RESET)?;
    match number(Some(reset)) {
        Some(seconds) if seconds <= LONGEST_DELAY => {
            Some(Retry::After(Duration::from_secs(seconds)))
        }
        Some(epoch) => {
            let since = Some(lenient::since_1970(epoch)).filter(|it| *it <= LAST_SECOND_OF_9999);
            let moment = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since?))?;
            Some(Retry::at(moment, headers))
        }
        None => {
            let moment = humantime::parse_rfc3339(reset).ok();
            let moment = moment.or_else(|| httpdate::parse_http_date(reset).ok());
            Some(Retry::at(moment?, headers))
        }
    }
}

/// A whole number, or a broken one (Sharkey's delays), which is rounded up: to wait too long does
/// less harm.
fn number(text: Option<&str>) -> Option<u64> {
    let text = text?;
    let (whole, broken) = text.split_once('.').unwrap_or((text, "0"));
    let up = broken.parse::<u64>().ok()? > 0;
    whole.parse::<u64>().ok()?.checked_add(up.into())
}

fn any<'a>(headers: &'a HeaderMap, names: [&str; 2]) -> Option<&'a str> {
    let said = |name| text(headers, name).filter(|text| !text.is_empty());
    names.into_iter().find_map(said)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}
