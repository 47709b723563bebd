//! A browser's session, as its cookie stands for it.

use http::StatusCode;
use http::header::SET_COOKIE;
use url::Url;

use crate::authorize::ADVICE;
use crate::dialect::SignIn;
use crate::incoming::Incoming;
use crate::reply::{Refusal, Reply, set};
use crate::world::{Browser, World};

/// The session ends, as it does on GoToSocial with every error of its own: whoever opens an
/// address next begins anew.
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

/// What the cookie stands for; nothing, once it has not been written to for too long.
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
    let seconds = lives(world);
    let ends = world.after(seconds);
    browser.expires = Some(ends);
    world.browsers.insert(cookie.clone(), browser);
    let expires = httpdate::fmt_http_date(ends);
    let value = format!(
        "{name}={cookie}; Path=/; Expires={expires}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    );
    set(&mut reply, SET_COOKIE, &value);
    reply
}

/// Seconds that a session lives without being written to: GoToSocial's two minutes, or two weeks.
fn lives(world: &World) -> u64 {
    match world.manner().consent.sign_in {
        SignIn::Once => 120,
        SignIn::Stays | SignIn::EveryTime => 14 * 86_400,
    }
}

/// What is left of a session once the browser was sent back.
pub(crate) fn after(world: &World, browser: Browser) -> Browser {
    match world.manner().consent.sign_in {
        SignIn::Once => Browser::default(),
        SignIn::Stays => Browser {
            resident: browser.resident,
            ..Browser::default()
        },
        SignIn::EveryTime => Browser {
            user: browser.resident.or(browser.user),
            token: browser.token,
            ..Browser::default()
        },
    }
}

/// `gotosocial-example.org`, without the port.
fn cookie_name(world: &World) -> String {
    let host = Url::parse(&world.origin)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    format!("gotosocial-{}", host.unwrap_or_default())
}
