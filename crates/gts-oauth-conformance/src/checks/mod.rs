//! The checks, by obligation.

mod bodiless;
mod certificates;
mod cookies;
mod cut;
mod exact;
mod gives_up;
mod gzip;
mod interim;
mod limit;
mod proxy;
mod received_at;
mod redirects;
mod reuse;
mod statuses;
mod trailers;

use std::time::Duration;

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{BoxError, Transport};

use crate::report::Obligation;
use crate::run::Check;
use crate::settings::Claims;

/// Checks that a correct transport passes without waiting.
pub(crate) fn prompt(claims: Claims) -> Vec<Check> {
    let mut checks = exact::checks(claims.methods);
    checks.extend(statuses::checks());
    checks.extend(redirects::checks());
    checks.extend(interim::checks(claims.interim_and_trailers));
    checks.extend(bodiless::checks(claims.methods));
    checks.extend(cut::checks());
    checks.extend(trailers::checks(claims.interim_and_trailers));
    checks.extend(gzip::checks(claims.gzip));
    checks.extend(limit::checks(claims.gzip));
    checks.extend(cookies::checks());
    if claims.connection_reuse {
        checks.extend(reuse::checks());
    }
    if claims.received_at {
        checks.extend(received_at::checks());
    }
    if claims.tls {
        checks.extend(certificates::checks());
        checks.extend(redirects::downgrades());
    }
    if claims.proxy {
        checks.extend(proxy::checks(claims.tls));
    }
    checks
}

/// Checks in which a correct transport waits for its time limit.
pub(crate) fn waiting() -> Vec<Check> {
    gives_up::checks()
}

/// What is not checked because it is not claimed.
pub(crate) fn unclaimed(claims: Claims) -> Vec<String> {
    let Claims { tls, connection_reuse, gzip, methods, interim_and_trailers, proxy, received_at } =
        claims;
    let claims = [
        (tls, Obligation::ChecksCertificates, ""),
        (connection_reuse, Obligation::ReusesConnections, ""),
        (gzip, Obligation::Decompresses, ": gzip can be an error"),
        (interim_and_trailers, Obligation::SkipsInterimResponses, ": they can be an error"),
        (interim_and_trailers, Obligation::AcceptsTrailers, ": they can be an error"),
        (methods, Obligation::SendsExactly, ": methods other than GET and POST"),
        (proxy, Obligation::UsesProxy, ""),
        (received_at, Obligation::ReportsReceipt, ""),
    ];
    let unclaimed = claims.into_iter().filter(|(claimed, ..)| !claimed);
    unclaimed.map(|(_, obligation, what)| format!("{obligation}{what}")).collect()
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

/// The time limit of checks in which a transport waits for it: the shortest that all stacks support.
const SHORT: Duration = Duration::from_secs(1);

/// The start of a body, for reports.
fn shown(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(60)]);
    format!("{} bytes, {start:?}", body.len())
}
