//! Puts any transport of [`gts_oauth_core`] through its obligations, on real loopback sockets.
//!
//! A [`Transport`] owes the person whose token it carries a list of things that every HTTP stack
//! does otherwise unless it is told: to follow no redirect, to keep no cookies, to stop reading.
//! One call checks them all:
//!
//! ```no_run
//! use gts_oauth_conformance::{Claims, Settings, check};
//! use gts_oauth_ureq::{Ureq, ureq::Agent};
//!
//! // As a test of yours. For TLS, claim it, and trust `settings.roots`.
//! let factory = |settings: &Settings| {
//!     let config = Agent::config_builder().timeout_global(Some(settings.timeout));
//!     Ureq::with_agent(config.build().new_agent())
//! };
//! check(factory, Claims::default()).assert();
//! ```
//!
//! Where one is broken, the report names it, and what was seen:
//!
//! ```text
//! FollowsNoRedirect broken (follow no redirect): a redirect to another host: after a 301 to a GET, GET /elsewhere?code=1 was sent, with the token
//! ```
//!
//! # What is checked
//!
//! | | |
//! |---|---|
//! | [`SendsExactly`](Obligation::SendsExactly) | every method, odd paths and queries, headers, forms, all 256 bytes, a body of 8 MiB |
//! | [`AnswersEveryStatus`](Obligation::AnswersEveryStatus) | 2xx, 4xx and 5xx, with headers and body |
//! | [`FollowsNoRedirect`](Obligation::FollowsNoRedirect) | 301, 302, 303, 307 and 308, on GET and POST, to the same server, to another host, from TLS to plain |
//! | [`StopsAtMaxBody`](Obligation::StopsAtMaxBody) | a body of the limit and one of a byte more, in every framing and compressed; an endless one |
//! | [`GivesUp`](Obligation::GivesUp) | silence, a head and a body that drip, connections that are reset |
//! | [`KeepsNoCookies`](Obligation::KeepsNoCookies) | a cookie set on `/oauth/token` |
//! | [`Decompresses`](Obligation::Decompresses) | who asks for gzip can read it |
//! | [`ReusesConnections`](Obligation::ReusesConnections) | if claimed: a whole login on one connection |
//! | [`ChecksCertificates`](Obligation::ChecksCertificates) | if claimed: a good certificate, one of an unknown authority, one that expired, one of another host |
//!
//! # How
//!
//! Each check has a transport of its own, which the factory builds with the [`Settings`] of that
//! check, and a server of its own on 127.0.0.1, which writes its bytes by hand. The certificates
//! are made on the spot, for `localhost`. A check runs in a thread, and is waited for much longer
//! than the transport was told to take: one that never comes back is left there, reported as
//! [`GivesUp`](Obligation::GivesUp), and the other checks go on, unless several hang that have
//! nothing to wait for. That is why transports have to be `Send`.
//!
//! # What is left out
//!
//! Names that do not resolve, proxies, HTTP/2, client certificates and revocation lists: nothing
//! in the protocol depends on them.

mod checks;
mod report;
mod run;
mod server;
mod settings;
mod tls;

pub use gts_oauth_core;
pub use report::{Failure, Obligation, Report};
pub use settings::{Claims, Settings};

use gts_oauth_core::Transport;

/// Puts a transport through its obligations. `factory` is called once for each check.
///
/// Takes about a second for a sound transport, and more for one that hangs: those checks that are
/// about waiting run beside the others.
///
/// # Panics
/// If the factory does, or the system has no loopback port or thread left.
pub fn check<T>(factory: impl Fn(&Settings) -> T, claims: Claims) -> Report
where
    T: Transport + Send + 'static,
{
    let start = |check: run::Check| {
        let transport = factory(&check.settings);
        check.start(transport)
    };
    let mut report = Report::default();
    let waiting: Vec<_> = checks::waiting().into_iter().map(start).collect();
    run::in_turn(checks::prompt(claims), start, &mut report);
    for running in waiting {
        report.add(running.obligation, &running.what, running.wait());
    }
    for obligation in checks::unclaimed(claims) {
        report.skip(obligation);
    }
    report
}
