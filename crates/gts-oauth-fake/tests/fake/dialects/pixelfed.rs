//! Behavior of Pixelfed alone.

use std::time::Duration;

use gts_oauth_core::error::Remedy;
use gts_oauth_core::{AuthorizeOptions, Error, Exchange, Login};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, VERIFIER, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, alice, by_redirect, login_by_redirect, out_of_band};
use crate::sample::{speaking, waiting};

fn pixelfed() -> Server {
    speaking(Dialect::Pixelfed)
}

/// Status and error of core's requests, which accept JSON.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (u16, String) {
    match outcome {
        Err(Error::ErrorResponse(no)) => (no.status.unwrap().as_u16(), no.code),
        other => panic!("it must be refused, but: {other:?}"),
    }
}

#[test]
fn ids_are_numbers() {
    let server = pixelfed();
    let fields = [("client_name", "raw"), ("redirect_uris", OUT_OF_BAND)];
    let reply = raw::form(&server, "/api/v1/apps", &fields).json();
    assert!(reply["id"].is_u64() && reply["client_id"].is_u64(), "{reply}");
    assert_eq!(reply["website"], json!(null));
    let app = out_of_band(&server).send(&server).unwrap();
    assert!(app.client_id().chars().all(|it| it.is_ascii_digit()));
}

#[test]
fn a_token_lives_for_a_year_and_is_a_jwt() {
    let server = pixelfed();
    let me = alice(&server);
    let year = Duration::from_secs(31_536_000);
    assert_eq!(me.session.expires_in(), Some(year));
    assert_eq!(me.session.created_at(), None);
    // The response has no scopes, so the requested ones count.
    assert!(me.missing_scopes.is_empty());
    let token = me.session.access_token().expose();
    assert!(token.starts_with("eyJ") && token.split('.').count() == 3);
    server.advance(year);
    assert_eq!(raw::verify(&server, token).status(), 302);
}

#[test]
fn refreshing_ends_the_old_token_and_the_old_refresh_token() {
    let server = pixelfed();
    let me = alice(&server);
    // An expired access token does not prevent it.
    server.advance(Duration::from_secs(31_536_000));
    let refresh = me.app.refresh(&me.session).unwrap();
    let new = refresh.send(&server).unwrap();
    assert_ne!(new.refresh_token(), me.session.refresh_token());
    new.verify().send(&server).unwrap();
    assert!(me.session.verify().send(&server).is_err());
    let error = refresh.send(&server).unwrap_err();
    assert_eq!(error.remedy(), Remedy::SignIn, "{error}");
    let told = refusal(refresh.send(&server));
    assert_eq!(told, (500, "The refresh token is invalid.".to_owned()));
}

#[test]
fn whoever_asks_for_json_is_told_of_every_oauth_fault_as_an_internal_error() {
    let server = pixelfed();
    let (mut login, address) = waiting(&server, login_by_redirect(&server));
    let brought = server.account("alice").visit(&address).unwrap();
    let dead = brought.replace("code=def5", "code=dead");
    login.handle_reply(dead.as_str()).unwrap();
    let (status, told) = refusal(login.run(&server, |_| unreachable!("it may pass")));
    assert_eq!(status, 500);
    assert!(told.starts_with("The request is missing"), "{told}");
    // Clients that accept HTML get the correct status and error.
    let told = app(&server).exchange(&server, "dead", None).error();
    assert_eq!(told, (400, "invalid_request".to_owned()));
}

#[test]
fn a_bad_token_is_an_internal_error_too() {
    let server = pixelfed();
    let me = alice(&server);
    server.revoke_all();
    let told = refusal(me.session.verify().send(&server));
    assert_eq!(told, (500, "Unauthenticated.".to_owned()));
}

#[test]
fn a_wrong_secret_is_an_internal_error_too() {
    let server = pixelfed();
    let app = out_of_band(&server).send(&server).unwrap();
    server.forget_apps();
    let told = refusal(app.request_token().unwrap().send(&server));
    assert_eq!(told, (500, "Client authentication failed".to_owned()));
}

#[test]
fn a_registration_without_a_name_is_an_internal_error_with_a_message() {
    let server = pixelfed();
    let fields = [("redirect_uris", OUT_OF_BAND)];
    let answer = raw::asking_json(&server, "/api/v1/apps", &fields);
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.text("message"), "The client name field is required.");
    // Clients that do not accept JSON are redirected.
    let answer = raw::form(&server, "/api/v1/apps", &fields);
    assert_eq!(answer.header("location"), Some("/"));
}

#[test]
fn a_list_of_redirect_uris_is_an_internal_error() {
    let body = json!({ "client_name": "raw", "redirect_uris": [OUT_OF_BAND] });
    assert_eq!(raw::json(&pixelfed(), "/api/v1/apps", &body).status(), 500);
}

#[test]
fn two_lines_are_one_redirect_uri_that_nobody_can_be_sent_to() {
    let server = pixelfed();
    let app = by_redirect(&server).add_redirect_uri(OUT_OF_BAND.parse().unwrap());
    let app = app.send(&server).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    assert!(server.account("alice").visit(pending.url()).is_err());
}

#[test]
fn a_scope_that_it_does_not_have_is_told_the_app_without_its_state() {
    let server = pixelfed();
    for scope in ["read:accounts", "profile", "admin"] {
        let app = by_redirect(&server).scopes(scope.parse().unwrap());
        let app = app.send(&server).unwrap();
        let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
        let brought = server.account("alice").visit(pending.url()).unwrap();
        assert!(brought.starts_with(&format!("{CALLBACK}?error=invalid_scope&")));
        assert!(!brought.contains("state="), "{brought}");
    }
}

#[test]
fn a_token_without_read_is_forbidden_without_a_word() {
    let server = pixelfed();
    let app = by_redirect(&server).scopes("write follow push".parse().unwrap());
    let person = server.account("alice");
    let mut login = Login::new(app, server.entropy());
    let me = login.run(&server, |ask| person.allow(ask.url)).unwrap();
    assert!(me.account.is_none());
    let token = me.session.access_token().expose();
    assert_eq!(raw::verify(&server, token).error(), (403, String::new()));
}

#[test]
fn the_out_of_band_page_is_json() {
    let server = pixelfed();
    let tab = raw::Tab::new(&server);
    tab.get(&app(&server).challenging(&server));
    tab.sign_in(&server.account("alice"));
    tab.get("https://gts.example/oauth/authorize");
    let answer = tab.post("/oauth/authorize", &[]);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.text("state"), "mine");
    assert!(answer.text("code").starts_with("def50200"));
}

#[test]
fn a_challenge_counts_hashed_and_plain() {
    for (method, challenge) in [("S256", raw::CHALLENGE), ("plain", VERIFIER)] {
        let server = pixelfed();
        let app = app(&server);
        let address = app.address(
            &server,
            &[
                ("redirect_uri", OUT_OF_BAND),
                ("code_challenge", challenge),
                ("code_challenge_method", method),
            ],
        );
        let code = server.account("alice").visit(&address).unwrap();
        let told = app.exchange(&server, &code, None).error();
        assert_eq!(told, (400, "invalid_request".to_owned()), "{method}");
        let told = app.exchange(&server, &code, Some(raw::CHALLENGE)).error();
        assert_eq!(told, (400, "invalid_grant".to_owned()), "{method}");
        assert_eq!(app.exchange(&server, &code, Some(VERIFIER)).status(), 200);
    }
}

#[test]
fn whoever_allowed_the_app_is_sent_straight_back() {
    let server = pixelfed();
    let alice = server.account("alice");
    let mut login = login_by_redirect(&server);
    let me = login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    let forced =
        me.app.authorize(AuthorizeOptions::new().force_login(true), server.entropy()).unwrap();
    assert!(alice.open(forced.url()).unwrap().starts_with(CALLBACK));
}

#[test]
fn query_of_the_redirect_uri_comes_first() {
    let server = pixelfed();
    let uri = "https://bot.example/callback?z=1";
    let fields = [("client_name", "raw"), ("redirect_uris", uri)];
    let registered = raw::form(&server, "/api/v1/apps", &fields).json();
    let app = raw::App { id: registered["client_id"].to_string(), secret: String::new() };
    let url = app.address(&server, &[("redirect_uri", uri)]);
    let callback = server.account("alice").visit(&url).unwrap();
    assert!(callback.starts_with(&format!("{uri}&code=")), "{callback}");
}

#[test]
fn names_of_any_length_are_registered() {
    for (dialect, status) in [(Dialect::Pixelfed, 200), (Dialect::GoToSocial, 400)] {
        let name = "x".repeat(2000);
        let fields = [("client_name", &*name), ("redirect_uris", OUT_OF_BAND)];
        let response = raw::form(&speaking(dialect), "/api/v1/apps", &fields);
        assert_eq!(response.status(), status, "{dialect:?}");
    }
}
