//! Behavior of Friendica alone.

use gts_oauth_core::{AuthorizeOptions, Exchange, LoggedIn, Login, renewal::Revocation};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, alice, by_redirect, logged_in, out_of_band};
use crate::sample::{speaking, waiting};

fn friendica() -> Server {
    speaking(Dialect::Friendica)
}

fn lives(server: &Server, me: &LoggedIn) -> bool {
    me.session.verify().send(server).is_ok()
}

/// Logs in with an existing app.
fn log_in(server: &Server, name: &str, first: &LoggedIn) -> LoggedIn {
    let person = server.account(name);
    let mut login = Login::with_app(first.app.clone(), server.entropy());
    let me = login.run(server, |ask| person.allow(ask.url));
    me.unwrap().clone()
}

#[test]
fn every_error_is_forbidden() {
    let server = friendica();
    let app = app(&server);
    let mut wrong = raw::App { id: app.id.clone(), secret: "x".to_owned() };
    let error = |error: &str| (403, error.to_owned());
    assert_eq!(app.exchange(&server, "NONE", None).error(), error("Unauthorized"));
    let told = wrong.exchange(&server, "NONE", None);
    assert_eq!(told.error(), error("invalid_client"));
    assert_eq!(told.text("error_description"), "Invalid data or unknown client");
    wrong.secret.clear();
    let told = wrong.exchange(&server, "NONE", None);
    assert_eq!(told.text("error_description"), "Incomplete request data");
    let told = app.token(&server, &[("grant_type", "divination")]).error();
    assert_eq!(told, error("Unsupported or missing grant type"));
    let told = raw::verify(&server, "NONE").error().1;
    assert!(told.starts_with("Token is not authorized"), "{told}");
    let told = raw::form(&server, "/api/v1/apps", &[("client_name", "raw")]);
    assert_eq!(told.error(), error("Missing parameters"));
}

#[test]
fn a_state_that_was_not_sent_comes_back_empty() {
    let server = friendica();
    let app = by_redirect(&server).send(&server).unwrap();
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    let stateless = pending.url().replace(&format!("state={}", pending.state()), "");
    let brought = server.account("alice").visit(&stateless).unwrap();
    assert!(brought.ends_with("&state="), "{brought}");
    // Core treats it as missing.
    assert!(pending.code_from_text(&brought).is_err());
}

#[test]
fn revoking_one_token_ends_those_of_all_people_with_the_app() {
    let server = friendica();
    let alice = alice(&server);
    let bob = log_in(&server, "bob", &alice);
    let other_app = logged_in(&server, "carol", out_of_band(&server));
    let body = json!({
        "client_id": alice.app.client_id(),
        "client_secret": alice.app.client_secret().unwrap().expose(),
        "token": alice.session.access_token().expose(),
    });
    assert!(lives(&server, &alice) && lives(&server, &bob));
    let answer = raw::json(&server, "/oauth/revoke", &body);
    assert_eq!((answer.status(), answer.json()), (200, json!([])));
    assert!(!lives(&server, &alice) && !lives(&server, &bob));
    assert!(lives(&server, &other_app));
    // A revoked token is forbidden.
    let outcome = alice.app.revoke(&alice.session).unwrap().send(&server);
    assert!(matches!(outcome, Ok(Revocation::NotConfirmed(_))));
}

#[test]
fn revoking_one_token_spares_those_with_an_app_of_their_own() {
    let server = friendica();
    let [alice, bob] = ["alice", "bob"].map(|it| logged_in(&server, it, out_of_band(&server)));
    let outcome = alice.app.revoke(&alice.session).unwrap().send(&server);
    assert!(matches!(outcome, Ok(Revocation::Accepted)), "{outcome:?}");
    assert!(!lives(&server, &alice) && lives(&server, &bob));
}

#[test]
fn a_second_login_ends_the_first_ones_token_as_soon_as_it_is_allowed() {
    let server = friendica();
    let first = alice(&server);
    let login = Login::with_app(first.app.clone(), server.entropy());
    let (mut login, address) = waiting(&server, login);
    let code = server.account("alice").visit(&address).unwrap();
    assert!(!lives(&server, &first));
    login.handle_reply(code.as_str()).unwrap();
    let second = login.run(&server, |_| unreachable!("allowed")).unwrap();
    assert!(lives(&server, second));
}

#[test]
fn a_second_code_ends_the_first() {
    let server = friendica();
    let app = app(&server);
    let codes = [(); 2].map(|()| {
        let alice = server.account("alice");
        alice.visit(&app.challenging(&server)).unwrap()
    });
    let told = app.exchange(&server, &codes[0], None).error();
    assert_eq!(told, (403, "Unauthorized".to_owned()));
    assert_eq!(app.exchange(&server, &codes[1], None).status(), 200);
}

#[test]
fn another_persons_token_is_not_touched_by_a_login() {
    let server = friendica();
    let alice = alice(&server);
    let bob = log_in(&server, "bob", &alice);
    log_in(&server, "alice", &alice);
    assert!(lives(&server, &bob));
}

#[test]
fn the_token_reply_tells_who_it_is_and_the_apps_scopes() {
    let server = friendica();
    let register = by_redirect(&server).scopes("read write follow".parse().unwrap());
    let app = register.send(&server).unwrap();
    let narrow = AuthorizeOptions::new().scopes("read".parse().unwrap());
    let pending = app.authorize(narrow, server.entropy()).unwrap();
    let brought = server.account("alice").visit(pending.url()).unwrap();
    let session = pending.code_from_text(&brought).unwrap().send(&server).unwrap();
    assert_eq!(session.scopes().to_string(), "read write follow");
    // The token itself permits only the requested scopes.
    let call = session.post("/api/v1/statuses").unwrap().form("status", "hello");
    assert!(call.send(&server).is_err());
}

#[test]
fn whatever_has_read_in_it_may_read() {
    let server = friendica();
    let app = by_redirect(&server).scopes("read:statuses".parse().unwrap());
    assert!(logged_in(&server, "alice", app).account.is_some());
}

#[test]
fn of_a_list_of_redirect_uris_the_first_is_taken() {
    let server = friendica();
    let body = json!({ "client_name": "raw", "redirect_uris": [CALLBACK, OUT_OF_BAND] });
    let reply = raw::json(&server, "/api/v1/apps", &body);
    assert_eq!(reply.text("redirect_uri"), CALLBACK);
    let fields =
        [("client_name", "raw"), ("redirect_uris[]", CALLBACK), ("redirect_uris[]", OUT_OF_BAND)];
    let reply = raw::form(&server, "/api/v1/apps", &fields);
    assert_eq!(reply.text("redirect_uri"), CALLBACK);
}

/// An app with these redirect URIs, as one text.
fn app_with(server: &Server, uris: &str) -> raw::App {
    let fields = [("client_name", "raw"), ("redirect_uris", uris)];
    let reply = raw::form(server, "/api/v1/apps", &fields);
    raw::App { id: reply.text("client_id"), secret: reply.text("client_secret") }
}

#[test]
fn with_several_redirect_uris_a_code_is_had_and_cannot_be_exchanged() {
    let server = friendica();
    let app = app_with(&server, &format!("{CALLBACK} https://bot.example/callback"));
    let address = app.address(&server, &[("redirect_uri", CALLBACK)]);
    let code = raw::code(&server.account("alice").visit(&address).unwrap());
    let grant = [("grant_type", "authorization_code"), ("code", &*code)];
    let told = app.token_for(&server, CALLBACK, &grant);
    assert_eq!(told.error(), (403, "Unauthorized".to_owned()));
}

#[test]
fn lines_of_redirect_uris_are_one_that_is_not_there() {
    let server = friendica();
    let app = app_with(&server, &format!("{CALLBACK}\n{OUT_OF_BAND}"));
    let address = app.address(&server, &[("redirect_uri", CALLBACK)]);
    assert!(server.account("alice").visit(&address).is_err());
}

#[test]
fn a_redirect_uri_with_a_query_is_never_found() {
    let server = friendica();
    let uri = "https://bot.example/callback?a=1";
    let app = app_with(&server, uri);
    let address = app.address(&server, &[("redirect_uri", uri)]);
    assert!(server.account("alice").visit(&address).is_err());
}

#[test]
fn out_of_band_shows_a_code_only_where_the_app_has_nothing_else() {
    let server = friendica();
    let app = app_with(&server, &format!("{CALLBACK} {OUT_OF_BAND}"));
    let address = app.address(&server, &[("redirect_uri", OUT_OF_BAND)]);
    let brought = server.account("alice").visit(&address).unwrap();
    assert!(brought.starts_with(&format!("{OUT_OF_BAND}?code=")));
}

#[test]
fn a_code_is_good_again_and_again_for_the_same_token() {
    let server = friendica();
    let app = app(&server);
    let code = server.account("alice").visit(&app.challenging(&server)).unwrap();
    let tokens = [(); 2].map(|()| app.exchange(&server, &code, None).text("access_token"));
    assert_eq!(tokens[0], tokens[1]);
}

#[test]
fn whoever_has_a_token_of_the_app_is_shown_no_page_whatever_is_asked_for() {
    let server = friendica();
    let person = server.account("alice");
    let app = by_redirect(&server).scopes("read write".parse().unwrap());
    let mut login = Login::new(app, server.entropy());
    let me = login.run(&server, |ask| person.allow(ask.url)).unwrap();
    let options = AuthorizeOptions::new().scopes("write".parse().unwrap());
    let other = me.app.authorize(options.force_login(true), server.entropy()).unwrap();
    assert!(person.open(other.url()).unwrap().starts_with(CALLBACK));
}

#[test]
fn an_apps_own_token_needs_the_redirect_uri_too_and_opens_nothing() {
    let server = friendica();
    let app = app(&server);
    let grant = [("grant_type", "client_credentials")];
    let told = app.token_for(&server, "", &grant);
    assert_eq!(told.error(), (403, "invalid_client".to_owned()));
    let first = app.token(&server, &grant);
    assert_eq!(first.text("scope"), "read");
    assert_eq!(raw::verify(&server, &first.text("access_token")).status(), 403);
}

#[test]
fn token_is_in_hexadecimal() {
    let me = alice(&friendica());
    let token = me.session.access_token().expose();
    assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
}
