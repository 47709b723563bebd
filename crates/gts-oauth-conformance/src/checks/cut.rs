//! A body that is shorter than announced is an error (RFC 9112 section 8).

use crate::client::{Client, request};
use crate::report::Obligation::DetectsCutBodies;
use crate::run::{Check, Outcome};
use crate::server::{After, Framing, Server, framed};

/// Valid JSON at each place where it is cut off.
static BODY: [u8; 25_000] = [b'1'; 25_000];

pub(super) fn checks() -> Vec<Check> {
    let case = |what: &str, framing: Framing, left: fn(&[u8]) -> usize| {
        Check::new(DetectsCutBodies, what, move |http| fails(http, framing, left))
    };
    let (length, chunked) = (Framing::Length, Framing::Chunked);
    let body: fn(&[u8]) -> usize = |bytes| bytes.len() - 100;
    vec![
        case("a body with Content-Length", length, body),
        case("a body of which nothing was sent", length, |bytes| bytes.len() - BODY.len()),
        case("a body that is cut off within a chunk", chunked, body),
        case("a body without its last chunk", chunked, |bytes| bytes.len() - b"0\r\n\r\n".len()),
    ]
}

/// Closes the connection after the part of the response of which `left` returns the length.
fn fails(http: &Client, framing: Framing, left: fn(&[u8]) -> usize) -> Outcome {
    let server = Server::http(move |_| {
        let mut response = framed(framing, 200, "", &BODY);
        response.bytes.truncate(left(&response.bytes));
        response.after = After::Close;
        response
    });
    let uri = format!("{}/page", server.origin());
    for (method, sent) in http.without_and_with(b"code=1") {
        if let Ok(response) = http.send(request(method.clone(), &uri, sent)) {
            let (status, length, whole) = (response.status(), response.body().len(), BODY.len());
            return Err(format!(
                "to a {method}, a {status} was returned, with a body of {length} bytes, although \
                 the whole one has {whole}"
            ));
        }
    }
    Ok(())
}
