//! Redirects are not followed.

use gts_oauth_core::Transport;
use gts_oauth_core::http::Method;
use gts_oauth_core::http::header::LOCATION;

use super::{request, told};
use crate::report::Obligation::FollowsNoRedirect;
use crate::run::{Check, Outcome};
use crate::server::{Answer, Asked, Server, answer};
use crate::tls::Authority;

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::new(FollowsNoRedirect, "a redirect on the same host", |http| {
            let elsewhere = Server::http(|_| answer(200, "", b"{}"));
            let here = Server::http(|asked| moved(asked, ""));
            stays(http, &here.origin(), &here, &elsewhere)
        }),
        Check::new(FollowsNoRedirect, "a redirect to another host", |http| {
            let elsewhere = Server::http(|_| answer(200, "", b"{}"));
            let there = format!("http://{}", elsewhere.named());
            let here = Server::http(move |asked| moved(asked, &there));
            stays(http, &here.origin(), &here, &elsewhere)
        }),
    ]
}

/// For those who speak TLS.
pub(super) fn downgrades() -> Vec<Check> {
    let authority = Authority::new();
    let root = authority.der();
    let what = "a redirect from https:// to http://";
    let check = Check::new(FollowsNoRedirect, what, move |http| {
        let elsewhere = Server::http(|_| answer(200, "", b"{}"));
        let there = format!("http://{}", elsewhere.named());
        let here = Server::https(authority.server("localhost"), move |asked| {
            moved(asked, &there)
        });
        stays(
            http,
            &format!("https://{}", here.named()),
            &here,
            &elsewhere,
        )
    });
    vec![check.root(root)]
}

/// What the server at `origin` answers to `/moved/301`.
fn moved(asked: &Asked, there: &str) -> Answer {
    let status = asked.target.strip_prefix("/moved/");
    match status.and_then(|status| status.parse().ok()) {
        Some(status) => {
            let location = format!("Location: {there}/elsewhere?code=1\r\n");
            answer(status, &location, b"moved")
        }
        None => answer(200, "", b"{}"),
    }
}

fn stays(http: &dyn Transport, origin: &str, here: &Server, elsewhere: &Server) -> Outcome {
    for status in STATUSES {
        for (method, body) in [(Method::GET, &b""[..]), (Method::POST, b"client_secret=1")] {
            let what = format!("after a {status} to a {method}");
            let given = request(method, &format!("{origin}/moved/{status}"), body);
            let answer = http.send(given);
            nothing_followed(here, elsewhere).map_err(|seen| format!("{what}, {seen}"))?;
            let answer = answer
                .map_err(|error| format!("{what}, it came back as an error: {}", told(&error)))?;
            if answer.status() != status || !answer.headers().contains_key(LOCATION) {
                let status = answer.status();
                return Err(format!("{what}, another answer came back: a {status}"));
            }
        }
    }
    Ok(())
}

fn nothing_followed(here: &Server, elsewhere: &Server) -> Outcome {
    let mut all = here.asked().into_iter().chain(elsewhere.asked());
    match all.find(|asked| !asked.target.starts_with("/moved/")) {
        None => Ok(()),
        Some(asked) => Err(format!("{} was sent{}", asked.line(), secrets(&asked))),
    }
}

/// For reports: what was taken along.
fn secrets(asked: &Asked) -> &'static str {
    match (asked.header("authorization"), asked.body.is_empty()) {
        (Some(_), _) => ", with the token",
        (None, false) => ", with the body",
        (None, true) => "",
    }
}
