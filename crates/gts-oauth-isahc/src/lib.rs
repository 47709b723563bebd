//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API, over
//! [`isahc`], which is libcurl: blocking, without a runtime.
//!
//! ```no_run
//! use gts_oauth_isahc::{BoxError, Exchange, Isahc, Login, RegisterApp, entropy};
//!
//! fn run() -> Result<(), BoxError> {
//!     let http = Isahc::new();
//!     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
//!     let mut login = Login::new(app, entropy()?);
//!     let me = login.run(&http, |step| {
//!         if let Some(problem) = step.problem {
//!             eprintln!("{problem}"); // a mistyped code, for example
//!         }
//!         eprintln!("Open {} and paste the code:", step.url);
//!         let line = std::io::stdin().lines().next().ok_or("no input")??;
//!         Ok(line.into())
//!     })?;
//!     let home = me.session.get("/api/v1/timelines/home?limit=5")?.send(&http)?;
//!     let statuses: Vec<serde_json::Value> = home.json()?;
//!     println!("{} statuses", statuses.len());
//!     Ok(())
//! }
//! ```
//!
//! This crate re-exports all of [`gts_oauth_core`], the protocol, and adds two things: [`Isahc`], a
//! [`Transport`], and [`entropy`], which takes random bytes from the operating system.
//!
//! # Every request
//!
//! However the client is configured:
//!
//! - no redirect is followed, and every status is a response;
//! - at most [`MAX_BODY`] bytes of a body are read, counted after
//!   decompression;
//! - the request ends after [`TIMEOUT`](transport::TIMEOUT), or after the
//!   [`timeout`](Isahc::timeout) that was set, because an `HttpClient` does not report its own;
//! - no credentials of the client are added.
//!
//! Without a response, the error is a [`NetworkError`](error::NetworkError) that reports what
//! failed. Its source is the [`isahc::Error`]. isahc returns libcurl's error codes without their
//! messages, so the fault is less precise in four cases:
//!
//! - every certificate that is not valid is
//!   [`CertificateFault::Other`](error::CertificateFault::Other);
//! - a port that does not use TLS, and a connection that is closed before TLS is established, are
//!   [`NetworkFault::Tls`](error::NetworkFault::Tls);
//! - an unreachable host is [`NetworkFault::Refused`](error::NetworkFault::Refused), and so is a
//!   proxy of the caller's client that cannot be reached or rejects the request. The address of
//!   such a proxy is not reported;
//! - resolving a host name is part of [`TimeoutPhase::Connect`](error::TimeoutPhase::Connect).
//!
//! Four things depend on the client: its default headers; what it logs with `tracing`, which at
//! level `TRACE` includes every secret; and, if a crate of your build enables isahc's features
//! `cookies` or `tls-insecure`, its cookie jar and whether it checks certificates, which it does
//! not report either. Pass a client that has no other use.

mod fault;
mod proxy;

use std::io::Read as _;
use std::time::Duration;

use gts_oauth_core::error::ResponseTooLong;
use gts_oauth_core::http::header::{CONTENT_LENGTH, HeaderValue};
use gts_oauth_core::http::{Extensions, Method, Request, Response, request};
use gts_oauth_core::transport::MAX_BODY;
use isahc::auth::Authentication;
use isahc::config::{Configurable as _, RedirectPolicy};
use isahc::{Body, HttpClient, RequestExt as _};

pub use gts_oauth_core::*;
pub use {gts_oauth_core, isahc};

/// Entropy for one login, from the operating system.
///
/// # Errors
/// [`Error::Entropy`] if the operating system has none.
pub fn entropy() -> Result<Entropy, Error> {
    Entropy::from_fn(getrandom::fill)
}

/// A [`Transport`] over an [`isahc::HttpClient`]. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Isahc {
    /// Or the error with which every request fails.
    client: Result<HttpClient, isahc::Error>,
    timeout: Duration,
    /// Whether the client is the transport's own. A caller's client does not report its proxy.
    own: bool,
}

impl Isahc {
    /// A transport with its own client, which trusts the system's certificate authorities.
    ///
    /// The client needs a thread. If the system does not provide one, every request fails with
    /// isahc's own error; create the transport again later.
    pub fn new() -> Self {
        Self { client: HttpClient::new(), timeout: transport::TIMEOUT, own: true }
    }

    /// A transport with the caller's client: its proxy, certificate authorities and connections.
    pub fn with_client(client: HttpClient) -> Self {
        Self { client: Ok(client), timeout: transport::TIMEOUT, own: false }
    }

    /// Sets the limit for one request as a whole, in place of [`TIMEOUT`](transport::TIMEOUT); at
    /// least a millisecond. A limit of the client is ignored.
    #[must_use = "this returns the transport"]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn fetch(&self, request: Request<impl Into<Body>>) -> Result<Response<Body>, isahc::Error> {
        let config = self.configure(request.to_builder());
        let client = self.client.as_ref().map_err(Clone::clone)?;
        client.send(config.body(request.into_body())?)
    }

    fn configure(&self, request: request::Builder) -> request::Builder {
        request
            .redirect_policy(RedirectPolicy::None)
            .authentication(Authentication::none())
            // It would add a header that some servers do not respond to.
            .expect_continue(false)
            // libcurl reads zero milliseconds as no limit.
            .timeout(self.timeout.max(Duration::from_millis(1)))
    }
}

impl Default for Isahc {
    fn default() -> Self {
        Self::new()
    }
}

impl From<HttpClient> for Isahc {
    fn from(client: HttpClient) -> Self {
        Self::with_client(client)
    }
}

impl Transport for Isahc {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let uri = request.uri().clone();
        let response = match request.body().is_empty() {
            true => self.fetch(measured(request)),
            false => self.fetch(request),
        };
        let response = response.map_err(|error| {
            let proxy = self.own.then(|| proxy::of_environment(&uri)).flatten();
            fault::without_response(error, proxy)
        })?;
        let (mut head, body) = response.into_parts();
        // One of isahc's is the request's body, which contains secrets and panics when cloned.
        head.extensions = Extensions::new();
        Ok(Response::from_parts(head, read(body)?))
    }
}

/// A request without a body. For an empty one, libcurl would add the content type of a form.
fn measured(request: Request<Vec<u8>>) -> Request<()> {
    let mut request = request.map(drop);
    // Some proxies reject a GET with a Content-Length, even if it is zero.
    if *request.method() != Method::GET {
        let none = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, none);
    }
    request
}

/// The whole body, unless it is longer than [`MAX_BODY`].
fn read(body: Body) -> Result<Vec<u8>, BoxError> {
    let mut bytes = Vec::new();
    body.take(MAX_BODY as u64 + 1).read_to_end(&mut bytes).map_err(fault::within_body)?;
    match bytes.len() > MAX_BODY {
        true => Err(ResponseTooLong.into()),
        false => Ok(bytes),
    }
}
