//! Every status is an answer.

use gts_oauth_core::Transport;
use gts_oauth_core::http::{Method, Response};

use super::{request, shown, told};
use crate::report::Obligation::AnswersEveryStatus;
use crate::run::{Check, Outcome};
use crate::server::{Server, answer};

const BODY: &[u8] = b"{\"error\":\"as it is\"}";

const STATUSES: [u16; 20] = [
    200, 201, 202, 204, 400, 401, 403, 404, 405, 406, 409, 410, 418, 422, 429, 500, 501, 502, 503,
    504,
];

pub(super) fn checks() -> Vec<Check> {
    let case = |status| {
        let what = format!("a {status}");
        Check::new(AnswersEveryStatus, what, move |http| comes(http, status))
    };
    STATUSES.into_iter().map(case).collect()
}

fn comes(http: &dyn Transport, status: u16) -> Outcome {
    let body = if status == 204 { b"" } else { BODY };
    let server = Server::http(move |_| answer(status, "X-Request-Id: 38g8\r\n", body));
    let uri = format!("{}/page", server.origin());
    for (method, sent) in [(Method::GET, &b""[..]), (Method::POST, b"code=1")] {
        let answer = http.send(request(method.clone(), &uri, sent));
        answer
            .map_err(|error| format!("it came back as an error: {}", told(&error)))
            .and_then(|answer| is_the_same(&answer, status, body))
            .map_err(|seen| format!("to a {method}, {seen}"))?;
    }
    match server.asked().len() {
        2 => Ok(()),
        times => Err(format!("2 requests were sent as {times}")),
    }
}

fn is_the_same(answer: &Response<Vec<u8>>, status: u16, body: &[u8]) -> Outcome {
    if answer.status() != status {
        return Err(format!("it came back as a {}", answer.status()));
    }
    if answer.body() != body {
        return Err(format!("its body came back as {}", shown(answer.body())));
    }
    match answer.headers().get("x-request-id") {
        Some(id) if id == "38g8" => Ok(()),
        id => Err(format!("its X-Request-Id came back as {id:?}")),
    }
}
