//! The differences between two responses to one request that a client could observe.

use std::collections::BTreeSet;
use std::fmt;

use gts_oauth_core::http::Response;
use gts_oauth_tests::Recording;
use serde_json::Value;

use crate::fidelity::learnt::Learnt;

/// Headers that clients read, in addition to `X-Ratelimit-*`.
const HEADERS: [&str; 8] = [
    "cache-control",
    "content-type",
    "deprecation",
    "link",
    "location",
    "pragma",
    "retry-after",
    "www-authenticate",
];
const RATE_LIMIT: &str = "x-ratelimit-";

/// Fields of which only the type is compared: ids, keys, times, pictures that are chosen at random, and
/// what depends on the statuses so far, which are other ones. Client ids and secrets are compared: they
/// were replaced by the recorded ones.
const TYPES: [&str; 12] = [
    "avatar",
    "avatar_static",
    "created_at",
    "id",
    "last_status_at",
    "last_used",
    "localPosts",
    "public_key",
    "status_count",
    "statuses_count",
    "text",
    "vapid_key",
];

/// The contents of lists of statuses and notifications: other statuses were posted.
const CONTENTS: [&str; 4] =
    ["[].content", "[].status.application.name", "[].status.content", "[].status.visibility"];

/// One difference between the played server and a recording.
pub(crate) struct Difference {
    /// The name of the recording.
    pub(crate) name: String,
    /// `status`, a header's name, `text`, or a field: `[].account.id`.
    pub(crate) place: String,
    recorded: String,
    played: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, {}:", self.name, self.place)?;
        writeln!(f, "  recorded: {}", self.recorded)?;
        write!(f, "  played:   {}", self.played)
    }
}

/// All differences between a recorded response and the one that was played.
pub(crate) fn differences(
    recording: &Recording,
    learnt: &Learnt,
    played: &Response<Vec<u8>>,
) -> Vec<Difference> {
    let recorded = &recording.response();
    let mut pair = Pair { name: &recording.name, learnt, found: Vec::new() };
    let (recorded_status, played_status) = (recorded.status(), played.status());
    pair.same("status", recorded_status.as_str(), played_status.as_str());
    for name in header_names(recorded, played) {
        let played = learnt.restore(&value(played, &name));
        pair.same(&name, &normal(&name, &value(recorded, &name)), &normal(&name, &played));
    }
    pair.bodies(recorded, played);
    pair.found
}

/// The state of a comparison.
struct Pair<'a> {
    name: &'a str,
    learnt: &'a Learnt,
    found: Vec<Difference>,
}

impl Pair<'_> {
    fn same(&mut self, place: &str, recorded: &str, played: &str) {
        if recorded != played {
            self.found.push(Difference {
                name: self.name.to_owned(),
                place: place.to_owned(),
                recorded: recorded.to_owned(),
                played: played.to_owned(),
            });
        }
    }

    /// Compares JSON by its fields and other texts word for word. HTML pages are not compared,
    /// because the fake's differ on purpose.
    fn bodies(&mut self, recorded: &Response<Vec<u8>>, played: &Response<Vec<u8>>) {
        let kind = value(recorded, "content-type");
        if kind.starts_with("text/html") {
            return;
        }
        let text =
            |response: &Response<Vec<u8>>| String::from_utf8_lossy(response.body()).into_owned();
        let (recorded, played) = (text(recorded), self.learnt.restore(&text(played)));
        let json = |text: &str| serde_json::from_str::<Value>(text).ok();
        match (json(&recorded), json(&played)) {
            (Some(recorded), Some(played)) => self.values("", &recorded, &played),
            _ => self.same("text", recorded.trim_end(), played.trim_end()),
        }
    }

    fn values(&mut self, place: &str, recorded: &Value, played: &Value) {
        match (recorded, played) {
            (Value::Object(recorded), Value::Object(played)) => {
                let names: BTreeSet<&String> = recorded.keys().chain(played.keys()).collect();
                for name in names {
                    let place = format!("{place}.{name}");
                    match (recorded.get(name), played.get(name)) {
                        (Some(recorded), Some(played)) => self.values(&place, recorded, played),
                        (Some(recorded), None) => self.same(&place, kind(recorded), "nothing"),
                        (None, Some(played)) => self.same(&place, "nothing", kind(played)),
                        (None, None) => {}
                    }
                }
            }
            (Value::Array(recorded), Value::Array(played)) => {
                let place = format!("{place}[]");
                let count = |list: &[Value]| format!("{} items", list.len());
                // The fake knows fewer media formats on purpose.
                if place.ends_with(".supported_mime_types[]") {
                    return;
                }
                self.same(&place, &count(recorded), &count(played));
                for (recorded, played) in recorded.iter().zip(played) {
                    self.values(&place, recorded, played);
                }
            }
            _ if has_type_only(place) => self.same(place, kind(recorded), kind(played)),
            (Value::String(recorded), Value::String(played)) => self.same(place, recorded, played),
            _ => self.same(place, &recorded.to_string(), &played.to_string()),
        }
    }
}

fn has_type_only(place: &str) -> bool {
    let name = place.rsplit('.').next().unwrap_or_default();
    TYPES.contains(&name) || CONTENTS.contains(&place)
}

/// The JSON type.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The compared headers that one of the responses has.
fn header_names(one: &Response<Vec<u8>>, other: &Response<Vec<u8>>) -> BTreeSet<String> {
    let names = one.headers().keys().chain(other.headers().keys());
    names
        .map(|name| name.as_str().to_owned())
        .filter(|name| HEADERS.contains(&name.as_str()) || name.starts_with(RATE_LIMIT))
        .collect()
}

/// All the values of a header.
fn value(response: &Response<Vec<u8>>, name: &str) -> String {
    let values = response.headers().get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    match values.is_empty() {
        true => "nothing".to_owned(),
        false => values.join("\n"),
    }
}

/// The format of a timestamp.
fn normal(name: &str, value: &str) -> String {
    match name {
        "x-ratelimit-reset" => value.replace(|digit: char| digit.is_ascii_digit(), "0"),
        _ => value.to_owned(),
    }
}
