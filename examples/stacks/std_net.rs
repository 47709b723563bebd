//! Only the standard library: HTTP/1.1 over a [`TcpStream`], one connection for each request.
//!
//! A complete transport without an HTTP library. It has no TLS, so it supports `http://` only: a
//! loopback port, or a proxy that adds TLS.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::str::FromStr;
use std::time::{Duration, Instant};

use gts_oauth_core::http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, TRANSFER_ENCODING};
use gts_oauth_core::http::{Method, Request, Response, StatusCode, response};
use gts_oauth_core::{BoxError, Transport, transport::BodyLimit};

use crate::uncompressed;

/// The limit for the head of a response, and for the lines between the chunks of its body.
const MAX_HEAD: u64 = 64 * 1024;

/// A transport without a client.
#[derive(Clone, Debug)]
pub struct StdNet {
    /// The time limit of one request, including its response.
    pub timeout: Duration,
}

impl Transport for StdNet {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let mut connection = Connection::open(&request, self.timeout)?;
        connection.write_all(&head_of(&request)?)?;
        connection.write_all(request.body())?;
        let mut reader = BufReader::new(connection);
        let head = read_head(&mut reader)?;
        let body = match has_body(request.method(), head.status) {
            true => read_body(&mut reader, &head, BodyLimit::of(&request))?,
            false => Vec::new(),
        };
        uncompressed(Response::from_parts(head, body))
    }
}

/// A connection with a deadline. A time limit for each read would not end, if the server sends one
/// byte at a time.
struct Connection {
    stream: TcpStream,
    deadline: Instant,
}

impl Connection {
    fn open(request: &Request<Vec<u8>>, timeout: Duration) -> Result<Self, BoxError> {
        let deadline = Instant::now() + timeout;
        let uri = request.uri();
        if uri.scheme_str() != Some("http") {
            return Err("this transport speaks http:// only".into());
        }
        let host = uri.host().ok_or("no host")?.trim_matches(['[', ']']);
        let mut addresses = (host, uri.port_u16().unwrap_or(80)).to_socket_addrs()?;
        let address = addresses.next().ok_or("the host has no address")?;
        let stream = TcpStream::connect_timeout(&address, left(deadline)?)?;
        Ok(Self { stream, deadline })
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(left),
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn head_of(request: &Request<Vec<u8>>) -> Result<Vec<u8>, BoxError> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let host = uri.authority().ok_or("no host")?;
    let mut head = Vec::new();
    write!(head, "{} {target} HTTP/1.1\r\nHost: {host}\r\n", request.method())?;
    for (name, value) in request.headers() {
        write!(head, "{name}: ")?;
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    if !request.body().is_empty() || request.method() != Method::GET {
        write!(head, "Content-Length: {}\r\n", request.body().len())?;
    }
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    Ok(head)
}

/// The head of the response, after those of interim responses (RFC 9110 section 15.2).
fn read_head(reader: &mut BufReader<Connection>) -> Result<response::Parts, BoxError> {
    let mut budget = MAX_HEAD;
    loop {
        let first = read_line(reader, &mut budget)?;
        let mut parts = first.splitn(3, ' ');
        if !parts.next().unwrap_or_default().starts_with("HTTP/1.") {
            return Err("this is not HTTP/1.1".into());
        }
        let status = StatusCode::from_str(parts.next().unwrap_or_default())?;
        let headers = read_headers(reader, &mut budget)?;
        if !status.is_informational() {
            let (mut head, ()) = Response::new(()).into_parts();
            head.status = status;
            head.headers = headers;
            return Ok(head);
        }
    }
}

fn read_headers(
    reader: &mut BufReader<Connection>,
    budget: &mut u64,
) -> Result<HeaderMap, BoxError> {
    let mut headers = HeaderMap::new();
    loop {
        let line = read_line(reader, budget)?;
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line.split_once(':').ok_or("a header without a colon")?;
        headers.append(HeaderName::from_str(name)?, value.trim().parse()?);
    }
}

/// A line without its end.
fn read_line(reader: &mut BufReader<Connection>, budget: &mut u64) -> Result<String, BoxError> {
    let mut line = Vec::new();
    let read = reader.take(*budget).read_until(b'\n', &mut line)?;
    *budget -= read as u64;
    match line.strip_suffix(b"\n") {
        Some(line) => Ok(String::from_utf8(line.trim_ascii_end().to_vec())?),
        None => Err("the head of the response is too long, or incomplete".into()),
    }
}

/// Whether the response to this method can have a body (RFC 9112 section 6.3).
fn has_body(method: &Method, status: StatusCode) -> bool {
    *method != Method::HEAD && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// The body, with one of the three ways to mark its end (RFC 9112 section 6.3).
fn read_body(
    reader: &mut BufReader<Connection>,
    head: &response::Parts,
    limit: BodyLimit,
) -> Result<Vec<u8>, BoxError> {
    let mut body = Vec::new();
    if head.headers.contains_key(TRANSFER_ENCODING) {
        read_chunks(reader, limit, &mut body)?;
    } else if let Some(length) = head.headers.get(CONTENT_LENGTH) {
        read_exactly(reader, length.to_str()?.parse()?, limit, &mut body)?;
    } else {
        reader.take(limit.bytes() + 1).read_to_end(&mut body)?;
    }
    limit.check(body.len())?;
    Ok(body)
}

fn read_exactly(
    reader: &mut BufReader<Connection>,
    length: usize,
    limit: BodyLimit,
    body: &mut Vec<u8>,
) -> Result<(), BoxError> {
    limit.check(body.len().saturating_add(length))?;
    match reader.take(length as u64).read_to_end(body)? == length {
        true => Ok(()),
        false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
    }
}

fn read_chunks(
    reader: &mut BufReader<Connection>,
    limit: BodyLimit,
    body: &mut Vec<u8>,
) -> Result<(), BoxError> {
    loop {
        let mut budget = MAX_HEAD;
        let line = read_line(reader, &mut budget)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        match usize::from_str_radix(size, 16)? {
            // Trailers can follow. They are ignored.
            0 => return Ok(()),
            length => read_exactly(reader, length, limit, body)?,
        }
        if !read_line(reader, &mut budget)?.is_empty() {
            return Err("a chunk is longer than its size".into());
        }
    }
}
