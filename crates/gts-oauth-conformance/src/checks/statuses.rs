//! Every status is a response, not an error.

use gts_oauth_core::http::Response;

use super::{shown, with_causes};
use crate::client::{Client, request};
use crate::report::Obligation::ReturnsEveryStatus;
use crate::run::{Check, Outcome};
use crate::server::{Server, response};

const BODY: &[u8] = b"{\"error\":\"as it is\"}";

/// Those with a body.
const STATUSES: [u16; 19] =
    [200, 201, 202, 400, 401, 403, 404, 405, 406, 409, 410, 418, 422, 429, 500, 501, 502, 503, 504];

pub(super) fn checks() -> Vec<Check> {
    let case = |status| {
        let what = format!("a {status}");
        Check::new(ReturnsEveryStatus, what, move |http| is_returned(http, status))
    };
    STATUSES.into_iter().map(case).collect()
}

fn is_returned(http: &Client, status: u16) -> Outcome {
    let server = Server::http(move |_| response(status, "X-Request-Id: 38g8\r\n", BODY));
    let uri = format!("{}/page", server.origin());
    for (method, sent) in http.without_and_with(b"code=1") {
        let response = http.send(request(method.clone(), &uri, sent));
        response
            .map_err(|error| format!("an error was returned: {}", with_causes(&error)))
            .and_then(|response| is_the_same(&response, status, BODY))
            .map_err(|seen| format!("to a {method}, {seen}"))?;
    }
    match server.requests().len() {
        2 => Ok(()),
        times => Err(format!("2 requests were sent as {times}")),
    }
}

/// Whether a response has this status and body, and its header `X-Request-Id: 38g8`.
pub(super) fn is_the_same(response: &Response<Vec<u8>>, status: u16, body: &[u8]) -> Outcome {
    if response.status() != status {
        return Err(format!("it was returned as a {}", response.status()));
    }
    if response.body() != body {
        return Err(format!("its body was returned as {}", shown(response.body())));
    }
    match response.headers().get("x-request-id") {
        Some(id) if id == "38g8" => Ok(()),
        id => Err(format!("its X-Request-Id was returned as {id:?}")),
    }
}
