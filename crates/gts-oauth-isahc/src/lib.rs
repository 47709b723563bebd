//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API, over
//! [`isahc`], which is libcurl: blocking, without a runtime. In Rust alone: `gts-oauth-ureq`.
//!
//! | you | guide |
//! |---|---|
//! | open a browser that returns by itself, or ask at a terminal | [desktop](manual::guides::desktop), with `gts-oauth-prompt` |
//! | run where no browser is | [headless machine](manual::guides::headless) |
//! | show what a login does, and cancel it | [progress and cancelling](manual::guides::progress) |
//! | run a web back end | [web back end](manual::guides::web_backend) |
//! | keep a session for months | [renewing](manual::guides::renewing) |
//! | test your own login code | [testing](manual::guides::testing), with `gts-oauth-fake` |
//! | move from another crate | [from `oauth2`](manual::guides::from_oauth2), [from `megalodon`](manual::guides::from_megalodon) |
//! | search for the cause of an error | [why did my login fail?](manual::guides::failed_login) |
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
//! [`Transport`] whose documentation has its rules for redirects, proxies and time limits, and
//! [`entropy`], which takes random bytes from the operating system.

mod body;
mod fault;
mod proxy;

use std::io::Cursor;
use std::time::{Duration, SystemTime};

use gts_oauth_core::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue,
};
use gts_oauth_core::http::{Extensions, Method, Request, Response, request};
use gts_oauth_core::transport::proxies::Proxies;
use isahc::auth::Authentication;
use isahc::config::{Configurable as _, RedirectPolicy};
use isahc::{Body, HttpClient, RequestExt as _};

use crate::body::Limits;
use crate::proxy::Route;

pub use gts_oauth_core::*;
pub use {gts_oauth_core, isahc};

/// The idle connections that are kept: one for each of as many threads that share a transport.
const IDLE_CONNECTIONS: usize = 128;

/// Entropy for one login, from the operating system.
///
/// # Errors
/// [`Error::Entropy`] if the operating system has none.
pub fn entropy() -> Result<Entropy, Error> {
    Entropy::from_fn(getrandom::fill)
}

/// A [`Transport`] over an [`isahc::HttpClient`]. Cheap to clone; clones share connections.
///
/// # Every request
///
/// However the client is configured:
///
/// - no redirect is followed, and every status is a response;
/// - no more of a body is read than the request's [`BodyLimit`](transport::BodyLimit), counted
///   after decompression, and about twice as much before it;
/// - the response has the time at which it was received ([`ReceivedAt`](transport::ReceivedAt));
/// - no credentials of the client are added;
/// - a GET or HEAD is sent once more if an idle connection is closed before the response (RFC 9112
///   section 9.3.1). libcurl does that for other requests without a body, too.
///
/// Without a response, the error is a [`NetworkError`](error::NetworkError) that reports what
/// failed. Its source is the [`isahc::Error`], if the request was sent. isahc returns libcurl's
/// error codes without their messages, so the fault is less precise in four cases:
///
/// - every certificate that is not valid is
///   [`CertificateFault::Other`](error::CertificateFault::Other);
/// - a port that does not use TLS, and a connection that is closed before TLS is established, are
///   [`NetworkFault::Tls`](error::NetworkFault::Tls);
/// - an unreachable host is [`NetworkFault::Refused`](error::NetworkFault::Refused), and so is a
///   proxy of the caller's client that cannot be reached or rejects the request. The address of
///   such a proxy is not reported;
/// - resolving a host name is part of [`TimeoutPhase::Connect`](error::TimeoutPhase::Connect).
///
/// Four things depend on the client: its default headers; what it logs with `tracing`, which at
/// level `TRACE` includes every secret; and, if a crate of your build enables isahc's features
/// `cookies` or `tls-insecure`, its cookie jar and whether it checks certificates, which it does
/// not report either. Pass a client that has no other use.
///
/// # Proxies
///
/// [`Isahc::new`] reads the environment once, and chooses proxies as [`transport::proxies`]
/// describes. HTTP, SOCKS4, 4a, 5 and 5h are supported. A proxy that cannot be used is an error that
/// names its variable ([`NetworkFault::Proxy`](error::NetworkFault::Proxy)): nothing is sent without
/// it.
///
/// A proxy that uses TLS itself (`https://…`) is such an error, because isahc 2.0.2 cannot check
/// its certificate: without `proxy_tls_config`, no certificate is valid; with it, every one is. Do
/// not configure such a proxy for a client of your own. `gts-oauth-ureq` supports it.
///
/// An `HttpClient` does not report its proxy, so a caller's client follows libcurl's rules. Without
/// `.proxy(…)`, libcurl reads the environment for each request, loopback names included. A proxy
/// that the caller has configured is used for all hosts, loopback too, except those in `NO_PROXY`,
/// unless the client has a `proxy_blacklist`.
///
/// # Time limits
///
/// - Connecting takes at most [`CONNECT_TIMEOUT`](transport::CONNECT_TIMEOUT), including the host
///   name and TLS. libcurl tries the next address of a host after 200 ms, in parallel.
/// - Without progress, the request ends after [`TIMEOUT`](transport::TIMEOUT): if fewer than
///   [`MIN_SPEED`](transport::MIN_SPEED) bytes a second are sent or received for that long.
///   The body of the response has [`allowed_time`](transport::allowed_time) for its length, counted
///   after decompression. That is noticed when bytes arrive, or with the limit for progress.
/// - The request as a whole has no limit, unless the client has one, or [`Isahc::timeout`] sets it.
///   Then there is none for progress, if that is set with `Isahc::timeout`.
///
/// An `HttpClient` does not report its limits, so its own for connecting and progress are replaced.
#[derive(Clone, Debug)]
pub struct Isahc {
    /// Or the error with which every request fails.
    client: Result<HttpClient, isahc::Error>,
    /// `None` for a caller's client, which does not report its proxy.
    environment: Option<Proxies>,
    timeout: Option<Duration>,
}

impl Isahc {
    /// A transport with its own client, which trusts the system's certificate authorities and uses
    /// the proxies of the environment.
    ///
    /// The client needs a thread. If the system does not provide one, every request fails with
    /// isahc's own error; create the transport again later.
    pub fn new() -> Self {
        let client = HttpClient::builder().connection_cache_size(IDLE_CONNECTIONS).build();
        Self { client, environment: Some(proxy::environment()), timeout: None }
    }

    /// A transport with the caller's client: its proxy, certificate authorities and connections.
    pub fn with_client(client: HttpClient) -> Self {
        Self { client: Ok(client), environment: None, timeout: None }
    }

    /// Sets a limit for one request as a whole, in place of the limits for progress; at least
    /// a millisecond.
    #[must_use = "this returns the transport"]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    fn fetch(
        &self,
        request: Request<impl Into<Body>>,
        route: Option<&Route>,
    ) -> Result<Response<Body>, isahc::Error> {
        let config = self.configure(request.to_builder(), route);
        let client = self.client.as_ref().map_err(Clone::clone)?;
        client.send(config.body(request.into_body())?)
    }

    fn configure(&self, request: request::Builder, route: Option<&Route>) -> request::Builder {
        let request = request
            .redirect_policy(RedirectPolicy::None)
            .authentication(Authentication::none())
            // It would add a header that some servers do not respond to.
            .expect_continue(false)
            // libcurl does not detect gzip that is cut off.
            .automatic_decompression(false)
            .connect_timeout(transport::CONNECT_TIMEOUT);
        let request = match self.timeout {
            // libcurl reads zero as no limit.
            Some(timeout) => request
                .timeout(timeout.max(Duration::from_millis(1)))
                .low_speed_timeout(0, Duration::ZERO),
            None => request.low_speed_timeout(transport::MIN_SPEED as u32, transport::TIMEOUT),
        };
        match route {
            // Without an empty list, libcurl would read the environment's.
            Some(route) => request.proxy(route.proxy.clone()).proxy_blacklist([""; 0]),
            None => request,
        }
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
    fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = transport::BodyLimit::of(&request);
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().entry(ACCEPT_ENCODING).or_insert(gzip);
        let environment = self.environment.as_ref();
        let route = environment.map(|it| Route::new(it, request.uri())).transpose()?;
        let response = match request.body().is_empty() {
            true => self.fetch(measured(request), route.as_ref()),
            false => self.fetch(request.map(once), route.as_ref()),
        };
        let response = response
            .map_err(|error| fault::without_response(error, route.and_then(|route| route.name)))?;
        let (mut head, body) = response.into_parts();
        // One of isahc's is the request's body, which contains secrets and panics when cloned.
        head.extensions = Extensions::new();
        head.extensions.insert(transport::ReceivedAt::new(SystemTime::now()));
        let limits = Limits::new(limit, self.timeout.is_none());
        let bytes = match head.headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => limits.read(body)?,
            Some(b"gzip" | b"x-gzip") => limits.unzip(body)?,
            // An empty body is not compressed.
            Some(_) if limits.read(body)?.is_empty() => Vec::new(),
            Some(_) => return Err("the response has an unsupported Content-Encoding".into()),
        };
        Ok(Response::from_parts(head, bytes))
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

/// A body that libcurl cannot read again. It would send a request again if an idle connection was
/// closed, although the server could have carried it out (RFC 9112 section 9.3.1).
fn once(body: Vec<u8>) -> Body {
    let length = body.len() as u64;
    Body::from_reader_sized(Cursor::new(body), length)
}
