//! JSON: parsing with the error messages of GoToSocial's parser, and merge patches (RFC 7396).

use serde_json::{Deserializer, Map, Value};

/// Parses the first value, and ignores the rest.
///
/// # Errors
/// With the message of GoToSocial's parser.
pub(crate) fn parse(body: &[u8]) -> Result<Value, String> {
    match Deserializer::from_slice(body).into_iter::<Value>().next() {
        None => Err("EOF".to_owned()),
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(Err(error)) => Err(message(body, &error)),
    }
}

/// Adds or replaces members, and removes those that are `null` (RFC 7396).
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    for (name, value) in patch {
        match target.as_object_mut() {
            Some(members) if value.is_null() => drop(members.remove(name)),
            _ => merge(&mut target[name], value),
        }
    }
}

/// The unexpected character, and its context.
fn message(body: &[u8], error: &serde_json::Error) -> String {
    let lines = body.split(|byte| *byte == b'\n').take(error.line() - 1);
    let before: usize = lines.map(|line| line.len() + 1).sum();
    let at = (before + error.column()).saturating_sub(1);
    let found = body.get(at).copied().map_or(' ', char::from);
    let found = match found {
        '\'' => "\\'".to_owned(),
        '\n' => "\\n".to_owned(),
        other => other.to_string(),
    };
    format!("invalid character '{found}' {}", context(&body[..at], error))
}

fn context(before: &[u8], error: &serde_json::Error) -> String {
    let message = error.to_string();
    let contexts = [
        ("key must be a string", "looking for beginning of object key string"),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("control character", "in string literal"),
        ("invalid escape", "in string escape code"),
        ("invalid number", "in numeric literal"),
    ];
    if message.starts_with("trailing comma") && before.ends_with(b",") && is_in_object(before) {
        return contexts[0].1.to_owned();
    }
    if message.starts_with("expected ident") {
        return in_literal(before);
    }
    let context = contexts.iter().find(|(theirs, _)| message.starts_with(theirs));
    context.map_or("looking for beginning of value", |(_, ours)| ours).to_owned()
}

fn is_in_object(before: &[u8]) -> bool {
    let opened = before.iter().rev().find(|byte| b"{[".contains(byte));
    opened == Some(&b'{')
}

fn in_literal(before: &[u8]) -> String {
    for literal in ["true", "false", "null"] {
        for length in (1..literal.len()).rev() {
            if before.ends_with(&literal.as_bytes()[..length]) {
                let expected = &literal[length..=length];
                return format!("in literal {literal} (expecting '{expected}')");
            }
        }
    }
    "looking for beginning of value".to_owned()
}
