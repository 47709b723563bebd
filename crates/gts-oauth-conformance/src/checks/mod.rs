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

use gts_oauth_core::BoxError;

use crate::report::Obligation;
use crate::run::Check;
use crate::settings::{Claims, Methods};

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
    let untested = match methods {
        Methods::Post => ": methods other than POST",
        Methods::GetAndPost | Methods::All => ": methods other than GET and POST",
    };
    let claims = [
        (tls, Obligation::ChecksCertificates, ""),
        (connection_reuse, Obligation::ReusesConnections, ""),
        (gzip, Obligation::Decompresses, ": gzip can be an error"),
        (interim_and_trailers, Obligation::SkipsInterimResponses, ": they can be an error"),
        (interim_and_trailers, Obligation::AcceptsTrailers, ": they can be an error"),
        (methods == Methods::All, Obligation::SendsExactly, untested),
        (proxy, Obligation::UsesProxy, ""),
        (received_at, Obligation::ReportsReceipt, ""),
    ];
    let unclaimed = claims.into_iter().filter(|(claimed, ..)| !claimed);
    unclaimed.map(|(_, obligation, what)| format!("{obligation}{what}")).collect()
}

/// The time limit of checks in which a transport waits for it: the shortest that all stacks support.
const SHORT: Duration = Duration::from_secs(1);

/// An error with its causes. It is cut off, because some errors contain a whole body.
fn with_causes(error: &BoxError) -> String {
    const LONGEST: usize = 300;
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The length and the start of a body, for reports.
fn shown(body: &[u8]) -> String {
    const LONGEST: usize = 60;
    let start = String::from_utf8_lossy(&body[..body.len().min(LONGEST)]);
    let more = if body.len() > LONGEST { "…" } else { "" };
    format!("{} bytes, {start:?}{more}", body.len())
}
