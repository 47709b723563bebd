//! Redacting secrets, and texts to print.

use arbitrary::Arbitrary;
use gts_oauth_core::types::{printable, redact};

use super::canary::{CLIENT_SECRET, TOKEN, assert_hidden, assert_printable};
use super::memory::bounded;
use super::text::Text;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    text: Text,
    /// Another secret, of any length.
    secret: Text,
}

const MARK: &str = "[secret]";

pub fn check(input: &Input) {
    let secrets = [TOKEN, CLIENT_SECRET];
    let text = input.text.string(&secrets);
    let clean = bounded(text.len(), || redact(&text, &secrets));
    if !text.contains(|c: char| c == '\u{200b}' || c.is_control()) {
        assert_hidden(&clean, &secrets);
    }
    assert_parts_of(&clean, &text);
    if clean == text {
        assert!(!text.contains(TOKEN) && !text.contains(CLIENT_SECRET));
    }

    let secret = &*input.secret.string(&[]);
    let text = input.text.string(&[secret]);
    // A mark is longer than a short secret.
    let length = (text.len() + secret.len()) * MARK.len();
    let clean = bounded(length, || redact(&text, &[secret]));
    assert_parts_of(&clean, &text);
    // Marks beside each other can contain a secret that looks like them.
    let is_left = |part: &str| !secret.is_empty() && part.contains(secret);
    assert!(!clean.split(MARK).any(is_left), "{secret:?} in {clean:?}");

    let shown = bounded(text.len(), || printable(&text));
    assert_printable(&shown);
    assert_eq!(printable(&shown), shown);
}

/// Asserts that nothing is added, and that no text is out of order.
fn assert_parts_of(clean: &str, text: &str) {
    let mut rest = text;
    for part in clean.split(MARK) {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not in {text:?}"));
        rest = &rest[at + part.len()..];
    }
}
