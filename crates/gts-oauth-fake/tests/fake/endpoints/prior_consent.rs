//! Authorizations with prior consent.

use gts_oauth_core::{AuthorizeOptions, LoggedIn, Login, PendingAuthorization};
use gts_oauth_fake::{Account, Dialect, Server};

use crate::sample::{CALLBACK, by_redirect, logged_in, speaking};

/// A logged-in account, and its browser.
fn alice(server: &Server) -> (Account, LoggedIn) {
    let alice = server.account("alice");
    let mut login = Login::new(by_redirect(server), server.entropy());
    let me = login.run(server, |ask| alice.allow(ask.url)).unwrap();
    (alice, me.clone())
}

/// Another attempt with the same app.
fn again(server: &Server, me: &LoggedIn) -> PendingAuthorization {
    me.app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap()
}

fn is_page(shown: &str) -> bool {
    shown.contains(">Allow</button>")
}

#[test]
fn mastodon_sends_whoever_allowed_the_app_straight_back() {
    for dialect in [Dialect::Mastodon43, Dialect::Mastodon] {
        let server = speaking(dialect);
        let (alice, me) = alice(&server);
        let pending = again(&server, &me);
        let shown = alice.open(pending.url()).unwrap();
        assert!(shown.starts_with(CALLBACK), "{dialect:?}: {shown}");
        pending.code_from_text(&shown).unwrap();
    }
}

#[test]
fn other_scopes_are_asked_about() {
    let server = speaking(Dialect::Mastodon);
    let app = by_redirect(&server).scopes("read write".parse().unwrap());
    let alice = server.account("alice");
    let mut login = Login::new(app, server.entropy());
    let me = login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let fewer = AuthorizeOptions::new().scopes("read".parse().unwrap());
    let fewer = me.app.authorize(fewer, server.entropy()).unwrap();
    assert!(is_page(&alice.open(fewer.url()).unwrap()));
    let same = again(&server, me);
    assert!(!is_page(&alice.open(same.url()).unwrap()));
}

#[test]
fn another_browser_skips_page_after_sign_in() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43] {
        let server = speaking(dialect);
        let me = logged_in(&server, "alice", by_redirect(&server));
        let pending = again(&server, &me);
        let shown = server.account("alice").open(pending.url()).unwrap();
        assert!(shown.starts_with(CALLBACK), "{dialect:?}: {shown}");
        let pending = again(&server, &me);
        assert!(is_page(&server.account("bob").open(pending.url()).unwrap()));
    }
}

#[test]
fn force_login_has_mastodon_show_the_page_once_more() {
    for dialect in [Dialect::Mastodon43, Dialect::Mastodon] {
        let server = speaking(dialect);
        let (alice, me) = alice(&server);
        let pending =
            me.app.authorize(AuthorizeOptions::new().force_login(true), server.entropy()).unwrap();
        assert!(is_page(&alice.open(pending.url()).unwrap()), "{dialect:?}");
        let brought = alice.visit(pending.url()).unwrap();
        pending.code_from_text(&brought).unwrap();
    }
}

#[test]
fn gotosocial_asks_everybody_every_time() {
    for dialect in [Dialect::GoToSocial, Dialect::GoToSocial020, Dialect::GoToSocial018] {
        let server = speaking(dialect);
        let (alice, me) = alice(&server);
        let pending = again(&server, &me);
        assert!(is_page(&alice.open(pending.url()).unwrap()), "{dialect:?}");
    }
}

#[test]
fn the_strict_one_asks_for_the_password_again_where_force_login_is_set() {
    let server = speaking(Dialect::Strict);
    let tab = crate::raw::Tab::new(&server);
    let app = crate::raw::app(&server);
    let address = app.challenging(&server);
    let forced = format!("{address}&force_login=true");
    let sign_in = Some("/auth/sign_in");
    assert_eq!(tab.get(&address).header("location"), sign_in);
    tab.sign_in(&server.account("alice"));
    assert_eq!(tab.get(&address).header("location"), None);
    assert_eq!(tab.get(&forced).header("location"), sign_in);
}

#[test]
fn an_error_signs_nobody_out_but_on_gotosocial() {
    for (dialect, signed_in) in [(Dialect::GoToSocial, false), (Dialect::Mastodon, true)] {
        let server = speaking(dialect);
        let tab = crate::raw::Tab::new(&server);
        let app = crate::raw::app(&server);
        let good = app.challenging(&server);
        tab.get(&app.address(&server, &[("redirect_uri", "https://evil.example/")]));
        tab.sign_in(&server.account("alice"));
        tab.get("https://gts.example/oauth/oob");
        let page = tab.get(&good);
        assert_eq!(page.header("location").is_none(), signed_in, "{dialect:?}");
    }
}

#[test]
fn whoever_is_signed_in_on_another_server_signs_in_once_for_two_apps() {
    for dialect in [Dialect::Mastodon43, Dialect::Mastodon, Dialect::Strict] {
        let server = speaking(dialect);
        let tab = crate::raw::Tab::new(&server);
        let (one, other) = (crate::raw::app(&server), crate::raw::app(&server));
        tab.get(&one.challenging(&server));
        tab.sign_in(&server.account("alice"));
        let page = tab.get(&other.challenging(&server));
        assert!(is_page(&page.page()), "{dialect:?}");
    }
}
