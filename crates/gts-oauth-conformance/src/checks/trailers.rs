//! Trailers after the last chunk are accepted (RFC 9112 section 7.1.2).

use super::statuses::is_the_same;
use super::{SHORT, with_causes};
use crate::client::Client;
use crate::report::Obligation::AcceptsTrailers;
use crate::run::{Check, Outcome};
use crate::server::{Framing, Server, framed};

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\"}";

pub(super) fn checks(claimed: bool) -> Vec<Check> {
    let case = |what: &str, trailers: &'static str| {
        let run = move |http: &Client| is_read(http, trailers, claimed);
        let check = Check::new(AcceptsTrailers, what, run);
        if claimed { check } else { check.timeout(SHORT) }
    };
    vec![
        case("a trailer", "X-Checksum: 17\r\n"),
        case("two trailers", "Server-Timing: db;dur=53\r\nX-Checksum: 17\r\n"),
    ]
}

fn is_read(http: &Client, trailers: &'static str, claimed: bool) -> Outcome {
    let server = Server::http(move |_| {
        let headers = "X-Request-Id: 38g8\r\nTrailer: X-Checksum\r\n";
        let mut response = framed(Framing::Chunked, 200, headers, BODY);
        // Before the empty line at the end.
        let end = response.bytes.len() - b"\r\n".len();
        response.bytes.splice(end..end, trailers.bytes());
        response
    });
    // The second one finds a connection that is out of step.
    for what in ["for it", "for the next response"] {
        match http.fetch(&server.origin()) {
            Ok(response) => is_the_same(&response, 200, BODY),
            Err(_) if !claimed => Ok(()),
            Err(error) => Err(format!("an error was returned: {}", with_causes(&error))),
        }
        .map_err(|seen| format!("{what}, {seen}"))?;
    }
    Ok(())
}
