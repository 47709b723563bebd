//! From a request to its handler: what is checked before, what is added after.

use http::header::{ALLOW, CACHE_CONTROL, DATE, LOCATION, SERVER, VARY};
use http::{Method, StatusCode};

use crate::incoming::Incoming;
use crate::limits::{self, Budget};
use crate::reply::{Outcome, Refusal, Reply, html, redirect, reply, set};
use crate::world::World;
use crate::{api, apps, authorize, browser, discovery, revoke, token};

type Handler = fn(&mut World, &Incoming, &str) -> Outcome;

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
    if let Some(reply) = without_its_slash(world, incoming) {
        return Some(dated(world, reply));
    }
    let budget = limits::spend(world, incoming);
    let spent = |budget: &Budget| budget.refusal(incoming);
    let mut reply = match budget.as_ref().and_then(spent) {
        Some(refusal) => refusal,
        None => dispatch(world, incoming)?,
    };
    if let Some(budget) = budget {
        budget.tell(&mut reply);
    }
    if world.dialect.is_gotosocial() {
        set(&mut reply, SERVER, "gotosocial");
    }
    if incoming.method == Method::HEAD {
        reply.body_mut().clear();
    }
    Some(dated(world, reply))
}

pub(crate) fn dated(world: &World, mut reply: Reply) -> Reply {
    set(&mut reply, DATE, &httpdate::fmt_http_date(world.now));
    reply
}

fn dispatch(world: &mut World, incoming: &Incoming) -> Option<Reply> {
    let path = incoming.path.as_str();
    let Some((handlers, parameter)) = route(world, path) else {
        return Refusal::not_found().reply(world.dialect, incoming);
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
        Err(refusal) => {
            if world.dialect.is_gotosocial() && refusal.ends_session(path) {
                browser::forget(world, incoming);
            }
            refusal.reply(world.dialect, incoming)?
        }
    };
    Some(in_its_group(path, reply))
}

/// A path with a slash too many is sent on to the one without, if that is there for this method;
/// that happens before anything else is looked at.
fn without_its_slash(world: &World, incoming: &Incoming) -> Option<Reply> {
    let bare = incoming.path.strip_suffix('/')?;
    let (handlers, _) = route(world, bare)?;
    let mut methods = handlers.iter().map(|(method, _)| method);
    methods.find(|method| **method == incoming.method)?;
    let target = match incoming.query.as_str() {
        "" => bare.to_owned(),
        query => format!("{bare}?{query}"),
    };
    if incoming.method != Method::GET {
        return Some(redirect(StatusCode::TEMPORARY_REDIRECT, &target));
    }
    let page = format!(
        "<a href=\"{}\">Moved Permanently</a>.\n\n",
        target.replace('&', "&amp;")
    );
    let mut reply = html(StatusCode::MOVED_PERMANENTLY, page);
    set(&mut reply, LOCATION, &target);
    Some(reply)
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
    let manner = world.manner();
    let handlers = match path {
        "/" => vec![get(discovery::front_page)],
        "/api/v1/apps" if manner.tokens.listed => vec![get(apps::list), post(apps::register)],
        "/api/v1/apps" => vec![post(apps::register)],
        "/oauth/authorize" => vec![get(authorize::show), post(authorize::allow)],
        "/auth/sign_in" => vec![get(authorize::sign_in_page), post(authorize::sign_in)],
        "/oauth/oob" => vec![get(authorize::out_of_band)],
        "/oauth/token" => vec![post(token::exchange)],
        "/oauth/revoke" if manner.revocation.is_some() => vec![post(revoke::revoke)],
        "/api/v1/accounts/verify_credentials" => vec![get(api::verify)],
        "/api/v1/notifications" => vec![get(api::notifications)],
        "/api/v1/timelines/home" => vec![get(api::home)],
        "/api/v1/statuses" => vec![post(api::post)],
        "/api/v1/tokens" if manner.tokens.listed => vec![get(api::tokens)],
        "/api/v1/instance" => vec![get(discovery::instance_v1)],
        "/api/v2/instance" => vec![get(discovery::instance_v2)],
        "/.well-known/nodeinfo" => vec![get(discovery::nodeinfo_links)],
        "/.well-known/host-meta" => vec![get(discovery::host_meta)],
        "/.well-known/webfinger" => vec![get(discovery::webfinger)],
        "/.well-known/oauth-authorization-server" if manner.metadata.is_some() => {
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
    if let Some(id) = path.strip_prefix("/api/v1/notifications/") {
        let show: Handler = api::notification;
        return Some((vec![(Method::GET, show)], one(id)?));
    }
    if !world.manner().tokens.listed {
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
