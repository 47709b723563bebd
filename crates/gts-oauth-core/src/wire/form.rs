//! `application/x-www-form-urlencoded` (RFC 6749 appendix B), written and read.

use std::borrow::Cow;

use url::form_urlencoded::parse;

/// A body or a query in the making.
pub(crate) struct Form {
    text: String,
    start: usize,
}

impl Form {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self::after(String::with_capacity(bytes))
    }

    /// A form that goes on behind `text`, as a query does.
    pub(crate) fn after(text: String) -> Self {
        let start = text.len();
        Self { text, start }
    }

    /// A field of the protocol's own: its name needs no encoding.
    pub(crate) fn pair(self, name: &'static str, value: &str) -> Self {
        self.words(name, [value])
    }

    /// A field of the protocol's own, with a value that needs no encoding either: a word of the
    /// protocol, or base64url.
    pub(crate) fn plain(mut self, name: &'static str, value: &str) -> Self {
        self.name(name);
        self.text.push('=');
        self.text.push_str(value);
        self
    }

    /// A field of the protocol's own, whose value is several words with spaces between them.
    pub(crate) fn words<'a>(
        mut self,
        name: &'static str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.name(name);
        for (position, word) in words.into_iter().enumerate() {
            self.text.push(if position == 0 { '=' } else { '+' });
            encode(word, &mut self.text);
        }
        self
    }

    /// A field of the caller's.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.name("");
        encode(name, &mut self.text);
        self.text.push('=');
        encode(value, &mut self.text);
        self
    }

    fn name(&mut self, name: &str) {
        if self.text.len() > self.start {
            self.text.push('&');
        }
        self.text.push_str(name);
    }

    pub(crate) fn into_string(self) -> String {
        self.text
    }
}

/// The text as it stands in a form.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(text, &mut out);
    out
}

/// Most of what is sent needs no encoding: ids, codes, URIs but for a few bytes. It is copied in
/// one stroke, which is much of what keeps a login within its budget of instructions.
fn encode(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let plain = plain_bytes(rest);
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(special) = rest.chars().next() else {
            return;
        };
        let (bytes, behind) = rest.split_at(special.len_utf8());
        match special {
            ' ' => out.push('+'),
            _ => bytes.bytes().for_each(|byte| percent(byte, out)),
        }
        rest = behind;
    }
}

fn percent(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| char::from(HEX[usize::from(value)]);
    for digit in ['%', digit(byte >> 4), digit(byte & 15)] {
        out.push(digit);
    }
}

/// How many bytes at the beginning of a text stand for themselves in a form.
pub(crate) fn plain_bytes(text: &str) -> usize {
    let plain = |byte: &u8| PLAIN[usize::from(*byte)];
    text.as_bytes()
        .iter()
        .take_while(|byte| plain(byte))
        .count()
}

/// The bytes that stand for themselves in a form.
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

/// The pairs of a query, decoded where there is something to decode.
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
