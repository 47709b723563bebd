//! Whatever the server does, the transport comes back.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use gts_oauth_core::Transport;

use super::{get, shown};
use crate::report::Obligation::GivesUp;
use crate::run::{Check, Outcome};
use crate::server::{Server, answer};

/// The shortest time that every stack can be told.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How often a drop falls: often enough that no pause is longer than the time limit.
const DRIP: Duration = Duration::from_millis(100);

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n";

pub(super) fn checks() -> Vec<Check> {
    let case = |what: &str, serve: fn(&TcpStream) -> io::Result<()>| {
        Check::new(GivesUp, what, move |http| fails(http, serve)).timeout(TIMEOUT)
    };
    vec![
        case("a server that says nothing", silence),
        case("a head that drips", |stream| {
            drip(stream, HEAD, b"X-Drop: 1\r\n")
        }),
        case("a body that drips", |stream| drip(stream, &body(), b" ")),
        case("a body that stops", stops),
        case("a connection that is reset", reset),
        case("a connection that is reset within a body", reset_within),
        case("a connection that is closed within a body", close_within),
    ]
}

fn fails(http: &dyn Transport, serve: fn(&TcpStream) -> io::Result<()>) -> Outcome {
    // A client may leave at any time: that is what it is here for.
    let server = Server::raw(move |stream, _| drop(serve(stream)));
    match get(http, &server.origin()) {
        Err(_) => Ok(()),
        Ok(answer) => Err(format!(
            "a {} came back, with a body of {}",
            answer.status(),
            shown(answer.body())
        )),
    }
}

fn body() -> Vec<u8> {
    [HEAD, b"\r\n"].concat()
}

fn silence(mut stream: &TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 8192])? > 0 {}
    Ok(())
}

fn stops(mut stream: &TcpStream) -> io::Result<()> {
    request(stream)?;
    stream.write_all(&short())?;
    silence(stream)
}

fn drip(mut stream: &TcpStream, head: &[u8], drop: &[u8]) -> io::Result<()> {
    request(stream)?;
    stream.write_all(head)?;
    // To wait by reading is to notice when the client leaves.
    stream.set_read_timeout(Some(DRIP))?;
    loop {
        match stream.read(&mut [0; 8192]) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // Either name means that the time is over.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                stream.write_all(drop)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// A connection that is closed before what came was read is reset.
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.peek(&mut [0]).map(drop)
}

fn reset_within(mut stream: &TcpStream) -> io::Result<()> {
    reset(stream)?;
    stream.write_all(&short())
}

fn close_within(mut stream: &TcpStream) -> io::Result<()> {
    request(stream)?;
    stream.write_all(&short())
}

/// An answer that is shorter than it says.
fn short() -> Vec<u8> {
    let mut bytes = answer(200, "", &[b' '; 1000]).bytes;
    bytes.truncate(bytes.len() - 994);
    bytes
}

/// Reads what came of the request: of one this short, all.
fn request(mut stream: &TcpStream) -> io::Result<()> {
    stream.read(&mut [0; 8192]).map(drop)
}
