//! Tests of the obligations of any [`Transport`], on real loopback sockets.
//!
//! For programs with an [HTTP stack of their own](gts_oauth_core::manual::guides::own_stack). A
//! [`Transport`] must not follow redirects, keep cookies or read without a limit, which most HTTP
//! stacks do by default. One call checks [all obligations](Obligation):
//!
//! ```no_run
//! use gts_oauth_conformance::{Claims, Methods, Settings, check};
//! use gts_oauth_ureq::{Ureq, ureq::Agent};
//!
//! // In your own test. For TLS, claim it, and trust `settings.roots`; for proxies, claim them,
//! // and use `settings.proxy`.
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
//! FollowsNoRedirect broken (follow no redirect):
//!   a redirect to another host: after a 301 to a GET, GET /elsewhere?code=1 was sent, with the token
//! ```
//!
//! A test can [waive](Report::failures) one that is not about [security](Obligation::is_security).

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

/// Checks a transport. `factory` is called once for each check. [`Obligation`] lists them.
///
/// It takes about a second for a correct transport, because checks that wait run in parallel with
/// the others, and longer for one that hangs.
///
/// # How
///
/// Each check has its own transport, which the factory builds with the [`Settings`] of that check,
/// and its own server on 127.0.0.1. The certificates are generated, for `localhost`. A check runs
/// in a thread, so transports must be `Send`. The suite waits much longer than the transport's time
/// limit. A check that does not return is reported as [`GivesUp`](Obligation::GivesUp), and the
/// others continue. If several checks hang that need no waiting, the rest is omitted.
///
/// # What is left out
///
/// Names that do not resolve, proxies that are configured by environment variables, HTTP/2, client
/// certificates and revocation lists: the protocol does not depend on them.
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
