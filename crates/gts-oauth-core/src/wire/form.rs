//! Writing and reading `application/x-www-form-urlencoded` (RFC 6749 appendix B).

use std::borrow::Cow;

use url::form_urlencoded::parse;

use super::wipe::reserve;

/// The bytes that encode one: `%2F`.
const LONGEST_CODE: usize = 3;

/// A form body or query under construction. It can contain secrets, so it leaves no copies in memory
/// when it grows.
pub(crate) struct Form {
    text: String,
    start: usize,
}

impl Form {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self::after(String::with_capacity(bytes))
    }

    /// A form that is appended to `text`, as a query.
    pub(crate) fn after(text: String) -> Self {
        let start = text.len();
        Self { text, start }
    }

    /// Adds a protocol parameter: its name needs no encoding.
    pub(crate) fn pair(self, name: &'static str, value: &str) -> Self {
        self.words(name, [value])
    }

    /// Adds a protocol parameter with a value that needs no encoding: a keyword, or base64url.
    pub(crate) fn plain(mut self, name: &'static str, value: &str) -> Self {
        self.push_name(name);
        reserve(&mut self.text, 1 + value.len());
        self.text.push('=');
        self.text.push_str(value);
        self
    }

    /// Adds a protocol parameter with a value of several words, separated by spaces.
    pub(crate) fn words<'a>(
        mut self,
        name: &'static str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.push_name(name);
        for (position, word) in words.into_iter().enumerate() {
            reserve(&mut self.text, 1 + LONGEST_CODE * word.len());
            self.text.push(if position == 0 { '=' } else { '+' });
            encode(word, &mut self.text);
        }
        self
    }

    /// Adds a parameter of the caller.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.push_name("");
        reserve(&mut self.text, 1 + LONGEST_CODE * (name.len() + value.len()));
        encode(name, &mut self.text);
        self.text.push('=');
        encode(value, &mut self.text);
        self
    }

    fn push_name(&mut self, name: &str) {
        reserve(&mut self.text, 1 + name.len());
        if self.text.len() > self.start {
            self.text.push('&');
        }
        self.text.push_str(name);
    }

    pub(crate) fn into_string(self) -> String {
        self.text
    }
}

/// The text in form encoding.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(LONGEST_CODE * text.len());
    encode(text, &mut encoded);
    encoded
}

/// Encodes a text. Runs of bytes that need no encoding are copied at once. Ids, codes and URIs
/// have little else, and this keeps a login within its instruction budget.
fn encode(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at(plain_bytes(rest));
        out.push_str(plain);
        let Some(character) = special.chars().next() else {
            return;
        };
        let (bytes, after) = special.split_at(character.len_utf8());
        match character {
            ' ' => out.push('+'),
            _ => bytes.bytes().for_each(|byte| percent(byte, out)),
        }
        rest = after;
    }
}

fn percent(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| char::from(HEX[usize::from(value)]);
    ['%', digit(byte >> 4), digit(byte & 15)].into_iter().for_each(|it| out.push(it));
}

/// The number of bytes at the start of a text that need no encoding.
pub(crate) fn plain_bytes(text: &str) -> usize {
    text.bytes().take_while(|byte| PLAIN[usize::from(*byte)]).count()
}

/// The bytes that need no encoding.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        plain[byte] = b.is_ascii_alphanumeric() || matches!(b, b'*' | b'-' | b'.' | b'_');
        byte += 1;
    }
    plain
};

/// Whether the text is not empty and only visible ASCII, which headers and forms carry unchanged.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The pairs of a query, decoded if they are encoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.filter_map(|pair| {
        if pair.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
            return parse(pair.as_bytes()).next();
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((name.into(), value.into()))
    })
}
