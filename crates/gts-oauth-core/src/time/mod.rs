//! Times as servers write them, rate limits, and when to retry.

mod rate_limit;

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;

pub use rate_limit::{RateLimit, Retry};

/// The last second that RFC 3339 can express.
pub(crate) const LAST_SECOND_OF_9999: u64 = 253_402_300_799;

/// Timestamps from here on are milliseconds (Hollo) or microseconds; as seconds they would be
/// beyond the year 5000.
const SECONDS_END: u64 = 100_000_000_000;

/// Seconds since 1970, from a timestamp in seconds, milliseconds or microseconds.
pub(crate) fn epoch_seconds(timestamp: u64) -> u64 {
    match timestamp {
        SECONDS_END.. => epoch_seconds(timestamp / 1000),
        _ => timestamp,
    }
}

/// The seconds between 1970 and `time`. `None` if it is earlier.
pub(crate) fn since_epoch(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// The time this many seconds after 1970. `None` if the platform cannot express it.
pub(crate) fn from_epoch(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Reads an RFC 3339 timestamp: `2026-11-23T10:57:47.437Z`.
pub(crate) fn parse_rfc3339(text: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339(text.trim()).ok()
}

/// The response's `Date`: the server's clock when it responded.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(text.trim()).ok()
}
