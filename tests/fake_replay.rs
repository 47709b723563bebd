//! The recorded requests to GoToSocial 0.20.0, sent to the fake in order, and its responses compared
//! with the recorded ones.

mod fidelity;

use fidelity::compare::{Difference, differences};
use fidelity::learnt::Learnt;
use fidelity::script;
use gts_oauth_core::Transport as _;
use gts_oauth_tests::{RECORDINGS, recording};

/// An accepted difference: the number of the recording, the place in its response, and the reason.
struct Listed(u8, &'static str, &'static str);

/// At most five, and never a status or an error string.
const LISTED: &[Listed] = &[];

impl Listed {
    fn is(&self, difference: &Difference) -> bool {
        (self.0, self.1) == (difference.number, difference.place.as_str())
    }
}

#[test]
fn the_fake_answers_what_was_recorded_of_the_real_server() {
    let found = replay();
    let is_listed = |found: &&Difference| LISTED.iter().any(|listed| listed.is(found));
    let (listed, unlisted): (Vec<_>, Vec<_>) = found.iter().partition(is_listed);
    println!(
        "{RECORDINGS} exchanges replayed, {} differences, {} of them listed",
        found.len(),
        listed.len()
    );
    for Listed(number, place, reason) in LISTED {
        println!("{}, {place}: {reason}", recording(*number).name);
    }
    let unlisted: Vec<String> = unlisted.iter().map(|found| found.to_string()).collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    for listed in LISTED {
        let occurs = found.iter().any(|found| listed.is(found));
        assert!(occurs, "{}, {} no longer differs", listed.0, listed.1);
    }
}

#[test]
fn what_is_left_is_little_and_no_client_depends_on_it() {
    assert!(LISTED.len() <= 5, "{} differences are left", LISTED.len());
    for Listed(number, place, reason) in LISTED {
        let depended_on = place.starts_with("status") || place.contains("error");
        assert!(!depended_on, "{number} differs in its {place}");
        assert!(!reason.is_empty(), "{number} differs in its {place}: why?");
    }
}

/// Sends all requests in order, and learns the fake's ids, codes and tokens from the responses.
fn replay() -> Vec<Difference> {
    let server = script::server();
    let mut learnt = Learnt::default();
    learnt.remember(script::RECORDED_PASSWORD, server.account("alice").password());
    let mut found = Vec::new();
    for number in 1..=RECORDINGS {
        script::before(number, &server, &mut learnt);
        let recording = recording(number);
        let request = learnt.request(&recording.request);
        let played = server.send(request).expect("an answer");
        let recorded = recording.response();
        learnt.learn(&recorded, &played);
        found.extend(differences(number, &learnt, &recorded, &played));
    }
    found
}
