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

/// Checks that a correct transport passes without waiting.
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

/// Checks in which a correct transport waits for its time limit.
pub(crate) fn waiting() -> Vec<Check> {
    gives_up::checks()
}

/// The obligations that are not checked because they are not claimed.
pub(crate) fn unclaimed(claims: Claims) -> Vec<Obligation> {
    let tls = (!claims.tls).then_some(Obligation::ChecksCertificates);
    let reuse = (!claims.connection_reuse).then_some(Obligation::ReusesConnections);
    tls.into_iter().chain(reuse).collect()
}

/// The token, which must be sent only where a check expects it.
const BEARER: &str = "Bearer ZJY5NMIXYTUTMZG0";

/// A request like those of core, with the token if it has no body.
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
    request.body(body.to_vec()).expect("a valid request")
}

/// Sends `GET /page` with the token.
fn get(http: &dyn Transport, origin: &str) -> Result<Response<Vec<u8>>, BoxError> {
    http.send(request(Method::GET, &format!("{origin}/page"), b""))
}

/// An error with its causes.
fn with_causes(error: &BoxError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// The start of a body, for reports.
fn shown(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(60)]);
    format!("{} bytes, {start:?}", body.len())
}
