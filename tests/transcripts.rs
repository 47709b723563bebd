//! Recorded responses of GoToSocial 0.20.0, read by the exchange that requests them.
//!
//! Every recording has one entry in one of three lists: those of the browser, those whose request
//! core sends, and those that it never sends, with the reason. The responses of the last list are
//! parsed anyway, because a proxy or a server error could cause them.

mod replay;

use std::collections::BTreeSet;

use gts_oauth_tests::{RECORDINGS, names, recording};
use replay::case::Case;
use replay::{calls, discover, never_sent, register, token, verify_and_revoke};

/// Pages and redirects for a browser, which core does not read.
const BROWSER: [u8; 11] = [11, 12, 13, 14, 15, 16, 49, 50, 51, 52, 53];

/// Recordings whose request core sends.
fn parsed() -> impl Iterator<Item = &'static Case> {
    let sent =
        [register::CASES, token::CASES, verify_and_revoke::CASES, calls::CASES, discover::CASES];
    sent.into_iter().flatten()
}

/// All recordings that are parsed.
fn cases() -> impl Iterator<Item = &'static Case> {
    parsed().chain(never_sent::CASES)
}

#[test]
fn every_recording_is_parsed_or_explained() {
    let parsed: Vec<u8> = parsed().map(|case| case.number).collect();
    let never: Vec<u8> = never_sent::CASES.iter().map(|case| case.number).collect();
    println!(
        "{RECORDINGS} recordings: {} the browser's, {} parsed, {} never sent",
        BROWSER.len(),
        parsed.len(),
        never.len()
    );
    for case in never_sent::CASES {
        println!("{} is never sent: {}", recording(case.number).name, case.reason);
        assert!(!case.reason.is_empty());
    }
    let listed: Vec<u8> = BROWSER.into_iter().chain(parsed).chain(never).collect();
    let set: BTreeSet<u8> = listed.iter().copied().collect();
    assert_eq!(set.len(), listed.len(), "one is listed twice");
    assert_eq!(set, (1..=RECORDINGS).collect());
    assert_eq!(names().len(), usize::from(RECORDINGS), "files in the folder");
}

#[test]
fn the_browsers_recordings_are_made_by_a_browser() {
    for number in BROWSER {
        let recording = recording(number);
        let agent = recording.request.header("user-agent");
        assert!(agent.is_some_and(|agent| agent.starts_with("Mozilla/")), "{}", recording.name);
    }
}
