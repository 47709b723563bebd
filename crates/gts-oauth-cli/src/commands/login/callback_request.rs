//! A minimal HTTP/1.1 server for the callback: reads the head of one request, sends one response.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Longer heads, or heads with more headers, are rejected.
const MAX_LENGTH: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

/// The read and write timeout of a connection.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct CallbackRequest {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) host: Option<String>,
    /// `Sec-Fetch-Dest`: `document` if the user navigates to the URL.
    pub(super) fetch_dest: Option<String>,
}

/// Reads the head of the first request on this connection.
pub(super) fn read_request(stream: &mut TcpStream) -> io::Result<CallbackRequest> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let length = stream.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..length]);
        match parse(&bytes)? {
            Some(head) => return Ok(head),
            None if length == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            None if bytes.len() > MAX_LENGTH => return Err(io::ErrorKind::InvalidData.into()),
            None => {}
        }
    }
}

/// Parses a request head. `None` if it is incomplete.
fn parse(bytes: &[u8]) -> io::Result<Option<CallbackRequest>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
    let header = |name: &str| {
        let mut headers = request.headers.iter();
        let header = headers.find(|it| it.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(header.value).into_owned())
    };
    Ok(Some(CallbackRequest {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        host: header("Host"),
        fetch_dest: header("Sec-Fetch-Dest"),
    }))
}

/// Sends a response and closes the connection. The callback URL contains a code, so the headers
/// forbid caching and a `Referer`.
pub(super) fn respond(
    mut stream: TcpStream,
    status: &str,
    kind: &str,
    body: &str,
) -> io::Result<()> {
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: {kind}\r\n\
         Content-Length: {length}\r\n\
         Cache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; \
         frame-ancestors 'none'\r\n\
         Connection: close\r\n\
         \r\n\
         {body}"
    );
    stream.write_all(response.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    // Closing a connection with unread data resets it, and the client may lose the response.
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    io::copy(&mut stream.take(MAX_LENGTH as u64), &mut io::sink())?;
    Ok(())
}
