//! libcurl, with the crate `curl`: the library below isahc.
//!
//! By default libcurl sends three headers that are not in the request: `Content-Type` for a form,
//! `Expect` for a long body, and `Accept`.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::uncompressed;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use curl::easy::{Easy2, Handler, List, SslOpt, WriteError};
use gts_oauth_core::http::header::{HeaderMap, HeaderName, HeaderValue};
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_core::{BoxError, Transport, transport::BodyLimit};

/// A transport over one libcurl handle, which reuses its connection.
pub struct Curl {
    easy: Mutex<Easy2<Received>>,
    timeout: Duration,
    /// In PEM. `None` for those of the system.
    roots: Option<String>,
    proxy: Option<String>,
}

impl Curl {
    /// A transport with this time limit for each request, these certificate authorities, and this
    /// proxy.
    pub fn new(timeout: Duration, roots: &[Vec<u8>], proxy: Option<&str>) -> Self {
        Self {
            easy: Mutex::new(Easy2::new(Received::default())),
            timeout,
            roots: (!roots.is_empty()).then(|| roots.iter().map(|der| pem(der)).collect()),
            proxy: proxy.map(str::to_owned),
        }
    }

    fn configure(&self, easy: &mut Easy2<Received>) -> Result<(), curl::Error> {
        easy.follow_location(false)?;
        // Zero milliseconds would mean no limit.
        easy.timeout(self.timeout.max(Duration::from_millis(1)))?;
        easy.signal(false)?;
        easy.path_as_is(true)?;
        if let Some(proxy) = &self.proxy {
            easy.proxy(proxy)?;
            // Otherwise the variable NO_PROXY would have precedence.
            easy.noproxy("")?;
        }
        match &self.roots {
            Some(pem) => easy.ssl_cainfo_blob(pem.as_bytes()),
            None => easy.ssl_options(SslOpt::new().native_ca(true)),
        }
    }
}

impl Transport for Curl {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let mut easy = self.easy.lock().unwrap_or_else(PoisonError::into_inner);
        easy.reset();
        *easy.get_mut() = Received { limit: BodyLimit::of(&request), ..Received::default() };
        self.configure(&mut easy)?;
        set_request(&mut easy, &request)?;
        let performed = easy.perform();
        let status = easy.response_code()?;
        let received = std::mem::take(easy.get_mut());
        received.limit.check(received.body.len())?;
        performed?;
        let mut response = Response::new(received.body);
        *response.status_mut() = StatusCode::from_u16(u16::try_from(status)?)?;
        *response.headers_mut() = received.headers;
        uncompressed(response)
    }
}

/// Sets the request on the handle.
fn set_request(easy: &mut Easy2<Received>, request: &Request<Vec<u8>>) -> Result<(), BoxError> {
    easy.url(&request.uri().to_string())?;
    let mut headers = List::new();
    // An empty header removes the one that libcurl would add.
    for added in ["Accept:", "Content-Type:", "Expect:"] {
        let name = added.trim_end_matches(':');
        if !request.headers().contains_key(name) {
            headers.append(added)?;
        }
    }
    for (name, value) in request.headers() {
        headers.append(&format!("{name}: {}", value.to_str()?))?;
    }
    if !request.body().is_empty() {
        easy.post(true)?;
        easy.post_fields_copy(request.body())?;
    } else if *request.method() == Method::HEAD {
        easy.nobody(true)?;
    } else if *request.method() != Method::GET {
        headers.append("Content-Length: 0")?;
    }
    easy.custom_request(request.method().as_str())?;
    Ok(easy.http_headers(headers)?)
}

/// The response so far.
#[derive(Default)]
struct Received {
    headers: HeaderMap,
    body: Vec<u8>,
    limit: BodyLimit,
}

impl Handler for Received {
    fn header(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"HTTP/") {
            // The head before was an interim response (1xx).
            self.headers.clear();
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return true;
        };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            self.headers.append(name, value);
        }
        true
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, WriteError> {
        self.body.extend_from_slice(bytes);
        // Returning fewer bytes aborts the transfer.
        Ok(self.limit.check(self.body.len()).map_or(0, |()| bytes.len()))
    }
}

/// RFC 7468
fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

impl fmt::Debug for Curl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Curl").finish_non_exhaustive()
    }
}
