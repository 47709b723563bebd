//! One connection: reads requests and writes responses, with HTTP/1.1 by `ureq-proto`.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use ureq_proto::BodyMode;
use ureq_proto::server::state::{ProvideResponse, RecvBody};
use ureq_proto::server::{RecvRequestResult, Reply, SendResponseResult};

use super::fault;
use crate::fault::Outcome;

/// The maximum size of a request's line and headers.
const MAX_HEAD: usize = 64 * 1024;
/// The maximum size of a request's body: more than the largest file that can be uploaded.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// Responds to one request.
pub(super) type Respond = dyn Fn(Request<Vec<u8>>) -> Outcome + Send + Sync;

/// Responds to requests until the connection is closed.
pub(super) fn serve_connection(stream: &TcpStream, respond: &Respond) {
    let mut connection = Connection { stream, unread: Vec::new() };
    let _ = stream.set_nodelay(true);
    if let Err(Stop::Invalid(status)) = connection.serve(respond) {
        let _ = connection.reject(status);
    }
}

struct Connection<'a> {
    stream: &'a TcpStream,
    /// Received bytes that are not parsed yet.
    unread: Vec<u8>,
}

/// Why a connection ends.
enum Stop {
    /// The client closed it.
    Closed,
    /// The request is invalid or too large.
    Invalid(StatusCode),
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

impl From<ureq_proto::Error> for Stop {
    fn from(_: ureq_proto::Error) -> Self {
        Self::Invalid(StatusCode::BAD_REQUEST)
    }
}

impl Connection<'_> {
    fn serve(&mut self, respond: &Respond) -> Result<(), Stop> {
        loop {
            let (request, reply) = self.request()?;
            let closed = match respond(request) {
                Outcome::Response(response) => self.write_response(reply, response)?,
                Outcome::Endless => return Ok(fault::endless(self.stream)?),
                Outcome::NoResponse => return Ok(fault::silence(self.stream)?),
                Outcome::SlowDrip => return Ok(fault::slow_drip(self.stream)?),
                Outcome::Reset => return Ok(fault::reset(self.stream)?),
            };
            if closed {
                return Ok(());
            }
        }
    }

    fn request(&mut self) -> Result<(Request<Vec<u8>>, Reply<ProvideResponse>), Stop> {
        let mut reply = Reply::new()?;
        let head = loop {
            let (used, head) = reply.try_request(&self.unread)?;
            self.unread.drain(..used);
            match head {
                Some(head) => break head,
                None if self.unread.len() < MAX_HEAD => self.receive()?,
                None => return Err(Stop::Invalid(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
            }
        };
        let bad = Stop::Invalid(StatusCode::BAD_REQUEST);
        let receiving = match reply.proceed().ok_or(bad)? {
            RecvRequestResult::ProvideResponse(reply) => return Ok((head.map(|()| vec![]), reply)),
            RecvRequestResult::RecvBody(reply) => reply,
            RecvRequestResult::Send100(reply) => {
                let mut line = [0; 64];
                let (length, reply) = reply.accept(&mut line)?;
                self.stream.write_all(&line[..length])?;
                reply
            }
        };
        let (body, reply) = self.body(receiving, head.headers())?;
        Ok((head.map(|()| body), reply))
    }

    fn body(
        &mut self,
        mut receiving: Reply<RecvBody>,
        headers: &HeaderMap,
    ) -> Result<(Vec<u8>, Reply<ProvideResponse>), Stop> {
        const TOO_LARGE: Stop = Stop::Invalid(StatusCode::PAYLOAD_TOO_LARGE);
        let mut body = Vec::new();
        let mut piece = [0; 8192];
        if matches!(receiving.body_mode(), BodyMode::LengthDelimited(length) if length > MAX_BODY as u64)
        {
            return Err(TOO_LARGE);
        }
        if !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING) {
            // Such a request has no body (RFC 9112 section 6.3), but `ureq-proto` expects a
            // chunked one for POST. This ends it.
            receiving.read(b"0\r\n\r\n", &mut piece)?;
        }
        while !receiving.is_ended() {
            let (used, got) = receiving.read(&self.unread, &mut piece)?;
            self.unread.drain(..used);
            body.extend_from_slice(&piece[..got]);
            if body.len() > MAX_BODY {
                return Err(TOO_LARGE);
            }
            if used == 0 && got == 0 {
                self.receive()?;
            }
        }
        Ok((body, receiving.proceed()?))
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut piece = [0; 8192];
        match self.stream.read(&mut piece)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            length => {
                self.unread.extend_from_slice(&piece[..length]);
                Ok(())
            }
        }
    }

    /// Writes the response. Returns whether the connection ends with it.
    fn write_response(
        &mut self,
        reply: Reply<ProvideResponse>,
        response: Response<Vec<u8>>,
    ) -> Result<bool, Stop> {
        let (head, mut body) = response.into_parts();
        let mut head = Response::from_parts(head, ());
        // A fault can have any headers.
        head.headers_mut().remove(TRANSFER_ENCODING);
        if head.status() == StatusCode::NO_CONTENT {
            // It has neither a body nor a length (RFC 9110 sections 8.6 and 15.3.5).
            head.headers_mut().remove(CONTENT_LENGTH);
            body.clear();
        } else {
            head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let room: usize = head
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
            .sum();
        let mut out = vec![0; room + 256 + body.len()];

        let mut sending = reply.provide(head)?;
        let mut written = sending.write(&mut out)?;
        let reply = match sending.proceed() {
            SendResponseResult::Cleanup(reply) => reply,
            SendResponseResult::SendBody(mut reply) => {
                let (_, length) = reply.write(&body, &mut out[written..])?;
                written += length;
                reply.proceed()
            }
        };
        self.stream.write_all(&out[..written])?;
        Ok(reply.must_close_connection())
    }

    /// The error response of GoToSocial's HTTP server.
    fn reject(&mut self, status: StatusCode) -> io::Result<()> {
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Connection: close\r\n\r\n{status}"
        );
        self.stream.write_all(response.as_bytes())
    }
}
