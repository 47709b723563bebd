//! Rate limits and their headers.

use std::time::{Duration, SystemTime};

use http::header::HeaderName;

use crate::dialect::Dialect;
use crate::dialects::Rejection;
use crate::entities::timestamp;
use crate::http::{IncomingRequest, Response, set_header};
use crate::state::{State, Window};

/// The length of a period, in seconds.
const PERIOD: u64 = 300;

/// Mastodon's limit on registrations (`config/initializers/rack_attack.rb`).
const REGISTRATIONS: u32 = 5;
/// The length of its period, in seconds.
const REGISTRATIONS_PERIOD: u64 = 600;

/// The limit that a request counts against.
pub(crate) struct Budget {
    limit: u32,
    window: Window,
    dialect: Dialect,
}

/// Counts a request. `None` if requests to this path are not limited.
pub(crate) fn count(state: &mut State, request: &IncomingRequest) -> Option<Budget> {
    let limit = state.limit?;
    let groups = ["/api/", "/auth/", "/oauth/"];
    if !groups.iter().any(|group| request.path.starts_with(group)) {
        return None;
    }
    let ends = state.after(PERIOD);
    let window = increment(&mut state.window, state.now, ends);
    let dialect = state.dialect;
    let all = Budget { limit, window, dialect };
    let registers = request.path == "/api/v1/apps" && request.method == http::Method::POST;
    if !dialect.profile().apps.rate_limited || !registers {
        return Some(all);
    }
    let ends = next_period(state.now);
    let window = increment(&mut state.registrations, state.now, ends);
    let registrations = Budget { limit: REGISTRATIONS, window, dialect };
    // The headers describe the limit with fewer requests left.
    Some(match registrations.left() <= all.left() {
        true => registrations,
        false => all,
    })
}

fn increment(kept: &mut Option<Window>, now: SystemTime, ends: SystemTime) -> Window {
    let window = kept.filter(|window| window.ends > now);
    let mut window = window.unwrap_or(Window { ends, used: 0 });
    window.used = window.used.saturating_add(1);
    *kept = Some(window);
    window
}

/// Mastodon's periods follow the clock, and do not begin with the first request.
fn next_period(now: SystemTime) -> SystemTime {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let gone = since.unwrap_or_default().as_secs() % REGISTRATIONS_PERIOD;
    now + Duration::from_secs(REGISTRATIONS_PERIOD - gone)
}

impl Budget {
    /// 429, if the limit is exceeded. The recorded servers send no `Retry-After`.
    pub(crate) fn exceeded(&self, request: &IncomingRequest) -> Option<Response> {
        if self.window.used <= self.limit {
            return None;
        }
        let error = (self.dialect.profile().reject)(&Rejection::RateLimited);
        error.render(self.dialect.is_gotosocial(), request)
    }

    /// Sets the `X-RateLimit-*` headers.
    pub(crate) fn set_headers(&self, response: &mut Response) {
        let mut tell =
            |name, value: &str| set_header(response, HeaderName::from_static(name), value);
        tell("x-ratelimit-limit", &self.limit.to_string());
        tell("x-ratelimit-remaining", &self.left().to_string());
        tell("x-ratelimit-reset", &timestamp(self.window.ends));
    }

    fn left(&self) -> u32 {
        self.limit.saturating_sub(self.window.used)
    }
}
