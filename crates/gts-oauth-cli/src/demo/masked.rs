//! Requests and answers as they may be shown: without secrets, and without what nobody reads.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Fields of forms and of JSON that nobody else may see.
const SECRET: [&str; 6] = [
    "client_secret",
    "code",
    "code_verifier",
    "token",
    "access_token",
    "refresh_token",
];

/// An object with more fields than this is shown by those of [`TELLING`].
const MANY: usize = 12;
const TELLING: [&str; 8] = [
    "id", "username", "acct", "url", "type", "account", "status", "text",
];
/// Objects deeper than this are left out.
const DEEPEST: u8 = 1;

/// A form, a field a line.
pub(super) fn form(body: &[u8]) -> Vec<String> {
    form_urlencoded::parse(body)
        .map(|(name, value)| match SECRET.contains(&&*name) {
            true => format!("{name}=…"),
            false => format!("{name}={value}"),
        })
        .collect()
}

/// An answer's JSON, set out in lines; of anything else only how long it is.
pub(super) fn json(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(value) => format!("{:#}", shortened(value, 0)),
        Err(_) => format!("({} bytes)", body.len()),
    }
}

fn shortened(value: Value, depth: u8) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|it| shortened(it, depth)).collect(),
        Value::Object(fields) => Value::Object(picked(fields, depth)),
        scalar => scalar,
    }
}

fn picked(fields: Map<String, Value>, depth: u8) -> Map<String, Value> {
    let all = fields.len();
    let mut picked: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, _)| all <= MANY || TELLING.contains(&name.as_str()))
        .filter(|(_, value)| depth < DEEPEST || !value.is_object())
        .map(|(name, value)| match SECRET.contains(&name.as_str()) {
            true => (name, "…".into()),
            false => (name, shortened(value, depth + 1)),
        })
        .collect();
    if picked.len() < all {
        let more = format!("{} more", all - picked.len());
        picked.insert("…".to_owned(), more.into());
    }
    picked
}
