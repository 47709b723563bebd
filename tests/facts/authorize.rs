//! Pages and redirects for a browser.

use crate::facts::client::{
    FORM, OUT_OF_BAND, Parts, Received, ask, authorize, form, register, server,
};
use gts_oauth_fake::Server;

const PAGE: &str = "/oauth/authorize";
const SIGN_IN: &str = "/auth/sign_in";

/// A browser that opened an authorization URL.
struct Browser {
    server: Server,
    cookie: String,
}

impl Browser {
    fn sent() -> Self {
        let server = server();
        let app = register(&server, "read", OUT_OF_BAND);
        let address = authorize(&server, &app, "read", OUT_OF_BAND);
        let origin = server.instance().origin().to_owned();
        let path = address.strip_prefix(&origin).expect("an address there");
        let parts = Parts { accept: "text/html", ..Parts::default() };
        let first = ask(&server, "GET", path, parts);
        let cookie = String::new();
        let mut browser = Self { server, cookie };
        browser.keep_cookie(&first);
        browser
    }

    fn ask(&mut self, method: &str, path: &str, accept: &str, body: &str) -> Received {
        let parts = Parts { accept, kind: FORM, body, cookie: &self.cookie, ..Parts::default() };
        let response = ask(&self.server, method, path, parts);
        self.keep_cookie(&response);
        response
    }

    fn keep_cookie(&mut self, response: &Received) {
        if let Some((cookie, _)) = response.header("set-cookie").split_once(';') {
            self.cookie = cookie.to_owned();
        }
    }

    fn signs_in_with(&mut self, password: &str) -> Received {
        let fields = [("username", "alice@example.org"), ("password", password)];
        self.ask("POST", SIGN_IN, "text/html", &form(&fields))
    }

    /// The text of the consent page.
    fn goes_on(&mut self) -> u16 {
        let password = self.server.account("alice").password();
        assert_eq!(self.signs_in_with(password).status(), 302);
        self.ask("GET", PAGE, "text/html", "").status()
    }
}

#[test]
fn a_wrong_password_may_be_put_right() {
    let mut browser = Browser::sent();
    let refused = browser.signs_in_with("wrong");
    assert!(refused.status() == 401 && refused.is_page());
    assert!(refused.body().contains("password/email combination was incorrect"));
    assert!(!refused.body().contains("type=\"password\""), "recording 110 has no form");
    assert_eq!(browser.goes_on(), 200);
}

#[test]
fn a_form_with_a_field_missing_ends_the_session() {
    let mut browser = Browser::sent();
    let refused = browser.signs_in_with("");
    assert!(refused.status() == 400 && refused.is_page());
    assert_eq!(browser.goes_on(), 500);
}

#[test]
fn another_accept_does_not_end_the_session_and_a_bad_request_does() {
    let mut browser = Browser::sent();
    assert_eq!(browser.ask("GET", SIGN_IN, "application/json", "").status(), 406);
    assert_eq!(browser.goes_on(), 200);
    let mut browser = Browser::sent();
    assert_eq!(browser.ask("GET", "/oauth/oob", "text/html", "").status(), 400);
    assert_eq!(browser.goes_on(), 500);
}

#[test]
fn the_page_for_codes_shows_whatever_code_is_in_its_address_and_then_the_session_is_over() {
    let mut browser = Browser::sent();
    assert_eq!(browser.goes_on(), 200);
    let path = "/oauth/oob?code=anything";
    let shown = browser.ask("GET", path, "text/html", "");
    assert!(shown.status() == 200 && shown.body().contains("<code>anything</code>"));
    assert_eq!(browser.ask("GET", path, "text/html", "").status(), 500);
}

#[test]
fn a_scope_with_two_spaces_or_spaces_around_it_is_invalid() {
    let server = server();
    let uri = "http://127.0.0.1:7777/callback";
    let app = register(&server, "read write", uri);
    let alice = server.account("alice");
    for (scope, response) in [
        ("read  write", "error=invalid_scope"),
        (" read ", "error=invalid_scope"),
        ("read:accounts", "code="),
        ("read+write", "code="),
    ] {
        let address = authorize(&server, &app, scope, uri);
        let target = alice.visit(&address).expect("a redirect");
        assert!(target.starts_with(&format!("{uri}?{response}")), "{target}");
    }
}
