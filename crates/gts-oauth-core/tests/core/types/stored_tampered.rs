//! What is stored meets every check on its way back that fresh input would meet: other
//! versions, forbidden origins and tampered values are refused.

use gts_oauth_core::discovery::Discover;
use gts_oauth_core::{
    App, ExpectedAccount, LoggedIn, PendingAuthorization, UserReply, authorization::ExchangeCode,
};
use gts_oauth_core::{Exchange, Instance, Login, RegisterApp, Scopes, Session, renewal::AppToken};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::login::discover::answer_once;
use crate::recorded::{
    ALICE, APP_OUT_OF_BAND, APP_TOKEN, CODE, TOKEN_READ, TOKEN_STATUSES, answer,
};
use crate::scenario::{At, allowed, asks_again, at, by_redirect, logged_in, out_of_band};
use crate::web::Web;

/// The error of reading `noun` with the value at `place` replaced.
pub(crate) fn refused<T: Serialize + DeserializeOwned>(
    noun: &T,
    place: &str,
    value: Value,
) -> String {
    let mut stored = serde_json::to_value(noun).unwrap();
    *stored.pointer_mut(place).expect(place) = value.clone();
    match serde_json::from_value::<T>(stored) {
        Ok(_) => panic!("{place} was taken as {value}"),
        Err(error) => error.to_string(),
    }
}

fn another_version_is_refused<T: Serialize + DeserializeOwned>(noun: &T) {
    for version in [0, 2, 255] {
        let error = refused(noun, "/version", json!(version));
        assert!(error.contains("Update the program"), "{error}");
        assert!(error.contains("log in again"), "{error}");
        let mut bytes = postcard::to_allocvec(noun).unwrap();
        assert_eq!(bytes[0], 1, "the version comes first");
        bytes[0] = version;
        assert!(postcard::from_bytes::<T>(&bytes).is_err());
    }
}

#[test]
fn another_version_is_refused_with_what_to_do() {
    for login in out_of_band().every_stage() {
        another_version_is_refused::<Login>(&login);
    }
    let done = out_of_band().done();
    let logged_in = logged_in(&done);
    another_version_is_refused::<LoggedIn>(logged_in);
    another_version_is_refused::<Session>(&logged_in.session);
    another_version_is_refused::<App>(&logged_in.app);
    another_version_is_refused::<RegisterApp>(logged_in.app.registration());
    let login = out_of_band().authorize();
    let pending = login.pending().unwrap();
    another_version_is_refused::<PendingAuthorization>(pending);
    another_version_is_refused::<ExchangeCode>(&pending.code_from_text(CODE).unwrap());
    let credentials = logged_in.app.request_token().unwrap();
    let token = credentials.parse(&answer(200, APP_TOKEN)).unwrap();
    another_version_is_refused::<AppToken>(&token);
}

#[test]
fn a_stored_http_instance_is_refused_without_its_permission() {
    let stored = |insecure| json!({"origin": "http://example.org", "insecure_http": insecure});
    let error = serde_json::from_value::<Instance>(stored(false)).unwrap_err();
    assert!(error.to_string().contains("http://"), "{error}");
    let instance: Instance = serde_json::from_value(stored(true)).unwrap();
    assert_eq!(instance.origin(), "http://example.org");

    let allowed = Instance::insecure_http("http://example.org").unwrap();
    let mut bytes = postcard::to_allocvec(&allowed).unwrap();
    assert_eq!(bytes.pop(), Some(1), "the permission comes last");
    bytes.push(0);
    assert!(postcard::from_bytes::<Instance>(&bytes).is_err());
}

#[test]
fn a_stored_login_cannot_be_led_to_http() {
    let login = out_of_band().verify();
    for place in ["/data/stage/Verify/0/registration/instance", "/data/stage/Verify/1/instance"] {
        let downgraded = json!({"origin": "http://example.org", "insecure_http": false});
        refused(&login, place, downgraded);
    }
}

#[test]
fn a_stored_instance_is_read_as_strictly_as_a_typed_one() {
    let instance: Instance = "example.org".parse().unwrap();
    for origin in [
        "",
        "https://example.org/api",
        "https://example.org?a",
        "https://me:secret@example.org",
        "https://example.org:0",
        "https://exa\\mple.org",
        "https://exam\u{200b}ple.org",
        "ftp://example.org",
    ] {
        refused(&instance, "/origin", json!(origin));
    }
}

#[test]
fn a_stored_scope_is_read_as_strictly_as_a_typed_one() {
    for text in ["re\"ad", "rea\\d", "réad", "read\u{7}"] {
        assert!(serde_json::from_value::<Scopes>(json!(text)).is_err());
        let login = out_of_band().verify();
        for place in [
            "/data/stage/Verify/0/registration/scopes",
            "/data/stage/Verify/0/scopes",
            "/data/stage/Verify/1/token/scopes",
        ] {
            refused(&login, place, json!(text));
        }
    }
}

#[test]
fn a_stored_token_that_no_header_can_carry_is_refused() {
    for token in ["", "two words", "new\nline", "ünicode", "nul\0"] {
        let login = out_of_band().verify();
        let (_, session) = login.session().unwrap();
        refused(session, "/data/token/access_token", json!(token));
        refused(&login, "/data/stage/Verify/1/token/access_token", json!(token));
    }
}

#[test]
fn what_belongs_to_two_instances_is_refused() {
    let credentials = out_of_band().done();
    let app = &logged_in(&credentials).app;
    let token = app.request_token().unwrap().parse(&answer(200, APP_TOKEN)).unwrap();
    let elsewhere = json!("https://elsewhere.example");
    refused(&token, "/data/bearer/instance/origin", elsewhere.clone());

    let mut login = out_of_band().verify();
    login.handle_reply(UserReply::StartOver).unwrap();
    assert_eq!(login.superseded_sessions().len(), 1);
    refused(&login, "/data/superseded/0/1/instance/origin", elsewhere);
}

#[test]
fn a_revision_as_great_as_can_be_is_followed_by_another() {
    let mut stored = serde_json::to_value(out_of_band().authorize()).unwrap();
    stored["data"]["revision"] = json!(u64::MAX);
    let mut login: Login = serde_json::from_value(stored).unwrap();
    login.handle_reply(UserReply::StartOver).unwrap();
    assert_ne!(login.revision(), u64::MAX);
}

#[test]
fn a_stored_refresh_token_is_checked_as_a_received_one() {
    let login = out_of_band().verify();
    let (_, session) = login.session().unwrap();
    refused(session, "/data/token/refresh_token", json!("new\nline"));
}

#[test]
fn a_stored_user_agent_cannot_smuggle_a_header() {
    let login = out_of_band().verify();
    for place in ["/data/stage/Verify/0/registration/user_agent", "/data/stage/Verify/1/user_agent"]
    {
        for text in ["", " ", "bot\r\nX-Evil: 1"] {
            refused(&login, place, json!(text));
        }
    }
}

#[test]
fn a_stored_attempt_without_a_safe_state_or_verifier_is_refused() {
    let login = by_redirect().authorize();
    for place in ["/data/stage/Authorize/nonces/state", "/data/stage/Authorize/nonces/verifier"] {
        let safe = "A".repeat(42);
        for text in ["", "short", &safe, &format!("{safe}&"), &"A".repeat(129)] {
            refused(&login, place, json!(text));
        }
    }
    let unstarted = by_redirect().register();
    refused(&unstarted, "/data/attempts/first/state", json!(""));
    refused(&unstarted, "/data/attempts/first/verifier", json!(""));
}

#[test]
fn a_stored_attempt_asks_only_for_what_its_app_registered() {
    let login = out_of_band().authorize();
    refused(&login, "/data/stage/Authorize/options/scopes", json!("admin"));
    let elsewhere = json!("https://evil.example/callback");
    refused(&login, "/data/stage/Authorize/options/redirect_uri", elsewhere);
}

#[test]
fn a_stored_language_that_is_none_is_refused() {
    let login = out_of_band().authorize();
    for lang in ["", "de DE", "de&force_login=false"] {
        refused(&login, "/data/stage/Authorize/options/lang", json!(lang));
        refused(&login, "/data/options/lang", json!(lang));
    }
}

#[test]
fn a_stored_app_without_credentials_or_a_way_back_is_refused() {
    let app = by_redirect().app();
    refused(&app, "/data/client_id", json!(""));
    refused(&app, "/data/client_secret", json!(""));
    refused(&app, "/data/redirect_uris", json!([]));
    refused(&app, "/data/redirect_uris/0", json!("javascript:alert(1)"));
    refused(&app, "/data/scopes", json!(""));
    refused(&app, "/data/registration/name", json!("x"));
    refused(&app, "/data/registration/website", json!("javascript:alert(1)"));
}

#[test]
fn stored_registration_needs_redirect_uri_and_scopes() {
    let registration = by_redirect().app().registration().clone();
    for (place, empty) in [("/data/redirect_uris", json!([])), ("/data/scopes", json!(""))] {
        let error = refused(&registration, place, empty);
        assert!(error.contains("no redirect URI or no scopes"), "{error}");
    }
}

#[test]
fn a_stored_exchange_without_a_code_is_refused() {
    refused(&out_of_band().exchange(), "/data/stage/Exchange/code", json!(""));
}

#[test]
fn a_stored_account_that_is_none_is_refused() {
    let login = out_of_band().done();
    for text in ["", "{}", "<html>", r#"{"id":"1","username":""}"#] {
        refused(&login, "/data/stage/Done/account", json!(text));
    }
}

#[test]
fn a_stored_expectation_of_nobody_is_refused_rather_than_met_by_everybody() {
    let login = out_of_band().expecting("alice").verify();
    refused(&login, "/data/expected/name", Value::Null);
    let expected: ExpectedAccount = "alice".parse().unwrap();
    refused(&expected, "/name", json!("two words"));
    let by_id = ExpectedAccount::id("1").unwrap();
    refused(&by_id, "/id", json!(""));
    refused(&by_id, "/name", json!("alice"));
    refused(&by_id, "/name", json!("two words"));
    refused(&by_id, "/host", json!("https://example.org"));
}

#[test]
fn a_login_at_two_stages_at_once_is_refused() {
    let stages = out_of_band().every_stage();
    let stages = stages.map(|login| serde_json::to_value(&login).unwrap()["data"]["stage"].clone());
    for (login, own) in out_of_band().every_stage().iter().zip(&stages) {
        for other in stages.iter().filter(|other| *other != own) {
            let mut both = own.as_object().unwrap().clone();
            both.extend(other.as_object().unwrap().clone());
            refused(login, "/data/stage", Value::Object(both));
        }
    }
}

#[test]
fn a_login_at_no_known_stage_is_refused() {
    let login = out_of_band().authorize();
    for stage in [json!({}), json!({"Refresh": {}}), json!("Done"), Value::Null] {
        refused(&login, "/data/stage", stage);
    }
}

#[test]
fn a_login_whose_seed_is_missing_or_was_not_wiped_is_refused() {
    let verify = out_of_band().verify();
    refused(&verify, "/data/attempts", Value::Null);
    let seed = serde_json::to_value(&verify).unwrap()["data"]["attempts"].clone();
    refused(&out_of_band().done(), "/data/attempts", seed);
}

#[test]
fn an_app_and_a_session_of_two_instances_are_refused() {
    let elsewhere = || json!("https://example.com");
    refused(&out_of_band().verify(), "/data/stage/Verify/1/instance/origin", elsewhere());
    let done = out_of_band().done();
    refused(&done, "/data/stage/Done/session/instance/origin", elsewhere());
    let logged_in = logged_in(&done);
    refused(logged_in, "/data/session/instance/origin", elsewhere());
}

#[test]
fn a_registration_of_another_instance_than_its_discovery_is_refused() {
    let elsewhere = || json!("https://example.com");
    let mut login = discovered();
    for place in [
        "Register",
        "Authorize/app/registration",
        "Exchange/pending/app/registration",
        "Verify/0/registration",
        "Done/app/registration",
    ] {
        let place = format!("/data/stage/{place}");
        refused(&login, &format!("{place}/instance/origin"), elsewhere());
        let found = format!("{place}/discovery/instance/origin");
        refused(&login, &found, elsewhere());
        match at(&login) {
            At::Authorize => login.handle_reply(CODE).unwrap(),
            At::Done => break,
            _ => answered(&mut login),
        }
    }
    assert_eq!(at(&login), At::Done);
}

#[test]
fn stored_endpoint_on_another_origin_is_rejected() {
    let metadata = |token_endpoint: &str| {
        let issuer = "https://example.org";
        let revocation_endpoint = "https://example.org/oauth/revoke";
        json!({
            "issuer": issuer,
            "token_endpoint": token_endpoint,
            "revocation_endpoint": revocation_endpoint,
        })
    };
    let auth: Instance = "https://auth.example.org".parse().unwrap();
    for token_endpoint in ["https://example.org/token", "https://auth.example.org/token"] {
        let metadata = metadata(token_endpoint).to_string();
        let web = Web::default().metadata("https://example.org", &metadata);
        let discover = Discover::new("example.org".parse().unwrap());
        let found = discover.allow_endpoints_at(auth.clone()).run(&web).unwrap();
        assert!(found.metadata().is_some());
        // The registration did not allow this origin itself.
        let registration = out_of_band().registration().with_discovery(&found);
        let app: App = registration.parse(&answer(200, APP_OUT_OF_BAND)).unwrap();
        let stored = serde_json::to_string(&app).unwrap();
        assert_eq!(serde_json::from_str::<App>(&stored).unwrap(), app);
        for endpoint in ["token", "revoke"] {
            let place = format!(
                "/data/registration/discovery/metadata/endpoints/{endpoint}/instance/origin"
            );
            let error = refused(&app, &place, json!("https://evil.example"));
            assert!(error.contains("an endpoint is on an origin"), "{error}");
        }
    }
}

/// A login that has discovered its server, and registers next.
fn discovered() -> Login {
    let mut login = out_of_band().discover();
    let web = Web::default().software("https://example.org", "gotosocial", "0.20.0");
    while at(&login) == At::Discover {
        answer_once(&mut login, &web);
    }
    login
}

/// Hands in the good answer.
fn answered(login: &mut Login) {
    let body = match at(login) {
        At::Register => APP_OUT_OF_BAND,
        At::Exchange => TOKEN_READ,
        _ => ALICE,
    };
    login.handle_response(&answer(200, body)).unwrap();
}

#[test]
fn stored_options_ask_only_for_what_is_registered() {
    let elsewhere = json!("https://evil.example/callback");
    for login in out_of_band().every_stage() {
        refused(&login, "/data/options/scopes", json!("admin"));
        refused(&login, "/data/options/redirect_uri", elsewhere.clone());
    }
}

#[test]
fn a_superseded_session_of_another_instance_is_refused() {
    let mut login = by_redirect().expecting("bob").verify();
    let bob = ALICE.replace("alice", "bob");
    asks_again(&mut login, &answer(200, ALICE));
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    login.handle_response(&answer(200, &bob)).unwrap();
    let elsewhere = || json!("https://example.com");
    let place = "superseded_sessions/0/1/instance/origin";
    refused(&login, &format!("/data/stage/Done/{place}"), elsewhere());
    refused(logged_in(&login), &format!("/data/{place}"), elsewhere());
}

#[test]
fn a_value_without_its_version_is_refused() {
    let app = out_of_band().app();
    let stored = serde_json::to_value(&app).unwrap();
    assert!(serde_json::from_value::<App>(stored["data"].clone()).is_err());
    let mut unversioned = stored.clone();
    unversioned.as_object_mut().unwrap().remove("version");
    assert!(serde_json::from_value::<App>(unversioned).is_err());
}

#[test]
fn stored_app_has_the_redirect_uris_of_its_registration() {
    let app = by_redirect().app();
    for uris in [json!(["https://evil.example/cb"]), json!([]), json!([CALLBACK, CALLBACK])] {
        refused(&app, "/data/redirect_uris", uris.clone());
        refused(&by_redirect().verify(), "/data/stage/Verify/0/redirect_uris", uris);
    }
    let spelled = json!(["HTTP://127.0.0.1:7777/callback"]);
    let mut stored = serde_json::to_value(&app).unwrap();
    stored["data"]["redirect_uris"] = spelled;
    assert!(serde_json::from_value::<App>(stored).is_ok());
}

const CALLBACK: &str = "http://127.0.0.1:7777/callback";

#[test]
fn stored_app_token_needs_a_client_secret() {
    let request = out_of_band().app().request_token().unwrap();
    let error = refused(&request, "/data/app/client_secret", Value::Null);
    assert!(error.contains("no client secret"), "{error}");
}

#[test]
fn a_fault_in_what_is_stored_repeats_no_secret() {
    let login = out_of_band().verify();
    let error = refused(&login, "/data/stage/Verify/1/token/access_token", json!("s3cret s3cret"));
    assert!(!error.contains("s3cret"), "{error}");
    let error = refused(&login, "/data/stage/Verify/0/client_secret", json!(["s3cret"]));
    assert!(!error.contains("s3cret"), "{error}");
}
