//! Tests of the obligations of any [`Transport`], on real loopback sockets.
//!
//! A [`Transport`] must not follow redirects, keep cookies or read without a limit, which most HTTP
//! stacks do by default. One call checks all obligations:
//!
//! ```no_run
//! use gts_oauth_conformance::{Claims, Methods, Settings, check};
//! use gts_oauth_ureq::{Ureq, ureq::Agent};
//!
//! // In your own test. For TLS, claim it, and trust `settings.roots`; for proxies, claim them, and
//! // use `settings.proxy`.
//! let factory = |settings: &Settings| {
//!     let config = Agent::config_builder().timeout_global(Some(settings.timeout));
//!     Ureq::with_agent(config.build().new_agent())
//! };
//! let claims = Claims { methods: Methods::All, gzip: true, ..Claims::default() };
//! check(factory, claims).assert();
//! ```
//!
//! A stack that only posts claims [`Methods::Post`]: it is sent no other request.
//!
//! In the repository, `examples/stacks` has transports over seven clients that it checks.
//!
//! If an obligation is broken, the report names it, and what was observed:
//!
//! ```text
//! FollowsNoRedirect broken (follow no redirect): a redirect to another host: after a 301 to a GET, GET /elsewhere?code=1 was sent, with the token
//! ```
//!
//! # What is checked
//!
//! | | |
//! |---|---|
//! | [`SendsExactly`](Obligation::SendsExactly) | odd paths and queries, headers, forms, all 256 bytes, a body of 8 MiB; with [`Methods::All`]: `PUT`, `PATCH` and `DELETE` |
//! | [`ReturnsEveryStatus`](Obligation::ReturnsEveryStatus) | 2xx, 4xx and 5xx, with headers and body |
//! | [`FollowsNoRedirect`](Obligation::FollowsNoRedirect) | 301, 302, 303, 307 and 308, to the same server, to another host, from TLS to plain |
//! | [`SkipsInterimResponses`](Obligation::SkipsInterimResponses) | 100 and 103 before the response; unless claimed, they can be an error |
//! | [`ReadsNoBody`](Obligation::ReadsNoBody) | a 204, a 304 that announces a body; with [`Methods::All`]: after `HEAD` |
//! | [`DetectsCutBodies`](Obligation::DetectsCutBodies) | bodies shorter than their `Content-Length`, or without their last chunk |
//! | [`AcceptsTrailers`](Obligation::AcceptsTrailers) | trailers after the last chunk; unless claimed, they can be an error |
//! | [`Decompresses`](Obligation::Decompresses) | gzip, whole and cut off, and an unknown coding; unless claimed, gzip can be an error |
//! | [`StopsAtLimit`](Obligation::StopsAtLimit) | a body of the limit and one of a byte more, with and without a limit of the request, in every framing and compressed; an endless one |
//! | [`GivesUp`](Obligation::GivesUp) | no response, a slow head and a slow body, connections that are reset |
//! | [`KeepsNoCookies`](Obligation::KeepsNoCookies) | a cookie set on `/oauth/token` |
//! | [`ReusesConnections`](Obligation::ReusesConnections) | if claimed: a whole login on one connection; with [`Methods::Post`], up to the account |
//! | [`ChecksCertificates`](Obligation::ChecksCertificates) | if claimed: a valid certificate, one of an unknown authority, an expired one, one of another host |
//! | [`UsesProxy`](Obligation::UsesProxy) | if claimed: an HTTP proxy, with a password, for TLS; HTTP and SOCKS proxies that cannot be used |
//! | [`ReportsReceipt`](Obligation::ReportsReceipt) | if claimed: a response has its `ReceivedAt`, with and without a body |
//!
//! # How
//!
//! Each check has its own transport, which the factory builds with the [`Settings`] of that check,
//! and its own server on 127.0.0.1. The certificates are generated, for `localhost`. A check runs
//! in a thread, so transports must be `Send`. The suite waits much longer than the transport's time
//! limit. A check that does not return is reported as [`GivesUp`](Obligation::GivesUp), and the
//! others continue. If several checks hang that need no waiting, the rest is omitted.
//!
//! # What is left out
//!
//! Names that do not resolve, proxies that are configured by environment variables, HTTP/2, client certificates and revocation lists: the
//! protocol does not depend on them.

mod checks;
mod client;
mod report;
mod run;
mod server;
mod settings;
mod tls;

pub use gts_oauth_core;
pub use report::{Failure, Obligation, Report};
pub use settings::{Claims, Methods, Settings};

use gts_oauth_core::Transport;

/// Checks a transport. `factory` is called once for each check.
///
/// It takes about a second for a correct transport, because checks that wait run in parallel with
/// the others, and longer for one that hangs.
///
/// # Panics
/// If the factory panics, or the system has no free port or thread.
pub fn check<T>(factory: impl Fn(&Settings) -> T, claims: Claims) -> Report
where
    T: Transport + Send + 'static,
{
    let start = |check: run::Check| {
        let transport = factory(&check.settings);
        check.start(transport, claims.methods)
    };
    let mut report = Report::default();
    let waiting: Vec<_> = checks::waiting().into_iter().map(start).collect();
    run::in_turn(checks::prompt(claims), start, &mut report);
    for running in waiting {
        report.add(running.obligation, &running.what, running.wait());
    }
    for what in checks::unclaimed(claims) {
        report.skip(&what);
    }
    report
}
