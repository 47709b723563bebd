//! At most the `BodyLimit` of a request is read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gts_oauth_core::http::Request;
use gts_oauth_core::{
    BoxError, Error,
    error::{Operation, UnexpectedReason},
    transport::BodyLimit,
};

use super::gzip::{compressed, gzip};
use super::with_causes;
use crate::client::{Client, request};
use crate::report::Obligation::StopsAtLimit;
use crate::run::{Check, Outcome};
use crate::server::{After, Framing, RawResponse, Server, Wire, framed};

const MIB: usize = 1024 * 1024;

/// The limit of a request without an extension.
const DEFAULT: usize = BodyLimit::PROTOCOL.bytes() as usize;

/// The length of an "endless" body, so that a transport without a limit does not fill the memory.
/// It is much larger than the buffers of any socket.
const ENDLESS: usize = 16 * DEFAULT;

pub(super) fn checks(gzip: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for coding in Coding::all(gzip) {
        for (what, limit, length) in [
            ("a body at the limit", None, DEFAULT),
            ("a body of one byte over the limit", None, DEFAULT + 1),
            ("a body of 6 MiB with a limit of 8 MiB", Some(8 * MIB), 6 * MIB),
            ("a body of 2 MiB with a limit of 1 MiB", Some(MIB), 2 * MIB),
        ] {
            let what = format!("{what}, {}", coding.name());
            let run = move |http: &Client| honors(http, limit, coding, length);
            checks.push(Check::new(StopsAtLimit, what, run));
        }
    }
    for framing in [Framing::Close, Framing::Chunked] {
        let what = format!("an endless body, {}", framing.name());
        checks.push(Check::new(StopsAtLimit, what, move |http| ends(http, framing)));
    }
    checks
}

/// How a body is sent.
#[derive(Clone, Copy)]
enum Coding {
    Plain(Framing),
    Gzip,
}

impl Coding {
    fn all(gzip: bool) -> impl Iterator<Item = Self> {
        let gzip = gzip.then_some(Self::Gzip);
        Framing::ALL.into_iter().map(Self::Plain).chain(gzip)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain(framing) => framing.name(),
            Self::Gzip => "in gzip",
        }
    }

    /// A response with a body of this length, which is in gzip much shorter.
    fn response(self, length: usize) -> RawResponse {
        match self {
            Self::Plain(framing) => framed(framing, 200, "", &blank(length)),
            Self::Gzip => compressed(Framing::Length, &gzip(&blank(length))),
        }
    }
}

/// Spaces, which are valid around JSON.
fn blank(length: usize) -> Vec<u8> {
    b" ".repeat(length)
}

/// Requests a body of this length, with this limit, or without one.
fn honors(http: &Client, limit: Option<usize>, coding: Coding, length: usize) -> Outcome {
    let server = Server::http(move |_| coding.response(length));
    let mut request = request(http.methods().to_fetch(), &format!("{}/page", server.origin()), b"");
    if let Some(limit) = limit {
        request.extensions_mut().insert(BodyLimit::new(limit as u64));
    }
    let limit = limit.unwrap_or(DEFAULT);
    match http.send(request) {
        Ok(response) if length > limit => {
            let length = response.body().len();
            Err(format!("{length} bytes were returned, of at most {limit}"))
        }
        Ok(response) if response.body().len() != length => {
            Err(format!("{} bytes of {length} were returned", response.body().len()))
        }
        Ok(_) => Ok(()),
        Err(error) if length > limit => too_long(error, limit as u64),
        Err(error) => Err(format!("it was rejected: {}", with_causes(&error))),
    }
}

/// Whether core recognizes the cause.
fn too_long(error: BoxError, limit: u64) -> Outcome {
    match Error::transport(Operation::Read, &Request::new(()), error) {
        Error::UnexpectedResponse(error) if error.reason == UnexpectedReason::TooLong(limit) => {
            Ok(())
        }
        Error::Transport(error) => {
            Err(format!("it failed without ResponseTooLong: {}", with_causes(&error.error)))
        }
        other => Err(format!("it failed without ResponseTooLong of {limit} bytes: {other}")),
    }
}

fn ends(http: &Client, framing: Framing) -> Outcome {
    let written = Arc::new(AtomicBool::new(false));
    let inside = Arc::clone(&written);
    let server = Server::with_connection(move |_, wire| {
        endless(wire, framing)?;
        inside.store(true, Ordering::SeqCst);
        Ok(After::Close)
    });
    match http.fetch(&server.origin()) {
        Ok(response) => {
            let length = response.body().len();
            Err(format!("{length} bytes were returned, of at most {DEFAULT}"))
        }
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
