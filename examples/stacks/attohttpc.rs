//! attohttpc: a small blocking client with one connection for each request. Its TLS is an optional
//! feature, which is off here: it supports `http://` only.
//!
//! Two cases need extra code, which `gts-oauth-conformance` found: responses that have no body, and
//! a body that is shorter than its length. It fails on interim responses (1xx), which it takes for
//! final ones, and on trailers.

use std::io::{self, ErrorKind, Read as _};
use std::time::Duration;

use attohttpc::RequestBuilder;
use gts_oauth_core::http::header::CONTENT_LENGTH;
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_core::{BoxError, Transport, transport::BodyLimit};

use crate::uncompressed;

/// A transport without state.
#[derive(Clone, Debug)]
pub struct Attohttpc {
    /// The time limit of one request, including its response.
    pub timeout: Duration,
}

impl Attohttpc {
    fn fetch(&self, request: Request<Vec<u8>>) -> Result<attohttpc::Response, attohttpc::Error> {
        let (head, body) = request.into_parts();
        let mut builder = RequestBuilder::try_new(head.method.clone(), head.uri.to_string())?
            .follow_redirects(false)
            .timeout(self.timeout);
        *builder.headers_mut() = head.headers;
        // attohttpc would add a content type to an empty body.
        match body.is_empty() {
            true => builder.send(),
            false => builder.bytes(body).send(),
        }
    }
}

impl Transport for Attohttpc {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = BodyLimit::of(&request);
        let is_head = request.method() == Method::HEAD;
        let (status, headers, body) = self.fetch(request)?.split();
        let mut response = Response::new(Vec::new());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if is_head || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            return Ok(response);
        }
        body.take(limit.bytes() + 1).read_to_end(response.body_mut())?;
        limit.check(response.body().len())?;
        uncompressed(complete(response)?)
    }
}

/// attohttpc ignores `Content-Length`: it reads the body until the connection is closed.
fn complete(response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let announced = response.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    match announced.is_none_or(|length: usize| length == response.body().len()) {
        true => Ok(response),
        false => Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
    }
}
