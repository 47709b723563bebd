//! attohttpc: a small blocking client, one connection for each request. Here without TLS, which
//! is a feature of the crate's; so it is good for `http://` only.
//!
//! Not every client is made for this: a 204 and a body that breaks off take some care here, as
//! the suite `gts-oauth-conformance` told.

use std::io::{self, ErrorKind, Read as _};
use std::time::Duration;

use attohttpc::RequestBuilder;
use gts_oauth_core::http::header::CONTENT_LENGTH;
use gts_oauth_core::http::{Request, Response, StatusCode};
use gts_oauth_core::{BoxError, MAX_BODY, TooLong, Transport};

/// A transport without state.
#[derive(Clone, Debug)]
pub struct Attohttpc {
    /// How long one request may take as a whole.
    pub timeout: Duration,
}

impl Attohttpc {
    fn fetch(&self, request: Request<Vec<u8>>) -> Result<attohttpc::Response, attohttpc::Error> {
        let (head, body) = request.into_parts();
        let mut builder = RequestBuilder::try_new(head.method.clone(), head.uri.to_string())?
            .follow_redirects(false)
            .timeout(self.timeout);
        *builder.headers_mut() = head.headers;
        // What is empty has no type, to which attohttpc would add one.
        match body.is_empty() {
            true => builder.send(),
            false => builder.bytes(body).send(),
        }
    }
}

impl Transport for Attohttpc {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let (status, headers, body) = self.fetch(request)?.split();
        let mut response = Response::new(Vec::new());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if status != StatusCode::NO_CONTENT {
            let limit = MAX_BODY as u64 + 1;
            body.take(limit).read_to_end(response.body_mut())?;
        }
        match response.body().len() > MAX_BODY {
            true => Err(TooLong.into()),
            false => whole(response),
        }
    }
}

/// To attohttpc, the end of the connection is the end of the body, whatever its length was to be.
fn whole(response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let announced = response.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    match announced.is_none_or(|length: usize| length == response.body().len()) {
        true => Ok(response),
        false => Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
    }
}
