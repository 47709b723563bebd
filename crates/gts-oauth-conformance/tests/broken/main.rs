//! Transports that each break one obligation: the suite reports this one, and no other.

mod agent;
mod handmade;
mod post_only;
mod proxy;
mod raw;
mod report;

use gts_oauth_conformance::gts_oauth_core::Transport;
use gts_oauth_conformance::{Claims, Methods, Obligation, Report, Settings, check};

/// The claims of the transports here.
const CLAIMS: Claims = Claims {
    tls: true,
    connection_reuse: true,
    gzip: true,
    methods: Methods::All,
    interim_and_trailers: true,
    proxy: true,
    received_at: false,
};

/// Asserts that the suite reports only this broken obligation. Returns the report.
#[track_caller]
fn breaks<T>(obligation: Obligation, claims: Claims, factory: impl Fn(&Settings) -> T) -> Report
where
    T: Transport + Send + 'static,
{
    let report = check(factory, claims);
    assert!(!report.passed(), "no failure:\n{report}");
    for failure in report.failures() {
        assert_eq!(failure.obligation, obligation, "{report}");
        let line = failure.to_string();
        assert!(line.starts_with(&format!("{obligation} broken")), "{line}");
        assert!(report.to_string().contains(&format!("failed: {line}\n")));
    }
    report
}

/// Asserts that a failure of the report contains this.
#[track_caller]
fn assert_seen(report: &Report, seen: &str) {
    let mut failures = report.failures().iter();
    assert!(
        failures.any(|failure| failure.seen.contains(seen)),
        "{seen:?} is not reported:\n{report}"
    );
}
