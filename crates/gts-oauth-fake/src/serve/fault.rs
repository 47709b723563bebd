//! Faults on the wire. Each ends when the client closes the connection or the server is dropped.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;

/// Without a length, the body ends when the connection is closed.
const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";

/// The interval between bytes.
const DRIP: Duration = Duration::from_millis(100);

pub(super) fn endless(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(HEAD)?;
    loop {
        stream.write_all(&[b' '; 8192])?;
    }
}

pub(super) fn silence(mut stream: &TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 8192])? > 0 {}
    Ok(())
}

pub(super) fn slow_drip(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(HEAD)?;
    // Waiting by reading notices when the client closes the connection.
    stream.set_read_timeout(Some(DRIP))?;
    loop {
        match stream.read(&mut [0; 8192]) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // A time-out has one of these kinds, depending on the platform.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                stream.write_all(b" ")?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Without lingering, closing the connection resets it.
pub(super) fn reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}
