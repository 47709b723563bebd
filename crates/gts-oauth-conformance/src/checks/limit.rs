//! `MAX_BODY` bytes are read, and no more.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gts_oauth_core::{BoxError, Endpoint, Error, MAX_BODY, Transport, Why};

use super::gzip::gzip;
use super::{get, told};
use crate::report::Obligation::StopsAtMaxBody;
use crate::run::{Check, Outcome};
use crate::server::{After, Answer, Asked, Framing, Server, Wire, answer, framed};

/// What an endless body ends with after all, or it would fill the memory of whoever reads it:
/// far more than the buffers of any socket hold.
const ENDLESS: usize = 16 * MAX_BODY;

pub(super) fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for framing in Framing::ALL {
        let name = framing.name();
        let what = format!("a body at the limit, {name}");
        checks.push(Check::new(StopsAtMaxBody, what, move |http| {
            read(http, move |_| framed(framing, 200, "", &blank(MAX_BODY)))
        }));
        let what = format!("a body of one byte over the limit, {name}");
        checks.push(Check::new(StopsAtMaxBody, what, move |http| {
            refused(http, move |_| {
                framed(framing, 200, "", &blank(MAX_BODY + 1))
            })
        }));
    }
    checks.push(Check::new(
        StopsAtMaxBody,
        "a body at the limit, in gzip if asked for",
        |http| read(http, |asked| compressed(asked, MAX_BODY)),
    ));
    checks.push(Check::new(
        StopsAtMaxBody,
        "a body of one byte over the limit, in gzip if asked for",
        |http| refused(http, |asked| compressed(asked, MAX_BODY + 1)),
    ));
    for framing in [Framing::Close, Framing::Chunked] {
        let what = format!("an endless body, {}", framing.name());
        checks.push(Check::new(StopsAtMaxBody, what, move |http| {
            ends(http, framing)
        }));
    }
    checks
}

/// Spaces, which JSON may be surrounded by.
fn blank(length: usize) -> Vec<u8> {
    vec![b' '; length]
}

fn compressed(asked: &Asked, length: usize) -> Answer {
    if !asked.takes_gzip() {
        return answer(200, "", &blank(length));
    }
    answer(200, "Content-Encoding: gzip\r\n", &gzip(&blank(length)))
}

fn read(
    http: &dyn Transport,
    answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Outcome {
    let server = Server::http(answer);
    let answer =
        get(http, &server.origin()).map_err(|error| format!("it was refused: {}", told(&error)))?;
    match answer.body().len() {
        MAX_BODY => Ok(()),
        length => Err(format!("{length} bytes of {MAX_BODY} came back")),
    }
}

fn refused(
    http: &dyn Transport,
    answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Outcome {
    let server = Server::http(answer);
    match get(http, &server.origin()) {
        Ok(answer) => Err(format!("{} bytes came back", answer.body().len())),
        Err(error) => too_long(error),
    }
}

/// Whether the core can tell what happened.
fn too_long(error: BoxError) -> Outcome {
    match Error::no_answer(Endpoint::Api, error) {
        Error::Unexpected(odd) if odd.why == Why::TooLong => Ok(()),
        Error::NoAnswer(_, error) => Err(format!("it failed without TooLong: {}", told(&error))),
        other => Err(format!("it failed without TooLong: {other}")),
    }
}

fn ends(http: &dyn Transport, framing: Framing) -> Outcome {
    let taken = Arc::new(AtomicBool::new(false));
    let inside = Arc::clone(&taken);
    let server = Server::converse(move |_, wire| {
        endless(wire, framing)?;
        inside.store(true, Ordering::SeqCst);
        Ok(After::Close)
    });
    match get(http, &server.origin()) {
        Ok(answer) => Err(format!("{} bytes came back", answer.body().len())),
        Err(_) if taken.load(Ordering::SeqCst) => Err(format!("{ENDLESS} bytes of it were read")),
        Err(_) => Ok(()),
    }
}

fn endless(wire: &mut dyn Wire, framing: Framing) -> io::Result<()> {
    const PIECE: usize = 16 * 1024;
    let (before, after) = match framing {
        Framing::Chunked => ("4000\r\n", "\r\n"),
        Framing::Length | Framing::Close => ("", ""),
    };
    let mut head = framed(framing, 200, "", b"").bytes;
    if framing == Framing::Chunked {
        head.truncate(head.len() - b"0\r\n\r\n".len());
    }
    wire.write_all(&head)?;
    let piece = [before.as_bytes(), &blank(PIECE), after.as_bytes()].concat();
    (0..ENDLESS / PIECE).try_for_each(|_| wire.write_all(&piece))
}
