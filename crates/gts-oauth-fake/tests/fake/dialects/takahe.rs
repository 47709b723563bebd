//! Behavior of Takahē alone.

use gts_oauth_core::{AuthorizeOptions, Exchange, renewal::Revocation};
use gts_oauth_fake::{Dialect, Server};

use crate::raw::{self, App, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, alice, by_redirect, logged_in, out_of_band, speaking};

fn takahe() -> Server {
    speaking(Dialect::Takahe)
}

/// The callback URL for this `state`.
fn sent_with(state: &str) -> String {
    let server = takahe();
    let app = by_redirect(&server).send(&server).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let own = format!("state={}", pending.state());
    let address = pending.url().replace(&own, state);
    let brought = server.account("alice").visit(&address).unwrap();
    let (_, rest) = brought.split_once("&state=").unwrap();
    rest.to_owned()
}

#[test]
fn a_state_comes_back_without_being_encoded() {
    assert_eq!(sent_with("state=a-Z_9"), "a-Z_9");
    assert_eq!(sent_with("state=a%26b%3Dc%2Bd"), "a&b=c+d");
    assert_eq!(sent_with("state=a%20%22%C3%A4"), "a%20%22%C3%A4");
}

#[test]
fn no_state_comes_back_as_none() {
    assert_eq!(sent_with(""), "None");
}

#[test]
fn a_redirect_uri_is_known_if_it_is_anywhere_in_what_was_registered() {
    let registered = "https://bot.example/callback";
    for (asked, known) in [
        ("https://bot.example/callback", true),
        ("https://bot.example/", true),
        ("https://bot", true),
        ("https://bot.example/callback/", false),
        ("https://evil.example/callback", false),
    ] {
        let server = takahe();
        let fields = [("client_name", "raw"), ("redirect_uris", registered)];
        let id = raw::form(&server, "/api/v1/apps", &fields).text("client_id");
        assert!(id.starts_with("tk-"));
        let app = App { id, secret: String::new() };
        let address = app.address(&server, &[("redirect_uri", asked)]);
        let outcome = server.account("alice").visit(&address);
        assert_eq!(outcome.is_ok(), known, "{asked}: {outcome:?}");
    }
}

#[test]
fn loopback_ports_are_not_wild() {
    let server = takahe();
    let app = by_redirect(&server).send(&server).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let other = pending.url().replace("7777", "7778");
    assert!(server.account("alice").visit(&other).is_err());
}

#[test]
fn a_bad_token_is_a_bad_request_in_text() {
    let answer = raw::verify(&takahe(), "NONE");
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.page(), "Invalid Bearer token");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let answer = raw::get(&takahe(), "/api/v1/accounts/verify_credentials");
    assert_eq!(answer.error(), (401, "identity_token_required".to_owned()));
}

#[test]
fn everybody_gets_the_same_token_for_an_app_whoever_they_are() {
    let server = takahe();
    let nobody = App { id: "nobody".to_owned(), secret: String::new() };
    let reply = nobody.token(&server, &[("grant_type", "client_credentials")]);
    assert_eq!(reply.text("access_token"), "__app__");
    assert_eq!(reply.text("scope"), "read");
    let app = out_of_band(&server).send(&server).unwrap();
    let token = app.request_token().unwrap().send(&server).unwrap();
    assert_eq!(token.access_token().expose(), "__app__");
    let answer = raw::verify(&server, "__app__");
    assert_eq!(answer.error(), (401, "identity_token_required".to_owned()));
}

#[test]
fn a_revocation_is_answered_with_nothing() {
    let server = takahe();
    let me = alice(&server);
    let fields = [
        ("client_id", me.app.client_id()),
        ("client_secret", me.app.client_secret().unwrap().expose()),
        ("token", me.session.access_token().expose()),
    ];
    let answer = raw::form(&server, "/oauth/revoke", &fields);
    assert_eq!((answer.status(), &*answer.page()), (200, ""));
    assert!(me.session.verify().send(&server).is_err());
    // A revoked token is forbidden, without a body.
    let answer = raw::form(&server, "/oauth/revoke", &fields);
    assert_eq!((answer.status(), &*answer.page()), (403, ""));
    let answer = raw::form(&server, "/oauth/revoke", &fields[..2]);
    assert_eq!(answer.status(), 500);
}

#[test]
fn another_apps_token_is_not_revoked() {
    let server = takahe();
    let me = alice(&server);
    let other = out_of_band(&server).send(&server).unwrap();
    let outcome = other.revoke(&me.session).unwrap().send(&server).unwrap();
    assert!(matches!(outcome, Revocation::NotConfirmed(_)));
    me.session.verify().send(&server).unwrap();
}

/// Without a code, no app is authenticated.
#[test]
fn code_can_be_exchanged_with_credentials_in_the_header() {
    let server = takahe();
    let app = app(&server);
    let url = app.address(&server, &[("redirect_uri", OUT_OF_BAND)]);
    let code = server.account("alice").visit(&url).unwrap();
    let grant =
        [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", OUT_OF_BAND)];
    let other = App { id: app.id.clone(), secret: "another".to_owned() };
    assert_ne!(other.basic(&server, &grant).status(), 200);
    assert_eq!(app.basic(&server, &grant).status(), 200);
}

#[test]
fn a_code_that_nobody_knows_is_an_internal_error_in_html() {
    let server = takahe();
    let answer = app(&server).exchange(&server, "NONE", None);
    assert_eq!(answer.status(), 500);
    assert!(answer.page().contains("Server Error (500)"));
}

#[test]
fn code_of_deleted_app_is_an_internal_error() {
    let server = takahe();
    let app = app(&server);
    let code = server.account("alice").visit(&app.challenging(&server)).unwrap();
    server.delete_apps();
    let answer = app.exchange(&server, &code, None);
    assert_eq!(answer.status(), 500);
    assert!(answer.page().contains("Server Error (500)"));
}

#[test]
fn a_wrong_secret_is_denied_access() {
    let server = takahe();
    let mut app = app(&server);
    let code = server.account("alice").visit(&app.challenging(&server)).unwrap();
    app.secret.push('x');
    let told = app.exchange(&server, &code, None).error();
    assert_eq!(told, (401, "access_denied".to_owned()));
}

#[test]
fn a_code_is_good_again_and_again_for_another_token() {
    let server = takahe();
    let app = app(&server);
    let code = server.account("alice").visit(&app.challenging(&server)).unwrap();
    let tokens = [(); 2].map(|()| app.exchange(&server, &code, None).text("access_token"));
    assert_ne!(tokens[0], tokens[1]);
}

#[test]
fn a_part_of_a_scope_is_no_scope() {
    let server = takahe();
    let app = by_redirect(&server).scopes("read:accounts".parse().unwrap());
    let me = logged_in(&server, "alice", app);
    assert!(me.account.is_none());
    let token = me.session.access_token().expose();
    let told = raw::verify(&server, token).error();
    assert_eq!(told, (403, "out_of_scope_for_token".to_owned()));
}

#[test]
fn a_grant_that_it_does_not_do_has_a_name_of_its_own() {
    let server = takahe();
    let told = app(&server).token(&server, &[("grant_type", "refresh_token")]);
    assert_eq!(told.error(), (400, "invalid_grant_type".to_owned()));
    let told = app(&server).token(&server, &[("grant_type", "authorization_code")]);
    assert_eq!(told.error(), (400, "invalid_request".to_owned()));
}

#[test]
fn a_registration_without_redirect_uris_is_invalid_input_unless_they_are_empty() {
    let told = raw::form(&takahe(), "/api/v1/apps", &[("client_name", "raw")]);
    assert_eq!(told.error(), (400, "invalid_input".to_owned()));
    // They can be empty, and then any is accepted.
    let fields = [("client_name", ""), ("redirect_uris", "")];
    let reply = raw::form(&takahe(), "/api/v1/apps", &fields);
    assert_eq!(reply.text("name"), "");
}

#[test]
fn several_redirect_uris_stay_one_text() {
    let server = takahe();
    let both = format!("{CALLBACK}\n{OUT_OF_BAND}");
    let fields = [("client_name", "raw"), ("redirect_uris", &*both)];
    let reply = raw::form(&server, "/api/v1/apps", &fields);
    assert_eq!(reply.text("redirect_uri"), both);
}
