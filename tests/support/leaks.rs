//! Finds secrets in what a program shows or writes.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use gts_oauth_fake::RecordedRequest;

use crate::secrets::{SECRETS, SHORTEST};

/// The secrets that a server has received: those in fields, and the token of each `Authorization`
/// header.
pub fn received_secrets(requests: &[RecordedRequest]) -> BTreeSet<String> {
    let fields = requests.iter().flat_map(|it| SECRETS.iter().filter_map(|name| it.field(name)));
    let headers = requests.iter().filter_map(|it| it.header("authorization"));
    let tokens = headers.filter_map(|value| Some(value.split_once(' ')?.1.to_owned()));
    fields.chain(tokens).filter(|secret| secret.len() >= SHORTEST).collect()
}

/// Which of these secrets is in the text, and in which encoding. A part of a secret is enough.
pub fn leaks(text: &[u8], secrets: &BTreeSet<String>) -> BTreeSet<String> {
    let lower_case = text.to_ascii_lowercase();
    // Every other byte of UTF-16 is zero, in either byte order.
    let utf_8: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
    let plain = |secret: &str| vec![secret.to_owned()];
    let mut found = BTreeSet::new();
    let mut find = |encoding, text: &[u8], length, encode: &dyn Fn(&str) -> Vec<String>| {
        let mut parts = HashMap::new();
        for secret in secrets {
            for encoded in encode(secret) {
                let windows = encoded.as_bytes().windows(length);
                parts.extend(windows.map(|part| (part.to_vec(), secret)));
            }
        }
        let shown = text.windows(length).filter_map(|window| parts.get(window));
        found.extend(shown.map(|secret| format!("{secret} {encoding}")));
    };
    find("raw", text, SHORTEST, &plain);
    find("percent-encoded", &unescaped(text, b"%", 2), SHORTEST, &plain);
    find("escaped as JSON", &unescaped(text, b"\\u", 4), SHORTEST, &plain);
    find("in UTF-16", &utf_8, SHORTEST, &plain);
    find("in hex", &lower_case, 2 * SHORTEST, &|secret| vec![hex(secret)]);
    find("in base64", text, SHORTEST + 2, &base64);
    found
}

/// The text with the ASCII characters in place of their escapes: a prefix and this many hexadecimal
/// digits.
fn unescaped(text: &[u8], prefix: &[u8], digits: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let escape = rest.strip_prefix(prefix).and_then(|rest| rest.split_at_checked(digits));
        let byte = escape.and_then(|(digits, after)| {
            let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            Some((byte, after))
        });
        let (byte, after) = byte.unwrap_or((first, after));
        plain.push(byte);
        rest = after;
    }
    plain
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The characters of base64 that depend on the text alone, whatever is encoded before and after it.
fn base64(text: &str) -> Vec<String> {
    let engines = [STANDARD_NO_PAD, URL_SAFE_NO_PAD];
    let at = (0..3).flat_map(|before| engines.iter().map(move |engine| (before, engine)));
    let encoded = at.map(|(before, engine)| {
        let bytes = [&[0; 2][..before], text.as_bytes()].concat();
        let encoded = engine.encode(&bytes);
        encoded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "NZVL-ZTRH+ZWUT/ZGI3NI0Z";

    fn found(text: &[u8]) -> BTreeSet<String> {
        leaks(text, &BTreeSet::from([SECRET.to_owned()]))
    }

    fn encoded(character: impl Fn(char) -> String) -> Vec<u8> {
        format!("<{}>", SECRET.chars().map(character).collect::<String>()).into_bytes()
    }

    #[test]
    fn secrets_are_found_in_every_encoding() {
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| SECRET.encode_utf16().flat_map(bytes).collect();
        let basic = |engine: &dyn Fn(String) -> String| engine(format!("id:{SECRET}!")).into();
        let planted: [(&str, Vec<u8>); 11] = [
            ("raw", encoded(String::from)),
            ("in hex", encoded(|it| format!("{:02x}", u32::from(it)))),
            ("in hex", encoded(|it| format!("{:02X}", u32::from(it)))),
            ("in base64", basic(&|it| STANDARD_NO_PAD.encode(it))),
            ("in base64", basic(&|it| URL_SAFE_NO_PAD.encode(format!("a{it}")))),
            ("percent-encoded", encoded(|it| format!("%{:02x}", u32::from(it)))),
            ("percent-encoded", SECRET.replace('/', "%2F").replace('+', "%2B").into()),
            ("escaped as JSON", encoded(|it| format!("\\u{:04X}", u32::from(it)))),
            ("in UTF-16", utf_16(u16::to_le_bytes)),
            ("in UTF-16", utf_16(u16::to_be_bytes)),
            ("raw", SECRET[5..5 + SHORTEST].into()),
        ];
        for (encoding, text) in planted {
            let leak = format!("{SECRET} {encoding}");
            assert!(found(&text).contains(&leak), "{encoding}: {:?}", found(&text));
        }
    }

    #[test]
    fn other_texts_are_no_leaks() {
        let text = b"NZVL NZVL-ZTRH ZGI3 4e5a564c %4E%5A \\u004e [secret]";
        assert_eq!(found(text), BTreeSet::new());
    }
}
