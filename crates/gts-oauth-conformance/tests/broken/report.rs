//! The contents of a report.

use gts_oauth_conformance::gts_oauth_core::BoxError;
use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::{Claims, Obligation, Report, check};

/// The report of a transport that sends nothing.
fn report_without_sending() -> Report {
    let canned = |_: Request<_>| Ok::<_, BoxError>(Response::new(b"{}".to_vec()));
    check(|_| canned, Claims::default())
}

#[test]
fn a_transport_that_never_sends_breaks_nearly_everything() {
    let report = report_without_sending();
    for obligation in [
        Obligation::SendsExactly,
        Obligation::ReturnsEveryStatus,
        Obligation::FollowsNoRedirect,
        Obligation::SkipsInterimResponses,
        Obligation::ReadsNoBody,
        Obligation::DetectsCutBodies,
        Obligation::AcceptsTrailers,
        Obligation::Decompresses,
        Obligation::StopsAtLimit,
        Obligation::GivesUp,
        Obligation::KeepsNoCookies,
    ] {
        let mut failures = report.failures().iter();
        let found = failures.any(|failure| failure.obligation == obligation);
        assert!(found, "{obligation}:\n{report}");
    }
}

#[test]
fn a_report_has_a_line_for_each_check_and_each_claim_that_was_not_made() {
    let lines = report_without_sending().to_string();
    assert!(lines.lines().count() > 40, "{lines}");
    assert!(lines.contains("\nnot claimed: ChecksCertificates\n"));
    assert!(lines.contains("\nnot claimed: ReusesConnections\n"));
    assert!(lines.contains("\nnot claimed: UsesProxy\n"));
    for line in lines.lines() {
        let begins = ["passed: ", "failed: ", "not claimed: "];
        assert!(begins.iter().any(|begin| line.starts_with(begin)), "{line}");
    }
}

#[test]
#[should_panic(expected = "KeepsNoCookies broken (keep no cookies): a cookie set on /oauth/token")]
fn what_is_asserted_names_the_obligation() {
    report_without_sending().assert();
}
