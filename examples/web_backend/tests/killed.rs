//! Nodes that are killed between any two steps.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Transport};
use gts_oauth_fake::Server;

use crate::databases::databases;
use crate::visitor::{ALL, Visitor, count, requested, site};

/// Kills its node at one request: before the server gets it, or before the node gets the response.
struct Killer<'a> {
    server: &'a Server,
    requests: AtomicUsize,
    at: usize,
    before: bool,
}

impl Transport for Killer<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let kill = self.requests.fetch_add(1, Ordering::Relaxed) == self.at;
        if kill && self.before {
            resume_unwind(Box::new("killed"));
        }
        let response = self.server.send(request);
        if kill {
            resume_unwind(Box::new("killed"));
        }
        response
    }
}

/// How many of the requests are sent before the user is redirected.
const START: usize = 4;

#[test]
fn killed_at_any_step_the_login_goes_on() {
    for database in databases() {
        for (at, before) in (0..ALL.len()).flat_map(|at| [(at, true), (at, false)]) {
            println!(
                "killed {} {}, {}",
                if before { "before" } else { "after" },
                ALL[at],
                database.url
            );
            let server = Server::new(1);
            let killer = Killer { server: &server, requests: AtomicUsize::new(0), at, before };
            let (alice, mut visitor) = (server.account("alice"), Visitor::default());

            let start =
                |visitor: &mut Visitor| visitor.started(&mut site(&killer, &database), &server);
            let url = survives(|| start(&mut visitor)).unwrap_or_else(|| {
                database.age_claims();
                start(&mut visitor)
            });
            let callback = alice.visit(&url).unwrap();
            let arrive = |visitor: &mut Visitor, callback: &str| {
                visitor.open(&mut site(&killer, &database), callback)
            };
            let mut shown = survives(|| arrive(&mut visitor, &callback)).unwrap_or_else(|| {
                let busy = arrive(&mut visitor, &callback);
                busy.assert(409, "Another request");
                assert!(busy.refresh, "until the claim ends");
                database.age_claims();
                arrive(&mut visitor, &callback)
            });
            // Only a code that the server has seen is spent.
            assert_eq!(shown.url.is_some(), (ALL[at], before) == ("POST /oauth/token", false));
            if let Some(url) = shown.url {
                shown = arrive(&mut visitor, &alice.visit(&url).unwrap());
            }
            shown.assert(200, "Hello @alice");
            assert_eq!(database.read("SELECT account FROM session").len(), 1);

            // No other request was sent twice.
            let mut expected = ALL.map(str::to_owned).to_vec();
            if at < START {
                // The user starts again, with discovery.
                let sent = if before { at } else { at + 1 };
                expected.splice(0..0, ALL[..sent].iter().map(|it| (*it).to_owned()));
            } else if !before {
                expected.insert(at, ALL[at].to_owned());
            }
            if (ALL[at], before) == ("POST /oauth/token", false) {
                // The same code, the app, and the new code.
                expected.splice(at + 2..at + 2, ["POST /oauth/token"; 2].map(str::to_owned));
            }
            assert_eq!(requested(&server), expected);
            database.clear();
        }
    }
}

#[test]
fn restarted_node_keeps_the_app() {
    for database in databases() {
        let server = Server::new(2);
        let url = Visitor::default().started(&mut site(&server, &database), &server);
        assert_eq!(count(&server, "/api/v1/apps"), 1);
        // The browser is closed, and the user starts again after a restart of the node.
        let mut visitor = Visitor::default();
        let again = visitor.started(&mut site(&server, &database), &server);
        assert_ne!(url, again);
        let callback = server.account("alice").visit(&again).unwrap();
        visitor.open(&mut site(&server, &database), &callback).assert(200, "Hello @alice");
        assert_eq!(count(&server, "/api/v1/apps"), 1);
    }
}

/// `None` if the node was killed.
fn survives<T>(node: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(node)) {
        Ok(value) => Some(value),
        Err(cause) if cause.is::<&str>() && *cause.downcast_ref::<&str>().unwrap() == "killed" => {
            None
        }
        Err(cause) => resume_unwind(cause),
    }
}
