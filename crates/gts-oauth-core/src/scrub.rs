//! Taking secrets out of a stranger's text, however the stranger wrote them.

/// The text with every secret replaced by `[secret]`, each character of it written in any way
/// that servers echo it: as it is, percent-encoded, `+` for a space, escaped as JSON or as HTML.
///
/// Of a text that was `cut` the end may be the beginning of a secret, which goes, too.
pub(crate) fn scrub(text: &str, secrets: &[&str], cut: bool) -> String {
    let mut secrets: Vec<&str> = secrets.to_vec();
    secrets.retain(|secret| !secret.is_empty());
    // The longest first: one may begin with another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let found = secrets.iter().find_map(|secret| strip(rest, secret, cut));
        match found {
            Some(behind) => {
                clean.push_str("[secret]");
                rest = behind;
            }
            None => {
                clean.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
    clean
}

/// What follows the secret, if the text begins with it; or, of a text that was `cut`, nothing if
/// the secret begins with the text. Some texts can be read in two ways
/// (`%25` as three characters or as one), so all readings are followed at once: no text, however
/// long, makes this call itself or go back.
fn strip<'a>(text: &'a str, secret: &str, cut: bool) -> Option<&'a str> {
    let first = secret.chars().next()?;
    // Most texts do not, which is found out before anything is set up.
    WRITINGS.iter().find_map(|writing| writing(text, first))?;
    let mut readings = vec![text];
    for character in secret.chars() {
        // The next character may be cut in the middle of how it is written.
        if cut && readings.iter().any(|rest| rest.len() < LONGEST_WRITING) {
            return Some("");
        }
        let read = |text: &&'a str| WRITINGS.map(|writing| writing(text, character));
        readings = readings.iter().flat_map(read).flatten().collect();
        readings.sort_unstable_by_key(|rest| rest.len());
        readings.dedup_by_key(|rest| rest.len());
    }
    readings.first().copied()
}

/// Ways to write a character: each strips it off a text that begins with it.
const WRITINGS: [fn(&str, char) -> Option<&str>; 5] = [
    as_it_is,
    percent_encoded,
    backslashed,
    unicode_escaped,
    entity,
];

fn as_it_is(text: &str, character: char) -> Option<&str> {
    match character {
        ' ' => text.strip_prefix([' ', '+']),
        _ => text.strip_prefix(character),
    }
}

fn percent_encoded(text: &str, character: char) -> Option<&str> {
    let mut bytes = [0; 4];
    let mut rest = text;
    for byte in character.encode_utf8(&mut bytes).bytes() {
        let hex = rest.strip_prefix('%')?.get(..2)?;
        if u8::from_str_radix(hex, 16) != Ok(byte) {
            return None;
        }
        rest = &rest[3..];
    }
    Some(rest)
}

fn backslashed(text: &str, character: char) -> Option<&str> {
    text.strip_prefix('\\')?.strip_prefix(character)
}

fn unicode_escaped(text: &str, character: char) -> Option<&str> {
    let mut units = [0; 2];
    let mut rest = text;
    for unit in character.encode_utf16(&mut units) {
        let hex = rest.strip_prefix("\\u")?.get(..4)?;
        if u16::from_str_radix(hex, 16) != Ok(*unit) {
            return None;
        }
        rest = &rest[6..];
    }
    Some(rest)
}

/// `#x10ffff`, with some zeros to spare.
const LONGEST_ENTITY: usize = 16;
/// The same between `&` and `;`. All else is shorter.
const LONGEST_WRITING: usize = LONGEST_ENTITY + 2;

fn entity(text: &str, character: char) -> Option<&str> {
    let inside = text.strip_prefix('&')?;
    let end = inside
        .bytes()
        .take(LONGEST_ENTITY)
        .position(|byte| byte == b';')?;
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
