//! The contents of a report.

use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// The message with which `assert` panics.
fn asserted(report: &Report) -> String {
    let report = AssertUnwindSafe(report);
    let panicked = catch_unwind(|| report.assert()).expect_err("failures");
    *panicked.downcast::<String>().expect("a message")
}

#[test]
fn failures_are_printed_by_obligation_with_security_first() {
    let report = report_without_sending();
    let message = asserted(&report);
    let headings: Vec<&str> = message.lines().skip(1).filter(|it| !it.starts_with(' ')).collect();
    let mut once = report.failures().iter().map(|it| it.obligation).collect::<Vec<_>>();
    once.sort_by_key(|it| (!it.is_security(), it.to_string()));
    once.dedup();
    assert_eq!(headings.len(), once.len(), "{message}");
    let security = once.iter().filter(|it| it.is_security()).count();
    for (number, heading) in headings.iter().enumerate() {
        let obligation = once.iter().find(|it| heading.starts_with(&it.to_string()));
        let is_security = obligation.expect("an obligation").is_security();
        assert_eq!(is_security, number < security, "{message}");
    }
    let indented = message.lines().filter(|it| it.starts_with("  ")).count();
    assert!(indented > 20, "{message}");
}

#[test]
fn long_errors_are_cut_off() {
    let wordy = |_: Request<_>| Err::<Response<Vec<u8>>, _>("body ".repeat(10_000));
    let report = check(|_| wordy, Claims::default());
    assert!(!report.passed());
    let longest = report.to_string().lines().map(str::len).max();
    assert!(longest < Some(600), "{longest:?}");
}

#[test]
#[should_panic(
    expected = "KeepsNoCookies broken (keep no cookies):\n  a cookie set on /oauth/token"
)]
fn what_is_asserted_names_the_obligation() {
    report_without_sending().assert();
}
