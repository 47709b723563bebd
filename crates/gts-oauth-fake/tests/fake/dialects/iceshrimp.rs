//! Behavior of Iceshrimp.NET alone.

use gts_oauth_core::{AuthorizeOptions, Exchange, LoggedIn, renewal::Revocation};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, Answer, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, alice, by_redirect, logged_in, speaking};

fn iceshrimp() -> Server {
    speaking(Dialect::Iceshrimp)
}

/// Revokes by a form with this name for the token.
fn revoke(server: &Server, me: &LoggedIn, name: &str) -> Answer {
    let fields = [
        ("client_id", me.app.client_id()),
        ("client_secret", me.app.client_secret().unwrap().expose()),
        (name, me.session.access_token().expose()),
    ];
    raw::form(server, "/oauth/revoke", &fields)
}

#[test]
fn a_form_revokes_only_with_the_token_as_code() {
    let server = iceshrimp();
    let me = alice(&server);
    let told = revoke(&server, &me, "token");
    let words = "One or more validation errors occurred.";
    assert_eq!(told.error(), (400, words.to_owned()));
    me.session.verify().send(&server).unwrap();
    let answer = revoke(&server, &me, "code");
    assert_eq!((answer.status(), answer.json()), (200, json!({})));
    assert!(me.session.verify().send(&server).is_err());
}

#[test]
fn core_revokes_with_the_form_that_is_read() {
    let server = iceshrimp();
    let me = alice(&server);
    let outcome = me.app.revoke(&me.session).unwrap().send(&server);
    assert!(matches!(outcome, Ok(Revocation::Accepted)), "{outcome:?}");
    assert!(me.session.verify().send(&server).is_err());
}

#[test]
fn json_revokes_with_the_token_as_token() {
    let server = iceshrimp();
    let me = alice(&server);
    let mut body = json!({
        "client_id": me.app.client_id(),
        "client_secret": me.app.client_secret().unwrap().expose(),
        "code": me.session.access_token().expose(),
    });
    assert_eq!(raw::json(&server, "/oauth/revoke", &body).status(), 400);
    body["token"] = body["code"].take();
    assert_eq!(raw::json(&server, "/oauth/revoke", &body).status(), 200);
    assert!(me.session.verify().send(&server).is_err());
    // A revoked token belongs to no app.
    let told = raw::json(&server, "/oauth/revoke", &body).error();
    let words = "You are not authorized to revoke this token";
    assert_eq!(told, (403, words.to_owned()));
}

#[test]
fn a_code_that_nobody_knows_is_told_as_an_app_that_nobody_knows() {
    let server = iceshrimp();
    let mut app = app(&server);
    let unknown = app.exchange(&server, "NONE", None).error();
    assert_eq!(unknown.0, 401);
    let code = server.account("alice").visit(&app.challenging(&server)).unwrap();
    assert_eq!(app.exchange(&server, &code, None).status(), 200);
    let (status, told) = app.exchange(&server, &code, None).error();
    assert_eq!(status, 400);
    assert!(told.contains("grant is invalid"), "{told}");
    app.secret.push('x');
    assert_eq!(app.exchange(&server, "NONE", None).error(), unknown);
}

#[test]
fn every_login_needs_the_password() {
    let server = iceshrimp();
    let tab = raw::Tab::new(&server);
    let address = app(&server).challenging(&server);
    for _ in 0..2 {
        let sign_in = tab.get(&address);
        assert_eq!(sign_in.header("location"), Some("/auth/sign_in"));
        tab.sign_in(&server.account("alice"));
        let allowed = tab.post("/oauth/authorize", &[]);
        let target = allowed.header("location").unwrap();
        assert!(target.starts_with("/oauth/oob?code="), "{target}");
    }
}

#[test]
fn a_redirect_uris_own_query_comes_back_twice() {
    let server = iceshrimp();
    let uri = "https://bot.example/callback?a=1";
    let fields = [("client_name", "raw"), ("redirect_uris", uri)];
    let reply = raw::form(&server, "/api/v1/apps", &fields);
    let app = raw::App { id: reply.text("client_id"), secret: reply.text("client_secret") };
    let address = app.address(&server, &[("redirect_uri", uri)]);
    let brought = server.account("alice").visit(&address).unwrap();
    assert!(brought.starts_with(&format!("{uri}&a=1&code=")), "{brought}");
    assert!(brought.ends_with("&state=mine"));
}

#[test]
fn an_apps_own_token_is_always_the_same_and_nobodys() {
    let server = iceshrimp();
    let app = app(&server);
    server.advance(std::time::Duration::from_secs(60));
    let grant = [("grant_type", "client_credentials")];
    let [one, other] = [(); 2].map(|()| app.token(&server, &grant));
    let token = one.text("access_token");
    assert_eq!(token, other.text("access_token"));
    // It has the age of the app: 1 January 2026, midnight.
    assert_eq!(one.json()["created_at"], 1_767_225_600);
    let told = raw::verify(&server, &token).error();
    let words = "This method requires an authenticated user";
    assert_eq!(told, (401, words.to_owned()));
}

#[test]
fn follow_stands_for_its_parts() {
    let server = iceshrimp();
    let app = by_redirect(&server).scopes("follow read:accounts".parse().unwrap());
    let app = app.send(&server).unwrap();
    for (asked, covered) in [
        ("write:blocks", true),
        ("read:accounts", true),
        ("write:accounts", false),
        ("read", false),
    ] {
        let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
        let scope = "scope=follow+read%3Aaccounts";
        let address = pending.url().replace(scope, &format!("scope={asked}"));
        assert_ne!(address, pending.url());
        let outcome = server.account("alice").visit(&address);
        assert_eq!(outcome.is_ok(), covered, "{asked}");
    }
}

#[test]
fn profile_is_no_scope() {
    let server = iceshrimp();
    let app = by_redirect(&server).scopes("profile".parse().unwrap());
    assert!(app.send(&server).is_err());
    let told = logged_in(&server, "alice", by_redirect(&server));
    assert!(told.account.is_some());
}

#[test]
fn redirect_uris_come_one_a_line_and_not_as_a_list() {
    let server = iceshrimp();
    let both = format!("{OUT_OF_BAND}\n{CALLBACK}");
    let fields = [("client_name", "raw"), ("redirect_uris", &*both)];
    let reply = raw::form(&server, "/api/v1/apps", &fields);
    assert_eq!(reply.text("redirect_uri"), both);
    let app = raw::App { id: reply.text("client_id"), secret: reply.text("client_secret") };
    let address = app.address(&server, &[("redirect_uri", CALLBACK)]);
    let brought = server.account("alice").visit(&address).unwrap();
    assert!(brought.starts_with(CALLBACK));
    let body = json!({ "client_name": "raw", "redirect_uris": [CALLBACK] });
    assert_eq!(raw::json(&server, "/api/v1/apps", &body).status(), 400);
    let fields = [("client_name", "raw"), ("redirect_uris", "javascript:alert(1)")];
    assert_eq!(raw::form(&server, "/api/v1/apps", &fields).status(), 400);
}

#[test]
fn app_needs_a_redirect_uri() {
    let response = raw::form(&iceshrimp(), "/api/v1/apps", &[("client_name", "raw")]);
    assert_eq!(response.status(), 400);
}
