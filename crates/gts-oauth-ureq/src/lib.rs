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
//! - at most [`MAX_BODY`](transport::MAX_BODY) bytes of a body are read, counted after
//!   decompression;
//! - the request ends after [`TIMEOUT`](transport::TIMEOUT), unless the agent has a limit for the
//!   request as a whole;
//! - an agent that does not check certificates is rejected.
//!
//! Two things depend on the agent: its middleware, which sees every secret, and its cookie jar, if
//! a crate of your build enables ureq's feature `cookies`. Pass an agent that has no other use.

use std::fmt;

use gts_oauth_core::http::{Method, Request, Response};
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
        let timeouts = self.agent.config().timeouts();
        let mut config = self
            .agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true);
        if timeouts.global.is_none() && timeouts.per_call.is_none() {
            config = config.timeout_global(Some(transport::TIMEOUT));
        }
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
        if self.agent.config().tls_config().disable_verification() {
            return Err(CertificatesUnchecked.into());
        }
        // Some proxies reject a GET with a Content-Length, even if it is zero.
        let answer = match *request.method() {
            Method::GET if request.body().is_empty() => self.fetch(request.map(drop)),
            _ => self.fetch(request),
        };
        let (head, mut body) = answer?.into_parts();
        let body = body.with_config().limit(transport::MAX_BODY as u64).read_to_vec();
        match body {
            Ok(body) => Ok(Response::from_parts(head, body)),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(error::ResponseTooLong.into()),
            Err(error) => Err(error.into()),
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
