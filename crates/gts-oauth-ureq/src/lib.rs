//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API, over
//! [`ureq`]: blocking, without a runtime.
//!
//! ```no_run
//! use gts_oauth_ureq::{BoxError, Exchange, Ureq, Login, RegisterApp, entropy};
//!
//! fn run() -> Result<(), BoxError> {
//!     let http = Ureq::new();
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
//! This crate re-exports all of [`gts_oauth_core`], the protocol, and adds two things: [`Ureq`], a
//! [`Transport`], and [`entropy`], which takes random bytes from the operating system.
//!
//! # Every request
//!
//! However the agent is configured:
//!
//! - no redirect is followed, and every status is a response;
//! - at most [`MAX_BODY`] bytes of a body are read, counted after
//!   decompression;
//! - the request ends after [`TIMEOUT`](transport::TIMEOUT), unless the agent has a limit for the
//!   request as a whole. Of this, resolving the host name can take a third and connecting a half,
//!   unless the agent has limits for them;
//! - an agent that does not check certificates is rejected.
//!
//! Without a response, the error is a [`NetworkError`] that reports what failed. Its source is the
//! [`ureq::Error`].
//!
//! Two things depend on the agent: its middleware, which sees every secret, and its cookie jar, if
//! a crate of your build enables ureq's feature `cookies`. Pass an agent that has no other use.

mod fault;
mod limits;
mod proxy;

use std::fmt;

use gts_oauth_core::error::{NetworkError, NetworkFault, ResponseTooLong};
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::transport::MAX_BODY;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body};

pub use gts_oauth_core::*;
pub use {gts_oauth_core, ureq};

/// Entropy for one login, from the operating system.
///
/// # Errors
/// [`Error::Entropy`] if the operating system has none.
pub fn entropy() -> Result<Entropy, Error> {
    Entropy::from_fn(getrandom::fill)
}

/// A [`Transport`] over a [`ureq::Agent`]. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Ureq {
    agent: Agent,
}

impl Ureq {
    /// A transport with its own agent, which trusts the system's certificate authorities.
    pub fn new() -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder().tls_config(tls).build();
        Self::with_agent(config.new_agent())
    }

    /// A transport with the caller's agent: its proxy, certificate authorities, time limits and
    /// connections.
    pub fn with_agent(agent: Agent) -> Self {
        Self { agent }
    }

    fn fetch(&self, request: Request<impl AsSendBody>) -> Result<Response<Body>, ureq::Error> {
        let limits = limits::of(self.agent.config());
        let config = self
            .agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(limits.global)
            .timeout_resolve(limits.resolve)
            .timeout_connect(limits.connect);
        self.agent.run(config.build())
    }
}

impl Default for Ureq {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Agent> for Ureq {
    fn from(agent: Agent) -> Self {
        Self::with_agent(agent)
    }
}

impl Transport for Ureq {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let config = self.agent.config();
        if config.tls_config().disable_verification() {
            let fault = NetworkFault::Configuration;
            return Err(NetworkError::new(fault, CertificatesUnchecked).into());
        }
        let uri = request.uri().clone();
        // Some proxies reject a GET with a Content-Length, even if it is zero.
        let response = match *request.method() {
            Method::GET if request.body().is_empty() => self.fetch(request.map(drop)),
            _ => self.fetch(request),
        };
        let response = response.map_err(|error| fault::without_response(error, config, &uri))?;
        let (head, mut body) = response.into_parts();
        match body.with_config().limit(MAX_BODY as u64).read_to_vec() {
            Ok(body) => Ok(Response::from_parts(head, body)),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(ResponseTooLong.into()),
            Err(error) => Err(fault::within_body(error).into()),
        }
    }
}

/// The agent does not check TLS certificates, so nothing was sent: any server could receive the
/// token. To trust a certificate of your own, give the agent its root
/// (`RootCerts::new_with_certs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificatesUnchecked;

impl fmt::Display for CertificatesUnchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "this agent does not check certificates (disable_verification), so nothing was sent: \
             give it the root certificate to trust instead",
        )
    }
}

impl std::error::Error for CertificatesUnchecked {}
