//! Redaction of requests and responses for display: without secrets, and shortened for the demo.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use url::form_urlencoded;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Objects with more fields are reduced to the fields in [`MAIN_FIELDS`].
const MAX_FIELDS: usize = 12;
const MAIN_FIELDS: [&str; 8] =
    ["id", "username", "acct", "url", "type", "account", "status", "text"];
/// Objects below this depth are omitted.
const MAX_DEPTH: u8 = 1;

pub(crate) fn is_form(kind: &str) -> bool {
    kind.starts_with(FORM)
}

/// Whether a field of a form, of JSON or of a query, or a header is secret: `access_token`,
/// `clientSecret`, `X-Auth-Token`.
pub(crate) fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let name = name.to_lowercase();
    SECRET_NAMES.contains(&&*name)
        || SECRET_PARTS.iter().any(|part| name.contains(part)) && !PUBLIC_NAMES.contains(&&*name)
}

const SECRET_NAMES: [&str; 4] = ["code", "jwt", "otp", "xauth"];
const SECRET_PARTS: [&str; 14] = [
    "apikey",
    "assertion",
    "authorization",
    "cookie",
    "devicecode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sessionid",
    "token",
    "usercode",
    "verifier",
];
/// Fields of token responses and of metadata (RFC 8414 section 2, RFC 9207 section 3).
const PUBLIC_NAMES: [&str; 6] = [
    "authorizationendpoint",
    "authorizationresponseissparametersupported",
    "tokenendpoint",
    "tokenendpointauthmethodssupported",
    "tokenendpointauthsigningalgvaluessupported",
    "tokentype",
];

/// Redacts a form or a query, one field per line.
pub(crate) fn form(body: &[u8]) -> Vec<String> {
    form_urlencoded::parse(body)
        .map(|(name, value)| match is_secret(&name) {
            true => format!("{name}=…"),
            false => format!("{name}={value}"),
        })
        .collect()
}

/// Redacts the fields in a text, as those in the query or the fragment of a URL, and the user and
/// password before the host.
pub(crate) fn text(text: &str) -> String {
    let mut redacted = String::new();
    let mut rest = text;
    loop {
        if let Some((name, value)) = field(rest) {
            redacted.push_str(name);
            redacted.push_str("=…");
            rest = value;
        }
        let Some(start) = rest.find(|c: char| c.is_whitespace() || "?#&:;<>\"'".contains(c)) else {
            return redacted + rest;
        };
        let length = rest[start..].chars().next().map_or(1, char::len_utf8);
        let (before, after) = rest.split_at(start + length);
        redacted.push_str(before);
        rest = after;
        if let Some(host) = after_credentials(rest).filter(|_| before.ends_with(':')) {
            redacted.push_str("//…@");
            rest = host;
        }
    }
}

/// The name of a secret field at the start of the text, and what follows its value.
fn field(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| c.is_whitespace() || "&#;<>\"'".contains(c));
    let (field, after) = text.split_at(end.unwrap_or(text.len()));
    let (name, _) = field.split_once('=')?;
    // Names can be encoded, too.
    let (decoded, _) = form_urlencoded::parse(name.as_bytes()).next()?;
    is_secret(&decoded).then_some((name, after))
}

/// The host and the rest, if there are a user and password before it.
fn after_credentials(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("//")?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#<>\"'".contains(c));
    let at = rest[..end.unwrap_or(rest.len())].rfind('@')?;
    Some(&rest[at + 1..])
}

/// Collects the secrets in a form or in JSON.
pub(crate) fn secrets(body: &[u8], kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    match is_form(kind) {
        true => collect_form(body, &mut found),
        false => {
            let json = serde_json::from_slice(body).unwrap_or_default();
            collect(&json, false, &mut found);
        }
    }
    found
}

fn collect_form(form: &[u8], found: &mut Vec<String>) {
    let fields = form_urlencoded::parse(form).filter(|(name, _)| is_secret(name));
    found.extend(fields.map(|(_, value)| value.into_owned()));
}

/// Collects the strings in secret fields and below them.
fn collect(value: &Value, secret: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if secret => found.push(text.clone()),
        // A form or JSON as a text.
        Value::String(text) if text.contains('=') => collect_form(text.as_bytes(), found),
        Value::String(text) if text.starts_with(['{', '[']) => {
            collect(&serde_json::from_str(text).unwrap_or_default(), false, found);
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, secret, found)),
        Value::Object(fields) => {
            let names_secret = is_name_of_secret(fields);
            for (name, value) in fields {
                let is_value = names_secret && name == "value";
                collect(value, secret || is_secret(name) || is_value, found);
            }
        }
        _ => {}
    }
}

/// Whether this is the field of an object as an object of its own: `{"name": "token", "value": "…"}`.
fn is_name_of_secret(fields: &Map<String, Value>) -> bool {
    fields.get("name").and_then(Value::as_str).is_some_and(is_secret)
}

/// Pretty-prints JSON with secrets redacted. `None` if the body is not JSON.
pub(crate) fn json(body: &[u8]) -> Option<String> {
    let value = redacted(serde_json::from_slice(body).ok()?);
    let mut text = BoundedText { text: String::new(), left: 16 * body.len() + 4096 };
    // On one line if it is nested so deeply that most of the lines would be spaces.
    Some(match write!(text, "{value:#}") {
        Ok(()) => text.text,
        Err(_) => value.to_string(),
    })
}

/// A text of at most this many bytes.
struct BoundedText {
    text: String,
    left: usize,
}

impl fmt::Write for BoundedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.text.push_str(text);
        Ok(())
    }
}

fn redacted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(redacted).collect(),
        Value::Object(fields) => {
            let names_secret = is_name_of_secret(&fields);
            let is_hidden = |name: &str| is_secret(name) || names_secret && name == "value";
            let redact = |(name, value): (String, Value)| match is_hidden(&name) && !value.is_null()
            {
                true => (name, "…".into()),
                false => (name, redacted(value)),
            };
            fields.into_iter().map(redact).collect()
        }
        Value::String(string) => text(&string).into(),
        scalar => scalar,
    }
}

/// As [`json`], but large objects are reduced to their main fields. Other bodies are reduced to
/// their length.
pub(crate) fn summary(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(value) => format!("{:#}", shorten(redacted(value), 0)),
        Err(_) => format!("({} bytes)", body.len()),
    }
}

fn shorten(value: Value, depth: u8) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|it| shorten(it, depth)).collect(),
        Value::Object(fields) => Value::Object(main_fields(fields, depth)),
        scalar => scalar,
    }
}

fn main_fields(fields: Map<String, Value>, depth: u8) -> Map<String, Value> {
    let all = fields.len();
    let mut main_fields: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, _)| all <= MAX_FIELDS || MAIN_FIELDS.contains(&name.as_str()))
        .filter(|(_, value)| depth < MAX_DEPTH || !value.is_object())
        .map(|(name, value)| (name, shorten(value, depth + 1)))
        .collect();
    if main_fields.len() < all {
        let more = format!("{} more", all - main_fields.len());
        main_fields.insert("…".to_owned(), more.into());
    }
    main_fields
}
