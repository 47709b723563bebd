//! OAuth login for GoToSocial, and for every server that speaks the Mastodon API, over
//! [`ureq`]: blocking, without a runtime. Over libcurl: `gts-oauth-isahc`.
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
//! [`Transport`] whose documentation has its rules for redirects, proxies and time limits, and
//! [`entropy`], which takes random bytes from the operating system. In the repository,
//! `examples/embed.rs` is a whole program, whose login survives a kill at any time.

mod connect;
mod deadline;
mod fault;
mod limits;
mod proxy;

use std::fmt;
use std::io::Read as _;
use std::time::{Duration, SystemTime};

use gts_oauth_core::error::{NetworkError, NetworkFault, ResponseTooLong};
use gts_oauth_core::http::header::{CONTENT_ENCODING, HeaderMap};
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::transport::proxies::Proxies;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body};

use crate::connect::Progress;
use crate::limits::Limits;
use crate::proxy::Route;

pub use gts_oauth_core::*;
pub use {gts_oauth_core, ureq};

/// The idle connections that are kept: one for each of as many threads that share a transport.
const IDLE_CONNECTIONS: usize = 128;

/// Entropy for one login, from the operating system.
///
/// # Errors
/// [`Error::Entropy`] if the operating system has none.
pub fn entropy() -> Result<Entropy, Error> {
    Entropy::from_fn(getrandom::fill)
}

/// A [`Transport`] over a [`ureq::Agent`]. Cheap to clone; clones share connections.
///
/// # Every request
///
/// However the agent is configured:
///
/// - no redirect is followed, and every status is a response;
/// - no more of a body is read than the request's [`BodyLimit`](transport::BodyLimit), counted
///   after decompression;
/// - the response has the time at which it was received ([`ReceivedAt`](transport::ReceivedAt));
/// - an agent that does not check certificates is rejected;
/// - a GET or HEAD is sent once more if the connection is closed before the response: an idle
///   connection can end at any time (RFC 9112 section 9.3.1). With [`Ureq::new`], only if the
///   connection was idle; another agent does not report that.
///
/// Without a response, the error is a [`NetworkError`] that reports what failed. Its source is the
/// [`ureq::Error`], if the request was sent.
///
/// Two things depend on the agent: its middleware, which sees every secret, and its cookie jar, if
/// a crate of your build enables ureq's feature `cookies`. Pass an agent that has no other use.
///
/// # Proxies
///
/// [`Ureq::new`] reads the environment once, and chooses proxies as [`transport::proxies`]
/// describes. So does an agent that has its proxy from the environment: ureq's own rules are not
/// used. A proxy that the caller has configured is used for all hosts, loopback too. HTTP, HTTPS,
/// SOCKS4, 4a, 5 and 5h are supported. A proxy that cannot be used is an error that names its
/// variable ([`NetworkFault::Proxy`]): nothing is sent without it.
///
/// ureq asks an HTTP proxy for a tunnel (CONNECT) for `http` URLs, too, and connects to hosts
/// itself for SOCKS4 and SOCKS5.
///
/// # Hosts inside a network
///
/// A program that sends requests for other users must not reach
/// [hosts inside its network](Transport#hosts-inside-a-network) for them. Its agent has a resolver that
/// rejects their addresses. They are the ones that ureq connects to, unless there is a proxy.
///
/// ```
/// use gts_oauth_ureq::error::NetworkFault;
/// use gts_oauth_ureq::http::Uri;
/// use gts_oauth_ureq::transport::is_public;
/// use gts_oauth_ureq::ureq::config::Config;
/// use gts_oauth_ureq::ureq::tls::{RootCerts, TlsConfig};
/// use gts_oauth_ureq::ureq::unversioned::resolver::{
///     DefaultResolver, ResolvedSocketAddrs, Resolver,
/// };
/// use gts_oauth_ureq::ureq::unversioned::transport::{DefaultConnector, NextTimeout};
/// use gts_oauth_ureq::ureq::{self, Agent};
/// use gts_oauth_ureq::{Error, Ureq, discovery::Discover};
///
/// #[derive(Debug, Default)]
/// struct OnlyPublic(DefaultResolver);
///
/// impl Resolver for OnlyPublic {
///     fn resolve(
///         &self,
///         uri: &Uri,
///         config: &Config,
///         timeout: NextTimeout,
///     ) -> Result<ResolvedSocketAddrs, ureq::Error> {
///         let mut public = self.empty();
///         let all = self.0.resolve(uri, config, timeout)?;
///         all.iter().filter(|it| is_public(it.ip())).for_each(|it| public.push(*it));
///         if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
///     }
/// }
///
/// /// A transport for requests on behalf of other users.
/// fn transport() -> Ureq {
///     let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
///     let config = Agent::config_builder().tls_config(tls).proxy(None).build();
///     Agent::with_parts(config, DefaultConnector::default(), OnlyPublic::default()).into()
/// }
///
/// let typed: Discover = "https://127.0.0.1:8443".parse()?;
/// let error = typed.run(&transport()).unwrap_err();
/// assert!(matches!(error, Error::Transport(it) if it.fault == NetworkFault::UnknownHost));
/// # Ok::<(), Error>(())
/// ```
///
/// # Time limits
///
/// - Connecting takes at most [`CONNECT_TIMEOUT`](transport::CONNECT_TIMEOUT). With [`Ureq::new`],
///   this includes the host name, and one of several addresses that does not respond costs 500 ms.
///   Another agent resolves the host name of every request, with a new thread if the agent has a
///   limit for that, or for the request as a whole.
/// - Without progress, the request ends after [`TIMEOUT`](transport::TIMEOUT): while it is sent,
///   before its response, and between two reads. The request, and then the body of the response,
///   have [`allowed_time`](transport::allowed_time) for their length.
///   What a server sends beside the body, such as trailers, is no progress; with another agent, only
///   the time between two reads limits that.
/// - The request as a whole has no limit, unless the agent has one, or [`Ureq::timeout`] sets it.
///   Then there is none for progress.
///
/// Limits of the agent for a phase are kept.
#[derive(Clone, Debug)]
pub struct Ureq {
    agent: Agent,
    /// Whether the agent is the transport's own. A caller's agent does not report how it connects.
    own: bool,
    /// `None` if the caller's agent does not use them.
    environment: Option<Proxies>,
    timeout: Option<Duration>,
}

impl Ureq {
    /// A transport with its own agent, which trusts the system's certificate authorities and uses
    /// the proxies of the environment.
    pub fn new() -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS);
        let agent = connect::agent(config.build());
        Self { agent, own: true, environment: Some(proxy::environment()), timeout: None }
    }

    /// A transport with the caller's agent: its proxy, certificate authorities, time limits and
    /// connections.
    pub fn with_agent(agent: Agent) -> Self {
        let environment = proxy::environment_of(agent.config());
        Self { agent, own: false, environment, timeout: None }
    }

    /// Sets a limit for one request as a whole, in place of the limits for progress.
    #[must_use = "this returns the transport"]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends the request, and once more if it has no effect and the connection was closed.
    fn fetch(
        &self,
        request: Request<impl AsSendBody + Clone>,
        route: &Route,
        limits: &Limits,
    ) -> Result<Response<Body>, ureq::Error> {
        let has_no_effect = matches!(*request.method(), Method::GET | Method::HEAD);
        let again = has_no_effect.then(|| request.clone());
        let max_idle_age = self.agent.config().max_idle_age();
        let result = self.fetch_once(request, route, limits, max_idle_age);
        match (result, again) {
            (Err(error), Some(request)) if fault::is_closed(&error) && self.may_be_reused() => {
                self.fetch_once(request, route, limits, Duration::ZERO)
            }
            (result, _) => result,
        }
    }

    fn fetch_once(
        &self,
        request: Request<impl AsSendBody>,
        route: &Route,
        limits: &Limits,
        max_idle_age: Duration,
    ) -> Result<Response<Body>, ureq::Error> {
        Progress::reset();
        let config = self
            .agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .proxy(route.proxy.clone())
            .max_idle_age(max_idle_age)
            .timeout_global(limits.phases.global)
            .timeout_connect(limits.phases.connect)
            .timeout_send_request(limits.phases.send_request)
            .timeout_send_body(limits.phases.send_body)
            .timeout_recv_response(limits.phases.recv_response)
            .timeout_per_read(limits.per_read)
            .timeout_per_write(limits.per_write);
        self.agent.run(config.build())
    }

    /// How far the request came. `None` if the agent does not report it.
    fn progress(&self) -> Option<Progress> {
        self.own.then(Progress::get)
    }

    /// Whether the request could have used an idle connection.
    fn may_be_reused(&self) -> bool {
        self.progress().is_none_or(|progress| progress == Progress::Reused)
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
        let route = Route::new(config, self.environment.as_ref(), request.uri())?;
        let limits = Limits::new(config, self.timeout, request.body().len());
        let limit = transport::BodyLimit::of(&request).bytes();
        let is_head = request.method() == Method::HEAD;
        // Some proxies reject a GET with a Content-Length, even if it is zero.
        let response = match *request.method() {
            Method::GET if request.body().is_empty() => {
                self.fetch(request.map(drop), &route, &limits)
            }
            _ => self.fetch(request, &route, &limits),
        };
        let response = response.map_err(|error| {
            fault::without_response(error, &route, &limits.phases, self.progress())
        })?;
        let (mut head, mut body) = response.into_parts();
        head.extensions.insert(transport::ReceivedAt::new(SystemTime::now()));
        // ureq would decompress the body that is missing.
        if is_head || matches!(head.status.as_u16(), 204 | 304) {
            return Ok(Response::from_parts(head, Vec::new()));
        }
        let mut bytes = Vec::new();
        let reader = body.with_config().limit(limit).reader();
        match limits.paced(reader).read_to_end(&mut bytes).map_err(ureq::Error::from) {
            // ureq removes the header when it decompresses gzip.
            Ok(_) if !bytes.is_empty() && is_compressed(&head.headers) => {
                Err("the response has an unsupported Content-Encoding".into())
            }
            Ok(_) => Ok(Response::from_parts(head, bytes)),
            Err(ureq::Error::BodyExceedsLimit(limit)) => Err(ResponseTooLong { limit }.into()),
            Err(error) => Err(fault::within_body(error).into()),
        }
    }
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity")
}

/// The agent does not check TLS certificates (`disable_verification`), so nothing was sent: any server could receive the
/// token. To trust a certificate of your own, give the agent its root
/// (`RootCerts::new_with_certs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificatesUnchecked;

impl fmt::Display for CertificatesUnchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "this agent does not check certificates, so nothing was sent: give it the root \
             certificate to trust instead",
        )
    }
}

impl std::error::Error for CertificatesUnchecked {}
