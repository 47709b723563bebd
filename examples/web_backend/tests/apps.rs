//! Apps: one for each instance, registered again if it was forgotten, and one for each user where
//! they cannot be shared.

use std::collections::BTreeSet;
use std::thread;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{Exchange as _, LoggedIn, Transport as _};
use gts_oauth_fake::serde_json::json;
use gts_oauth_fake::{Dialect, Fault, Server};

use crate::databases::databases;
use crate::visitor::{Visitor, count, site};

const APPS: &str = "/api/v1/apps";

#[test]
fn first_visitors_at_once_share_one_app() {
    for database in databases() {
        let server = Server::new(1);
        assert_eq!(apps_of_visitors_at_once(&server, &database).len(), 1);
        assert_eq!(count(&server, APPS), 1);
    }
}

#[test]
fn domains_of_one_server_share_its_app() {
    for database in databases() {
        let server = Server::builder(8).account_domain("example.org").build();
        let (mut site, alice) = (site(&server, &database), server.account("alice"));
        // The second one expects an account of the domain, which the first one did not name.
        for typed in ["gts.example", "@alice@example.org", "example.org"] {
            let mut visitor = Visitor::default();
            let url = visitor.enter(&mut site, typed).url.unwrap();
            visitor.open(&mut site, &alice.visit(&url).unwrap()).assert(200, "Hello @alice");
        }
        assert_eq!(count(&server, APPS), 1);
    }
}

#[test]
fn account_of_the_first_visitor_is_not_expected_of_others() {
    for database in databases() {
        let server = Server::new(10);
        let mut site = site(&server, &database);
        for name in ["alice", "bob"] {
            let mut visitor = Visitor::default();
            let url = visitor.begin(&mut site, &server, name).url.unwrap();
            let callback = server.account(name).visit(&url).unwrap();
            visitor.open(&mut site, &callback).assert(200, &format!("Hello @{name}"));
        }
        assert_eq!(count(&server, APPS), 1);
    }
}

#[test]
fn server_of_a_domain_is_found_for_each_login() {
    let server = |host: &str| Server::builder(9).instance(&host.parse().unwrap()).build();
    let (one, other) = (server("one.example"), server("other.example"));
    for database in databases() {
        // A domain with WebFinger alone, which names a server for each account.
        let http = |request: Request<Vec<u8>>| match request.uri().host() {
            Some("one.example") => one.send(request),
            Some("other.example") => other.send(request),
            _ => {
                let is_of = |name| request.uri().to_string().contains(name);
                let (status, host) = match (is_of("webfinger"), is_of("alice")) {
                    (true, true) => (200, "one.example"),
                    (true, false) => (200, "other.example"),
                    (false, _) => (404, ""),
                };
                let body = json!({ "links": [{
                    "rel": "self",
                    "type": "application/activity+json",
                    "href": format!("https://{host}/users/x"),
                }] });
                let response = Response::builder().status(status);
                Ok(response
                    .header("content-type", "application/jrd+json")
                    .body(body.to_string().into())?)
            }
        };
        let mut site = site(&http, &database);
        for (name, server) in [("bob", &other), ("alice", &one)] {
            let typed = format!("@{name}@example.org");
            let url = Visitor::default().enter(&mut site, &typed).url.unwrap();
            assert!(url.starts_with(server.instance().origin()), "{url}");
        }
    }
}

#[test]
fn failed_registration_is_left_to_the_next_visitor() {
    for database in databases() {
        let server = Server::new(2);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        server.fail(Fault::response(422, &[], r#"{"error":"Validation failed"}"#).at(APPS));
        visitor.begin(&mut site, &server, "").assert(400, "app registration failed");
        visitor.started(&mut site, &server);
    }
}

#[test]
fn app_forgotten_before_the_exchange_is_replaced() {
    for (dialect, status) in [(Dialect::GoToSocial, 400), (Dialect::Mastodon, 502)] {
        for database in databases() {
            let server = Server::builder(3).dialect(dialect).build();
            let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
            let alice = server.account("alice");
            let url = visitor.started(&mut site, &server);
            let callback = alice.visit(&url).unwrap();
            server.delete_apps();
            let shown = visitor.open(&mut site, &callback);
            shown.assert(status, "code exchange failed");
            assert_eq!(shown.url, None, "not another attempt with this app");

            let url = visitor.started(&mut site, &server);
            visitor.open(&mut site, &alice.visit(&url).unwrap()).assert(200, "Hello @alice");
            assert_eq!(count(&server, APPS), 2);
        }
    }
}

#[test]
fn app_forgotten_before_the_consent_is_replaced() {
    for dialect in [Dialect::GoToSocial, Dialect::Mastodon] {
        for database in databases() {
            let server = Server::builder(4).dialect(dialect).build();
            let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
            visitor.started(&mut site, &server);
            server.delete_apps();
            // The user sees an error page of the server, returns, and starts again.
            let mut visitor = Visitor::default();
            let url = visitor.started(&mut site, &server);
            let alice = server.account("alice");
            alice.visit(&url).unwrap_err();
            let url = visitor.started(&mut site, &server);
            visitor.open(&mut site, &alice.visit(&url).unwrap()).assert(200, "Hello @alice");
            assert_eq!(count(&server, APPS), 2);
        }
    }
}

#[test]
fn second_start_keeps_an_app_that_is_known() {
    for database in databases() {
        let server = Server::new(5);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        visitor.started(&mut site, &server);
        server.fail(Fault::BadGateway.at("/oauth/token")); // no evidence
        visitor.started(&mut site, &server);
        visitor.started(&mut site, &server);
        assert_eq!(count(&server, APPS), 1);
    }
}

#[test]
fn forgotten_app_is_replaced_once_by_many() {
    for database in databases() {
        let server = Server::new(6);
        let mut visitors = [const { Visitor { cookie: String::new() } }; 4];
        let mut first = site(&server, &database);
        for visitor in &mut visitors {
            visitor.started(&mut first, &server);
        }
        server.delete_apps();
        thread::scope(|scope| {
            for mut visitor in visitors {
                let (server, database) = (&server, &database);
                scope.spawn(move || visitor.started(&mut site(server, database), server));
            }
        });
        assert_eq!(count(&server, APPS), 2);
    }
}

#[test]
fn friendica_gives_each_user_an_own_app() {
    for database in databases() {
        let server = Server::builder(7).dialect(Dialect::Friendica).build();
        let mut site = site(&server, &database);
        for name in ["alice", "bob"] {
            let mut visitor = Visitor::default();
            let url = visitor.started(&mut site, &server);
            let callback = server.account(name).visit(&url).unwrap();
            visitor.open(&mut site, &callback).assert(200, name);
        }
        let sessions = database.read("SELECT logged_in FROM session");
        let sessions: Vec<LoggedIn> =
            sessions.iter().map(|it| gts_oauth_fake::serde_json::from_str(it).unwrap()).collect();
        let name = |me: &LoggedIn| me.account.as_ref().unwrap().username().to_owned();
        let of = |wanted| sessions.iter().find(|me| name(me) == wanted).unwrap();
        let (alice, bob) = (of("alice"), of("bob"));
        assert_ne!(alice.app.client_id(), bob.app.client_id());
        alice.app.revoke(&alice.session).unwrap().send(&server).unwrap();
        bob.session.verify().send(&server).expect("bob stays logged in");
    }
}

/// The client ids in the authorization URLs of eight visitors at two nodes.
fn apps_of_visitors_at_once(
    server: &Server,
    database: &crate::databases::TestDatabase,
) -> BTreeSet<String> {
    let client_id = || {
        let url = Visitor::default().started(&mut site(server, database), server);
        let mut pairs = url.split('&').map(str::to_owned);
        pairs.find(|it| it.starts_with("client_id=")).unwrap()
    };
    thread::scope(|scope| {
        let visitors = [(); 8].map(|()| scope.spawn(client_id));
        visitors.into_iter().map(|it| it.join().unwrap()).collect()
    })
}
