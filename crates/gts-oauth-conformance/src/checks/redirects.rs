//! Redirects are not followed.

use gts_oauth_core::http::header::LOCATION;

use super::with_causes;
use crate::client::{Client, request};
use crate::report::Obligation::FollowsNoRedirect;
use crate::run::{Check, Outcome};
use crate::server::{RawResponse, ReceivedRequest, Server, response};
use crate::tls::Authority;

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::new(FollowsNoRedirect, "a redirect on the same host", |http| {
            let elsewhere = Server::http(|_| response(200, "", b"{}"));
            let here = Server::http(|request| moved(request, ""));
            stays(http, &here.origin(), &here, &elsewhere)
        }),
        Check::new(FollowsNoRedirect, "a redirect to another host", |http| {
            let elsewhere = Server::http(|_| response(200, "", b"{}"));
            let there = format!("http://{}", elsewhere.named());
            let here = Server::http(move |request| moved(request, &there));
            stays(http, &here.origin(), &here, &elsewhere)
        }),
    ]
}

/// For transports with TLS.
pub(super) fn downgrades() -> Vec<Check> {
    let authority = Authority::new();
    let root = authority.der();
    let what = "a redirect from https:// to http://";
    let check = Check::new(FollowsNoRedirect, what, move |http| {
        let elsewhere = Server::http(|_| response(200, "", b"{}"));
        let there = format!("http://{}", elsewhere.named());
        let here =
            Server::https(authority.server("localhost"), move |request| moved(request, &there));
        stays(http, &format!("https://{}", here.named()), &here, &elsewhere)
    });
    vec![check.root(root)]
}

/// The response to `/moved/301`.
fn moved(request: &ReceivedRequest, there: &str) -> RawResponse {
    let status = request.target.strip_prefix("/moved/");
    match status.and_then(|status| status.parse().ok()) {
        Some(status) => {
            let location = format!("Location: {there}/elsewhere?code=1\r\n");
            response(status, &location, b"moved")
        }
        None => response(200, "", b"{}"),
    }
}

fn stays(http: &Client, origin: &str, here: &Server, elsewhere: &Server) -> Outcome {
    for status in STATUSES {
        for (method, body) in http.without_and_with(b"client_secret=1") {
            let what = format!("after a {status} to a {method}");
            let given = request(method, &format!("{origin}/moved/{status}"), body);
            let response = http.send(given);
            nothing_followed(here, elsewhere).map_err(|seen| format!("{what}, {seen}"))?;
            let response = response.map_err(|error| {
                format!("{what}, an error was returned: {}", with_causes(&error))
            })?;
            if response.status() != status || !response.headers().contains_key(LOCATION) {
                let status = response.status();
                return Err(format!("{what}, another response was returned: a {status}"));
            }
        }
    }
    Ok(())
}

fn nothing_followed(here: &Server, elsewhere: &Server) -> Outcome {
    let mut all = here.requests().into_iter().chain(elsewhere.requests());
    match all.find(|request| !request.target.starts_with("/moved/")) {
        None => Ok(()),
        Some(request) => Err(format!("{} was sent{}", request.line(), secrets(&request))),
    }
}

/// The secrets that were sent along, for reports.
fn secrets(request: &ReceivedRequest) -> &'static str {
    match (request.header("authorization"), request.body.is_empty()) {
        (Some(_), _) => ", with the token",
        (None, false) => ", with the body",
        (None, true) => "",
    }
}
