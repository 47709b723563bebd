//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API, over
//! [`isahc`], which is libcurl: blocking, without a runtime.
//!
//! ```no_run
//! use gts_oauth_isahc::{BoxError, Exchange, Isahc, Login, RegisterApp, entropy};
//!
//! fn main() -> Result<(), BoxError> {
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
//! # What holds for every request
//!
//! Whatever the client was configured to do: no redirect is followed, every status is an answer,
//! at most [`MAX_BODY`](transport::MAX_BODY) bytes of a body are read (decompressed), no credentials of the client's
//! are added, and a request ends as a whole after [`TIMEOUT`](transport::TIMEOUT), or after the
//! [`timeout`](Isahc::timeout) that was chosen: an `HttpClient` does not tell what limit it has.
//!
//! Four things are the client's own: its default headers; what it logs through `tracing`, at
//! level `TRACE` every secret that passes; and, if anything in your build turns on isahc's
//! feature `cookies` or `tls-insecure`, its cookie jar and whether it checks certificates, which
//! it does not tell either. Hand over a client that is used for nothing else.

use std::io::Read as _;
use std::time::Duration;

use gts_oauth_core::http::header::{CONTENT_LENGTH, HeaderValue};
use gts_oauth_core::http::{Extensions, Method, Request, Response, request};
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
    /// Or why there is none, which every request is answered with.
    client: Result<HttpClient, isahc::Error>,
    timeout: Duration,
}

impl Isahc {
    /// With a client of its own, which trusts the certificates that the system trusts.
    ///
    /// The client has a thread, which the system may refuse: every request then fails with
    /// isahc's own error, and a transport made later may have it.
    pub fn new() -> Self {
        Self { client: HttpClient::new(), timeout: transport::TIMEOUT }
    }

    /// With the caller's client: its proxy, its roots of trust, its connections.
    pub fn with_client(client: HttpClient) -> Self {
        Self { client: Ok(client), timeout: transport::TIMEOUT }
    }

    /// How long one request may take as a whole, in place of [`TIMEOUT`](transport::TIMEOUT); at least a
    /// millisecond. A limit of the client's own is not looked at.
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
            // A header that was not given, for which some servers have no answer.
            .expect_continue(false)
            // To libcurl, zero milliseconds are no limit.
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
        let answer = match request.body().is_empty() {
            true => self.fetch(measured(request)),
            false => self.fetch(request),
        };
        let (mut head, body) = answer?.into_parts();
        // Among isahc's own is the request's body, which holds secrets and panics when cloned.
        head.extensions = Extensions::new();
        Ok(Response::from_parts(head, read(body)?))
    }
}

/// A request without a body, which to isahc is another thing than an empty one: that, libcurl
/// would declare a form.
fn measured(request: Request<Vec<u8>>) -> Request<()> {
    let mut request = request.map(drop);
    // A GET with a length, were it zero, makes some proxies suspicious.
    if *request.method() != Method::GET {
        let none = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, none);
    }
    request
}

/// The whole body, unless it is longer than [`MAX_BODY`](transport::MAX_BODY).
fn read(body: Body) -> Result<Vec<u8>, BoxError> {
    let mut bytes = Vec::new();
    body.take(transport::MAX_BODY as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() > transport::MAX_BODY {
        true => Err(error::ResponseTooLong.into()),
        false => Ok(bytes),
    }
}
