//! JSON: reading it, what the server's reader says of what is none, and patching it.

use serde_json::{Deserializer, Map, Value};

/// The first value; whatever follows it is not looked at.
///
/// # Errors
/// In the server's words.
pub(crate) fn read(body: &[u8]) -> Result<Value, String> {
    match Deserializer::from_slice(body).into_iter::<Value>().next() {
        None => Err("EOF".to_owned()),
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(Err(error)) => Err(words(body, &error)),
    }
}

/// Members are added or replaced, and taken out where they are `null` (RFC 7396).
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

/// The character that cannot be there, and where it stands.
fn words(body: &[u8], error: &serde_json::Error) -> String {
    let lines = body.split(|byte| *byte == b'\n').take(error.line() - 1);
    let before: usize = lines.map(|line| line.len() + 1).sum();
    let at = (before + error.column()).saturating_sub(1);
    let found = body.get(at).copied().map_or(' ', char::from);
    let found = match found {
        '\'' => "\\'".to_owned(),
        '\n' => "\\n".to_owned(),
        other => other.to_string(),
    };
    format!("invalid character '{found}' {}", place(&body[..at], error))
}

fn place(before: &[u8], error: &serde_json::Error) -> String {
    let told = error.to_string();
    let place = [
        (
            "key must be a string",
            "looking for beginning of object key string",
        ),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("control character", "in string literal"),
        ("invalid escape", "in string escape code"),
        ("invalid number", "in numeric literal"),
    ];
    if told.starts_with("trailing comma") && before.ends_with(b",") && is_in_object(before) {
        return place[0].1.to_owned();
    }
    if told.starts_with("expected ident") {
        return in_literal(before);
    }
    let place = place.iter().find(|(theirs, _)| told.starts_with(theirs));
    place
        .map_or("looking for beginning of value", |(_, ours)| ours)
        .to_owned()
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
