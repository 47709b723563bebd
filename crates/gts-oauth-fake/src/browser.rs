//! A browser's session, as its cookie stands for it.

use http::StatusCode;
use http::header::SET_COOKIE;
use url::Url;

use crate::authorize::ADVICE;
use crate::incoming::Incoming;
use crate::reply::{Refusal, Reply, set};
use crate::world::{Browser, World};

/// Seconds that a session lives without being written to.
const SESSION: u64 = 120;

/// The session ends, as it does with every error of its own: whoever opens an address next
/// begins anew.
pub(crate) fn forget(world: &mut World, incoming: &Incoming) {
    if let Some(cookie) = incoming.cookie(&cookie_name(world)) {
        world.browsers.remove(cookie);
    }
}

pub(crate) fn lost(key: &str) -> Refusal {
    internal(format!("key {key} not found in session"))
}

pub(crate) fn internal(what: impl std::fmt::Display) -> Refusal {
    Refusal::Plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("{what}: {ADVICE}"),
    )
}

/// What the cookie stands for; nothing, once it has not been written to for two minutes.
pub(crate) fn browser(world: &World, incoming: &Incoming) -> Browser {
    let cookie = incoming.cookie(&cookie_name(world));
    let browser = cookie.and_then(|cookie| world.browsers.get(cookie));
    let alive = |browser: &&Browser| browser.expires.is_some_and(|expires| expires > world.now);
    browser.filter(alive).cloned().unwrap_or_default()
}

/// Writes to the session that is there already.
pub(crate) fn remember(world: &mut World, incoming: &Incoming, browser: &Browser) {
    if let Some(cookie) = incoming.cookie(&cookie_name(world)) {
        world.browsers.insert(cookie.to_owned(), browser.clone());
    }
}

pub(crate) fn keep(
    world: &mut World,
    incoming: &Incoming,
    mut browser: Browser,
    mut reply: Reply,
) -> Reply {
    let name = cookie_name(world);
    let known = incoming
        .cookie(&name)
        .filter(|cookie| world.browsers.contains_key(*cookie));
    let cookie = known.map_or_else(|| world.ids.token(), str::to_owned);
    browser.expires = Some(world.after(SESSION));
    world.browsers.insert(cookie.clone(), browser);
    let expires = httpdate::fmt_http_date(world.after(SESSION));
    let value = format!(
        "{name}={cookie}; Path=/; Expires={expires}; Max-Age={SESSION}; HttpOnly; SameSite=Lax"
    );
    set(&mut reply, SET_COOKIE, &value);
    reply
}

/// `gotosocial-example.org`, without the port.
fn cookie_name(world: &World) -> String {
    let host = Url::parse(&world.origin)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    format!("gotosocial-{}", host.unwrap_or_default())
}
