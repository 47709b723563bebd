//! Core's request compared with the recorded one.

use std::collections::{BTreeMap, BTreeSet};

use gts_oauth_core::http::Request;
use gts_oauth_core::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use gts_oauth_tests::{RecordedRequest, Recording};
use url::form_urlencoded;

use gts_oauth_tests::exchange::{AnyExchange, same_path};

/// Asserts what is true of every request of core, and was not of some recorded ones.
pub(crate) fn assert_well_formed(ours: &Request<Vec<u8>>, recording: &Recording) {
    let name = &recording.name;
    assert_eq!(ours.uri().authority().map(|a| a.as_str()), Some("127.0.0.1:8085"), "{name}");
    let agent = recording.request.header("user-agent");
    let agent = agent.unwrap_or("NO-AGENT-WAS-RECORDED");
    assert_eq!(ours.headers()[USER_AGENT], agent, "{name}");
    assert_eq!(ours.headers()[ACCEPT], "application/json", "{name}");
    if let Some(authorization) = ours.headers().get(AUTHORIZATION) {
        assert!(authorization.is_sensitive(), "{name}");
        assert!(authorization.as_bytes().starts_with(b"Bearer "), "{name}");
    }
    assert_eq!(content_type(ours).is_some(), !ours.body().is_empty(), "{name}");
    if ours.uri().path().starts_with("/oauth/") || ours.uri().path() == "/api/v1/apps" {
        let form = (ours.method() == "POST").then_some("application/x-www-form-urlencoded");
        assert_eq!(content_type(ours), form, "{name}");
    }
}

/// Asserts that core's request is the recorded one, with what core adds.
pub(crate) fn assert_same(exchange: &AnyExchange, ours: &Request<Vec<u8>>, recording: &Recording) {
    let (name, theirs) = (&recording.name, &recording.request);
    assert_eq!(ours.method().as_str(), theirs.method, "{name}");
    let uri = ours.uri().to_string();
    assert!(same_path(&uri, &theirs.path), "{name}: {uri}");
    assert_eq!(ours.headers()[ACCEPT], theirs.header("accept").unwrap_or_default(), "{name}");
    assert_same_bearer(exchange, ours, recording);
    let fields = fields(ours);
    for (field, value) in &theirs.fields() {
        // Recorded to see whether it matters: it does not. Ours is derived from the entropy.
        if field != "code_verifier" {
            assert_eq!(fields.get(field), Some(value), "{name}: {field}");
        }
    }
    assert_eq!(added(&fields, theirs), expected_additions(exchange, recording), "{name}");
}

fn assert_same_bearer(exchange: &AnyExchange, ours: &Request<Vec<u8>>, recording: &Recording) {
    let theirs = recording.request.bearer();
    let ours = ours.headers().get(AUTHORIZATION);
    let ours = ours.map(|value| value.to_str().expect("visible ASCII"));
    let expected = match (theirs, exchange) {
        (Some(token), _) => Some(format!("Bearer {token}")),
        // Mitra wants the token in the header too, and GoToSocial does not mind (recording 81).
        (None, AnyExchange::Revoke(_)) => {
            Some(format!("Bearer {}", recording.request.fields()["token"]))
        }
        // Public pages were recorded without a token. A session always signs, and public
        // endpoints do not look.
        (None, AnyExchange::Call(_)) => Some("Bearer NO-TOKEN-WAS-RECORDED".to_owned()),
        (None, _) => None,
    };
    assert_eq!(ours, expected.as_deref(), "{}", recording.name);
}

/// Fields of core's request that the recorded one lacks.
fn added(ours: &BTreeMap<String, String>, theirs: &RecordedRequest) -> BTreeSet<String> {
    let theirs = theirs.fields();
    let added = ours.keys().filter(|field| !theirs.contains_key(*field));
    added.cloned().collect()
}

fn expected_additions(exchange: &AnyExchange, recording: &Recording) -> BTreeSet<String> {
    let recorded = recording.request.fields();
    let added: &[&str] = match exchange {
        AnyExchange::Code(_) => &["code_verifier"],
        // Defaults are sent too, because servers have different ones.
        AnyExchange::Register(_) => &["redirect_uris", "scopes"],
        _ => &[],
    };
    let lacking = added.iter().filter(|field| !recorded.contains_key(**field));
    lacking.map(|field| (*field).to_owned()).collect()
}

fn fields(ours: &Request<Vec<u8>>) -> BTreeMap<String, String> {
    match content_type(ours) {
        Some("application/json") => serde_json::from_slice(ours.body()).expect("texts only"),
        _ => form_urlencoded::parse(ours.body()).into_owned().collect(),
    }
}

fn content_type(ours: &Request<Vec<u8>>) -> Option<&str> {
    let value = ours.headers().get(CONTENT_TYPE)?;
    Some(value.to_str().expect("visible ASCII"))
}
