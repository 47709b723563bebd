//! Transports that are broken on purpose, one obligation each: the suite says which, and finds
//! nothing wrong with the rest.

mod agent;
mod handmade;
mod report;

use gts_oauth_conformance::gts_oauth_core::Transport;
use gts_oauth_conformance::{Claims, Obligation, Report, Settings, check};

/// What the transports here are when they are not broken.
const CLAIMS: Claims = Claims {
    tls: true,
    connection_reuse: true,
    gzip: false,
};

/// Puts the transport through the suite: nothing but this obligation is broken, and both the
/// report and the panic say so. For a closer look the report is returned.
#[track_caller]
fn breaks<T>(obligation: Obligation, claims: Claims, factory: impl Fn(&Settings) -> T) -> Report
where
    T: Transport + Send + 'static,
{
    let report = check(factory, claims);
    assert!(!report.passed(), "nothing was found:\n{report}");
    for failure in report.failures() {
        assert_eq!(failure.obligation, obligation, "{report}");
        let line = failure.to_string();
        assert!(line.starts_with(&format!("{obligation} broken")), "{line}");
        assert!(report.to_string().contains(&format!("failed: {line}\n")));
    }
    report
}

/// Whether a failure of the report tells this.
#[track_caller]
fn tells(report: &Report, seen: &str) {
    let mut failures = report.failures().iter();
    assert!(
        failures.any(|failure| failure.seen.contains(seen)),
        "{seen:?} is not told:\n{report}"
    );
}
