//! A body that is shorter than announced is an error (RFC 9112 section 8).

use gts_oauth_core::Transport;
use gts_oauth_core::http::Method;

use super::{request, shown};
use crate::report::Obligation::DetectsCutBodies;
use crate::run::{Check, Outcome};
use crate::server::{After, Framing, Server, framed};

/// Valid JSON at each place where it is cut off.
static BODY: [u8; 25_000] = [b'1'; 25_000];

pub(super) fn checks() -> Vec<Check> {
    let case = |what: &str, method: Method, framing: Framing, left: fn(&[u8]) -> usize| {
        Check::new(DetectsCutBodies, what, move |http| fails(http, method, framing, left))
    };
    let (length, chunked) = (Framing::Length, Framing::Chunked);
    let body: fn(&[u8]) -> usize = |bytes| bytes.len() - 100;
    vec![
        case("a body with Content-Length", Method::GET, length, body),
        case("a body with Content-Length after a POST", Method::POST, length, body),
        case("a body of which nothing was sent", Method::GET, length, |it| it.len() - BODY.len()),
        case("a body that is cut off within a chunk", Method::GET, chunked, body),
        case("a body without its last chunk", Method::GET, chunked, |bytes| {
            bytes.len() - b"0\r\n\r\n".len()
        }),
    ]
}

/// Closes the connection after the part of the response of which `left` returns the length.
fn fails(
    http: &dyn Transport,
    method: Method,
    framing: Framing,
    left: fn(&[u8]) -> usize,
) -> Outcome {
    let server = Server::http(move |_| {
        let mut response = framed(framing, 200, "", &BODY);
        response.bytes.truncate(left(&response.bytes));
        response.after = After::Close;
        response
    });
    let sent: &[u8] = if method == Method::POST { b"code=1" } else { b"" };
    match http.send(request(method, &format!("{}/page", server.origin()), sent)) {
        Err(_) => Ok(()),
        Ok(response) => {
            let body = shown(response.body());
            Err(format!("a {} was returned, with a body of {body}", response.status()))
        }
    }
}
