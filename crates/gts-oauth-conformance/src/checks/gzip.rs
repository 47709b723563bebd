//! Bodies are returned decompressed, or not at all.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{shown, with_causes};
use crate::client::Client;
use crate::report::Obligation::Decompresses;
use crate::run::{Check, Outcome};
use crate::server::{Framing, RawResponse, Server, framed, response};

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\",\"username\":\"alice\"}";

/// The checksum and the length at the end of gzip (RFC 1952 section 2.3.1).
const END: usize = 8;

/// If gzip is claimed, it must be requested and read. Otherwise it is sent unasked, as RFC 9110
/// section 12.5.3 allows, and can be an error.
pub(super) fn checks(claimed: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for framing in Framing::ALL {
        let name = framing.name();
        let what = format!("a response in gzip, {name}");
        checks.push(Check::new(Decompresses, what, move |http| is_read(http, framing, claimed)));
        for (part, missing) in [("the middle", END + 10), ("its end", 1), ("its checksum", END)] {
            let what = format!("gzip that is cut off at {part}, {name}");
            checks.push(Check::new(Decompresses, what, move |http| fails(http, framing, missing)));
        }
    }
    checks.push(Check::new(Decompresses, "a response in an unknown coding", is_error));
    if claimed {
        checks.push(Check::new(Decompresses, "gzip in Accept-Encoding", requests_gzip));
    }
    checks
}

fn is_read(http: &Client, framing: Framing, claimed: bool) -> Outcome {
    let server = Server::http(move |_| compressed(framing, &gzip(BODY)));
    match http.fetch(&server.origin()) {
        Ok(response) if response.body() == BODY => Ok(()),
        Ok(response) => Err(format!("it was returned as {}", shown(response.body()))),
        Err(_) if !claimed => Ok(()),
        Err(error) => Err(format!("an error was returned: {}", with_causes(&error))),
    }
}

/// The compressed bytes are cut off, but the framing of the response is correct.
fn fails(http: &Client, framing: Framing, missing: usize) -> Outcome {
    let server = Server::http(move |_| {
        let whole = gzip(BODY);
        compressed(framing, &whole[..whole.len() - missing])
    });
    match http.fetch(&server.origin()) {
        Err(_) => Ok(()),
        Ok(response) => {
            let (body, whole) = (shown(response.body()), BODY.len());
            Err(format!("it was returned as {body}, although the whole one has {whole} bytes"))
        }
    }
}

/// The coding was not requested.
fn is_error(http: &Client) -> Outcome {
    let server = Server::http(|_| response(200, "Content-Encoding: x-unknown\r\n", BODY));
    match http.fetch(&server.origin()) {
        Err(_) => Ok(()),
        Ok(response) => Err(format!("it was returned as {}", shown(response.body()))),
    }
}

fn requests_gzip(http: &Client) -> Outcome {
    let server = Server::http(|_| response(200, "", BODY));
    http.fetch(&server.origin())
        .map_err(|error| format!("an error was returned: {}", with_causes(&error)))?;
    match server.last()?.accepts_gzip() {
        true => Ok(()),
        false => Err("gzip is claimed, but was not requested".to_owned()),
    }
}

/// A response whose body is in gzip.
pub(super) fn compressed(framing: Framing, gzip: &[u8]) -> RawResponse {
    framed(framing, 200, "Content-Encoding: gzip\r\n", gzip)
}

/// The bytes, compressed.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let written = gzip.write_all(bytes);
    let gzip = written.and_then(|()| gzip.finish());
    gzip.expect("writing to memory")
}
