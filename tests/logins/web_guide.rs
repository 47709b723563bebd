//! The program of the guide to web back ends: faults, denials, and apps that are shared.

use std::sync::atomic::{AtomicU8, Ordering};

use gts_oauth_fake::{Dialect, Fault, Server};

include!("../../crates/gts-oauth-core/docs/guides/web_backend.rs");

fn mastodon() -> Server {
    Server::builder(7).dialect(Dialect::Mastodon).build()
}

/// Different bytes each time.
fn entropy() -> Result<Entropy, Error> {
    static COUNT: AtomicU8 = AtomicU8::new(0);
    let byte = COUNT.fetch_add(1, Ordering::Relaxed);
    Entropy::from_fn(|bytes| {
        bytes.fill(byte);
        Ok::<_, Error>(())
    })
}

fn site(server: &Server) -> Site<'_> {
    Site { http: server, entropy, storage: HashMap::new() }
}

/// The parts of a page that leads to the authorization URL.
#[track_caller]
fn authorize(page: Page) -> (String, String, Option<String>) {
    match page {
        Page::Authorize { state, url, problem } => (state, url, problem),
        Page::Welcome(_) => panic!("the login is done"),
    }
}

#[track_caller]
fn assert_welcome(page: Page, name: &str) {
    match page {
        Page::Welcome(me) => assert_eq!(me.account.expect("an account").username(), name),
        Page::Authorize { problem, .. } => panic!("the user is asked again: {problem:?}"),
    }
}

/// The path and the query with which the browser returns.
fn callback_of(reply: &str) -> &str {
    reply.strip_prefix("https://app.example").expect("a callback")
}

fn count(server: &Server, path: &str) -> usize {
    server.requests().iter().filter(|request| request.path == path).count()
}

#[test]
fn reload_mends_a_fault_at_any_request() {
    for path in [
        "/.well-known/nodeinfo",
        "/.well-known/webfinger",
        "/.well-known/oauth-authorization-server",
        "/api/v1/apps",
        "/oauth/token",
        "/api/v1/accounts/verify_credentials",
    ] {
        for fault in [Fault::BadGateway, Fault::Throttled, Fault::Reset] {
            let server = mastodon();
            let instance = server.instance().to_string();
            let mut site = site(&server);
            server.fail(fault.clone().at(path));
            let begun = site.begin(&instance).or_else(|_| site.begin(&instance));
            let (state, url, _) = authorize(begun.expect("an authorization URL"));
            let reply = server.account("alice").visit(&url).expect("a callback");
            let url = callback_of(&reply);
            let done = site.callback(url, &state).or_else(|_| site.callback(url, &state));
            assert_welcome(done.unwrap_or_else(|error| panic!("{path}: {error}")), "alice");
            // No token was lost, and no request repeated without need.
            assert_eq!(count(&server, "/oauth/token"), if path == "/oauth/token" { 2 } else { 1 });
        }
    }
}

#[test]
fn lost_responses_end_in_a_login_or_another_attempt() {
    for path in ["/oauth/token", "/api/v1/accounts/verify_credentials"] {
        let server = mastodon();
        let mut site = site(&server);
        let page = site.begin(&server.instance().to_string()).expect("a page");
        let (state, url, _) = authorize(page);
        let alice = server.account("alice");
        let reply = alice.visit(&url).expect("a callback");
        server.fail(Fault::LostResponse.at(path));
        assert!(site.callback(callback_of(&reply), &state).is_err(), "{path}");
        match site.callback(callback_of(&reply), &state).expect("a page") {
            Page::Authorize { state, url, problem } => {
                assert!(problem.is_some(), "{path}");
                let reply = alice.visit(&url).expect("a callback");
                let page = site.callback(callback_of(&reply), &state).expect("a page");
                assert_welcome(page, "alice");
            }
            page @ Page::Welcome(_) => assert_welcome(page, "alice"),
        }
    }
}

#[test]
fn denial_is_shown_with_another_attempt() {
    let server = mastodon();
    let mut site = site(&server);
    let page = site.begin(&server.instance().to_string()).expect("a page");
    let (state, url, problem) = authorize(page);
    assert_eq!(problem, None);
    let alice = server.account("alice");
    let gts_oauth_core::UserReply::Pasted(reply) = alice.deny(&url).expect("a callback") else {
        panic!("a callback was received")
    };
    let page = site.callback(callback_of(&reply), &state).expect("a page");
    let (next_state, next_url, problem) = authorize(page);
    assert!(problem.expect("a problem").contains("access_denied"));
    assert!(next_state != state && next_url != url);
    let reply = alice.visit(&next_url).expect("a callback");
    assert!(site.callback(callback_of(&reply), &state).is_err(), "the old cookie");
    let page = site.callback(callback_of(&reply), &next_state).expect("a page");
    assert_welcome(page, "alice");
}

#[test]
fn users_of_an_instance_share_its_app() {
    let server = Server::builder(7).account_domain("example.com").build();
    let mut site = site(&server);
    for name in ["alice", "bob"] {
        let (state, url, _) = authorize(site.begin("example.com").expect("a page"));
        let reply = server.account(name).visit(&url).expect("a callback");
        let page = site.callback(callback_of(&reply), &state).expect("a page");
        assert_welcome(page, name);
    }
    assert_eq!(count(&server, "/api/v1/apps"), 1);
}

#[test]
fn forgotten_app_is_replaced() {
    let server = mastodon();
    let instance = server.instance().to_string();
    let mut site = site(&server);
    let (state, url, _) = authorize(site.begin(&instance).expect("a page"));
    let reply = server.account("alice").visit(&url).expect("a callback");
    server.forget_apps();
    let forgotten = site.callback(callback_of(&reply), &state).err().expect("an error");
    assert!(forgotten.to_string().contains("log in again"), "{forgotten}");

    let (state, url, _) = authorize(site.begin(&instance).expect("a page"));
    let reply = server.account("alice").visit(&url).expect("a callback");
    assert_welcome(site.callback(callback_of(&reply), &state).expect("a page"), "alice");
}
