//! Rate limits and their headers.

use std::time::{Duration, SystemTime};

use http::Method;
use http::header::{CACHE_CONTROL, HeaderName};

use crate::dialects::Rejection;
use crate::entities::{precise_timestamp, timestamp};
use crate::http::{IncomingRequest, Response, Unhandled, set_header};
use crate::state::{State, Window};

/// The length of a period, in seconds.
const PERIOD: u64 = 300;

/// Mastodon's limit on registrations, and its period (`config/initializers/rack_attack.rb`).
const REGISTRATIONS: (u32, u64) = (5, 600);
/// Mastodon's limit on sign-ins from one address.
const SIGN_INS: (u32, u64) = (25, PERIOD);

/// The limit that a request counts against.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    limit: u32,
    window: Window,
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
    Some(Budget { limit, window })
}

fn increment(kept: &mut Option<Window>, now: SystemTime, ends: SystemTime) -> Window {
    let window = kept.filter(|window| window.ends > now);
    let mut window = window.unwrap_or(Window { ends, used: 0 });
    window.used = window.used.saturating_add(1);
    *kept = Some(window);
    window
}

impl Budget {
    /// 429, if the limit is exceeded. The recorded servers send no `Retry-After`.
    pub(crate) fn exceeded(&self, state: &State, request: &IncomingRequest) -> Option<Response> {
        if self.window.used <= self.limit {
            return None;
        }
        let error = state.reject(Rejection::RateLimited);
        error.render(state.profile().software, state.dialect.is_gotosocial(), request)
    }

    /// Sets the `X-RateLimit-*` headers. The reset is rounded down to whole seconds.
    pub(crate) fn set_headers(&self, response: &mut Response) {
        let ends = self.window.ends;
        let since = ends.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let reset = ends - Duration::from_nanos(since.subsec_nanos().into());
        self.set_headers_with_reset(response, &timestamp(reset));
    }

    fn set_headers_with_reset(&self, response: &mut Response, reset: &str) {
        let mut set =
            |name, value: &str| set_header(response, HeaderName::from_static(name), value);
        set("x-ratelimit-limit", &self.limit.to_string());
        set("x-ratelimit-remaining", &self.left().to_string());
        set("x-ratelimit-reset", reset);
    }

    fn left(&self) -> u32 {
        self.limit.saturating_sub(self.window.used)
    }
}

/// The limits that a request to Mastodon counts against.
pub(crate) struct RailsBudgets(Vec<Budget>);

/// Counts a request to Mastodon: for each token separately, and without a token for each address.
/// Registrations and sign-ins also have limits of their own. As on the real server, a proxy names
/// the address in `X-Forwarded-For`.
pub(crate) fn count_on_rails(state: &mut State, request: &IncomingRequest) -> RailsBudgets {
    let Some(limit) = state.limit else { return RailsBudgets(Vec::new()) };
    let is_post = request.method == Method::POST;
    let forwarded = HeaderName::from_static("x-forwarded-for");
    let address = request.header(forwarded).unwrap_or_default();
    let mut limits = Vec::new();
    if is_post && request.path == "/auth/sign_in" {
        limits.push((format!("sign-in {address}"), SIGN_INS));
    }
    if is_post && request.path == "/api/v1/apps" {
        limits.push((format!("registration {address}"), REGISTRATIONS));
    }
    if request.path.starts_with("/api/") {
        let token = request.bearer_in_header().filter(|token| {
            let mut issued = state.tokens.with_key(token);
            state.revoked.contains(*token) || issued.any(|it| it.token == *token && !it.app_deleted)
        });
        let counted = match token {
            Some(token) => format!("token {token}"),
            None => format!("address {address}"),
        };
        limits.push((counted, (limit, PERIOD)));
    }
    let now = state.now;
    let count = |(name, (limit, seconds))| {
        let mut kept = state.windows.get(&name).copied();
        let window = increment(&mut kept, now, next_period(now, seconds));
        state.windows.insert(name, window);
        Budget { limit, window }
    };
    RailsBudgets(limits.into_iter().map(count).collect())
}

/// Mastodon's periods follow the clock, and do not begin with the first request.
fn next_period(now: SystemTime, seconds: u64) -> SystemTime {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let gone = since.unwrap_or_default().as_secs() % seconds;
    now + Duration::from_secs(seconds - gone)
}

impl RailsBudgets {
    /// The limit with the fewest requests left, which the headers describe. One that is exceeded
    /// comes before one that is used up.
    fn tightest(&self) -> Option<&Budget> {
        self.0.iter().min_by_key(|budget| i64::from(budget.limit) - i64::from(budget.window.used))
    }

    /// 429 with its headers, if a limit is exceeded.
    pub(crate) fn exceeded(&self, state: &State, request: &IncomingRequest) -> Option<Response> {
        let budget = self.tightest()?;
        let mut response = budget.exceeded(state, request)?;
        set_header(&mut response, CACHE_CONTROL, "no-cache");
        budget.set_headers_with_reset(&mut response, &precise_timestamp(budget.window.ends));
        Some(response)
    }

    /// Sets the headers, in the API.
    pub(crate) fn set_headers(&self, request: &IncomingRequest, response: &mut Response) {
        let unhandled = response.extensions().get::<Unhandled>().is_some();
        if let (Some(budget), true, false) =
            (self.tightest(), request.path.starts_with("/api/"), unhandled)
        {
            budget.set_headers_with_reset(response, &precise_timestamp(budget.window.ends));
        }
    }
}
