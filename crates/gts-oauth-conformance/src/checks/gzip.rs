//! A transport can read the encodings of its `Accept-Encoding`.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use gts_oauth_core::Transport;

use super::{get, shown, with_causes};
use crate::report::Obligation::Decompresses;
use crate::run::{Check, Outcome};
use crate::server::{Framing, Server, framed, response};

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\",\"username\":\"alice\"}";

pub(super) fn checks(claimed: bool) -> Vec<Check> {
    let case = |framing: Framing| {
        let what = format!("a response in gzip if requested, {}", framing.name());
        Check::new(Decompresses, what, move |http| is_read(http, framing, claimed))
    };
    Framing::ALL.into_iter().map(case).collect()
}

/// The response is in gzip if the request accepts it.
fn is_read(http: &dyn Transport, framing: Framing, claimed: bool) -> Outcome {
    let server = Server::http(move |request| match request.accepts_gzip() {
        true => framed(framing, 200, "Content-Encoding: gzip\r\n", &gzip(BODY)),
        false => response(200, "", BODY),
    });
    let response = get(http, &server.origin())
        .map_err(|error| format!("an error was returned: {}", with_causes(&error)))?;
    if claimed && !server.last()?.accepts_gzip() {
        return Err("gzip is claimed, but was not requested in Accept-Encoding".to_owned());
    }
    match response.body() == BODY {
        true => Ok(()),
        false => Err(format!("it was returned as {}", shown(response.body()))),
    }
}

/// The bytes, compressed.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let written = gzip.write_all(bytes);
    let gzip = written.and_then(|()| gzip.finish());
    gzip.expect("writing to memory")
}
