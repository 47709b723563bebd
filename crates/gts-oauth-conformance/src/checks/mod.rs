//! The checks, by obligation.

mod certificates;
mod cookies;
mod exact;
mod gives_up;
mod gzip;
mod limit;
mod redirects;
mod reuse;
mod statuses;

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{BoxError, Transport};

use crate::report::Obligation;
use crate::run::Check;
use crate::settings::Claims;

/// Those that a sound transport is through at once.
pub(crate) fn prompt(claims: Claims) -> Vec<Check> {
    let mut checks = exact::checks();
    checks.extend(statuses::checks());
    checks.extend(redirects::checks());
    checks.extend(limit::checks());
    checks.extend(cookies::checks());
    checks.extend(gzip::checks(claims.gzip));
    if claims.connection_reuse {
        checks.extend(reuse::checks());
    }
    if claims.tls {
        checks.extend(certificates::checks());
        checks.extend(redirects::downgrades());
    }
    checks
}

/// Those that a sound transport waits in, for as long as it was told.
pub(crate) fn waiting() -> Vec<Check> {
    gives_up::checks()
}

/// What is not checked, because the transport does not claim it.
pub(crate) fn unclaimed(claims: Claims) -> Vec<Obligation> {
    let tls = (!claims.tls).then_some(Obligation::ChecksCertificates);
    let reuse = (!claims.connection_reuse).then_some(Obligation::ReusesConnections);
    tls.into_iter().chain(reuse).collect()
}

/// The token that no check may see anywhere but where it was sent.
const BEARER: &str = "Bearer ZJY5NMIXYTUTMZG0";

/// A request as this API's are, signed where it has no body.
fn request(method: Method, uri: &str, body: &[u8]) -> Request<Vec<u8>> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("user-agent", "gts-oauth-conformance (+https://example.org)")
        .header("accept", "application/json");
    let request = match body {
        [] => request.header("authorization", BEARER),
        _ => request.header("content-type", "application/x-www-form-urlencoded"),
    };
    request
        .body(body.to_vec())
        .expect("the checks' own requests are sound")
}

/// Sends `GET /page` there, signed.
fn get(http: &dyn Transport, origin: &str) -> Result<Response<Vec<u8>>, BoxError> {
    http.send(request(Method::GET, &format!("{origin}/page"), b""))
}

/// An error with its causes, which stacks like to hide.
fn told(error: &BoxError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// How a body begins, for reports.
fn shown(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(60)]);
    format!("{} bytes, {start:?}", body.len())
}
