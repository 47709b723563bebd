//! From a request to its handler: what is checked before, what is added after.

use http::header::{ALLOW, CACHE_CONTROL, DATE, HeaderName, SERVER, VARY};
use http::{Method, StatusCode};
use serde_json::json;

use crate::incoming::Incoming;
use crate::reply::{Outcome, Reply, json, redirect, reply, set};
use crate::world::{Window, World};
use crate::{api, apps, authorize, discovery, token};

type Handler = fn(&mut World, &Incoming, &str) -> Outcome;

/// Seconds in a period of the rate limit.
const PERIOD: u64 = 300;

/// The answer; none if the server fell over.
pub(crate) fn answer(world: &mut World, incoming: &Incoming) -> Option<Reply> {
    let user_agent = incoming
        .header(http::header::USER_AGENT)
        .unwrap_or_default();
    if world.dialect.is_gotosocial() && user_agent.trim().is_empty() {
        let body = "{\"error\": \"I'm a teapot: no user-agent sent with request\"}";
        return Some(dated(
            world,
            reply(StatusCode::IM_A_TEAPOT, "application/json", body),
        ));
    }
    let limited = ["/api/", "/auth/", "/oauth/"]
        .iter()
        .any(|group| incoming.path.starts_with(group));
    let window = match world.limit {
        Some(limit) if limited => Some((limit, count(world))),
        _ => None,
    };
    let over = window.is_some_and(|(limit, window)| window.used > limit);
    let mut reply = match over {
        true => json(
            StatusCode::TOO_MANY_REQUESTS,
            &json!({ "error": "rate limit reached" }),
        ),
        false => dispatch(world, incoming)?,
    };
    if let Some((limit, window)) = window {
        let left = limit.saturating_sub(window.used).to_string();
        let reset = crate::shapes::moment(window.ends);
        set(
            &mut reply,
            HeaderName::from_static("x-ratelimit-limit"),
            &limit.to_string(),
        );
        set(
            &mut reply,
            HeaderName::from_static("x-ratelimit-remaining"),
            &left,
        );
        set(
            &mut reply,
            HeaderName::from_static("x-ratelimit-reset"),
            &reset,
        );
    }
    if world.dialect.is_gotosocial() {
        set(&mut reply, SERVER, "gotosocial");
    }
    Some(dated(world, reply))
}

pub(crate) fn dated(world: &World, mut reply: Reply) -> Reply {
    set(&mut reply, DATE, &httpdate::fmt_http_date(world.now));
    reply
}

fn count(world: &mut World) -> Window {
    let ends = world.after(PERIOD);
    let window = world.window.filter(|window| window.ends > world.now);
    let mut window = window.unwrap_or(Window { ends, used: 0 });
    window.used += 1;
    world.window = Some(window);
    window
}

fn dispatch(world: &mut World, incoming: &Incoming) -> Option<Reply> {
    let path = incoming.path.as_str();
    let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty());
    if let Some(bare) = bare.filter(|bare| route(world, bare).is_some()) {
        let status = match incoming.method {
            Method::GET => StatusCode::MOVED_PERMANENTLY,
            _ => StatusCode::TEMPORARY_REDIRECT,
        };
        return Some(redirect(status, bare));
    }
    let Some((handlers, parameter)) = route(world, path) else {
        return Some(discovery::not_found());
    };
    let handler = handlers
        .iter()
        .find(|(method, _)| *method == incoming.method);
    let Some((_, handler)) = handler else {
        let mut reply = reply(
            StatusCode::METHOD_NOT_ALLOWED,
            "text/plain",
            "405 method not allowed",
        );
        let allowed: Vec<&str> = handlers.iter().map(|(method, _)| method.as_str()).collect();
        set(&mut reply, ALLOW, &allowed.join(", "));
        return Some(reply);
    };
    let parameter = parameter.to_owned();
    let reply = match handler(world, incoming, &parameter) {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(world.dialect, incoming)?,
    };
    Some(in_its_group(path, reply))
}

/// The headers that all answers of a group of paths share.
fn in_its_group(path: &str, mut reply: Reply) -> Reply {
    let (cached, varies) = match path.split('/').nth(1) {
        Some("api") => ("no-store", ""),
        Some("nodeinfo") => ("public, max-age=86400", "Accept-Encoding"),
        Some(".well-known") => ("public, max-age=120", "Accept-Encoding"),
        _ => ("private, max-age=120", "Accept, Accept-Encoding"),
    };
    if !reply.headers().contains_key(CACHE_CONTROL) {
        set(&mut reply, CACHE_CONTROL, cached);
    }
    if !varies.is_empty() {
        set(&mut reply, VARY, varies);
    }
    reply
}

/// The handlers of a path, and the part of it that is a parameter.
fn route<'a>(world: &World, path: &'a str) -> Option<(Vec<(Method, Handler)>, &'a str)> {
    let get = |handler: Handler| (Method::GET, handler);
    let post = |handler: Handler| (Method::POST, handler);
    let dialect = world.dialect;
    let handlers = match path {
        "/api/v1/apps" if dialect.has_tokens_api() => vec![get(apps::list), post(apps::register)],
        "/api/v1/apps" => vec![post(apps::register)],
        "/oauth/authorize" => vec![get(authorize::show), post(authorize::allow)],
        "/auth/sign_in" => vec![get(authorize::sign_in_page), post(authorize::sign_in)],
        "/oauth/oob" => vec![get(authorize::out_of_band)],
        "/oauth/token" => vec![post(token::exchange)],
        "/oauth/revoke" if dialect.revokes() => vec![post(token::revoke)],
        "/api/v1/accounts/verify_credentials" => vec![get(api::verify)],
        "/api/v1/notifications" => vec![get(api::notifications)],
        "/api/v1/timelines/home" => vec![get(api::home)],
        "/api/v1/statuses" => vec![post(api::post)],
        "/api/v1/tokens" if dialect.has_tokens_api() => vec![get(api::tokens)],
        "/api/v1/instance" => vec![get(discovery::instance_v1)],
        "/api/v2/instance" => vec![get(discovery::instance_v2)],
        "/.well-known/nodeinfo" => vec![get(discovery::nodeinfo_links)],
        "/.well-known/host-meta" => vec![get(discovery::host_meta)],
        "/.well-known/webfinger" => vec![get(discovery::webfinger)],
        "/.well-known/oauth-authorization-server" if dialect.has_metadata() => {
            vec![get(discovery::metadata)]
        }
        _ => return with_parameter(world, path),
    };
    Some((handlers, ""))
}

fn with_parameter<'a>(world: &World, path: &'a str) -> Option<(Vec<(Method, Handler)>, &'a str)> {
    let one = |parameter: &'a str| {
        (!parameter.is_empty() && !parameter.contains('/')).then_some(parameter)
    };
    if let Some(version) = path.strip_prefix("/nodeinfo/") {
        return Some((
            vec![(Method::GET, discovery::nodeinfo as Handler)],
            one(version)?,
        ));
    }
    if !world.dialect.has_tokens_api() {
        return None;
    }
    if let Some(id) = path.strip_prefix("/api/v1/apps/") {
        let show: Handler = apps::show;
        return Some((
            vec![(Method::GET, show), (Method::DELETE, apps::delete)],
            one(id)?,
        ));
    }
    let id = path.strip_prefix("/api/v1/tokens/")?;
    match id.strip_suffix("/invalidate") {
        Some(id) => Some((vec![(Method::POST, api::invalidate as Handler)], one(id)?)),
        None => Some((vec![(Method::GET, api::token as Handler)], one(id)?)),
    }
}
