//! A transport returns in finite time.

use std::io::{self, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::{SHORT, shown};
use crate::client::Client;
use crate::report::Obligation::GivesUp;
use crate::run::{Check, Outcome};
use crate::server::{ReceivedRequest, Server, response};

/// The time between two bytes or headers, which is shorter than the time limit.
const DRIP: Duration = Duration::from_millis(100);

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n";

pub(super) fn checks() -> Vec<Check> {
    let case = |what: &str, serve: fn(&TcpStream) -> io::Result<()>| {
        Check::new(GivesUp, what, move |http| fails(http, serve)).timeout(SHORT)
    };
    vec![
        case("a server that sends nothing", silence),
        case("a head that drips", |stream| drip(stream, HEAD, b"X-Drop: 1\r\n")),
        case("a body that drips", |stream| drip(stream, &body(), b" ")),
        case("a body that stops", stops),
        case("a connection that is reset", reset),
        case("a connection that is reset within a body", reset_within),
    ]
}

fn fails(http: &Client, serve: fn(&TcpStream) -> io::Result<()>) -> Outcome {
    // The client is expected to close the connection.
    let server = Server::raw(move |stream, _| drop(serve(stream)));
    match http.fetch(&server.origin()) {
        Err(_) => Ok(()),
        Ok(response) => Err(format!(
            "a {} was returned, with a body of {}",
            response.status(),
            shown(response.body())
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
    // Waiting by reading detects when the client closes the connection.
    stream.set_read_timeout(Some(DRIP))?;
    loop {
        match stream.read(&mut [0; 8192]) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // Both kinds mean a timeout.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                stream.write_all(drop)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Closing a connection with unread data resets it.
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.peek(&mut [0]).map(drop)
}

fn reset_within(mut stream: &TcpStream) -> io::Result<()> {
    reset(stream)?;
    stream.write_all(&short())
}

/// A response that is shorter than its length.
fn short() -> Vec<u8> {
    let mut bytes = response(200, "", &[b' '; 1000]).bytes;
    bytes.truncate(bytes.len() - 994);
    bytes
}

/// Reads the whole request: what is left would reset the connection when it is closed.
fn request(stream: &TcpStream) -> io::Result<()> {
    ReceivedRequest::read(&mut BufReader::new(stream)).map(drop)
}
