//! The recorded requests to Mastodon 4.6.5 and 4.3.13, sent to the fake in order, and its responses
//! compared with the recorded ones.

mod script;

use crate::fidelity::compare::{Difference, differences};
use gts_oauth_core::http::Response;
use gts_oauth_fake::Dialect;
use gts_oauth_tests::Recording;
use script::Replay;

/// An accepted difference: the place in the responses of these recordings, and the reason.
struct Listed(&'static str, &'static [u16], &'static str);

/// Never a status, a header of an error, or an error string.
const LISTED: &[Listed] = &[
    Listed(
        ".vapid_key",
        &[1, 2, 3, 8, 9, 14, 17, 18, 19, 70, 71, 136, 142, 148, 168, 169],
        "the recorded server had no key for Web Push; servers in use have one",
    ),
    Listed(".configuration.vapid.public_key", &[163, 167], "as above"),
    Listed("[]", &[88], "the recorded server did not run the jobs that fill home timelines"),
    Listed("link", &[88], "as above"),
];

impl Listed {
    fn is(&self, difference: &Difference) -> bool {
        self.0 == difference.place && self.1.contains(&number_of(difference))
    }
}

fn number_of(difference: &Difference) -> u16 {
    let number = difference.name.split('-').next().and_then(|it| it.parse().ok());
    number.expect("names of recordings begin with a number")
}

fn assert_replay(dialect: Dialect, folder: &str, origin: &str) {
    let mut replay = Replay::new(dialect, folder, origin);
    let story = replay.story.clone();
    assert_eq!(story.len(), 177);
    let mut found = Vec::new();
    let mut pages = Vec::new();
    for recording in &story {
        let played = replay.play(recording);
        found.extend(differences(recording, &replay.learnt, &played));
        pages.extend(wrong_page(recording, &played));
    }
    let is_listed = |found: &&Difference| LISTED.iter().any(|listed| listed.is(found));
    let (listed, unlisted): (Vec<_>, Vec<_>) = found.iter().partition(is_listed);
    println!("{folder}: {} differences, {} of them listed", found.len(), listed.len());
    let unlisted: Vec<String> = unlisted.iter().map(|found| found.to_string()).collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    assert!(pages.is_empty(), "other sentences:\n{}", pages.join("\n"));
    for Listed(place, numbers, reason) in LISTED {
        assert!(!reason.is_empty(), "{place} differs: why?");
        let depended_on = *place == "status" || place.contains("error");
        assert!(!depended_on, "{place} must not differ");
        for number in *numbers {
            let occurs = found.iter().any(|it| it.place == *place && number_of(it) == *number);
            assert!(occurs, "{number}, {place} no longer differs");
        }
    }
}

#[test]
fn mastodon_46_responds_as_recorded() {
    assert_replay(Dialect::Mastodon, "mastodon-4.6.5", "http://127.0.0.1:3001");
}

#[test]
fn mastodon_43_responds_as_recorded() {
    assert_replay(Dialect::Mastodon43, "mastodon-4.3.13", "http://127.0.0.1:3004");
}

/// HTML pages are the fake's own, but their error sentences are the server's.
fn wrong_page(recording: &Recording, played: &Response<Vec<u8>>) -> Option<String> {
    let kind = recording.response_header("content-type").unwrap_or_default();
    let is_error = recording.status() >= 400 && kind.starts_with("text/html");
    let sentence = recording.visible().split("Signed in as: ").nth(1)?.split_once(' ')?.1;
    let page = String::from_utf8_lossy(played.body());
    let wrong = is_error && !page.contains(sentence);
    wrong.then(|| format!("{}: {sentence}\n{page}", recording.name))
}
