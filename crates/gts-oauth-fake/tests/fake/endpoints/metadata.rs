//! Unusual server metadata.

use gts_oauth_core::{LoggedIn, Login};
use gts_oauth_fake::{Dialect, Server};
use serde_json::{Value, json};

use crate::raw::{self, App};
use crate::sample::{OUT_OF_BAND, by_redirect, login_by_redirect, waiting};

const PATH: &str = "/.well-known/oauth-authorization-server";

fn patched(dialect: Dialect, patch: Value) -> Server {
    Server::builder(7).dialect(dialect).metadata(patch).build()
}

#[test]
fn another_issuer_or_endpoint_is_claimed_and_all_else_stays() {
    for dialect in [Dialect::Mastodon, Dialect::Strict, Dialect::Sharkey] {
        let plain = raw::get(&patched(dialect, json!({})), PATH).json();
        for member in ["issuer", "token_endpoint", "authorization_endpoint"] {
            let claimed = json!({ member: "https://other.example/" });
            let mut told = raw::get(&patched(dialect, claimed), PATH).json();
            assert_eq!(told[member], "https://other.example/", "{dialect:?}");
            told[member] = plain[member].clone();
            assert_eq!(told, plain, "{dialect:?}");
        }
    }
}

#[test]
fn what_has_no_metadata_gets_none() {
    let server = patched(Dialect::GoToSocial, json!({ "issuer": "https://gts.example" }));
    assert_eq!(raw::get(&server, PATH).status(), 404);
}

/// Whether `iss` is in the metadata, and whether it is sent.
fn issuer(dialect: Dialect, patch: Value) -> (bool, bool) {
    let server = patched(dialect, patch);
    let told = raw::get(&server, PATH).json();
    let promised = told["authorization_response_iss_parameter_supported"] == json!(true);
    let (_, address) = waiting(&server, login_by_redirect(&server));
    let brought = server.account("alice").visit(&address).unwrap();
    (promised, brought.contains("iss="))
}

#[test]
fn an_issuer_can_be_promised_or_sent_or_both_or_neither() {
    let name = "authorization_response_iss_parameter_supported";
    assert_eq!(issuer(Dialect::Mastodon, json!({})), (false, false));
    assert_eq!(issuer(Dialect::Mastodon, json!({ name: true })), (true, false));
    assert_eq!(issuer(Dialect::Strict, json!({})), (true, true));
    assert_eq!(issuer(Dialect::Strict, json!({ name: null })), (false, true));
}

#[test]
fn without_client_secret_post_only_the_header_counts() {
    let only = json!({ "token_endpoint_auth_methods_supported": ["client_secret_basic"] });
    for dialect in [Dialect::Mastodon, Dialect::Strict] {
        for (patch, posted) in [(json!({}), 200), (only.clone(), 401)] {
            let server = patched(dialect, patch);
            let app = raw::app(&server);
            let grant = [("grant_type", "client_credentials")];
            assert_eq!(app.token(&server, &grant).status(), posted, "{dialect:?}");
            assert_eq!(app.basic(&server, &grant).status(), 200, "{dialect:?}");
        }
    }
}

/// A login with discovery, or its problem.
fn log_in(server: &Server) -> Result<LoggedIn, String> {
    let alice = server.account("alice");
    let mut login = Login::new(by_redirect(server), server.entropy());
    let mut told = None;
    let done = login.run(server, |ask| match ask.problem {
        None => alice.allow(ask.url),
        Some(problem) => {
            told = Some(problem.to_string());
            Err("that will do".into())
        }
    });
    let done = done.cloned().map_err(|error| error.to_string());
    done.map_err(|error| told.unwrap_or(error))
}

#[test]
fn core_goes_by_what_is_promised_and_believes_nobody_elses() {
    let name = "authorization_response_iss_parameter_supported";
    let broken = log_in(&patched(Dialect::Mastodon, json!({ name: true })));
    let told = broken.unwrap_err();
    assert!(told.contains("iss"), "{told}");
    log_in(&patched(Dialect::Strict, json!({ name: null }))).unwrap();

    let methods = json!(["client_secret_basic"]);
    let only = json!({ "token_endpoint_auth_methods_supported": methods });
    log_in(&patched(Dialect::Strict, only)).unwrap();

    for claimed in ["issuer", "token_endpoint"] {
        let patch = json!({ claimed: "https://other.example/oauth/token" });
        let login = log_in(&patched(Dialect::Strict, patch)).unwrap();
        let found = login.app.registration().discovery().unwrap();
        assert!(found.metadata().is_none() && found.ignored_metadata().is_some(), "{claimed}");
    }
}

#[test]
fn a_wrong_header_counts_more_than_a_right_body() {
    let server = patched(Dialect::Strict, json!({}));
    let app = raw::app(&server);
    let wrong = App { id: app.id.clone(), secret: "x".to_owned() };
    let grant = [
        ("grant_type", "client_credentials"),
        ("client_id", &*app.id),
        ("client_secret", &*app.secret),
        ("redirect_uri", OUT_OF_BAND),
    ];
    let told = wrong.basic(&server, &grant).error();
    assert_eq!(told, (401, "invalid_client".to_owned()));
}
