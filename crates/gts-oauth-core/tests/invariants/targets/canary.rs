//! Secrets that must not be shown, and texts that are safe to show.

use std::error::Error as StdError;
use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gts_oauth_core::Error;
use serde::Serialize;
use serde_json::Value;

pub const CLIENT_SECRET: &str = "CANARY-client~Secret/+&=%\"<\\x:9";
pub const CODE: &str = "CANARY.code-8f3a+/=";
pub const TOKEN: &str = "CANARY_access_TOKEN+/=&\"<>'\\77";
pub const REFRESH_TOKEN: &str = "CANARYrefreshTOKEN/+=\"4411";

/// Asserts that no text of the error contains a secret, and that its message is safe to print.
pub fn assert_error(error: &Error, secrets: &[&str]) {
    let message = error.to_string();
    assert_printable(&message);
    let mut texts = format!("{message}\n{error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        texts += &format!("\n{error}\n{error:?}");
        cause = error.source();
    }
    assert_hidden(&texts, secrets);
    let _ = (error.cause(), error.remedy(), error.retry(), error.http_status());
}

/// Asserts that its `Debug` contains no secret.
pub fn assert_debug(value: &impl Debug, secrets: &[&str]) {
    assert_hidden(&format!("{value:?}"), secrets);
}

/// Asserts that the text contains no secret.
pub fn assert_hidden(text: &str, secrets: &[&str]) {
    let shown = shown(text, secrets);
    assert!(shown.is_empty(), "{shown:?} is shown: {text:?}");
}

/// The secrets that the text contains, unchanged, in an encoding of their characters, or in base64.
fn shown<'a>(text: &str, secrets: &[&'a str]) -> Vec<&'a str> {
    if secrets.is_empty() {
        return Vec::new();
    }
    let mut readings = vec![text.to_owned()];
    if text.contains(is_invisible) {
        readings.push(text.replace(is_invisible, ""));
    }
    let is_escaped = |reading: &&String| ESCAPES.iter().any(|escape| reading.contains(*escape));
    let decoded: Vec<String> = readings.iter().filter(is_escaped).map(|it| decoded(it)).collect();
    readings.extend(decoded);
    let is_shown = |secret: &&&str| {
        let base64 = STANDARD_NO_PAD.encode(secret);
        // The bits at its end also depend on what follows.
        let base64 = &base64[..secret.len() * 8 / 6];
        let contains = |reading: &String| reading.contains(**secret) || reading.contains(base64);
        secret.len() >= 8 && readings.iter().any(contains)
    };
    secrets.iter().filter(is_shown).copied().collect()
}

/// The secrets of a value that can be stored: those that no text contains by chance, and that a
/// server did not use as a name, too.
pub fn secrets_of(value: &impl Serialize) -> Vec<String> {
    const NAMES: [&str; 6] =
        ["client_secret", "code", "state", "verifier", "access_token", "refresh_token"];
    fn search(value: &Value, secrets: &mut Vec<String>, others: &mut String) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| search(item, secrets, others)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(text) if NAMES.contains(&&**name) => secrets.push(text.to_owned()),
                        _ => search(value, secrets, others),
                    }
                }
            }
            Value::String(text) => *others += &format!("{text}\n"),
            _ => {}
        }
    }
    let (mut secrets, mut others) = (Vec::new(), String::new());
    search(&serde_json::to_value(value).unwrap(), &mut secrets, &mut others);
    secrets.retain(|secret| is_canary(secret));
    secrets.sort();
    secrets.dedup();
    let shown: Vec<String> =
        shown(&others, &texts(&secrets)).into_iter().map(str::to_owned).collect();
    secrets.retain(|secret| !shown.contains(secret));
    secrets
}

/// Whether the secret is one that no text contains by chance: ours, or 43 random characters.
pub fn is_canary(secret: &str) -> bool {
    [CLIENT_SECRET, CODE, TOKEN, REFRESH_TOKEN].contains(&secret) || secret.len() == 43
}

/// Texts as [`assert_hidden`] takes them.
pub fn texts(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// Asserts that a terminal prints the text as it is.
pub fn assert_printable(text: &str) {
    let invisible = text.chars().find(|c| is_invisible(*c));
    assert_eq!(invisible, None, "{text:?}");
}

/// Whether the character is a control character, or changes how others are read.
fn is_invisible(character: char) -> bool {
    if matches!(character, ' '..='~') {
        return false;
    }
    let changes_direction = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let has_no_width = matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    character.is_control() || changes_direction || has_no_width
}

/// The first character of each encoding.
const ESCAPES: [char; 3] = ['%', '\\', '&'];

/// The text with one encoding of each character undone, as a reader can.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(ESCAPES) {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (character, length) = decoded_first(escape);
        out.push(character);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out
}

/// The first character of a text that starts with `%`, `\` or `&`, and the length of its encoding.
fn decoded_first(text: &str) -> (char, usize) {
    let hex = |digits: Option<&str>| char::from_u32(u32::from_str_radix(digits?, 16).ok()?);
    let first = text.chars().next().unwrap_or_default();
    let found = match first {
        '%' => hex(text.get(1..3)).filter(char::is_ascii).map(|c| (c, 3)),
        '\\' => match hex(text.get(2..6)).filter(|_| text.starts_with("\\u")) {
            Some(character) => Some((character, 6)),
            None => text.chars().nth(1).map(|c| (c, 1 + c.len_utf8())),
        },
        _ => entity(text),
    };
    found.unwrap_or((first, 1))
}

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(17).position(|byte| byte == b';')?;
    let character = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 1))
}
