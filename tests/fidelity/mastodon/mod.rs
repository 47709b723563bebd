//! The recorded requests to Mastodon 4.6.5 and 4.3.13, sent to the fake in order, and its responses
//! compared with the recorded ones.

mod script;

use std::collections::BTreeMap;

use crate::fidelity::compare::{differences, kind};
use crate::listed::{Listed, unlisted};
use gts_oauth_core::http::Response;
use gts_oauth_fake::Dialect;
use gts_oauth_tests::Recording;
use script::Replay;
use serde_json::{Value, json};

const ACCOUNT_STATUSES: u16 = 85;
const HOME_TIMELINE: u16 = 88;

const LISTED: &[Listed] = &[
    Listed(
        ".vapid_key",
        &[1, 2, 3, 8, 9, 14, 17, 18, 19, 70, 71, 136, 142, 148, 168, 169],
        "the recorded server had no key for Web Push; servers in use have one",
    ),
    Listed(".configuration.vapid.public_key", &[163, 167], "as above"),
    Listed(
        "[]",
        &[HOME_TIMELINE],
        "the recorded server did not run the jobs that fill home timelines",
    ),
    Listed(".thumbnail", &[162], "the recorded server had no pictures of its own"),
    Listed(".thumbnail.url", &[163, 167], "as above"),
    Listed(".icon[].src", &[163, 167], "as above"),
    Listed("link", &[HOME_TIMELINE], "as above"),
];

fn assert_replay(dialect: Dialect, folder: &str, origin: &str) {
    let mut replay = Replay::new(dialect, folder, origin);
    let story = replay.story.clone();
    assert_eq!(story.len(), 177);
    let mut found = Vec::new();
    let mut pages = Vec::new();
    for recording in &story {
        let played = replay.play(recording);
        found.extend(differences(recording, &replay.learnt, &played));
        pages.extend(error_page(recording, &played));
        if recording.number() == HOME_TIMELINE {
            assert_statuses(&story, &played);
        }
    }
    let unlisted = unlisted(&found, LISTED);
    println!(
        "{folder}: {} differences, {} of them listed",
        found.len(),
        found.len() - unlisted.len(),
    );
    let unlisted: Vec<String> = unlisted.iter().map(ToString::to_string).collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    assert_eq!(pages.len(), 12, "{pages:?}");
    let wrong: Vec<String> = pages.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "other sentences:\n{}", wrong.join("\n"));
}

/// The recorded home timeline is empty. The statuses in the fake's have the fields and types of those
/// in an account's list, which the server writes in the same way.
fn assert_statuses(story: &[Recording], home: &Response<Vec<u8>>) {
    let recorded = story.iter().find(|it| it.number() == ACCOUNT_STATUSES).expect("statuses");
    let statuses = |body: &[u8]| -> Vec<Value> { serde_json::from_slice(body).expect("a list") };
    let recorded = statuses(recorded.body().as_bytes());
    let mentioning = |statuses: &[Value]| {
        let status = statuses.iter().find(|status| status["mentions"] != json!([]));
        types(status.expect("a status with a mention"))
    };
    assert_eq!(mentioning(&statuses(home.body())), mentioning(&recorded));
}

#[test]
fn mastodon_46_responds_as_recorded() {
    assert_replay(Dialect::Mastodon, "mastodon-4.6.5", "http://127.0.0.1:3001");
}

#[test]
fn mastodon_43_responds_as_recorded() {
    assert_replay(Dialect::Mastodon43, "mastodon-4.3.13", "http://127.0.0.1:3004");
}

/// The recording's name if it is an error page, or the page as an error if the sentence on it is not the
/// recorded one. HTML pages are the fake's own, but their error sentences are the server's.
fn error_page(recording: &Recording, played: &Response<Vec<u8>>) -> Option<Result<String, String>> {
    let kind = recording.response_header("content-type").unwrap_or_default();
    if recording.status() < 400 || !kind.starts_with("text/html") {
        return None;
    }
    let (_, after) = recording.visible().split_once("Signed in as: ")?;
    let (_, sentence) = after.split_once(' ')?;
    let page = String::from_utf8_lossy(played.body());
    Some(match page.contains(sentence) {
        true => Ok(recording.name.clone()),
        false => Err(format!("{}: {sentence}\n{page}", recording.name)),
    })
}

/// The places of a value, and their types.
fn types(value: &Value) -> BTreeMap<String, &'static str> {
    let mut types = BTreeMap::new();
    collect_types("", value, &mut types);
    types
}

fn collect_types(place: &str, value: &Value, types: &mut BTreeMap<String, &'static str>) {
    types.insert(place.to_owned(), kind(value));
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, it)| collect_types(&format!("{place}.{name}"), it, types));
        }
        Value::Array(items) => {
            items.iter().for_each(|it| collect_types(&format!("{place}[]"), it, types));
        }
        _ => {}
    }
}
