//! How often a server may be asked.

use std::time::{Duration, SystemTime};

use http::header::HeaderName;

use crate::dialect::{Complaint, Dialect};
use crate::incoming::Incoming;
use crate::reply::{Reply, set};
use crate::shapes::moment;
use crate::world::{Window, World};

/// Seconds in a period.
const PERIOD: u64 = 300;

/// Mastodon takes so many registrations (`config/initializers/rack_attack.rb`).
const REGISTRATIONS: u32 = 5;
/// And in so many seconds.
const REGISTRATIONS_PERIOD: u64 = 600;

/// What a request was counted against.
pub(crate) struct Budget {
    limit: u32,
    window: Window,
    dialect: Dialect,
}

/// Counts a request. None where requests are not counted.
pub(crate) fn spend(world: &mut World, incoming: &Incoming) -> Option<Budget> {
    let limit = world.limit?;
    let groups = ["/api/", "/auth/", "/oauth/"];
    if !groups.iter().any(|group| incoming.path.starts_with(group)) {
        return None;
    }
    let ends = world.after(PERIOD);
    let window = count(&mut world.window, world.now, ends);
    let dialect = world.dialect;
    let all = Budget {
        limit,
        window,
        dialect,
    };
    let registers = incoming.path == "/api/v1/apps" && incoming.method == http::Method::POST;
    if !dialect.manner().apps.limited || !registers {
        return Some(all);
    }
    let ends = next_period(world.now);
    let window = count(&mut world.registrations, world.now, ends);
    let registrations = Budget {
        limit: REGISTRATIONS,
        window,
        dialect,
    };
    // The headers tell of whichever is nearer to its end.
    Some(match registrations.left() <= all.left() {
        true => registrations,
        false => all,
    })
}

fn count(kept: &mut Option<Window>, now: SystemTime, ends: SystemTime) -> Window {
    let window = kept.filter(|window| window.ends > now);
    let mut window = window.unwrap_or(Window { ends, used: 0 });
    window.used = window.used.saturating_add(1);
    *kept = Some(window);
    window
}

/// Mastodon's periods begin by the clock, not with the first request.
fn next_period(now: SystemTime) -> SystemTime {
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let gone = since.unwrap_or_default().as_secs() % REGISTRATIONS_PERIOD;
    now + Duration::from_secs(REGISTRATIONS_PERIOD - gone)
}

impl Budget {
    /// 429, if there is nothing left for this request. No server here sends `Retry-After`.
    pub(crate) fn refusal(&self, incoming: &Incoming) -> Option<Reply> {
        if self.window.used <= self.limit {
            return None;
        }
        let refusal = (self.dialect.manner().refuse)(&Complaint::TooMany);
        refusal.reply(self.dialect, incoming)
    }

    /// Tells how much is left.
    pub(crate) fn tell(&self, reply: &mut Reply) {
        let mut tell = |name, value: &str| set(reply, HeaderName::from_static(name), value);
        tell("x-ratelimit-limit", &self.limit.to_string());
        tell("x-ratelimit-remaining", &self.left().to_string());
        tell("x-ratelimit-reset", &moment(self.window.ends));
    }

    fn left(&self) -> u32 {
        self.limit.saturating_sub(self.window.used)
    }
}
