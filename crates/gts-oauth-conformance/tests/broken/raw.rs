//! Transports that are broken by how they read a response: a client over a socket, with one
//! connection for each request.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::bufread::MultiGzDecoder;
use gts_oauth_conformance::gts_oauth_core::BoxError;
use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::gts_oauth_core::transport::BodyLimit;
use gts_oauth_conformance::{Claims, Methods, Obligation, Report, Settings, check};

use crate::{CLAIMS, assert_seen, breaks};

/// What the client does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    ReturnsInterimResponses,
    MergesInterimHeaders,
    ExpectsBodyOf304,
    ExpectsBodyOfHead,
    AcceptsShortLength,
    AcceptsShortChunk,
    AcceptsMissingChunk,
    RejectsTrailers,
    ReturnsGzip,
    RequestsNoGzip,
    AcceptsShortGzip,
    LimitsCompressedSize,
    ReturnsUnknownCoding,
}

pub(crate) const RAW: Claims =
    Claims { tls: false, connection_reuse: false, proxy: false, ..CLAIMS };

#[track_caller]
fn raw(obligation: Obligation, claims: Claims, fault: Fault) -> Report {
    breaks(obligation, claims, |settings| client(settings, fault))
}

#[test]
fn correct_client_passes() {
    check(|settings| client(settings, Fault::Nothing), RAW).assert();
}

#[test]
fn interim_response_in_place_of_the_final_is_found() {
    let fault = Fault::ReturnsInterimResponses;
    let report = raw(Obligation::SkipsInterimResponses, RAW, fault);
    assert_seen(&report, "a 100 before the response: to a GET, it was returned as a 100");
    assert_seen(&report, "a 103 before the response: to a GET, it was returned as a 103");
    // It must not be wrong even if it is not claimed.
    let claims = Claims { interim_and_trailers: false, ..RAW };
    let report = raw(Obligation::SkipsInterimResponses, claims, fault);
    assert_seen(&report, "a 103 before the response: to a GET, it was returned as a 103");
}

#[test]
fn headers_of_an_interim_response_are_found() {
    let report = raw(Obligation::SkipsInterimResponses, RAW, Fault::MergesInterimHeaders);
    assert_seen(&report, "its X-Request-Id was returned as Some(\"early\")");
}

#[test]
fn waiting_for_the_body_of_a_304_is_found() {
    let report = raw(Obligation::ReadsNoBody, RAW, Fault::ExpectsBodyOf304);
    assert_seen(&report, "a 304 with Content-Length: an error was returned");
}

#[test]
fn waiting_for_the_body_after_head_is_found() {
    let report = raw(Obligation::ReadsNoBody, RAW, Fault::ExpectsBodyOfHead);
    assert_seen(&report, "a 200 to a HEAD: an error was returned");
    let claims = Claims { methods: Methods::GetAndPost, ..RAW };
    check(|settings| client(settings, Fault::ExpectsBodyOfHead), claims).assert();
}

#[test]
fn body_shorter_than_its_length_is_found() {
    let report = raw(Obligation::DetectsCutBodies, RAW, Fault::AcceptsShortLength);
    assert_seen(&report, "a body with Content-Length: to a GET, a 200 OK was returned");
    let seen = "nothing was sent: to a GET, a 200 OK was returned, with a body of 0 bytes, although \
                the whole one has 25000";
    assert_seen(&report, seen);
}

#[test]
fn chunk_that_is_cut_off_is_found() {
    let report = raw(Obligation::DetectsCutBodies, RAW, Fault::AcceptsShortChunk);
    assert_seen(&report, "a body that is cut off within a chunk: to a GET, a 200 OK was returned");
}

#[test]
fn missing_last_chunk_is_found() {
    let report = raw(Obligation::DetectsCutBodies, RAW, Fault::AcceptsMissingChunk);
    assert_seen(&report, "a body without its last chunk: to a GET, a 200 OK was returned");
}

#[test]
fn rejected_trailer_is_found_if_claimed() {
    let report = raw(Obligation::AcceptsTrailers, RAW, Fault::RejectsTrailers);
    assert_seen(&report, "a trailer: for it, an error was returned");
    let claims = Claims { interim_and_trailers: false, ..RAW };
    let report = check(|settings| client(settings, Fault::RejectsTrailers), claims);
    assert!(report.passed(), "{report}");
    assert!(report.to_string().contains("not claimed: AcceptsTrailers: they can be an error\n"));
}

#[test]
fn gzip_returned_as_it_is_is_found() {
    let claims = Claims { gzip: false, ..RAW };
    let report = raw(Obligation::Decompresses, claims, Fault::ReturnsGzip);
    for framing in ["with Content-Length", "without Content-Length", "in chunks"] {
        assert_seen(&report, &format!("a response in gzip, {framing}: it was returned as"));
    }
}

#[test]
fn claimed_gzip_that_is_not_requested_is_found() {
    let report = raw(Obligation::Decompresses, RAW, Fault::RequestsNoGzip);
    assert_seen(&report, "gzip is claimed, but was not requested");
    let claims = Claims { gzip: false, ..RAW };
    check(|settings| client(settings, Fault::RequestsNoGzip), claims).assert();
}

#[test]
fn gzip_that_is_cut_off_is_found() {
    for claims in [RAW, Claims { gzip: false, ..RAW }] {
        let report = raw(Obligation::Decompresses, claims, Fault::AcceptsShortGzip);
        assert_seen(&report, "gzip that is cut off at the middle, in chunks: it was returned as");
        assert_seen(&report, "gzip that is cut off at its end, with Content-Length: it was");
    }
}

#[test]
fn limit_of_the_compressed_size_is_found() {
    let report = raw(Obligation::StopsAtLimit, RAW, Fault::LimitsCompressedSize);
    assert_seen(&report, "over the limit, in gzip: 4194305 bytes were returned");
    assert_seen(&report, "with a limit of 1 MiB, in gzip: 2097152 bytes were returned");
}

#[test]
fn unknown_coding_returned_as_it_is_is_found() {
    let report = raw(Obligation::Decompresses, RAW, Fault::ReturnsUnknownCoding);
    assert_seen(&report, "a response in an unknown coding: it was returned as");
}

/// A client that is correct but for its fault.
pub(crate) fn client(
    settings: &Settings,
    fault: Fault,
) -> impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> + use<> {
    let timeout = settings.timeout;
    move |request| {
        let address = request.uri().authority().ok_or("no host")?.as_str();
        let mut connection =
            Connection { stream: TcpStream::connect(address)?, deadline: Instant::now() + timeout };
        connection.stream.write_all(&head_of(&request, fault)?)?;
        connection.stream.write_all(request.body())?;
        read(BufReader::new(connection), &request, fault)
    }
}

/// A connection with a deadline for all reads.
struct Connection {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        self.stream.read(buffer)
    }
}

fn head_of(request: &Request<Vec<u8>>, fault: Fault) -> Result<Vec<u8>, BoxError> {
    let uri = request.uri();
    let (host, target) = (uri.authority().ok_or("no host")?, uri.path_and_query());
    let target = target.map_or("/", |target| target.as_str());
    let mut head = format!("{} {target} HTTP/1.1\r\nHost: {host}\r\n", request.method());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str()?);
    }
    if fault != Fault::RequestsNoGzip {
        head += "Accept-Encoding: gzip\r\n";
    }
    head += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", request.body().len());
    Ok(head.into_bytes())
}

fn read(
    mut reader: BufReader<Connection>,
    request: &Request<Vec<u8>>,
    fault: Fault,
) -> Result<Response<Vec<u8>>, BoxError> {
    let mut response = Response::builder();
    let status = loop {
        let first = line(&mut reader)?;
        let status: u16 = first.split(' ').nth(1).ok_or("no status")?.parse()?;
        response = match fault {
            Fault::MergesInterimHeaders => response.status(status),
            _ => Response::builder().status(status),
        };
        loop {
            let field = line(&mut reader)?;
            let Some((name, value)) = field.split_once(':') else { break };
            response = response.header(name, value.trim());
        }
        if status >= 200 || fault == Fault::ReturnsInterimResponses {
            break status;
        }
    };
    let header = |name| Some(response.headers_ref()?.get(name)?.to_str().ok()?.to_owned());
    let without_body = match (request.method().as_str(), status) {
        ("HEAD", _) => fault != Fault::ExpectsBodyOfHead,
        (_, 304) => fault != Fault::ExpectsBodyOf304,
        (_, 100..200 | 204) => true,
        _ => false,
    };
    let limit = BodyLimit::of(request);
    let mut body = Vec::new();
    if without_body {
    } else if header("transfer-encoding").is_some() {
        chunks(&mut reader, fault, limit, &mut body)?;
    } else if let Some(length) = header("content-length") {
        let length: u64 = length.parse()?;
        let read = reader.take(length.min(limit.bytes() + 1)).read_to_end(&mut body)?;
        limit.check(read)?;
        if (read as u64) < length && fault != Fault::AcceptsShortLength {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
    } else {
        reader.take(limit.bytes() + 1).read_to_end(&mut body)?;
        limit.check(body.len())?;
    }
    let body = match header("content-encoding").as_deref() {
        Some("gzip") if !body.is_empty() && fault != Fault::ReturnsGzip => {
            unzip(&body, fault, limit)?
        }
        Some("x-unknown") if fault != Fault::ReturnsUnknownCoding => {
            return Err("an unknown coding".into());
        }
        _ => body,
    };
    Ok(response.body(body)?)
}

fn chunks(
    reader: &mut BufReader<Connection>,
    fault: Fault,
    limit: BodyLimit,
    body: &mut Vec<u8>,
) -> Result<(), BoxError> {
    loop {
        let size = match line(reader) {
            Err(_) if fault == Fault::AcceptsMissingChunk => return Ok(()),
            size => u64::from_str_radix(&size?, 16)?,
        };
        let read = reader.take(size).read_to_end(body)?;
        limit.check(body.len())?;
        if (read as u64) < size {
            return match fault {
                Fault::AcceptsShortChunk => Ok(()),
                _ => Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
            };
        }
        if size == 0 && fault != Fault::RejectsTrailers {
            while !line(reader)?.is_empty() {}
            return Ok(());
        }
        if !line(reader)?.is_empty() {
            return Err("a chunk does not end".into());
        }
        if size == 0 {
            return Ok(());
        }
    }
}

fn unzip(gzip: &[u8], fault: Fault, limit: BodyLimit) -> Result<Vec<u8>, BoxError> {
    let limit = if fault == Fault::LimitsCompressedSize { BodyLimit::CALL } else { limit };
    let mut body = Vec::new();
    match MultiGzDecoder::new(gzip).take(limit.bytes() + 1).read_to_end(&mut body) {
        Err(_) if fault == Fault::AcceptsShortGzip => {}
        read => drop(read?),
    }
    limit.check(body.len())?;
    Ok(body)
}

/// A line without its end.
fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}
