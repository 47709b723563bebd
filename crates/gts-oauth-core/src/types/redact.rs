//! Redacting secrets in text from a server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Replaces every secret with `[secret]`, in every encoding in which servers echo it: unchanged,
/// percent-encoded, with `+` for a space, escaped as JSON or as HTML, and in base64, also as a part
/// of what is encoded (HTTP Basic).
///
/// This is for logs of requests and responses. The errors of this crate are already redacted.
///
/// ```
/// use gts_oauth_core::types::redact;
///
/// assert_eq!(redact("Bearer%20t%6fken", &["token"]), "Bearer%20[secret]");
/// ```
pub fn redact(text: &str, secrets: &[&str]) -> String {
    redact_part(text, secrets, false)
}

/// As [`redact`]. If the text was `cut`, its end might be the start of a secret, which is redacted,
/// too.
pub(crate) fn redact_part(text: &str, secrets: &[&str], cut: bool) -> String {
    let encoded: Vec<String> = secrets.iter().flat_map(|secret| base64(secret)).collect();
    let mut secrets: Vec<&str> = secrets.to_vec();
    secrets.retain(|secret| !secret.is_empty());
    secrets.extend(encoded.iter().map(String::as_str));
    // The longest first, because one can start with another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let found = secrets.iter().find_map(|secret| strip_secret(rest, secret, cut));
        match found {
            Some(after) => {
                clean.push_str("[secret]");
                rest = after;
            }
            None => {
                clean.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
    clean
}

/// A shorter secret is likely to be part of another text in base64.
const MIN_BASE64: usize = 8;

/// The characters of base64 (RFC 4648 sections 4 and 5) that depend on the secret alone, for each
/// position of its first byte in a group of three.
fn base64(secret: &str) -> Vec<String> {
    if secret.len() < MIN_BASE64 {
        return Vec::new();
    }
    let mut texts = Vec::new();
    for before in 0..3 {
        let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
        let text = STANDARD_NO_PAD.encode(&bytes);
        // A character has six bits. Those at the edges also depend on what is beside the secret.
        let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        let standard = text[start..end].to_owned();
        let url_safe = standard.replace('+', "-").replace('/', "_");
        if url_safe != standard {
            texts.push(url_safe);
        }
        texts.push(standard);
    }
    texts
}

/// The rest of the text after the secret. `None` if the text does not start with it. If the text
/// was `cut` and is the start of the secret, nothing is left.
///
/// Some texts can be read in two ways (`%25` as three characters or as one). All readings are
/// followed at once, without recursion or backtracking.
fn strip_secret<'a>(text: &'a str, secret: &str, cut: bool) -> Option<&'a str> {
    let first = secret.chars().next()?;
    // Most texts do not start with it, which is cheap to find out.
    ENCODINGS.iter().find_map(|encoding| encoding(text, first))?;
    let mut readings = vec![text];
    for character in secret.chars() {
        // The next character might be cut in the middle of its encoding.
        if cut && readings.iter().any(|rest| rest.len() < LONGEST_ENCODING) {
            return Some("");
        }
        let read = |text: &&'a str| ENCODINGS.map(|encoding| encoding(text, character));
        readings = readings.iter().flat_map(read).flatten().collect();
        readings.sort_unstable_by_key(|rest| rest.len());
        readings.dedup_by_key(|rest| rest.len());
    }
    readings.first().copied()
}

/// Encodings of a character: each function strips it from the start of a text.
const ENCODINGS: [fn(&str, char) -> Option<&str>; 5] =
    [unencoded, percent_encoded, backslashed, unicode_escaped, entity];

fn unencoded(text: &str, character: char) -> Option<&str> {
    match character {
        ' ' => text.strip_prefix([' ', '+']),
        _ => text.strip_prefix(character),
    }
}

fn percent_encoded(text: &str, character: char) -> Option<&str> {
    let mut bytes = [0; 4];
    let mut bytes = character.encode_utf8(&mut bytes).bytes();
    bytes.try_fold(text, |rest, byte| hex(rest, "%", 2, byte.into()))
}

fn backslashed(text: &str, character: char) -> Option<&str> {
    text.strip_prefix('\\')?.strip_prefix(character)
}

fn unicode_escaped(text: &str, character: char) -> Option<&str> {
    let mut units = [0; 2];
    let mut units = character.encode_utf16(&mut units).iter();
    units.try_fold(text, |rest, unit| hex(rest, "\\u", 4, *unit))
}

/// Strips a prefix and the value in this many hexadecimal digits.
fn hex<'a>(text: &'a str, prefix: &str, digits: usize, value: u16) -> Option<&'a str> {
    let (hex, rest) = text.strip_prefix(prefix)?.split_at_checked(digits)?;
    (u16::from_str_radix(hex, 16) == Ok(value)).then_some(rest)
}

/// `#x10ffff`, with room for leading zeros.
const LONGEST_ENTITY: usize = 16;
/// The same with `&` and `;`. All other encodings are shorter.
const LONGEST_ENCODING: usize = LONGEST_ENTITY + 2;

fn entity(text: &str, character: char) -> Option<&str> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let (name, rest) = inside.split_at(end);
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "amp" => u32::from('&'),
            "lt" => u32::from('<'),
            "gt" => u32::from('>'),
            "quot" => u32::from('"'),
            "apos" => u32::from('\''),
            _ => return None,
        },
    };
    (number == u32::from(character)).then(|| &rest[1..])
}
