//! Slightly invalid JSON (RFC 8259 sections 8.1 and 8.2).

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Parses JSON, and returns it as text, too. Strings that were cut in the middle of a character are
/// tolerated: U+FFFD replaces invalid UTF-8, and lone surrogates. So are numbers out of range, which
/// count as `null`.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<(T, Cow<'_, str>)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(decoded(bytes)),
    };
    let value = serde_json::from_str(&text).or_else(|error| match error.is_syntax() {
        // It can contain a secret.
        true => serde_json::from_str(&Zeroizing::new(repaired(&text))).map_err(|_| error),
        false => Err(error),
    });
    match value {
        Ok(value) => Ok((value, text)),
        Err(error) => {
            wipe(text);
            Err(error)
        }
    }
}

/// Parses JSON in the same way. `None` if it is invalid or has another shape.
pub(super) fn value<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (value, text) = read(bytes).ok()?;
    wipe(text);
    Some(value)
}

fn wipe(text: Cow<'_, str>) {
    if let Cow::Owned(text) = text {
        drop(Zeroizing::new(text));
    }
}

/// The maximum number of invalid sequences. A body with more of them is no text.
const MAX_INVALID: usize = 1000;

/// The text with U+FFFD instead of invalid UTF-8. Only that, which is no JSON, if much of it is invalid.
fn decoded(bytes: &[u8]) -> String {
    let invalid = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty());
    let invalid = invalid.take(MAX_INVALID + 1).count();
    if invalid > MAX_INVALID {
        return '\u{fffd}'.into();
    }
    // With its whole capacity from the beginning, because growing would copy a long text.
    let mut text = String::with_capacity(bytes.len() + invalid * '\u{fffd}'.len_utf8());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push('\u{fffd}');
        }
    }
    text
}

/// The text with U+FFFD instead of lone surrogates, and `null` instead of numbers that are out of range.
fn repaired(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len());
    let (mut rest, mut in_string) = (text, false);
    let starts_number = |it: char| it == '-' || it.is_ascii_digit();
    while let Some(at) = rest.find(|it| matches!(it, '\\' | '"') || !in_string && starts_number(it))
    {
        let (before, found) = rest.split_at(at);
        repaired.push_str(before);
        let length = match found.as_bytes()[0] {
            b'\\' => escape_length(found),
            b'"' => {
                in_string = !in_string;
                Ok(1)
            }
            _ => number_length(found),
        };
        let (length, replacement) = match length {
            Ok(length) => (length, &found[..length]),
            Err(replaced) => replaced,
        };
        repaired.push_str(replacement);
        rest = &found[length..];
    }
    repaired.push_str(rest);
    repaired
}

/// A length, or the length of what is to be replaced, and by what.
type Length = Result<usize, (usize, &'static str)>;

fn escape_length(escape: &str) -> Length {
    match (utf16_unit(escape), escape.get(6..).and_then(utf16_unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => Ok(12),
        (Some(0xd800..=0xdfff), _) => Err((6, "\u{fffd}")),
        // The escaped character belongs to the escape: a backslash or a quote, for example.
        _ => Ok(1 + escape[1..].chars().next().map_or(0, char::len_utf8)),
    }
}

fn number_length(number: &str) -> Length {
    let is_part = |it: char| it.is_ascii_digit() || matches!(it, '+' | '-' | '.' | 'e' | 'E');
    let length = number.find(|it| !is_part(it)).unwrap_or(number.len());
    match number[..length].parse::<f64>() {
        Ok(value) if value.is_infinite() => Err((length, "null")),
        _ => Ok(length),
    }
}

/// The UTF-16 code unit at the start of the text, as `\uD83D`.
fn utf16_unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
