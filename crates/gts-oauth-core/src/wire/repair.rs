//! JSON that is none to the letter, and says what it means all the same.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

/// Reads JSON; and where it cannot be read as it is, without what other parsers pass over: a name
/// that stands there twice, of which the last counts, and texts that were cut in the middle of a
/// character.
pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(text).or_else(|error| {
        let again = match error.classify() {
            Category::Data => serde_json::from_slice::<Value>(text),
            Category::Syntax => serde_json::from_str(&mended(text)),
            Category::Eof | Category::Io => return Err(error),
        };
        again.and_then(T::deserialize).map_err(|_| error)
    })
}

/// The text with U+FFFD in place of bytes that are no UTF-8, and of halves of surrogate pairs.
fn mended(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut mended = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.push('\u{fffd}');
                rest = &escape[6..];
                continue;
            }
            // Whatever is escaped, a backslash or a quote above all, belongs to it.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    mended
}

/// The UTF-16 unit that the text begins with, as `\uD83D`.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
