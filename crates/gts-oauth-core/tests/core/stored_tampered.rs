//! What is stored meets every check on its way back that fresh input would meet: other
//! versions, forbidden origins and tampered values are refused.

use gts_oauth_core::{Account, App, ExchangeCode, ExpectedAccount, LoggedIn, PendingLogin};
use gts_oauth_core::{AppToken, Exchange, Instance, Login, RegisterApp, Scopes, Session};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::recorded::{APP_TOKEN, CODE, answer};
use crate::scenario::{by_redirect, out_of_band};

/// The error of reading `noun` with the value at `place` replaced.
fn refused<T: Serialize + DeserializeOwned>(noun: &T, place: &str, value: Value) -> String {
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
        assert!(error.contains("update the program"), "{error}");
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
    let logged_in = done.logged_in().unwrap();
    another_version_is_refused::<LoggedIn>(logged_in);
    another_version_is_refused::<Session>(&logged_in.session);
    another_version_is_refused::<Account>(logged_in.account.as_ref().unwrap());
    another_version_is_refused::<App>(&logged_in.app);
    another_version_is_refused::<RegisterApp>(logged_in.app.registration());
    let login = out_of_band().authorize();
    let pending = login.pending().unwrap();
    another_version_is_refused::<PendingLogin>(pending);
    another_version_is_refused::<ExchangeCode>(&pending.pasted(CODE).unwrap());
    let credentials = logged_in.app.client_credentials();
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
    for place in ["/verify/0/registration/instance", "/verify/1/instance"] {
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
            "/registration/scopes",
            "/verify/0/scopes",
            "/verify/1/token/scopes",
        ] {
            refused(&login, place, json!(text));
        }
    }
}

#[test]
fn a_stored_token_that_no_header_can_carry_is_refused() {
    for token in ["", "two words", "new\nline", "ünicode", "nul\0"] {
        let login = out_of_band().verify();
        refused(
            login.session().unwrap(),
            "/token/access_token",
            json!(token),
        );
        refused(&login, "/verify/1/token/access_token", json!(token));
    }
}

#[test]
fn what_belongs_to_two_instances_is_refused() {
    let credentials = out_of_band().done();
    let app = &credentials.logged_in().unwrap().app;
    let token = app
        .client_credentials()
        .parse(&answer(200, APP_TOKEN))
        .unwrap();
    let elsewhere = json!("https://elsewhere.example");
    refused(&token, "/bearer/instance/origin", elsewhere.clone());

    let mut login = out_of_band().verify();
    login.restart().unwrap();
    assert_eq!(login.strays().len(), 1);
    refused(&login, "/strays/0/1/instance/origin", elsewhere);
}

#[test]
fn a_revision_as_great_as_can_be_is_followed_by_another() {
    let mut stored = serde_json::to_value(out_of_band().authorize()).unwrap();
    stored["revision"] = json!(u64::MAX);
    let mut login: Login = serde_json::from_value(stored).unwrap();
    login.restart().unwrap();
    assert_ne!(login.revision(), u64::MAX);
}

#[test]
fn a_stored_refresh_token_is_checked_as_a_received_one() {
    let login = out_of_band().verify();
    let session = login.session().unwrap();
    refused(session, "/token/refresh_token", json!("new\nline"));
}

#[test]
fn a_stored_user_agent_cannot_smuggle_a_header() {
    let login = out_of_band().verify();
    for place in ["/registration/user_agent", "/verify/1/user_agent"] {
        for text in ["", " ", "bot\r\nX-Evil: 1"] {
            refused(&login, place, json!(text));
        }
    }
}

#[test]
fn a_stored_attempt_without_a_safe_state_or_verifier_is_refused() {
    let login = by_redirect().authorize();
    for place in ["/pending/nonces/state", "/pending/nonces/verifier"] {
        let safe = "A".repeat(42);
        for text in ["", "short", &safe, &format!("{safe}&"), &"A".repeat(129)] {
            refused(&login, place, json!(text));
        }
    }
    let unstarted = by_redirect().register();
    refused(&unstarted, "/attempts/first/state", json!(""));
    refused(&unstarted, "/attempts/first/verifier", json!(""));
}

#[test]
fn a_stored_attempt_asks_only_for_what_its_app_registered() {
    let login = out_of_band().authorize();
    refused(&login, "/pending/wishes/scopes", json!("admin"));
    let elsewhere = json!("https://evil.example/callback");
    refused(&login, "/pending/wishes/redirect_uri", elsewhere);
}

#[test]
fn a_stored_language_that_is_none_is_refused() {
    let login = out_of_band().authorize();
    for lang in ["", "de DE", "de&force_login=false"] {
        refused(&login, "/pending/wishes/lang", json!(lang));
        refused(&login, "/wishes/lang", json!(lang));
    }
}

#[test]
fn a_stored_app_without_credentials_or_a_way_back_is_refused() {
    let app = by_redirect().app();
    refused(&app, "/client_id", json!(""));
    refused(&app, "/client_secret", json!(""));
    refused(&app, "/redirect_uris", json!([]));
    refused(&app, "/redirect_uris/0", json!("javascript:alert(1)"));
    refused(&app, "/scopes", json!(""));
    refused(&app, "/registration/name", json!("x"));
    refused(&app, "/registration/website", json!("javascript:alert(1)"));
}

#[test]
fn a_stored_exchange_without_a_code_is_refused() {
    refused(&out_of_band().exchange(), "/exchange/code", json!(""));
}

#[test]
fn a_stored_account_that_is_none_is_refused() {
    let login = out_of_band().done();
    for text in ["", "{}", "<html>", r#"{"id":"1","username":""}"#] {
        refused(&login, "/done/account/json", json!(text));
    }
}

#[test]
fn a_stored_expectation_of_nobody_is_refused_rather_than_met_by_everybody() {
    let login = out_of_band().expecting("alice").verify();
    refused(&login, "/expected/name", Value::Null);
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
    let stored = stages.map(|login| serde_json::to_value(&login).unwrap());
    let names = ["pending", "exchange", "verify", "done"];
    for (position, name) in names.iter().enumerate() {
        for (login, own) in out_of_band().every_stage().iter().skip(1).zip(names) {
            if own != *name {
                let second = stored[position + 1][name].clone();
                refused(login, &format!("/{name}"), second);
            }
        }
    }
}

#[test]
fn a_login_whose_seed_is_missing_or_was_not_wiped_is_refused() {
    let verify = out_of_band().verify();
    refused(&verify, "/attempts", Value::Null);
    let seed = serde_json::to_value(&verify).unwrap()["attempts"].clone();
    refused(&out_of_band().done(), "/attempts", seed);
}

#[test]
fn an_app_and_a_session_of_two_instances_are_refused() {
    let elsewhere = || json!("https://example.com");
    refused(
        &out_of_band().verify(),
        "/verify/1/instance/origin",
        elsewhere(),
    );
    let done = out_of_band().done();
    refused(&done, "/done/session/instance/origin", elsewhere());
    let logged_in = done.logged_in().unwrap();
    refused(logged_in, "/session/instance/origin", elsewhere());
}

#[test]
fn an_app_of_another_instance_than_would_be_registered_with_is_refused() {
    for login in out_of_band().every_stage().iter().skip(1) {
        let elsewhere = json!("https://example.com");
        refused(login, "/registration/instance/origin", elsewhere);
    }
}

#[test]
fn a_fault_in_what_is_stored_repeats_no_secret() {
    let login = out_of_band().verify();
    let error = refused(
        &login,
        "/verify/1/token/access_token",
        json!("s3cret s3cret"),
    );
    assert!(!error.contains("s3cret"), "{error}");
    let error = refused(&login, "/verify/0/client_secret", json!(["s3cret"]));
    assert!(!error.contains("s3cret"), "{error}");
}
