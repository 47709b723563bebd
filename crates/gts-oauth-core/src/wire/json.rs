//! Slightly invalid JSON (RFC 8259 sections 4 and 8.2).

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

/// Parses JSON, and returns it as text, too, with U+FFFD instead of invalid UTF-8. If that fails,
/// tolerates what other parsers accept: duplicate names, and strings that were cut in the middle of
/// a character. The last of the duplicates counts.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<(T, Cow<'_, str>)> {
    // Valid UTF-8 is checked once, and not string by string.
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let value = serde_json::from_str(text).or_else(|error| read_again(bytes, error))?;
            Ok((value, Cow::Borrowed(text)))
        }
        Err(_) => {
            let value = serde_json::from_slice(bytes).or_else(|error| read_again(bytes, error))?;
            Ok((value, String::from_utf8_lossy(bytes)))
        }
    }
}

fn read_again<T: DeserializeOwned>(text: &[u8], error: serde_json::Error) -> serde_json::Result<T> {
    let again = match error.classify() {
        Category::Data => serde_json::from_slice::<Value>(text),
        Category::Syntax => serde_json::from_str(&repaired(text)),
        Category::Eof | Category::Io => return Err(error),
    };
    again.and_then(T::deserialize).map_err(|_| error)
}

/// The text with U+FFFD instead of invalid UTF-8 and of lone surrogates.
fn repaired(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut repaired = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let length = match (utf16_unit(escape), escape.get(6..).and_then(utf16_unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                repaired.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            // The escaped character belongs to the escape: a backslash or a quote, for example.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        repaired.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    repaired.push_str(rest);
    repaired
}

/// The UTF-16 code unit at the start of the text, as `\uD83D`.
fn utf16_unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
