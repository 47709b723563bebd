//! Routing: the checks before each handler, and the headers of each response.

use http::header::{ALLOW, LOCATION, SERVER};
use http::{Method, StatusCode};

use super::rate_limit::{self, Budget};
use super::{
    accounts, admin, apps, authorize, bearer_auth, browser_session, consent, directory, instance,
    media, metadata, nodeinfo, notifications, response_headers, revoke, sign_in, statuses, token,
    tokens, verify_credentials, webfinger,
};
use crate::dialect::ApiVersion;
use crate::http::{
    ErrorResponse, Framework, HandlerResult, IncomingRequest, Response, html_page, redirect,
    response, set_date, set_header,
};
use crate::state::State;

type Handler = fn(&mut State, &IncomingRequest, &str) -> HandlerResult;

/// Responds to a request. `None` if the server crashes.
pub(crate) fn respond(state: &mut State, request: &IncomingRequest) -> Option<Response> {
    let user_agent = request.header(http::header::USER_AGENT).unwrap_or_default();
    if state.dialect.is_gotosocial() && user_agent.trim().is_empty() {
        let body = "{\"error\": \"I'm a teapot: no user-agent sent with request\"}";
        return Some(set_date(
            response(StatusCode::IM_A_TEAPOT, "application/json", body),
            state.now,
        ));
    }
    if request.framework == Framework::Rails {
        let response = respond_on_rails(state, request)?;
        return Some(set_date(response, state.now));
    }
    if let Some(response) = without_its_slash(state, request) {
        return Some(set_date(response, state.now));
    }
    let budget = rate_limit::count(state, request);
    let spent = budget.as_ref().and_then(|budget: &Budget| budget.exceeded(state, request));
    let mut response = match spent {
        Some(error) => error,
        None => dispatch(state, request)?,
    };
    if let Some(budget) = budget {
        budget.set_headers(&mut response);
    }
    if state.dialect.is_gotosocial() {
        set_header(&mut response, SERVER, "gotosocial");
    }
    if request.method == Method::HEAD {
        response.body_mut().clear();
    }
    Some(set_date(response, state.now))
}

/// As [`respond`], on Rails: only the API limits requests, and other methods are other paths.
fn respond_on_rails(state: &mut State, request: &IncomingRequest) -> Option<Response> {
    let handlers = route(state, &request.path).map(|(handlers, _)| handlers);
    let known = handlers.is_some_and(|it| it.iter().any(|(method, _)| *method == request.method));
    let response = if !known {
        ErrorResponse::not_found().render(state.profile().software, true, request)?
    } else if request.is_json() && request.fields().is_err() {
        ErrorResponse::Unhandled(StatusCode::BAD_REQUEST).render(
            state.profile().software,
            true,
            request,
        )?
    } else {
        let limits = rate_limit::count_on_rails(state, request);
        if let Some(response) = limits.exceeded(state, request) {
            return Some(response);
        }
        let mut response = dispatch(state, request)?;
        limits.set_headers(request, &mut response);
        response
    };
    Some(response_headers::complete(request, response))
}

fn dispatch(state: &mut State, request: &IncomingRequest) -> Option<Response> {
    let path = request.path.as_str();
    let Some((handlers, parameter)) = route(state, path) else {
        return ErrorResponse::not_found().render(
            state.profile().software,
            state.dialect.is_gotosocial(),
            request,
        );
    };
    let handler = handlers.iter().find(|(method, _)| *method == request.method);
    let Some((_, handler)) = handler else {
        let mut response =
            response(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "405 method not allowed");
        let allowed: Vec<&str> = handlers.iter().map(|(method, _)| method.as_str()).collect();
        set_header(&mut response, ALLOW, &allowed.join(", "));
        return Some(response);
    };
    let parameter = parameter.to_owned();
    bearer_auth::record_use(state, request);
    let response = match handler(state, request, &parameter) {
        Ok(response) => response,
        Err(error) => {
            if state.dialect.is_gotosocial() && error.ends_session(path) {
                browser_session::forget(state, request);
            }
            error.render(state.profile().software, state.dialect.is_gotosocial(), request)?
        }
    };
    Some(match request.framework {
        Framework::Gin => response_headers::complete(request, response),
        Framework::Rails => response,
    })
}

/// Redirects a path with a trailing slash, if the path without it has this method. This precedes
/// all other checks.
fn without_its_slash(state: &State, request: &IncomingRequest) -> Option<Response> {
    let bare = request.path.strip_suffix('/')?;
    let (handlers, _) = route(state, bare)?;
    let mut methods = handlers.iter().map(|(method, _)| method);
    methods.find(|method| **method == request.method)?;
    let target = match request.query.as_str() {
        "" => bare.to_owned(),
        query => format!("{bare}?{query}"),
    };
    if request.method != Method::GET {
        return Some(redirect(StatusCode::TEMPORARY_REDIRECT, &target));
    }
    let page = format!("<a href=\"{}\">Moved Permanently</a>.\n\n", target.replace('&', "&amp;"));
    let mut response = html_page(StatusCode::MOVED_PERMANENTLY, page);
    set_header(&mut response, LOCATION, &target);
    Some(response)
}

/// The handlers of a path, and its parameter.
fn route<'a>(state: &State, path: &'a str) -> Option<(Vec<(Method, Handler)>, &'a str)> {
    let get = |handler: Handler| (Method::GET, handler);
    let post = |handler: Handler| (Method::POST, handler);
    let profile = state.profile();
    let is_rails = profile.framework == Framework::Rails;
    let handlers = match path {
        "/" => vec![get(instance::front_page)],
        "/api/v1/apps" if profile.tokens.listed => vec![get(apps::list), post(apps::register)],
        "/api/v1/apps" => vec![post(apps::register)],
        "/oauth/authorize" => vec![get(authorize::show), post(consent::submit)],
        "/auth/sign_in" => vec![get(sign_in::page), post(sign_in::submit)],
        _ if path == profile.consent.code_page => vec![get(consent::out_of_band)],
        "/oauth/token" => vec![post(token::exchange)],
        "/oauth/revoke" if profile.revocation.is_some() => vec![post(revoke::revoke)],
        "/api/v1/accounts/verify_credentials" => vec![get(verify_credentials::verify_credentials)],
        "/oauth/userinfo" if profile.userinfo.is_some() => {
            vec![get(verify_credentials::userinfo)]
        }
        "/api/v1/apps/verify_credentials" if profile.apps.verified.is_some() => {
            vec![get(apps::verify)]
        }
        "/auth/edit" | "/auth/setup" if is_rails => vec![get(consent::account_settings)],
        "/api/v1/instance/rules" if is_rails => vec![get(instance::rules)],
        "/api/v1/notifications" => vec![get(notifications::list)],
        "/api/v1/timelines/home" => vec![get(statuses::home)],
        "/api/v1/statuses" => vec![post(statuses::post)],
        "/api/v1/media" | "/api/v2/media" => vec![post(media::upload)],
        "/api/v1/tokens" if profile.tokens.listed => vec![get(tokens::list)],
        "/api/v1/directory" if state.dialect.api() >= ApiVersion::V022 => {
            vec![get(directory::list)]
        }
        "/api/v1/admin/custom_emojis" if state.dialect.is_gotosocial() => {
            vec![get(admin::custom_emojis)]
        }
        "/api/v1/instance" => vec![get(instance::instance_v1)],
        "/api/v2/instance" => vec![get(instance::instance_v2)],
        "/.well-known/nodeinfo" => vec![get(nodeinfo::nodeinfo_links)],
        "/.well-known/host-meta" => vec![get(webfinger::host_meta)],
        "/.well-known/webfinger" => vec![get(webfinger::webfinger)],
        "/.well-known/oauth-authorization-server" if profile.metadata.is_some() => {
            vec![get(metadata::metadata)]
        }
        _ => return with_parameter(state, path),
    };
    Some((handlers, ""))
}

fn with_parameter<'a>(state: &State, path: &'a str) -> Option<(Vec<(Method, Handler)>, &'a str)> {
    let one = |parameter: &'a str| {
        (!parameter.is_empty() && !parameter.contains('/')).then_some(parameter)
    };
    if let Some(version) = path.strip_prefix("/nodeinfo/") {
        return Some((vec![(Method::GET, nodeinfo::nodeinfo as Handler)], one(version)?));
    }
    if let Some(id) = path.strip_prefix("/api/v1/notifications/") {
        let show: Handler = notifications::show;
        return Some((vec![(Method::GET, show)], one(id)?));
    }
    let media = path.strip_prefix("/api/v1/media/").or(path.strip_prefix("/api/v2/media/"));
    if let Some(id) = media {
        let show: Handler = media::show;
        return Some((vec![(Method::GET, show)], one(id)?));
    }
    if let Some(id) = path.strip_prefix("/api/v1/statuses/") {
        let show: Handler = statuses::show;
        return Some((vec![(Method::GET, show), (Method::DELETE, statuses::delete)], one(id)?));
    }
    let account = path.strip_prefix("/api/v1/accounts/");
    if let Some(id) = account.filter(|_| state.profile().framework == Framework::Rails) {
        let (handler, id): (Handler, _) = match id.strip_suffix("/statuses") {
            Some(id) => (accounts::statuses, id),
            None => (accounts::show, id),
        };
        return Some((vec![(Method::GET, handler)], one(id)?));
    }
    if !state.profile().tokens.listed {
        return None;
    }
    if let Some(id) = path.strip_prefix("/api/v1/apps/") {
        let show: Handler = apps::show;
        return Some((vec![(Method::GET, show), (Method::DELETE, apps::delete)], one(id)?));
    }
    let id = path.strip_prefix("/api/v1/tokens/")?;
    match id.strip_suffix("/invalidate") {
        Some(id) => Some((vec![(Method::POST, tokens::invalidate as Handler)], one(id)?)),
        None => {
            let mut handlers = vec![(Method::GET, tokens::show as Handler)];
            if state.dialect.api() >= ApiVersion::V022 {
                handlers.push((Method::PUT, tokens::rename));
            }
            Some((handlers, one(id)?))
        }
    }
}
