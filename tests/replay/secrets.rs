//! No error message holds a secret from its request or its answer.

use std::collections::BTreeSet;
use std::error::Error as _;

use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange as _, Revocation};
use gts_oauth_tests::{Recording, SERVERS, recordings};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::cases;
use crate::replay::case::instance;
use gts_oauth_tests::noun::{Noun, Outcome, session};

const SECRET_FIELDS: [&str; 6] = [
    "client_secret",
    "code",
    "code_verifier",
    "token",
    "access_token",
    "refresh_token",
];

/// What a recording, and our request in its place, hold that nobody else may read.
fn secrets(recording: &Recording, noun: &Noun) -> BTreeSet<String> {
    let mut secrets = sent_secrets(noun);
    let recorded = recording.request.fields();
    secrets.extend(
        SECRET_FIELDS
            .iter()
            .filter_map(|f| recorded.get(*f).cloned()),
    );
    secrets.extend(recording.request.bearer().map(str::to_owned));
    if let Ok(Value::Object(answer)) = serde_json::from_str(recording.body()) {
        let texts = SECRET_FIELDS
            .iter()
            .filter_map(|field| answer.get(*field)?.as_str());
        secrets.extend(texts.map(str::to_owned));
    }
    // "nope", which stands for wrong ones, occurs in no message either; "None" and "x" were sent
    // where there was none to send.
    secrets.retain(|secret| !["None", "x"].contains(&secret.as_str()));
    secrets
}

/// The secrets of our own request.
fn sent_secrets(noun: &Noun) -> BTreeSet<String> {
    let request = noun.request();
    let fields = form_urlencoded::parse(request.body());
    let mut secrets: BTreeSet<String> = fields
        .filter(|(name, _)| SECRET_FIELDS.contains(&name.as_ref()))
        .map(|(_, value)| value.into_owned())
        .collect();
    if let Some(value) = request.headers().get("authorization") {
        let value = value.to_str().expect("visible ASCII");
        secrets.insert(value.trim_start_matches("Bearer ").to_owned());
    }
    secrets
}

/// All that an error shows: its `Display`, its `Debug`, and those of its causes.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown.push_str(&format!("\n{error}\n{error:?}"));
        cause = error.source();
    }
    shown
}

/// The error in what was read: a revocation carries one as its reason.
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

/// What programs were answered, by all servers. Discovery sends no secrets and gets none.
fn exchanges() -> impl Iterator<Item = (Recording, Noun)> {
    let servers = SERVERS.iter().flat_map(|server| recordings(server));
    let programs = servers.filter(|recording| !recording.is_the_browsers());
    programs
        .map(|recording| {
            let noun = Noun::of(&recording);
            (recording, noun)
        })
        .filter(|(_, noun)| !matches!(noun, Noun::Discover(_)))
}

#[test]
fn no_error_repeats_a_secret_of_its_recording() {
    let (mut errors, mut refusals) = (0, 0);
    for (recording, noun) in exchanges() {
        let secrets = secrets(&recording, &noun);
        let error = error_of(noun.parse(&recording.response()));
        // A server that revokes nothing says so with a status that is no error to us.
        let unsupported = matches!(noun, Noun::Revoke(_)) && recording.status() == 405;
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
    for (recording, noun) in exchanges() {
        let whole = recording.response();
        let good = noun.parse(&whole).is_ok();
        if matches!(noun, Noun::Call(_) | Noun::Revoke(_)) || !good {
            continue;
        }
        let secrets = secrets(&recording, &noun);
        let length = whole.body().trim_ascii_end().len();
        for end in 0..length {
            let part = whole.body()[..end].to_vec();
            let error = error_of(noun.parse(&Response::new(part)));
            let error = error.unwrap_or_else(|| panic!("{}: cut at {end}", recording.name));
            assert_keeps(&secrets, &error, &recording.name);
        }
    }
}

/// A text that repeats all of them, each written in this way.
fn echo(secrets: &BTreeSet<String>, write: impl Fn(&str) -> String) -> String {
    let written: Vec<String> = secrets.iter().map(|secret| write(secret)).collect();
    format!("bad: {}", written.join(" "))
}

/// Answers that repeat a text wherever an error might show it.
fn answers_that_say(text: &str) -> Vec<Response<Vec<u8>>> {
    let answer = |status: u16, body: String| {
        let answer = Response::builder().status(status).body(body.into_bytes());
        answer.expect("a status and a body")
    };
    let mut answers = Vec::new();
    for status in [200, 400, 401, 403, 404, 418, 422, 500, 503] {
        let refusal = json!({"error": text, "error_description": text});
        answers.push(answer(status, refusal.to_string()));
        answers.push(answer(status, format!("<title>{text}</title>")));
        answers.push(answer(status, json!(text).to_string()));
        answers.push(answer(status, text.to_owned()));
    }
    let mut moved = answer(307, String::new());
    let target: String = text.chars().filter(char::is_ascii_graphic).collect();
    let target = format!("/moved/{target}?{target}")
        .parse()
        .expect("a header");
    moved.headers_mut().insert("location", target);
    answers.push(moved);
    answers
}

/// Has every exchange read answers that repeat the secrets of its request.
fn assert_echoes_are_kept(write: impl Fn(&str) -> String) {
    for case in cases() {
        let noun = Noun::of(&gts_oauth_tests::recording(case.number));
        let secrets = sent_secrets(&noun);
        for answer in answers_that_say(&echo(&secrets, &write)) {
            if let Some(error) = error_of(noun.parse(&answer)) {
                let body = String::from_utf8_lossy(answer.body());
                let context = format!("{}: {} {body:?}", case.number, answer.status());
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

/// Errors leave out what nobody sees, which must not put a secret together again.
#[test]
fn nor_does_one_that_hides_characters_in_them_which_nobody_sees() {
    assert_echoes_are_kept(|secret| format!("{}\u{200b}{}", &secret[..2], &secret[2..]));
}

#[test]
fn a_reply_read_as_json_does_not_repeat_the_token_in_its_error() {
    let token = "M2I1M2Y3YJQTMTJLMY0ZNZJK";
    let session = session(&instance(), "a test", token);
    let call = session.get("/api/v1/notifications").expect("a path");
    let answer = json!({"error": format!("{token} is not welcome")}).to_string();
    let reply = call.parse(&Response::new(answer)).expect("200 is a reply");
    let error = reply.json::<Vec<Value>>().expect_err("it is no list");
    assert_keeps(&BTreeSet::from([token.to_owned()]), &error, "Reply::json");
}
