//! Behavior of Akkoma alone.

use std::time::Duration;

use gts_oauth_core::http::Request;
use gts_oauth_core::{
    AuthorizeOptions, Error, Exchange, LoggedIn, Login, RegisterApp, Transport,
    error::CallbackError,
};
use gts_oauth_fake::{Account, Dialect, Server};
use serde_json::{Value, json};

use crate::raw::{self, App, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, by_redirect, out_of_band, speaking};

fn akkoma() -> Server {
    speaking(Dialect::Akkoma)
}

/// Logs in over this transport, with this account's browser.
fn log_in(alice: &Account, http: &dyn Transport, server: &Server, app: RegisterApp) -> LoggedIn {
    let mut login = Login::new(app, server.entropy());
    let me = login.run(http, |ask| alice.allow(ask.url));
    me.unwrap().clone()
}

fn token(me: &LoggedIn) -> &str {
    me.session.access_token().expose()
}

#[test]
fn a_second_login_in_one_browser_shows_no_page_and_ends_with_the_same_token() {
    for app in [out_of_band, by_redirect] {
        let server = akkoma();
        let alice = server.account("alice");
        let first = log_in(&alice, &server, &server, app(&server));
        let mut second = Login::with_app(first.app.clone(), server.entropy());
        let me = second.run(&server, |ask| {
            assert!(!alice.open(ask.url)?.contains(">Allow</button>"));
            alice.allow(ask.url)
        });
        assert_eq!(token(me.unwrap()), token(&first));
    }
}

#[test]
fn another_browser_allows_anew_and_ends_with_another_token() {
    let server = akkoma();
    let first = log_in(&server.account("alice"), &server, &server, out_of_band(&server));
    let mut second = Login::with_app(first.app.clone(), server.entropy());
    let me = second.run(&server, |ask| server.account("alice").allow(ask.url));
    assert_ne!(token(me.unwrap()), token(&first));
}

#[test]
fn force_login_is_not_looked_at_where_the_browser_has_no_token() {
    let server = akkoma();
    let alice = server.account("alice");
    let me = log_in(&alice, &server, &server, by_redirect(&server));
    let forced =
        me.app.authorize(AuthorizeOptions::new().force_login(true), server.entropy()).unwrap();
    let shown = alice.open(forced.url()).unwrap();
    assert!(shown.starts_with(CALLBACK), "{shown}");
}

#[test]
fn an_app_that_lives_in_the_browser_gets_its_token_instead_of_a_code() {
    let server = akkoma();
    let alice = server.account("alice");
    let me = log_in(&alice, &alice, &server, by_redirect(&server));
    let pending = me.app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let brought = alice.visit(pending.url()).unwrap();
    let state = pending.state();
    let expected = format!("{CALLBACK}?access_token={}&state={state}", token(&me));
    assert_eq!(brought, expected);
    let outcome = pending.code_from_text(&brought);
    let token = CallbackError::AccessToken;
    assert!(matches!(outcome, Err(Error::Callback(fault)) if fault == token));
}

#[test]
fn another_app_in_that_browser_is_asked_about_without_a_password() {
    let server = akkoma();
    let alice = server.account("alice");
    log_in(&alice, &alice, &server, by_redirect(&server));
    let other = by_redirect(&server).send(&server).unwrap();
    let pending = other.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let page = alice.open(pending.url()).unwrap();
    assert!(page.contains(">Allow</button>"), "{page}");
    pending.code_from_text(&alice.visit(pending.url()).unwrap()).unwrap();
}

#[test]
fn its_out_of_band_page_shows_the_token_which_is_no_code() {
    let server = akkoma();
    let alice = server.account("alice");
    let me = log_in(&alice, &alice, &server, out_of_band(&server));
    let pending = me.app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let brought = alice.visit(pending.url()).unwrap();
    assert_eq!(brought, token(&me));
    let outcome = pending.code_from_text(&brought).unwrap().send(&server);
    assert!(matches!(outcome, Err(Error::ErrorResponse(no)) if no.code == "Invalid credentials"));
}

#[test]
fn force_login_gets_it_a_code() {
    for app in [out_of_band, by_redirect] {
        let server = akkoma();
        let alice = server.account("alice");
        let me = log_in(&alice, &alice, &server, app(&server));
        let forced =
            me.app.authorize(AuthorizeOptions::new().force_login(true), server.entropy()).unwrap();
        let brought = alice.visit(forced.url()).unwrap();
        let session = forced.code_from_text(&brought).unwrap().send(&server).unwrap();
        assert_ne!(session.access_token().expose(), token(&me));
    }
}

#[test]
fn its_login_ends_with_a_token_all_the_same_after_asking_once_more() {
    for app in [out_of_band, by_redirect] {
        let server = akkoma();
        let alice = server.account("alice");
        let first = log_in(&alice, &alice, &server, app(&server));
        let mut second = Login::with_app(first.app.clone(), server.entropy());
        let mut problems = Vec::new();
        let me = second.run(&alice, |ask| {
            problems.extend(ask.problem.map(ToString::to_string));
            alice.allow(ask.url)
        });
        assert_ne!(token(me.unwrap()), token(&first));
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}

#[test]
fn a_revoked_token_spares_nobody_the_page() {
    let server = akkoma();
    let alice = server.account("alice");
    let me = log_in(&alice, &alice, &server, by_redirect(&server));
    me.app.revoke(&me.session).unwrap().send(&alice).unwrap();
    let pending = me.app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let page = alice.open(pending.url()).unwrap();
    assert!(page.contains(">Allow</button>"), "{page}");
}

#[test]
fn token_of_deleted_app_does_not_sign_in() {
    let server = akkoma();
    let alice = server.account("alice");
    log_in(&alice, &alice, &server, by_redirect(&server));
    let location = |app: &App| {
        let request = Request::get(address(app, &server)).header("Accept", "text/html");
        let response = alice.send(request.body(Vec::new()).unwrap()).unwrap();
        response.headers().get("location").cloned()
    };
    // The browser's session has a token, so the consent page is shown at once.
    assert_eq!(location(&app(&server)), None);
    server.delete_apps();
    assert_eq!(location(&app(&server)).unwrap(), "/auth/sign_in");
}

fn address(app: &App, server: &Server) -> String {
    app.address(server, &[("redirect_uri", OUT_OF_BAND)])
}

#[test]
fn whoever_gets_a_token_gets_a_session_too() {
    for (dialect, cookie) in [(Dialect::Akkoma, true), (Dialect::GoToSocial, false)] {
        let server = speaking(dialect);
        let (alice, app) = (server.account("alice"), app(&server));
        let code = alice.visit(&address(&app, &server)).unwrap();
        let answer = app.exchange(&server, &code, None);
        assert_eq!(answer.header("set-cookie").is_some(), cookie, "{dialect:?}");
    }
}

#[test]
fn a_code_is_good_again_and_again_for_the_same_token() {
    let server = akkoma();
    let (alice, app) = (server.account("alice"), app(&server));
    let code = alice.visit(&address(&app, &server)).unwrap();
    let first = app.exchange(&server, &code, None).text("access_token");
    server.advance(Duration::from_secs(86_400));
    let again = app.exchange(&server, &code, None).json();
    assert_eq!(again["access_token"], first.as_str());
    assert_eq!(again["expires_in"], 3_153_600_000_u64 - 86_400);
    // It is revoked together with the token.
    server.advance(Duration::from_secs(3_153_600_000));
    let told = app.exchange(&server, &code, None).error();
    assert_eq!(told, (400, "Invalid credentials".to_owned()));
}

#[test]
fn what_cannot_be_a_code_is_an_internal_error() {
    let server = akkoma();
    let app = app(&server);
    for text in ["", "no code!", "N"] {
        let answer = app.exchange(&server, text, None);
        assert_eq!(answer.status(), 500, "{text}");
        assert_eq!(answer.json()["errors"]["detail"], "Internal server error");
    }
}

#[test]
fn refreshing_keeps_the_refresh_token_and_ends_the_old_token() {
    let server = akkoma();
    let (alice, app) = (server.account("alice"), app(&server));
    let code = alice.visit(&address(&app, &server)).unwrap();
    let old = app.exchange(&server, &code, None).json();
    assert_eq!(old["me"], "https://gts.example/users/alice");
    assert_eq!(old["expires_in"], 3_153_600_000_u64);
    assert!(old["id"].is_u64());
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old["refresh_token"].as_str().unwrap()),
    ];
    let new = app.token(&server, &refresh).json();
    assert_eq!(new["refresh_token"], old["refresh_token"]);
    let status = |token: &Value| raw::verify(&server, token.as_str().unwrap()).status();
    assert_eq!(status(&old["access_token"]), 403);
    assert_eq!(status(&new["access_token"]), 200);
    assert_eq!(app.token(&server, &refresh).status(), 200);
}

#[test]
fn what_was_not_registered_word_for_word_is_left_out() {
    let server = akkoma();
    let app = by_redirect(&server).scopes("read write:statuses".parse().unwrap());
    let app = app.send(&server).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let wider = pending.url().replace("scope=read", "scope=follow+read");
    assert_ne!(wider, pending.url());
    let brought = server.account("alice").visit(&wider).unwrap();
    let session = pending.code_from_text(&brought).unwrap().send(&server).unwrap();
    assert_eq!(session.scopes().to_string(), "read write:statuses");
}

#[test]
fn an_apps_own_token_has_all_that_it_registered_whatever_it_asks_for() {
    let server = akkoma();
    let grant = [("grant_type", "client_credentials"), ("scope", "write")];
    let reply = app(&server).token(&server, &grant).json();
    assert_eq!(reply["scope"], "read");
    assert!(reply.get("me").is_none());
}

#[test]
fn null_is_no_text() {
    for field in ["client_name", "redirect_uris", "scopes"] {
        let mut body = json!({ "client_name": "raw", "redirect_uris": OUT_OF_BAND });
        body[field] = json!(null);
        let told = raw::json(&akkoma(), "/api/v1/apps", &body).error();
        let words = format!("{field} - null value where string expected.");
        assert_eq!(told, (400, words));
        // GoToSocial treats it as missing.
        let status = raw::json(&Server::new(7), "/api/v1/apps", &body).status();
        assert_eq!(status == 200, field != "client_name", "{field}");
    }
}

#[test]
fn an_apps_id_and_secret_in_the_header_count() {
    for (dialect, status) in [(Dialect::Akkoma, 200), (Dialect::GoToSocial, 400)] {
        let server = speaking(dialect);
        let grant = [("grant_type", "client_credentials"), ("redirect_uri", OUT_OF_BAND)];
        let answer = app(&server).basic(&server, &grant);
        assert_eq!(answer.status(), status, "{dialect:?}");
    }
}

#[test]
fn status_has_its_plain_text() {
    let server = speaking(Dialect::Akkoma);
    let session = server.session("alice", "read");
    server.post("bob", "hello @alice");
    let token = session.access_token().expose();
    let notifications = raw::signed(&server, "/api/v1/notifications", token).json();
    let status = &notifications[0]["status"];
    assert_eq!(status["pleroma"]["content"]["text/plain"], "hello @alice");
    assert_eq!(status["text"], Value::Null);
}

#[test]
fn app_is_verified_with_either_token() {
    let server = speaking(Dialect::Akkoma);
    let session = server.session("alice", "read");
    let path = "/api/v1/apps/verify_credentials";
    let answer = raw::signed(&server, path, session.access_token().expose());
    assert_eq!(answer.fields(), ["name", "vapid_key", "website"]);
    let app = raw::app(&server);
    let token = app.token(&server, &[("grant_type", "client_credentials")]).text("access_token");
    assert_eq!(raw::signed(&server, path, &token).text("name"), "raw");
    assert_eq!(raw::signed(&server, path, "NONE").status(), 403);
}
