//! Headers that the responses of a group of paths share.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};

use crate::http::{Framework, IncomingRequest, Response, Unhandled, set_header};

/// Adds the headers that the response does not have yet.
pub(crate) fn complete(request: &IncomingRequest, response: Response) -> Response {
    match request.framework {
        Framework::Gin => gin(&request.path, response),
        Framework::Rails => rails(&request.path, response),
    }
}

fn gin(path: &str, mut response: Response) -> Response {
    let (cached, varies) = match path.split('/').nth(1) {
        Some("api") => ("no-store", ""),
        Some("nodeinfo") => ("public, max-age=86400", "Accept-Encoding"),
        Some(".well-known") => ("public, max-age=120", "Accept-Encoding"),
        _ => ("private, max-age=120", "Accept, Accept-Encoding"),
    };
    add_cache_control(&mut response, cached);
    if !varies.is_empty() {
        set_header(&mut response, VARY, varies);
    }
    response
}

fn rails(path: &str, mut response: Response) -> Response {
    if response.extensions().get::<Unhandled>().is_some() {
        return response;
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let labelled = match kind {
        Some(kind) if kind.starts_with("application/") => Some(format!("{kind}; charset=utf-8")),
        Some(_) => None,
        None => Some("text/html; charset=utf-8".to_owned()),
    };
    if let Some(kind) = labelled {
        set_header(&mut response, CONTENT_TYPE, &kind);
    }
    let (ok, not_found) =
        (response.status() == StatusCode::OK, response.status() == StatusCode::NOT_FOUND);
    let cached = match path {
        "/oauth/token" if !not_found => "no-store",
        "/oauth/revoke" | "/.well-known/oauth-authorization-server" if ok => {
            "max-age=0, private, must-revalidate"
        }
        "/oauth/revoke" if !not_found => "no-cache",
        "/.well-known/webfinger" if not_found => "max-age=180, public",
        "/api/v1/instance" | "/api/v2/instance" | "/api/v1/instance/rules" if ok => {
            "max-age=300, public, stale-while-revalidate=30, stale-if-error=86400"
        }
        _ if ok && path.starts_with("/.well-known/") => "max-age=259200, public",
        _ if ok && path.starts_with("/nodeinfo/") => "max-age=1800, public",
        _ => "private, no-store",
    };
    add_cache_control(&mut response, cached);
    response
}

fn add_cache_control(response: &mut Response, cached: &str) {
    if !response.headers().contains_key(CACHE_CONTROL) {
        set_header(response, CACHE_CONTROL, cached);
    }
}
