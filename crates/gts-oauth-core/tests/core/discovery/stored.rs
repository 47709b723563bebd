//! What was found out about a server, stored and read again.

use gts_oauth_core::{
    Exchange, Login, RegisterApp, Step, Transport,
    discovery::{Discover, DiscoverStep, Discovery},
};
use serde_json::json;

use crate::recorded::{APP_OUT_OF_BAND, answer};
use crate::scenario::{At, at, counted_entropy, told};
use crate::types::stored::{by_json, by_postcard};
use crate::types::stored_tampered::refused;
use crate::web::Web;

const GTS: &str = "https://gts.example.org";

/// An account domain that leads to a server with metadata.
fn web() -> Web {
    let metadata = json!({
        "issuer": GTS,
        "token_endpoint": "https://gts.example.org/auth/token",
        "scopes_supported": ["read", "profile"],
        "authorization_response_iss_parameter_supported": true,
    });
    Web::default()
        .moved(
            "https://example.org/.well-known/nodeinfo",
            "https://gts.example.org/.well-known/nodeinfo",
        )
        .software(GTS, "gotosocial", "0.20.0")
        .metadata(GTS, &metadata.to_string())
}

fn found() -> Discovery {
    "@me@example.org".parse::<Discover>().unwrap().run(&web()).unwrap()
}

#[test]
fn a_discovery_stored_between_every_two_requests_asks_the_same() {
    let reloads: [fn(&Discover) -> Discover; 3] = [Discover::clone, by_json, by_postcard];
    let asked = reloads.map(|reload| {
        let web = web();
        let discover: Discover = "@me@example.org".parse().unwrap();
        let mut discover = discover.user_agent("my-bot/1").unwrap();
        let found = loop {
            discover = reload(&discover);
            let answer = web.send(discover.request()).unwrap();
            match discover.parse(&answer).unwrap() {
                DiscoverStep::Next(next) => discover = next,
                DiscoverStep::Found(found) => break found,
            }
        };
        assert_eq!(found.instance().origin(), GTS);
        web.asked()
    });
    // The links, the redirect, the software, who is known there, the metadata.
    assert_eq!(asked[0].len(), 5);
    assert!(asked.iter().all(|it| it == &asked[0]), "{asked:?}");
}

#[test]
fn a_login_that_is_stored_while_it_looks_for_its_server_goes_on_looking() {
    let reloads: [fn(&Login) -> Login; 2] = [by_json, by_postcard];
    for reload in reloads {
        let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
        let mut login = Login::new(register, counted_entropy());
        let web = web();
        while at(&login) == At::Discover {
            let back = reload(&login);
            assert_eq!(told(&back), told(&login));
            assert_eq!(back.revision(), login.revision());
            login = back;
            let Step::Send { request, .. } = login.step() else { panic!("{login:?}") };
            login.handle_response(&web.send(request).unwrap()).unwrap();
        }
        let back = reload(&login);
        assert_eq!(told(&back), told(&login));
        for mut login in [login, back] {
            login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
            let registration = login.pending().unwrap().app().registration();
            assert_eq!(registration.discovery(), Some(&found()));
        }
    }
}

#[test]
fn what_was_found_comes_back() {
    let found = found();
    assert_eq!(by_json(&found), found);
    assert_eq!(by_postcard(&found), found);
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    let register = register.with_discovery(&found);
    assert_eq!(by_json(&register), register);
    assert_eq!(by_postcard(&register), register);
}

#[test]
fn stored_metadata_of_another_server_is_rejected() {
    let found = found();
    let told = refused(&found, "/data/metadata/issuer", json!("https://evil.example"));
    assert!(told.contains("belongs to another server"), "{told}");
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    refused(
        &register.with_discovery(&found),
        "/data/discovery/metadata/issuer",
        json!("https://evil.example"),
    );
}

#[test]
fn a_stored_address_is_checked_like_any_other() {
    let found = found();
    let token = "/data/metadata/endpoints/token";
    let origin = format!("{token}/instance/origin");
    refused(&found, &origin, json!("http://gts.example.org"));
    for path in ["", "auth", "/a b"] {
        refused(&found, &format!("{token}/path"), json!(path));
    }
}

/// Its authorization URL would have a parameter twice.
#[test]
fn stored_authorization_endpoint_with_a_parameter_of_the_request_is_rejected() {
    let metadata = json!({"issuer": GTS, "authorization_endpoint": "/auth?realm=a"});
    let web = Web::default().metadata(GTS, &metadata.to_string());
    let found = "gts.example.org".parse::<Discover>().unwrap().run(&web).unwrap();
    let registration = RegisterApp::new(found.instance().clone(), "my-bot").unwrap();
    let registration = registration.with_discovery(&found);
    let path = "/metadata/endpoints/authorize/path";
    for error in [
        refused(&found, &format!("/data{path}"), json!("/auth?state=a")),
        refused(&registration, &format!("/data/discovery{path}"), json!("/auth?state=a")),
    ] {
        assert!(error.contains("already has a parameter"), "{error}");
    }
}
