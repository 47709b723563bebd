//! libcurl, by the crate `curl`: what isahc stands on, bare.
//!
//! Unless told otherwise, libcurl declares a body without a type a form, asks before it sends a
//! long one, and says that it accepts anything.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use curl::easy::{Easy2, Handler, List, SslOpt, WriteError};
use gts_oauth_core::http::header::{HeaderMap, HeaderName, HeaderValue};
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_core::{BoxError, MAX_BODY, TooLong, Transport};

/// A transport over one libcurl handle, which keeps its connection.
pub struct Curl {
    easy: Mutex<Easy2<Answer>>,
    timeout: Duration,
    /// In PEM. None for those that the system trusts.
    roots: Option<String>,
}

impl Curl {
    /// With the time that one request may take, and the authorities to trust.
    pub fn new(timeout: Duration, roots: &[Vec<u8>]) -> Self {
        Self {
            easy: Mutex::new(Easy2::new(Answer::default())),
            timeout,
            roots: (!roots.is_empty()).then(|| roots.iter().map(|der| pem(der)).collect()),
        }
    }

    fn configure(&self, easy: &mut Easy2<Answer>) -> Result<(), curl::Error> {
        easy.follow_location(false)?;
        // To libcurl, zero milliseconds are no limit.
        easy.timeout(self.timeout.max(Duration::from_millis(1)))?;
        easy.signal(false)?;
        easy.path_as_is(true)?;
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
        *easy.get_mut() = Answer::default();
        self.configure(&mut easy)?;
        ask(&mut easy, &request)?;
        let performed = easy.perform();
        let status = easy.response_code()?;
        let answer = std::mem::take(easy.get_mut());
        if answer.body.len() > MAX_BODY {
            return Err(TooLong.into());
        }
        performed?;
        let mut response = Response::new(answer.body);
        *response.status_mut() = StatusCode::from_u16(u16::try_from(status)?)?;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// Tells the handle what to send.
fn ask(easy: &mut Easy2<Answer>, request: &Request<Vec<u8>>) -> Result<(), BoxError> {
    easy.url(&request.uri().to_string())?;
    let mut headers = List::new();
    // An empty header keeps libcurl from adding one of its own.
    for own in ["Accept:", "Content-Type:", "Expect:"] {
        let name = own.trim_end_matches(':');
        if !request.headers().contains_key(name) {
            headers.append(own)?;
        }
    }
    for (name, value) in request.headers() {
        headers.append(&format!("{name}: {}", value.to_str()?))?;
    }
    if !request.body().is_empty() {
        easy.post(true)?;
        easy.post_fields_copy(request.body())?;
    } else if *request.method() != Method::GET {
        headers.append("Content-Length: 0")?;
    }
    easy.custom_request(request.method().as_str())?;
    Ok(easy.http_headers(headers)?)
}

/// What came so far.
#[derive(Default)]
struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Handler for Answer {
    fn header(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"HTTP/") {
            // Another head: the one before was an interim answer's.
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
        // To libcurl, fewer bytes than there were are the end.
        Ok(if self.body.len() > MAX_BODY {
            0
        } else {
            bytes.len()
        })
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
