//! What a user sees, however a login ends.

use std::sync::Mutex;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Transport, UserReply};
use gts_oauth_fake::serde_json::json;
use gts_oauth_fake::{AccountState, Dialect, Fault, Server};

use crate::databases::{TestDatabase, databases};
use crate::visitor::{ALL, ORIGIN, Visitor, count, requested, site};

const TOKEN: &str = "/oauth/token";
const VERIFY: &str = "/api/v1/accounts/verify_credentials";

#[test]
fn login_takes_each_request_once() {
    for database in databases() {
        let server = Server::new(1);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
        assert_eq!(requested(&server), ALL);
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
        assert!(requested(&server).is_empty(), "a reload sends nothing");
    }
}

/// Opens a second callback while the code of the first one is exchanged.
struct Race<'a> {
    server: &'a Server,
    second: Mutex<Option<Box<dyn FnOnce() + Send + 'a>>>,
}

impl Transport for Race<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        if request.uri().path() == TOKEN {
            let second = self.second.lock().unwrap().take();
            second.into_iter().for_each(|second| second());
        }
        self.server.send(request)
    }
}

#[test]
fn racing_callback_waits_and_sends_nothing() {
    for database in databases() {
        let server = Server::new(2);
        let mut visitor = Visitor::default();
        let url = visitor.started(&mut site(&server, &database), &server);
        let callback = server.account("alice").visit(&url).unwrap();
        let (mut same_browser, server, callback, database) =
            (visitor.clone(), &server, callback.as_str(), &database);
        let second = move || {
            let shown = same_browser.open(&mut site(server, database), callback);
            shown.assert(409, "Another request is completing this login");
            assert!(shown.refresh);
        };
        let race = Race { server, second: Mutex::new(Some(Box::new(second))) };
        visitor.open(&mut site(&race, database), callback).assert(200, "Hello @alice");
        visitor.open(&mut site(&race, database), callback).assert(200, "Hello @alice");
        assert_eq!(count(server, TOKEN), 1);
    }
}

#[test]
fn spent_code_gets_a_new_url() {
    for database in databases() {
        let server = Server::new(3);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let alice = server.account("alice");
        let url = visitor.started(&mut site, &server);
        let UserReply::Pasted(late) = alice.allow_too_late(&url).unwrap() else { panic!() };
        let before = visitor.cookie.clone();
        let shown = visitor.open(&mut site, &late);
        shown.assert(400, "code exchange failed");
        assert_ne!(visitor.cookie, before, "the cookie is for the new attempt");
        // The old callback has no effect any more.
        visitor.open(&mut site, &late).assert(403, "another browser");
        let callback = alice.visit(&shown.url.unwrap()).unwrap();
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
    }
}

#[test]
fn denial_offers_another_attempt() {
    for database in databases() {
        let server = mastodon();
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let alice = server.account("alice");
        let url = visitor.started(&mut site, &server);
        let UserReply::Pasted(denied) = alice.deny(&url).unwrap() else { panic!() };
        let shown = visitor.open(&mut site, &denied);
        shown.assert(403, "access_denied");
        let callback = alice.visit(&shown.url.unwrap()).unwrap();
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
    }
}

#[test]
fn code_of_a_second_consent_is_not_used() {
    for database in databases() {
        let server = mastodon();
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let [first, second] = ["alice", "alice"].map(|it| server.account(it).visit(&url).unwrap());
        assert_ne!(first, second);
        server.fail(Fault::BadGateway.at(TOKEN));
        visitor.open(&mut site, &first).assert(502, "code exchange failed");
        visitor.open(&mut site, &second).assert(200, "Hello @alice");
        let requests = server.requests();
        let codes: Vec<_> = requests.iter().filter_map(|it| it.field("code")).collect();
        assert_eq!(codes[0], codes[1]);
        assert!(first.contains(&codes[1]));
    }
}

#[test]
fn another_account_can_be_exchanged_for_the_right_one() {
    for database in databases() {
        let server = mastodon();
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let started = visitor.begin(&mut site, &server, "alice");
        let callback = server.account("bob").visit(&started.url.unwrap()).unwrap();
        let shown = visitor.open(&mut site, &callback);
        shown.assert(403, "signed in as @bob");
        assert!(sessions(&database).is_empty());
        let url = shown.url.unwrap();
        assert!(url.contains("force_login=true"), "{url}");
        visitor
            .open(&mut site, &server.account("alice").visit(&url).unwrap())
            .assert(200, "@alice");
        assert_eq!(sessions(&database).len(), 1);
    }
}

#[test]
fn too_few_scopes_are_no_login() {
    for database in databases() {
        let server = Server::new(4);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        server.fail(Fault::Patched(json!({ "scope": "profile" })).at(TOKEN));
        visitor.open(&mut site, &callback).assert(403, "did not grant");
        assert!(sessions(&database).is_empty());
    }
}

#[test]
fn unusable_account_is_explained() {
    for database in databases() {
        let server = mastodon();
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        server.set_account_state("alice", AccountState::Disabled);
        visitor.open(&mut site, &callback).assert(403, "Your login is currently disabled");
        assert!(sessions(&database).is_empty());
    }
}

#[test]
fn passing_fault_at_verification_revokes_nothing() {
    for database in databases() {
        let server = Server::new(5);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        server.fail(Fault::BadGateway.at(VERIFY));
        let shown = visitor.open(&mut site, &callback);
        shown.assert(502, "account verification failed");
        assert!(shown.can_be_reloaded());
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
        assert_eq!((count(&server, TOKEN), count(&server, "/oauth/revoke")), (1, 0));
    }
}

#[test]
fn rejected_new_token_is_verified_again() {
    for database in databases() {
        let server = Server::new(6);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        let lagging = r#"{"error":"Unauthorized: token not supplied"}"#;
        server.fail(Fault::response(401, &[], lagging).at(VERIFY));
        let shown = visitor.open(&mut site, &callback);
        shown.assert(503, "a new token works only after a second");
        assert!(shown.can_be_reloaded());
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
        assert_eq!(count(&server, TOKEN), 1);
    }
}

#[test]
fn old_login_ends_with_a_link_to_start_again() {
    for database in databases() {
        let server = Server::new(7);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        database.age_logins();
        Visitor::default().started(&mut site, &server);
        visitor.open(&mut site, &callback).assert(410, "Start again");
        assert_eq!(count(&server, TOKEN), 0);
        assert_eq!(count(&server, "/api/v1/apps"), 1, "the app is kept");
    }
}

#[test]
fn form_of_another_site_starts_no_login() {
    for database in databases() {
        let server = Server::new(10);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let instance = server.instance();
        for origin in
            ["https://evil.example", "https://app.example.evil.example", "null", "", "https"]
        {
            let shown = visitor.enter_from(&mut site, origin, instance.origin());
            shown.assert(403, "another site");
        }
        assert_eq!(visitor.cookie, "");
        assert!(requested(&server).is_empty());
        assert_eq!(visitor.enter_from(&mut site, ORIGIN, instance.origin()).status, 303);
    }
}

#[test]
fn text_of_a_server_is_escaped() {
    for database in databases() {
        let server = Server::new(8);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let text = r#"{"error":"<script>alert(1)</script>"}"#;
        server.fail(Fault::response(422, &[], text).at("/api/v1/apps"));
        visitor.begin(&mut site, &server, "").assert(400, "&lt;script&gt;");
    }
}

fn mastodon() -> Server {
    Server::builder(9).dialect(Dialect::Mastodon).build()
}

fn sessions(database: &TestDatabase) -> Vec<String> {
    database.read("SELECT logged_in FROM session")
}
