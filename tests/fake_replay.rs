//! The recorded requests to GoToSocial, sent to the fake in order, and its responses compared with
//! the recorded ones. Each recorded version has a dialect of its own.

mod fidelity;
#[path = "fidelity/listed.rs"]
mod listed;
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
use listed::{Listed, unlisted};

/// A version of GoToSocial.
struct Version {
    dialect: Dialect,
    /// The requests of the second folder follow those of the first one.
    folders: &'static [&'static str],
    listed: &'static [Listed],
}

const VERSIONS: [Version; 3] = [
    Version { dialect: Dialect::GoToSocial, folders: &["gotosocial-0.22.0-rc2"], listed: &[] },
    Version {
        dialect: Dialect::GoToSocial020,
        folders: &["gotosocial-0.20.0", "gotosocial-0.20.0-more"],
        listed: &[
            Listed(".version", &[161, 162], "the second folder is of another build"),
            Listed(".software.version", &[155], "as above"),
        ],
    },
    Version { dialect: Dialect::GoToSocial018, folders: &["gotosocial-0.18.3"], listed: &[] },
];

#[test]
fn gotosocial_responds_as_recorded() {
    for version in &VERSIONS {
        let found = replay(version);
        let unlisted = unlisted(&found, version.listed);
        println!(
            "{:?}: {} differences, {} of them listed",
            version.folders,
            found.len(),
            found.len() - unlisted.len(),
        );
        let unlisted: Vec<String> = unlisted.iter().map(ToString::to_string).collect();
        assert!(unlisted.is_empty(), "{:?}, not listed:\n{}", version.dialect, unlisted.join("\n"));
    }
}

/// Sends all requests in order, and learns the fake's ids, codes and tokens from the responses.
fn replay(Version { dialect, folders, .. }: &Version) -> Vec<Difference> {
    let story: Vec<Recording> = folders.iter().flat_map(|folder| recordings(folder)).collect();
    assert_eq!(story.len(), 167);
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
