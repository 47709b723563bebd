//! At most `MAX_BODY` bytes are read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gts_oauth_core::{
    BoxError, Error, Transport,
    error::{Operation, UnexpectedReason},
    transport::BodyLimit,
};

use super::gzip::gzip;
use super::{get, with_causes};
use crate::report::Obligation::StopsAtMaxBody;
use crate::run::{Check, Outcome};
use crate::server::{After, Framing, RawResponse, ReceivedRequest, Server, Wire, framed, response};

const MAX_BODY: usize = BodyLimit::PROTOCOL.bytes() as usize;

/// The length of an "endless" body, so that a transport without a limit does not fill the memory.
/// It is much larger than the buffers of any socket.
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
            rejected(http, move |_| framed(framing, 200, "", &blank(MAX_BODY + 1)))
        }));
    }
    checks.push(Check::new(StopsAtMaxBody, "a body at the limit, in gzip if requested", |http| {
        read(http, |request| compressed(request, MAX_BODY))
    }));
    checks.push(Check::new(
        StopsAtMaxBody,
        "a body of one byte over the limit, in gzip if requested",
        |http| rejected(http, |request| compressed(request, MAX_BODY + 1)),
    ));
    for framing in [Framing::Close, Framing::Chunked] {
        let what = format!("an endless body, {}", framing.name());
        checks.push(Check::new(StopsAtMaxBody, what, move |http| ends(http, framing)));
    }
    checks
}

/// Spaces, which are valid around JSON.
fn blank(length: usize) -> Vec<u8> {
    vec![b' '; length]
}

fn compressed(request: &ReceivedRequest, length: usize) -> RawResponse {
    if !request.accepts_gzip() {
        return response(200, "", &blank(length));
    }
    response(200, "Content-Encoding: gzip\r\n", &gzip(&blank(length)))
}

fn read(
    http: &dyn Transport,
    respond: impl Fn(&ReceivedRequest) -> RawResponse + Send + Sync + 'static,
) -> Outcome {
    let server = Server::http(respond);
    let response = get(http, &server.origin())
        .map_err(|error| format!("it was rejected: {}", with_causes(&error)))?;
    match response.body().len() {
        MAX_BODY => Ok(()),
        length => Err(format!("{length} bytes of {MAX_BODY} were returned")),
    }
}

fn rejected(
    http: &dyn Transport,
    respond: impl Fn(&ReceivedRequest) -> RawResponse + Send + Sync + 'static,
) -> Outcome {
    let server = Server::http(respond);
    match get(http, &server.origin()) {
        Ok(response) => Err(format!("{} bytes were returned", response.body().len())),
        Err(error) => too_long(error),
    }
}

/// Whether core recognizes the cause.
fn too_long(error: BoxError) -> Outcome {
    match Error::transport(Operation::Read, &gts_oauth_core::http::Uri::default(), error) {
        Error::UnexpectedResponse(error)
            if error.reason == UnexpectedReason::TooLong(MAX_BODY as u64) =>
        {
            Ok(())
        }
        Error::Transport(error) => {
            Err(format!("it failed without ResponseTooLong: {}", with_causes(&error.error)))
        }
        other => Err(format!("it failed without ResponseTooLong: {other}")),
    }
}

fn ends(http: &dyn Transport, framing: Framing) -> Outcome {
    let written = Arc::new(AtomicBool::new(false));
    let inside = Arc::clone(&written);
    let server = Server::with_connection(move |_, wire| {
        endless(wire, framing)?;
        inside.store(true, Ordering::SeqCst);
        Ok(After::Close)
    });
    match get(http, &server.origin()) {
        Ok(response) => Err(format!("{} bytes were returned", response.body().len())),
        Err(_) if written.load(Ordering::SeqCst) => Err(format!("{ENDLESS} bytes of it were read")),
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
