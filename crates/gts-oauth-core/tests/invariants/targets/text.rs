//! Texts of servers and users, in which secrets appear in any encoding; and short lists.

use std::fmt;

use arbitrary::{Arbitrary, Unstructured};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes in which those from 0xF5 on, which UTF-8 never has, stand for a secret. The byte chooses the
/// encoding, the next one the secret.
#[derive(Clone)]
pub struct Text(pub Vec<u8>);

impl Text {
    pub fn bytes(&self, secrets: &[&str]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.len());
        let mut bytes = self.0.iter().copied();
        while let Some(byte) = bytes.next() {
            if byte < 0xf5 || secrets.is_empty() {
                out.push(byte);
                continue;
            }
            let choice = bytes.next().unwrap_or(0);
            let secret = secrets[usize::from(choice >> 4) % secrets.len()];
            out.extend(encoded(secret, byte, usize::from(choice)).bytes());
        }
        out
    }

    pub fn string(&self, secrets: &[&str]) -> String {
        String::from_utf8_lossy(&self.bytes(secrets)).into_owned()
    }
}

/// The secret in the encoding of this byte.
fn encoded(secret: &str, byte: u8, choice: usize) -> String {
    if byte == 0xff {
        return STANDARD.encode(secret);
    }
    let mut out = String::new();
    for (at, character) in secret.chars().enumerate() {
        let encoding = match byte {
            0xf5..=0xfa => usize::from(byte - 0xf5),
            0xfb | 0xfc => (at + choice) % 6,
            0xfd => 6,
            _ => 7,
        };
        out += &match encoding {
            1 => format!("%{:02x}", u32::from(character)),
            2 => format!("\\u{:04X}", u32::from(character)),
            3 => format!("&#{};", u32::from(character)),
            4 => format!("&#x{:x};", u32::from(character)),
            5 if !character.is_alphanumeric() => format!("\\{character}"),
            6 if at % 3 == 1 => format!("{character}\u{200b}"),
            7 if at % 5 == 2 => format!("{character}\u{7}"),
            _ => character.to_string(),
        };
    }
    out
}

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        // In one piece, so that words of the dictionary stay whole.
        Ok(Self(<&[u8]>::arbitrary(input)?.to_vec()))
    }

    fn size_hint(depth: usize) -> (usize, Option<usize>) {
        <&[u8]>::size_hint(depth)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// At most so many values. The lists of `arbitrary` have one or two in most cases.
#[derive(Clone, Debug)]
pub struct List<T, const MOST: usize>(pub Vec<T>);

impl<'a, T: Arbitrary<'a>, const MOST: usize> Arbitrary<'a> for List<T, MOST> {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let length = usize::from(u8::arbitrary(input)?) % (MOST + 1);
        (0..length).map(|_| T::arbitrary(input)).collect::<arbitrary::Result<_>>().map(Self)
    }
}
