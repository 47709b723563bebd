//! Behavior of Sharkey alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gts_oauth_core::error::CallbackError;
use gts_oauth_core::{AuthorizeOptions, Callback, Error, Exchange, Login, RedirectUri};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, App, app};
use crate::sample::{CALLBACK, OUT_OF_BAND, alice, by_redirect, logged_in, out_of_band};
use crate::sample::{speaking, waiting};

fn sharkey() -> Server {
    speaking(Dialect::Sharkey)
}

#[test]
fn metadata_promises_pkce_and_an_issuer_and_neither_is_kept() {
    let server = sharkey();
    let told = raw::get(&server, "/.well-known/oauth-authorization-server").json();
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(told["authorization_response_iss_parameter_supported"], true);
    assert!(told.get("revocation_endpoint").is_none());
    assert!(told.get("token_endpoint_auth_methods_supported").is_none());

    let app = app(&server);
    let brought = server.account("alice").visit(&app.challenging(&server)).unwrap();
    assert!(!brought.contains("iss="), "{brought}");
    let wrong = app.exchange(&server, &raw::code(&brought), Some("wrong"));
    assert_eq!(wrong.status(), 200);
}

#[test]
fn its_broken_promise_of_iss_is_told_and_can_be_waived() {
    let server = sharkey();
    let alice = server.account("alice");
    let mut login = Login::new(by_redirect(&server), server.entropy());
    let mut told = String::new();
    let stop = login.run(&server, |ask| {
        let Some(problem) = ask.problem else {
            return alice.allow(ask.url);
        };
        told = problem.to_string();
        Err("the person closes the page".into())
    });
    assert!(stop.is_err() && told.contains("iss"), "{told}");

    let options = AuthorizeOptions::new().allow_missing_iss(true);
    login.set_options(options).unwrap();
    let done = login.run(&server, |ask| alice.allow(ask.url));
    assert!(done.unwrap().account.is_some());
}

#[test]
fn own_redirect_uri_needs_no_iss() {
    let server = sharkey();
    let alice = server.account("alice");
    let callback: RedirectUri = CALLBACK.parse().unwrap();
    let register = by_redirect(&server).redirect_uri(callback.for_instance(&server.instance()));
    let mut login = Login::new(register, server.entropy());
    let done = login.run(&server, |step| {
        assert!(step.problem.is_none());
        Ok(Callback::at_redirect_uri(&alice.visit(step.url)?)?.into())
    });
    assert!(done.unwrap().account.is_some());
}

#[test]
fn missing_iss_ends_the_run() {
    let server = sharkey();
    let alice = server.account("alice");
    let mut login = Login::new(by_redirect(&server), server.entropy());
    let mut visits = 0;
    let outcome = login.run(&server, |step| {
        visits += 1;
        alice.allow(step.url)
    });
    assert!(matches!(outcome, Err(Error::Callback(CallbackError::NoIssuer))), "{outcome:?}");
    assert_eq!(visits, 3);
}

#[test]
fn a_client_id_is_an_address_in_base64_and_ends_in_what_must_be_encoded() {
    let server = sharkey();
    let app = out_of_band(&server).send(&server).unwrap();
    assert!(app.client_id().ends_with('='));
    let address = STANDARD.decode(app.client_id()).unwrap();
    assert!(address.starts_with(b"https://gts.example/auth/"));
    let pending = app.authorize(AuthorizeOptions::new(), server.entropy()).unwrap();
    assert!(pending.url().contains("%3D"), "{}", pending.url());
}

#[test]
fn an_app_is_good_for_one_login() {
    let server = sharkey();
    let me = alice(&server);
    let login = Login::with_app(me.app.clone(), server.entropy());
    let (_, address) = waiting(&server, login);
    let page = server.account("alice").visit(&address).unwrap_err();
    assert!(page.to_string().starts_with("404"), "{page}");
    // A new app succeeds.
    logged_in(&server, "alice", by_redirect(&server));
}

#[test]
fn until_then_the_code_is_always_the_same() {
    let server = sharkey();
    let app = app(&server);
    let address = app.challenging(&server);
    let codes = [(); 2].map(|()| raw::code(&server.account("alice").visit(&address).unwrap()));
    assert_eq!(codes[0], codes[1]);
    assert_eq!(app.exchange(&server, &codes[0], None).status(), 200);
    let told = app.exchange(&server, &codes[0], None).error();
    assert_eq!(told, (401, "NO_SUCH_SESSION".to_owned()));
}

#[test]
fn it_is_the_code_of_whoever_allowed_last() {
    let server = sharkey();
    let app = app(&server);
    let address = app.challenging(&server);
    let codes = ["alice", "bob"].map(|it| raw::code(&server.account(it).visit(&address).unwrap()));
    let token = app.exchange(&server, &codes[0], None).text("access_token");
    assert_eq!(raw::verify(&server, &token).text("username"), "bob");
}

#[test]
fn an_app_is_known_by_its_secret_alone() {
    let server = sharkey();
    let app = app(&server);
    let brought = server.account("alice").visit(&app.challenging(&server)).unwrap();
    let code = raw::code(&brought);
    let mut other = App { id: "nobody".to_owned(), secret: "x".to_owned() };
    let told = other.exchange(&server, &code, None).error();
    assert_eq!(told, (401, "NO_SUCH_APP".to_owned()));
    other.secret = app.secret;
    assert_eq!(other.exchange(&server, &code, None).status(), 200);
}

#[test]
fn a_registration_is_refused_in_capitals() {
    let server = sharkey();
    let all = [("scopes", "read"), ("redirect_uris", OUT_OF_BAND), ("client_name", "raw")];
    for missing in ["scopes", "redirect_uris", "client_name"] {
        let fields: Vec<_> = all.into_iter().filter(|(it, _)| *it != missing).collect();
        let told = raw::form(&server, "/api/v1/apps", &fields);
        assert_eq!(told.error(), (400, "BAD_REQUEST".to_owned()));
        let words = format!("Missing required payload \"{missing}\"");
        assert_eq!(told.text("error_description"), words);
    }
    let body = json!({ "client_name": "raw", "redirect_uris": [CALLBACK], "scopes": "read" });
    let told = raw::json(&server, "/api/v1/apps", &body);
    let words = "Invalid payload \"redirect_uris\": only one value is allowed";
    assert_eq!(told.text("error_description"), words);
}

#[test]
fn an_apps_own_token_is_a_uuid_that_nobody_knows() {
    let server = sharkey();
    let app = out_of_band(&server).send(&server).unwrap();
    let tokens = [(); 2].map(|()| app.request_token().unwrap().send(&server).unwrap());
    let [one, other] = tokens.each_ref().map(|it| it.access_token().expose());
    assert_ne!(one, other);
    assert_eq!((one.len(), one.matches('-').count()), (36, 4));
    let told = raw::verify(&server, one).error();
    assert_eq!(told, (401, "AUTHENTICATION_FAILED".to_owned()));
}

#[test]
fn the_token_reply_tells_scopes_that_were_never_asked_for() {
    let server = sharkey();
    let me = alice(&server);
    assert_eq!(me.session.scopes().to_string(), "read write follow push");
    let call = me.session.post("/api/v1/statuses").unwrap();
    let told = call.form("status", "hello").send(&server);
    assert!(told.is_err(), "the app registered read alone");
    let answer = raw::verify(&server, "");
    assert_eq!(answer.error(), (401, "CREDENTIAL_REQUIRED".to_owned()));
}

#[test]
fn whatever_begins_with_read_may_read_everything() {
    let server = sharkey();
    let app = by_redirect(&server).scopes("read:statuses".parse().unwrap());
    assert!(logged_in(&server, "alice", app).account.is_some());
    let app = by_redirect(&server).scopes("push".parse().unwrap());
    assert!(logged_in(&server, "alice", app).account.is_none());
}

#[test]
fn out_of_band_leads_to_an_address_that_no_browser_can_open() {
    let server = sharkey();
    let app = app(&server);
    let brought = server.account("alice").visit(&app.challenging(&server)).unwrap();
    assert!(brought.starts_with(&format!("{OUT_OF_BAND}?code=")));
}

#[test]
fn whatever_is_no_client_credentials_is_taken_for_a_code() {
    let server = sharkey();
    let told = app(&server).token(&server, &[("grant_type", "refresh_token")]);
    assert_eq!(told.error(), (401, "NO_SUCH_SESSION".to_owned()));
}

#[test]
fn version_names_sharkey() {
    let version = raw::get(&sharkey(), "/api/v1/instance").text("version");
    assert!(version.contains("Sharkey"), "{version}");
}

#[test]
fn code_needs_a_secret() {
    let fields = [("grant_type", "authorization_code"), ("code", "x"), ("client_id", "x")];
    let response = raw::form(&sharkey(), "/oauth/token", &fields);
    let description = response.text("error_description");
    assert_eq!(description, "Missing required query \"client_secret\"");
}
