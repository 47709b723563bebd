//! The recorded requests to GoToSocial, sent to the fake in order, and its responses compared with
//! the recorded ones. Each recorded version has a dialect of its own.

mod fidelity;

use std::time::Duration;

use fidelity::compare::{Difference, differences};
use fidelity::learnt::Learnt;
use fidelity::script::{self, Script};
use gts_oauth_core::Transport as _;
use gts_oauth_fake::Dialect;
use gts_oauth_tests::{Recording, recordings};

/// A version of GoToSocial, the folders of its recordings in order, and how many they are. The
/// requests of the second folder follow those of the first one.
struct Version(Dialect, &'static [&'static str], usize);

const VERSIONS: [Version; 3] = [
    Version(Dialect::GoToSocial, &["gotosocial-0.22.0-rc2"], 167),
    Version(Dialect::GoToSocial020, &["gotosocial-0.20.0", "gotosocial-0.20.0-more"], 167),
    Version(Dialect::GoToSocial018, &["gotosocial-0.18.3"], 167),
];

/// An accepted difference: the dialect, the recording, the place in its response, and the reason.
struct Listed(Dialect, &'static str, &'static str, &'static str);

/// At most five, and never a status or an error string.
const LISTED: &[Listed] = &[];

impl Listed {
    fn is(&self, dialect: Dialect, difference: &Difference) -> bool {
        (self.0, self.1, self.2) == (dialect, difference.name.as_str(), difference.place.as_str())
    }
}

#[test]
fn the_fake_answers_what_was_recorded_of_the_real_server() {
    let mut unlisted = Vec::new();
    for version in &VERSIONS {
        let Version(dialect, folders, count) = version;
        let found = replay(version);
        let is_listed = |found: &Difference| LISTED.iter().any(|listed| listed.is(*dialect, found));
        let listed = found.iter().filter(|found| is_listed(found)).count();
        println!(
            "{folders:?}: {count} exchanges replayed, {} differences, {listed} of them listed",
            found.len(),
        );
        unlisted.extend(
            found.iter().filter(|found| !is_listed(found)).map(|it| format!("{dialect:?} {it}")),
        );
        for Listed(_, name, place, _) in LISTED.iter().filter(|listed| listed.0 == *dialect) {
            let occurs =
                found.iter().any(|it| (it.name.as_str(), it.place.as_str()) == (*name, *place));
            assert!(occurs, "{name}, {place} no longer differs");
        }
    }
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
}

#[test]
fn what_is_left_is_little_and_no_client_depends_on_it() {
    assert!(LISTED.len() <= 5, "{} differences are left", LISTED.len());
    for Listed(_, name, place, reason) in LISTED {
        let depended_on = place.starts_with("status") || place.contains("error");
        assert!(!depended_on, "{name} differs in its {place}");
        assert!(!reason.is_empty(), "{name} differs in its {place}: why?");
    }
}

/// Sends all requests in order, and learns the fake's ids, codes and tokens from the responses.
fn replay(Version(dialect, folders, count): &Version) -> Vec<Difference> {
    let story: Vec<Recording> = folders.iter().flat_map(|folder| recordings(folder)).collect();
    assert_eq!(story.len(), *count);
    let server = script::server(*dialect);
    let mut learnt = Learnt::default();
    learnt.remember(script::RECORDED_PASSWORD, server.account("alice").password());
    let mut script = Script { story: &story, dialect: *dialect, server, learnt };
    let mut found = Vec::new();
    for recording in &story {
        // Requests took time, so that two tokens were not used at once.
        script.server.advance(Duration::from_millis(10));
        script.before(recording.number());
        let played = script.server.send(script.request(recording)).expect("a response");
        script.learnt.learn(&recording.response(), &played);
        found.extend(differences(recording, &script.learnt, &played));
    }
    found
}
