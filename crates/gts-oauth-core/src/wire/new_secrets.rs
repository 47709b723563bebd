//! Secrets in an error response that only a successful one should contain: some servers send tokens
//! with a 500.

use std::borrow::Cow;

use crate::types::{Secret, find_ignoring_case};

const NAMES: [&str; 4] = ["access_token", "refresh_token", "client_secret", "id_token"];

/// The most texts that are searched for in an error. A value with escapes is two of them.
const MAX_TEXTS: usize = 8;

/// The longest value that is searched for, in bytes. The texts of an error are shorter.
const MAX_VALUE: usize = 4096;

/// A shorter value is no secret, but a word: `client_secret: missing`.
const MIN_VALUE: usize = 8;

/// Whether a text names one.
pub(super) fn may_hold_secrets(text: &[u8]) -> bool {
    NAMES.iter().any(|name| find_ignoring_case(text, name.as_bytes()).is_some())
}

/// The values of fields with these names, in JSON, in a form, or in a text: `access_token=…`. `None` if
/// there are too many.
pub(super) fn new_secrets(body: &[u8]) -> Option<Vec<Secret>> {
    let mut secrets = Vec::new();
    for name in NAMES {
        let mut rest = body;
        while let Some(at) = find_ignoring_case(rest, name.as_bytes()) {
            rest = &rest[at + name.len()..];
            let Some(found) = value(rest).filter(|it| it.len() >= MIN_VALUE) else { continue };
            let text = String::from_utf8_lossy(found);
            if found.contains(&b'\\') {
                secrets.push(unescaped(&text));
            }
            secrets.push(Secret::new(text));
            if secrets.len() > MAX_TEXTS {
                return None;
            }
        }
    }
    Some(secrets)
}

/// The value after the name of a field.
fn value(rest: &[u8]) -> Option<&[u8]> {
    let quoted = |text: &[u8]| {
        let mark = |it: &u8| !(it.is_ascii_whitespace() || b"\"'`\\".contains(it));
        text.iter().position(mark).unwrap_or(text.len())
    };
    let rest = &rest[quoted(rest)..];
    let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))?;
    let rest = &rest[quoted(rest)..];
    let rest = rest.strip_prefix(b"[").unwrap_or(rest);
    let rest = &rest[quoted(rest)..];
    let ends = |at: usize| match rest[at] {
        b'\\' => matches!(rest.get(at + 1), Some(b'"' | b'n' | b'r' | b't')),
        byte => byte.is_ascii_whitespace() || b"\"'`&,;<>)]}".contains(&byte),
    };
    let longest = rest.len().min(MAX_VALUE);
    Some(&rest[..(0..longest).find(|at| ends(*at)).unwrap_or(longest)])
}

/// The value without the escapes of JSON.
fn unescaped(text: &str) -> Secret {
    let quoted = Secret::new(format!("\"{text}\""));
    let value = serde_json::from_str::<Cow<'_, str>>(quoted.expose());
    Secret::new(value.unwrap_or_default())
}
