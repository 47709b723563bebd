//! Interim responses (1xx) are skipped.

use gts_oauth_core::http::Response;

use super::statuses::is_the_same;
use super::{SHORT, with_causes};
use crate::client::{Client, request};
use crate::report::Obligation::SkipsInterimResponses;
use crate::run::{Check, Outcome};
use crate::server::{Server, response};

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
/// With a header that the response has, too, and one that it has not.
const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nX-Request-Id: early\r\n\
    Link: </style.css>; rel=preload; as=style\r\n\r\n";

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\"}";

pub(super) fn checks(claimed: bool) -> Vec<Check> {
    let case = |what: &str, interim: Vec<&'static str>| {
        let interim = interim.concat();
        let run = move |http: &Client| is_skipped(http, interim, claimed);
        let check = Check::new(SkipsInterimResponses, what, run);
        if claimed { check } else { check.timeout(SHORT) }
    };
    vec![
        case("a 100 before the response", vec![CONTINUE]),
        case("a 103 before the response", vec![EARLY_HINTS]),
        case("a 100 and two 103 before the response", vec![CONTINUE, EARLY_HINTS, EARLY_HINTS]),
    ]
}

fn is_skipped(http: &Client, interim: String, claimed: bool) -> Outcome {
    let server = Server::http(move |_| {
        let mut response = response(200, "X-Request-Id: 38g8\r\n", BODY);
        response.bytes.splice(0..0, interim.bytes());
        response
    });
    let uri = format!("{}/page", server.origin());
    for (method, sent) in http.without_and_with(b"code=1") {
        match http.send(request(method.clone(), &uri, sent)) {
            Ok(response) => is_final(&response),
            Err(_) if !claimed => Ok(()),
            Err(error) => Err(format!("an error was returned: {}", with_causes(&error))),
        }
        .map_err(|seen| format!("to a {method}, {seen}"))?;
    }
    Ok(())
}

fn is_final(response: &Response<Vec<u8>>) -> Outcome {
    is_the_same(response, 200, BODY)?;
    match response.headers().get("link") {
        None => Ok(()),
        Some(_) => Err("a header of the 103 was returned".to_owned()),
    }
}
