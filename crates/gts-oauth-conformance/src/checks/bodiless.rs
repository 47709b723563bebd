//! Responses that have no body, even if they announce one (RFC 9110 section 8.6).

use gts_oauth_core::http::Method;

use super::statuses::is_the_same;
use super::{SHORT, with_causes};
use crate::client::{Client, request};
use crate::report::Obligation::ReadsNoBody;
use crate::run::{Check, Outcome};
use crate::server::{After, RawResponse, Server};
use crate::settings::Methods;

pub(super) fn checks(methods: Methods) -> Vec<Check> {
    let case = |what: &str, method: Method, status: u16, headers: &'static str| {
        let run = move |http: &Client| is_read(http, method, status, headers);
        Check::new(ReadsNoBody, what, run).timeout(2 * SHORT)
    };
    let fetch = || methods.to_fetch();
    let mut checks = vec![
        case("a 204 to a POST", Method::POST, 204, ""),
        case("a 304", fetch(), 304, ""),
        case("a 304 in gzip", fetch(), 304, "Content-Encoding: gzip\r\n"),
        case("a 304 with Content-Length", fetch(), 304, "Content-Length: 1000\r\n"),
    ];
    if methods >= Methods::GetAndPost {
        checks.push(case("a 204 to a GET", Method::GET, 204, ""));
    }
    if methods >= Methods::All {
        let gzip = "Content-Length: 1000\r\nContent-Encoding: gzip\r\n";
        checks.extend([
            case("a 200 to a HEAD", Method::HEAD, 200, "Content-Length: 1000\r\n"),
            case("a 200 in gzip to a HEAD", Method::HEAD, 200, gzip),
            case("a 200 in chunks to a HEAD", Method::HEAD, 200, "Transfer-Encoding: chunked\r\n"),
        ]);
    }
    checks
}

/// The connection stays open: a transport that waits for a body does not return.
fn is_read(http: &Client, method: Method, status: u16, headers: &'static str) -> Outcome {
    let server = Server::http(move |_| {
        let head = format!("HTTP/1.1 {status} As It Is\r\nX-Request-Id: 38g8\r\n{headers}\r\n");
        RawResponse { bytes: head.into_bytes(), after: After::Keep }
    });
    let uri = format!("{}/page", server.origin());
    // The second one finds a connection that is out of step.
    for _ in 0..2 {
        let response = http
            .send(request(method.clone(), &uri, b""))
            .map_err(|error| format!("an error was returned: {}", with_causes(&error)))?;
        is_the_same(&response, status, b"")?;
    }
    Ok(())
}
