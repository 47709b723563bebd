//! The recorded requests to GoToSocial, sent to the fake in order, and its responses compared with
//! the recorded ones. Each recorded version has a dialect of its own.

mod fidelity;
#[path = "fidelity/mastodon/mod.rs"]
mod mastodon;
#[path = "fidelity/openapi.rs"]
mod openapi;

use std::time::Duration;

use fidelity::compare::{Difference, differences};
use fidelity::script::Script;
use fidelity::stage::{Setup, Stage};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{Instance, Transport as _};
use gts_oauth_fake::{Dialect, Server};
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
    let mut script = Script::new(&story, Fake::new(*dialect));
    let mut found = Vec::new();
    for recording in &story {
        // Requests took time, so that two tokens were not used at once.
        script.stage.wait(Duration::from_millis(10));
        let played = script.play(recording).expect("the fake can be prepared");
        found.extend(differences(recording, &script.learnt, &played));
    }
    found
}

/// The fake in memory.
struct Fake {
    server: Server,
    dialect: Dialect,
}

impl Fake {
    /// At the recorded address.
    fn new(dialect: Dialect) -> Self {
        Self { server: fake("http://127.0.0.1:8085", None, dialect), dialect }
    }
}

fn fake(origin: &str, account_domain: Option<&str>, dialect: Dialect) -> Server {
    let instance = Instance::insecure_http(origin).expect("an address of this machine");
    let builder = Server::builder(82).instance(&instance).rate_limit(None).dialect(dialect);
    let server = match account_domain {
        Some(domain) => builder.account_domain(domain).build(),
        None => builder.build(),
    };
    for name in ["alice", "bob"] {
        server.account(name);
    }
    server
}

impl Stage for Fake {
    fn origin(&self) -> String {
        self.server.instance().origin().to_owned()
    }

    fn account_domain(&self) -> String {
        "localhost:8085".to_owned()
    }

    fn send(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.server.send(request).expect("a response")
    }

    fn credentials(&self, name: &str) -> (String, String) {
        let account = self.server.account(name);
        (account.email(), account.password().to_owned())
    }

    fn prepare(&mut self, setup: Setup) -> bool {
        match setup {
            Setup::Unlimited => self.server.rate_limit(None),
            Setup::SixRequests => self.server.rate_limit(6),
            Setup::DefaultLimit => self.server.rate_limit(300),
            Setup::ExpiredCodes => self.wait(Duration::from_secs(301)),
            Setup::SplitDomain => {
                let origin = "http://gts.localhost:8085";
                self.server = fake(origin, Some("localhost:8085"), self.dialect);
            }
        }
        true
    }

    fn wait(&self, time: Duration) {
        self.server.advance(time);
    }
}
