//! Every fault of the server, at every request of a login.

use std::collections::BTreeMap;
use std::time::Duration;

use gts_oauth_fake::serde_json::json;
use gts_oauth_fake::{Fault, Server};

use crate::databases::{TestDatabase, databases};
use crate::visitor::{ALL, Shown, Visitor, count, site};

/// Each fault, and whether the code is spent if it happens at the exchange.
fn faults() -> [(Fault, bool); 15] {
    let missing = json!({ "access_token": null, "client_id": null, "id": null });
    [
        (Fault::RateLimited(Duration::from_secs(300)), false),
        (Fault::Throttled, false),
        (Fault::BadGateway, false),
        (Fault::Empty, false),
        (Fault::CutOff, true),
        (Fault::WrongContentType, true),
        (Fault::Patched(missing), true),
        (Fault::Redirect("https://elsewhere.example/".to_owned()), false),
        (Fault::response(403, &[("content-type", "text/html")], "<html>blocked"), false),
        (Fault::response(503, &[], ""), false),
        (Fault::Endless, false),
        (Fault::NoResponse, false),
        (Fault::SlowDrip, false),
        (Fault::Reset, false),
        (Fault::LostResponse, true),
    ]
}

#[test]
fn every_fault_is_mended_by_reloading() {
    for database in databases() {
        for (fault, spends) in faults() {
            for path in ALL.map(|it| it.split_once(' ').unwrap().1) {
                println!("{fault:?} at {path}, {}", database.url);
                let server = Server::new(1);
                server.fail(fault.clone().at(path));
                let prompts = log_in(&server, &database);
                let again = spends && path == "/oauth/token" && fault != Fault::WrongContentType;
                assert_eq!(prompts, if again { 2 } else { 1 });
                assert_one_login(&server, &database);
                database.clear();
            }
        }
    }
}

#[test]
fn login_survives_a_long_failure() {
    for database in databases() {
        let server = Server::new(2);
        for path in ["/oauth/token", "/api/v1/accounts/verify_credentials"] {
            server.fail(Fault::BadGateway.at(path).times(5));
        }
        assert_eq!(log_in(&server, &database), 1);
        assert_one_login(&server, &database);
    }
}

#[test]
fn rate_limit_is_shown_with_its_end() {
    for database in databases() {
        let server = Server::new(3);
        let (mut site, mut visitor) = (site(&server, &database), Visitor::default());
        let url = visitor.started(&mut site, &server);
        let callback = server.account("alice").visit(&url).unwrap();
        server.fail(Fault::RateLimited(Duration::from_secs(300)).at("/oauth/token"));
        let shown = visitor.open(&mut site, &callback);
        shown.assert(503, "rate limited by ");
        assert!(shown.can_be_reloaded(), "{}", shown.html);
        visitor.open(&mut site, &callback).assert(200, "Hello @alice");
    }
}

/// Logs alice in, and reloads every page that allows it. Returns how often she was asked.
fn log_in(server: &Server, database: &TestDatabase) -> u32 {
    let (mut site, mut visitor) = (site(server, database), Visitor::default());
    let alice = server.account("alice");
    let starts = (0..10).map(|_| visitor.begin(&mut site, server, ""));
    let mut url = starts.inspect(assert_clear).find_map(|shown| shown.url);
    let mut prompts = 0;
    while let Some(opened) = url.take() {
        prompts += 1;
        let callback = alice.visit(&opened).unwrap();
        // As long as there is no new URL, the same callback is reloaded.
        let mut pages = (0..20).map(|_| visitor.open(&mut site, &callback)).inspect(assert_clear);
        let last = pages.find(|page| page.status == 200 || page.url.is_some()).unwrap();
        url = last.url;
    }
    prompts
}

#[track_caller]
fn assert_clear(shown: &Shown) {
    let Shown { status, html, .. } = shown;
    assert!([200, 303, 400, 403, 502, 503, 504].contains(status), "{status} {html}");
    assert!(!html.contains("This server cannot continue"), "{html}");
    assert!(*status < 500 || html.contains(" failed: "), "{status} {html}");
}

/// There is one app and one session, and no code was sent after a definitive response to it.
#[track_caller]
fn assert_one_login(server: &Server, database: &TestDatabase) {
    let mut codes = BTreeMap::new();
    for code in server.requests().iter().filter_map(|request| request.field("code")) {
        *codes.entry(code).or_insert(0) += 1;
    }
    let last = server.requests().iter().rev().find_map(|it| it.field("code")).unwrap();
    assert!(codes.len() <= 2, "{codes:?}");
    assert!(codes[&last] == 1 || codes.len() == 1, "a successful code was sent again: {codes:?}");
    let sessions = database.read("SELECT logged_in FROM session");
    assert_eq!(sessions.len(), 1);
    assert!(count(server, "/api/v1/apps") <= 2);
}
