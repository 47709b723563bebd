//! What a transport asks for in `Accept-Encoding`, it can read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use gts_oauth_core::Transport;

use super::{get, shown, told};
use crate::report::Obligation::Decompresses;
use crate::run::{Check, Outcome};
use crate::server::{Framing, Server, answer, framed};

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\",\"username\":\"alice\"}";

pub(super) fn checks(claimed: bool) -> Vec<Check> {
    let case = |framing: Framing| {
        let what = format!("an answer in gzip if asked for, {}", framing.name());
        Check::new(Decompresses, what, move |http| {
            is_read(http, framing, claimed)
        })
    };
    Framing::ALL.into_iter().map(case).collect()
}

/// Nobody has to ask for gzip, but whoever does, gets it.
fn is_read(http: &dyn Transport, framing: Framing, claimed: bool) -> Outcome {
    let server = Server::http(move |asked| match asked.takes_gzip() {
        true => framed(framing, 200, "Content-Encoding: gzip\r\n", &gzip(BODY)),
        false => answer(200, "", BODY),
    });
    let answer = get(http, &server.origin())
        .map_err(|error| format!("it came back as an error: {}", told(&error)))?;
    if claimed && !server.last()?.takes_gzip() {
        return Err("gzip is claimed, and was not asked for in Accept-Encoding".to_owned());
    }
    match answer.body() == BODY {
        true => Ok(()),
        false => Err(format!("it came back as {}", shown(answer.body()))),
    }
}

/// The bytes as one stream of gzip.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let written = gzip.write_all(bytes);
    let gzip = written.and_then(|()| gzip.finish());
    gzip.expect("memory can be written to")
}
