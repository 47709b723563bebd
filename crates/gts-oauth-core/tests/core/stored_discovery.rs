//! What was found out about a server, stored and read again.

use gts_oauth_core::{
    Discover, Discovered, Discovery, Exchange, Login, RegisterApp, Step, Transport,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::scenario::{At, at, counted_entropy, told};
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

fn by_json<T: Serialize + DeserializeOwned>(noun: &T) -> T {
    serde_json::from_str(&serde_json::to_string(noun).unwrap()).unwrap()
}

fn by_postcard<T: Serialize + DeserializeOwned>(noun: &T) -> T {
    postcard::from_bytes(&postcard::to_allocvec(noun).unwrap()).unwrap()
}

fn found() -> Discovery {
    "@me@example.org"
        .parse::<Discover>()
        .unwrap()
        .run(&web())
        .unwrap()
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
                Discovered::Next(next) => discover = next,
                Discovered::Found(found) => break found,
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
        let mut login = Login::new(register, counted_entropy()).discover();
        let web = web();
        while at(&login) == At::Discover {
            let back = reload(&login);
            assert_eq!(told(&back), told(&login));
            assert_eq!(back.revision(), login.revision());
            login = back;
            let Step::Send(request) = login.step() else {
                panic!("{login:?}")
            };
            login.answered(&web.send(request).unwrap()).unwrap();
        }
        let back = reload(&login);
        assert_eq!(told(&back), told(&login));
        assert_eq!(back.discovery(), Some(&found()));
        assert_eq!(back.registration(), login.registration());
    }
}

#[test]
fn what_was_found_comes_back() {
    let found = found();
    assert_eq!(by_json(&found), found);
    assert_eq!(by_postcard(&found), found);
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    let register = register.at(&found);
    assert_eq!(by_json(&register), register);
    assert_eq!(by_postcard(&register), register);
}

fn refused<T: Serialize + DeserializeOwned>(noun: &T, place: &str, value: Value) -> String {
    let mut stored = serde_json::to_value(noun).unwrap();
    *stored.pointer_mut(place).expect(place) = value;
    match serde_json::from_value::<T>(stored) {
        Ok(_) => panic!("{place} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn stored_metadata_of_another_server_is_refused() {
    let found = found();
    let told = refused(&found, "/metadata/issuer", json!("https://evil.example"));
    assert!(told.contains("another server's"), "{told}");
    let register = RegisterApp::new(found.instance().clone(), "Probe").unwrap();
    refused(
        &register.at(&found),
        "/metadata/issuer",
        json!("https://evil.example"),
    );
}

#[test]
fn a_stored_address_is_checked_like_any_other() {
    let found = found();
    let token = "/metadata/endpoints/token";
    let origin = format!("{token}/instance/origin");
    refused(&found, &origin, json!("http://gts.example.org"));
    for path in ["", "auth", "/a b"] {
        refused(&found, &format!("{token}/path"), json!(path));
    }
}
