//! No error message contains a secret of its request or response.

use std::collections::BTreeSet;
use std::error::Error as _;

use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange as _, renewal::Revocation};
use gts_oauth_tests::{Recording, SERVERS, recordings};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::cases;
use crate::replay::case::instance;
use gts_oauth_tests::exchange::{AnyExchange, Outcome, session};
use gts_oauth_tests::secrets::SECRETS;

/// The secrets of a recording, and of core's request.
fn secrets(recording: &Recording, exchange: &AnyExchange) -> BTreeSet<String> {
    let mut secrets = sent_secrets(exchange);
    let recorded = recording.request.fields();
    secrets.extend(SECRETS.iter().filter_map(|f| recorded.get(*f).cloned()));
    secrets.extend(recording.request.bearer().map(str::to_owned));
    if let Ok(Value::Object(fields)) = serde_json::from_str(recording.body()) {
        let texts = SECRETS.iter().filter_map(|field| fields.get(*field)?.as_str());
        secrets.extend(texts.map(str::to_owned));
    }
    // "nope" is a wrong secret and is in no message either. "None" and "x" are no secrets.
    secrets.retain(|secret| !["None", "x"].contains(&secret.as_str()));
    secrets
}

/// The secrets of core's request.
fn sent_secrets(exchange: &AnyExchange) -> BTreeSet<String> {
    let request = exchange.request();
    let fields = form_urlencoded::parse(request.body());
    let mut secrets: BTreeSet<String> = fields
        .filter(|(name, _)| SECRETS.contains(&name.as_ref()))
        .map(|(_, value)| value.into_owned())
        .collect();
    if let Some(value) = request.headers().get("authorization") {
        let value = value.to_str().expect("visible ASCII");
        secrets.insert(value.trim_start_matches("Bearer ").to_owned());
    }
    secrets
}

/// The `Display` and `Debug` of an error and its causes.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown.push_str(&format!("\n{error}\n{error:?}"));
        cause = error.source();
    }
    shown
}

/// The error of the outcome. An unconfirmed revocation contains one.
fn error_of(read: Result<Outcome, Error>) -> Option<Error> {
    match read {
        Err(error) | Ok(Outcome::Revocation(Revocation::NotConfirmed(error))) => Some(error),
        Ok(_) => None,
    }
}

fn assert_keeps(secrets: &BTreeSet<String>, error: &Error, context: &str) {
    let shown = shown(error);
    for secret in secrets {
        assert!(!shown.contains(secret), "{context}: {secret} is in {shown}");
    }
}

/// The recordings of programs with all servers, without discovery, which has no secrets.
fn exchanges() -> impl Iterator<Item = (Recording, AnyExchange)> {
    let servers = SERVERS.iter().flat_map(|server| recordings(server));
    let programs = servers.filter(|recording| !recording.is_from_browser());
    programs
        .map(|recording| {
            let exchange = AnyExchange::of(&recording);
            (recording, exchange)
        })
        .filter(|(_, exchange)| !matches!(exchange, AnyExchange::Discover(_)))
}

#[test]
fn no_error_repeats_a_secret_of_its_recording() {
    let (mut errors, mut refusals) = (0, 0);
    for (recording, exchange) in exchanges() {
        let secrets = secrets(&recording, &exchange);
        let error = error_of(exchange.parse(&recording.response()));
        // An unsupported revocation is not an error (404 on GoToSocial 0.18, 405 on Kitsune).
        let unsupported =
            matches!(exchange, AnyExchange::Revoke(_)) && matches!(recording.status(), 404 | 405);
        if recording.status() >= 300 && !unsupported {
            refusals += 1;
            assert!(error.is_some(), "{} is no error", recording.name);
        }
        if let Some(error) = error {
            errors += 1;
            assert_keeps(&secrets, &error, &recording.name);
        }
    }
    println!("{errors} errors, {refusals} of them refusals, none with a secret");
    assert!(errors >= refusals && refusals > 100);
}

#[test]
fn what_a_good_answer_holds_is_not_repeated_when_it_breaks_off() {
    for (recording, exchange) in exchanges() {
        let whole = recording.response();
        let good = exchange.parse(&whole).is_ok();
        if matches!(exchange, AnyExchange::Call(_) | AnyExchange::Revoke(_)) || !good {
            continue;
        }
        let secrets = secrets(&recording, &exchange);
        let length = whole.body().trim_ascii_end().len();
        for end in 0..length {
            let part = whole.body()[..end].to_vec();
            let error = error_of(exchange.parse(&Response::new(part)));
            let error = error.unwrap_or_else(|| panic!("{}: cut at {end}", recording.name));
            assert_keeps(&secrets, &error, &recording.name);
        }
    }
}

/// A text that repeats all secrets in this encoding.
fn echo(secrets: &BTreeSet<String>, write: impl Fn(&str) -> String) -> String {
    let written: Vec<String> = secrets.iter().map(|secret| write(secret)).collect();
    format!("bad: {}", written.join(" "))
}

/// Responses that repeat a text in every place that an error might show.
fn echoing_responses(text: &str) -> Vec<Response<Vec<u8>>> {
    let response = |status: u16, body: String| {
        let response = Response::builder().status(status).body(body.into_bytes());
        response.expect("a status and a body")
    };
    let mut responses = Vec::new();
    for status in [200, 400, 401, 403, 404, 418, 422, 500, 503] {
        let refusal = json!({"error": text, "error_description": text});
        responses.push(response(status, refusal.to_string()));
        responses.push(response(status, format!("<title>{text}</title>")));
        responses.push(response(status, json!(text).to_string()));
        responses.push(response(status, text.to_owned()));
    }
    let mut moved = response(307, String::new());
    let target: String = text.chars().filter(char::is_ascii_graphic).collect();
    let target = format!("/moved/{target}?{target}").parse().expect("a header");
    moved.headers_mut().insert("location", target);
    responses.push(moved);
    responses
}

/// Parses responses that repeat the secrets of the request, with every exchange.
fn assert_echoes_are_kept(write: impl Fn(&str) -> String) {
    for case in cases() {
        let exchange = AnyExchange::of(&gts_oauth_tests::recording(case.number));
        let secrets = sent_secrets(&exchange);
        for response in echoing_responses(&echo(&secrets, &write)) {
            if let Some(error) = error_of(exchange.parse(&response)) {
                let body = String::from_utf8_lossy(response.body());
                let context = format!("{}: {} {body:?}", case.number, response.status());
                assert_keeps(&secrets, &error, &context);
            }
        }
    }
}

#[test]
fn a_server_that_repeats_the_secrets_it_was_sent_does_not_get_them_into_an_error() {
    assert_echoes_are_kept(str::to_owned);
}

#[test]
fn nor_does_one_that_encodes_them() {
    assert_echoes_are_kept(|secret| form_urlencoded::byte_serialize(secret.as_bytes()).collect());
}

/// Errors omit invisible characters, which must not restore a secret.
#[test]
fn nor_does_one_that_hides_characters_in_them_which_nobody_sees() {
    assert_echoes_are_kept(|secret| format!("{}\u{200b}{}", &secret[..2], &secret[2..]));
}

#[test]
fn a_reply_read_as_json_does_not_repeat_the_token_in_its_error() {
    let token = "M2I1M2Y3YJQTMTJLMY0ZNZJK";
    let session = session(&instance(), "a test", token);
    let call = session.get("/api/v1/notifications").expect("a path");
    let body = json!({"error": format!("{token} is not welcome")}).to_string();
    let response = call.parse(&Response::new(body)).expect("a response");
    let error = response.json::<Vec<Value>>().expect_err("not a list");
    assert_keeps(&BTreeSet::from([token.to_owned()]), &error, "ApiResponse::json");
}
