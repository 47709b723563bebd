//! Redacting secrets in text from a server.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;

/// Replaces every secret with `[secret]`, in every encoding in which servers echo it: unchanged,
/// percent-encoded once or twice, with `+` for a space, escaped as JSON or as HTML, and in base64,
/// also as a part of what is encoded (HTTP Basic), in upper or lower case.
///
/// A secret in hexadecimal, one that is encoded twice in any other way, and a part of one are not
/// found.
///
/// A secret of more than 63 characters is found by its first 63, and redacted as far as the text has it.
/// The time is linear in the length of the text, whatever the secrets are.
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
    let mut patterns = patterns(text, secrets);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    for (start, pattern) in starts(text, &mut patterns, cut).into_iter().rev() {
        let Some(after) = text.get(start..).filter(|found| found.len() <= rest.len()) else {
            continue;
        };
        if let Some(after) = patterns[pattern].strip(after, cut) {
            clean.push_str(&rest[..start - (text.len() - rest.len())]);
            clean.push_str("[secret]");
            rest = after;
        }
    }
    clean + rest
}

/// What to search for: the secrets, and their forms in base64, each once. The longest is first, because
/// one can start with another.
fn patterns(text: &str, secrets: &[&str]) -> Vec<Pattern> {
    // More characters than the text has are not in it.
    let longest = text.len().max(FOUND_BY + 1);
    let beginning = |secret: &&str| {
        let end = secret.char_indices().nth(longest).map_or(secret.len(), |(end, _)| end);
        Secret::new(&secret[..end])
    };
    let mut texts: Vec<Secret> = secrets.iter().map(beginning).collect();
    let encoded: Vec<Secret> = texts.iter().flat_map(|secret| base64(secret.expose())).collect();
    texts.extend(encoded);
    texts.retain(|text| !text.expose().is_empty());
    texts.sort_unstable_by(|one, other| {
        let (one, other) = (one.expose(), other.expose());
        other.len().cmp(&one.len()).then_with(|| one.cmp(other))
    });
    texts.dedup_by(|one, other| one.expose() == other.expose());
    texts.into_iter().map(Pattern::new).collect()
}

/// The positions in the text where patterns start, and the numbers of the patterns. The last one is
/// first.
///
/// The text is read once, from its end. For each position, a bit field has all characters of a
/// pattern from which on the pattern can be read there, in any encoding (the algorithm "Shift-And").
fn starts(text: &str, patterns: &mut [Pattern], cut: bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for pattern in &mut *patterns {
        pattern.readable = [pattern.end(cut); LONGEST_ENCODING];
    }
    for (start, _) in text.char_indices().rev() {
        let rest = &text[start..];
        let readings = readings(rest);
        let mut first = None;
        for (number, pattern) in patterns.iter_mut().enumerate() {
            let mut readable = pattern.end(cut && rest.len() < LONGEST_ENCODING);
            for (character, after) in readings.iter().flatten() {
                let next = pattern.readable[(text.len() - after.len()) % LONGEST_ENCODING];
                readable |= next >> 1 & pattern.positions(*character);
            }
            pattern.readable[start % LONGEST_ENCODING] = readable;
            if readable & 1 == 1 {
                first = first.or(Some(number));
            }
        }
        found.extend(first.map(|number| (start, number)));
    }
    found
}

/// The number of characters by which a longer secret is found: the bits of a `u64`, without one for
/// the end.
const FOUND_BY: usize = 63;

/// The most ways to read a text that are followed beyond [`FOUND_BY`] characters.
const MAX_READINGS: usize = 8;

/// A secret, or a form of one.
struct Pattern {
    text: Secret,
    /// The number of characters by which it is found.
    found_by: usize,
    /// The positions of each character among them: bit 0 is the first one.
    ascii: [u64; 128],
    others: Vec<(char, u64)>,
    /// For the next positions in the text: bit `n` is set if the rest can be read there, from
    /// character `n` on.
    readable: [u64; LONGEST_ENCODING],
}

impl Pattern {
    fn new(text: Secret) -> Self {
        let (mut ascii, mut others) = ([0; 128], Vec::new());
        let mut found_by = 0;
        for character in text.expose().chars().take(FOUND_BY) {
            for character in either_case(character) {
                match ascii.get_mut(character as usize) {
                    Some(positions) => *positions |= 1 << found_by,
                    None => others.push((character, 1 << found_by)),
                }
            }
            found_by += 1;
        }
        Self { text, found_by, ascii, others, readable: [0; LONGEST_ENCODING] }
    }

    fn positions(&self, character: char) -> u64 {
        let others = || self.others.iter().filter(|(other, _)| *other == character);
        let ascii = self.ascii.get(character as usize);
        ascii.copied().unwrap_or_else(|| others().fold(0, |all, (_, one)| all | one))
    }

    /// The bit field of an empty text. If the text was `cut`, all that has begun can be read there.
    fn end(&self, cut: bool) -> u64 {
        if cut { !1 } else { 1 << self.found_by }
    }

    /// The rest of the text after the secret, or after the part of it that the text has. `None` if
    /// fewer than the characters by which it is found are there. If the text was `cut` and is the
    /// start of the secret, nothing is left.
    ///
    /// Some texts can be read in two ways (`%25` as three characters or as one). All readings are
    /// followed at once, without recursion or backtracking.
    fn strip<'a>(&self, text: &'a str, cut: bool) -> Option<&'a str> {
        let mut rests = vec![text];
        for (position, character) in self.text.expose().chars().enumerate() {
            // The next character might be cut in the middle of its encoding.
            let is_cut = cut && rests.iter().any(|rest| rest.len() < LONGEST_ENCODING);
            let is_ambiguous = position >= FOUND_BY && rests.len() > MAX_READINGS;
            if is_cut || is_ambiguous {
                return Some("");
            }
            let read = |text: &&'a str| readings(text).into_iter().flatten();
            let next =
                rests.iter().flat_map(read).filter(|(it, _)| it.eq_ignore_ascii_case(&character));
            let mut next: Vec<&str> = next.map(|(_, rest)| rest).collect();
            next.sort_unstable_by_key(|rest| rest.len());
            next.dedup_by_key(|rest| rest.len());
            if next.is_empty() {
                return rests.first().copied().filter(|_| position >= FOUND_BY);
            }
            rests = next;
        }
        rests.first().copied()
    }
}

/// The character in lower and upper case. A server might echo a secret in either.
fn either_case(character: char) -> [char; 2] {
    [character.to_ascii_lowercase(), character.to_ascii_uppercase()]
}

/// A shorter secret is likely to be part of another text in base64.
const MIN_BASE64: usize = 8;

/// The characters of base64 (RFC 4648 sections 4 and 5) that depend on the secret alone, for each
/// position of its first byte in a group of three.
fn base64(secret: &str) -> Vec<Secret> {
    if secret.len() < MIN_BASE64 {
        return Vec::new();
    }
    let mut texts = Vec::new();
    for before in 0..3 {
        let bytes = Zeroizing::new([&[0; 2][..before], secret.as_bytes()].concat());
        let text = Secret::new(STANDARD_NO_PAD.encode(&*bytes));
        // A character has six bits. Those at the edges also depend on what is beside the secret.
        let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        let standard = &text.expose()[start..end];
        if standard.contains(['+', '/']) {
            let text = Secret::new(URL_SAFE_NO_PAD.encode(&*bytes));
            texts.push(Secret::new(&text.expose()[start..end]));
        }
        texts.push(Secret::new(standard));
    }
    texts
}

/// The first character of the text in every encoding that it can be in, and the rest.
fn readings(text: &str) -> [Option<(char, &str)>; 3] {
    let mut characters = text.chars();
    let Some(character) = characters.next() else { return [None; 3] };
    let rest = characters.as_str();
    let encoded = match character {
        '+' => Some((' ', rest)),
        '%' => percent_encoded(text, "%"),
        '&' => entity(rest),
        '\\' => unicode_escaped(text),
        _ => None,
    };
    let encoded_otherwise = match character {
        '\\' => rest.chars().next().map(|it| (it, &rest[it.len_utf8()..])),
        // Twice: a redirect URI within the query of another.
        '%' => percent_encoded(text, "%25"),
        _ => None,
    };
    [Some((character, rest)), encoded, encoded_otherwise]
}

/// A character of up to four bytes, each after this prefix: `%C3%A9`.
fn percent_encoded<'a>(text: &'a str, prefix: &str) -> Option<(char, &'a str)> {
    let (mut bytes, mut rest) = ([0; 4], text);
    for length in 1..=bytes.len() {
        let (byte, after) = hex(rest, prefix, 2)?;
        bytes[length - 1] = u8::try_from(byte).ok()?;
        rest = after;
        if let Ok(decoded) = std::str::from_utf8(&bytes[..length]) {
            return Some((decoded.chars().next()?, rest));
        }
    }
    None
}

/// A character of one or two UTF-16 code units: `\u00e9`.
fn unicode_escaped(text: &str) -> Option<(char, &str)> {
    let (first, rest) = hex(text, "\\u", 4)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, rest));
    }
    let (second, rest) = hex(rest, "\\u", 4)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, rest))
}

/// The value of this many hexadecimal digits after a prefix, and the rest.
fn hex<'a>(text: &'a str, prefix: &str, digits: usize) -> Option<(u16, &'a str)> {
    let (hex, rest) = text.strip_prefix(prefix)?.split_at_checked(digits)?;
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((u16::from_str_radix(hex, 16).ok().filter(|_| is_hex)?, rest))
}

/// `#x10ffff`, with room for leading zeros.
const LONGEST_ENTITY: usize = 16;
/// A character of four bytes, percent-encoded twice. All other encodings are shorter, also an entity
/// with its `&` and `;`.
const LONGEST_ENCODING: usize = 4 * "%25F0".len();

/// A character as HTML, after its `&`.
fn entity(text: &str) -> Option<(char, &str)> {
    let end = text.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let (name, rest) = text.split_at(end);
    let character = match name.strip_prefix('#') {
        Some(number) => char::from_u32(match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        })?,
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        },
    };
    Some((character, &rest[1..]))
}
