//! Web pages in place of a response of the API: of a captive portal, a shield against robots, a proxy.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::json;
use crate::types::find_ignoring_case;

/// The number of bytes in which the start of a page is searched for.
const SEARCHED: usize = 1024;

/// Texts of APIs that are sent as HTML and are no page: Takahē rejects a token so.
const TEXTS: [&[u8]; 1] = [b"Invalid Bearer token"];

/// Whether a body is a web page. JSON never is: some servers send it as HTML.
///
/// `text` is the body without a byte order mark and without notices before JSON.
pub(super) fn is_page(headers: &HeaderMap, body: &[u8], text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let is_html = is_html(headers);
    match text.first() {
        None => false,
        Some(b'<') => !text.starts_with(b"<?xml") || starts_page(without_prolog(text)),
        Some(b'{' | b'[') if !is_html => false,
        _ if TEXTS.contains(&text.trim_ascii_end()) => false,
        _ => (is_html || has_page(body)) && !is_json(text),
    }
}

/// Whether the text is JSON of any shape.
pub(super) fn is_json(text: &[u8]) -> bool {
    json::value::<IgnoredAny>(text).is_some()
}

/// Whether the headers announce HTML.
fn is_html(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    let is = |media_type: &[u8]| find_ignoring_case(value, media_type) == Some(0);
    is(b"text/html") || is(b"application/xhtml+xml")
}

fn starts_page(text: &[u8]) -> bool {
    [&b"<!doctype html"[..], b"<html"].iter().any(|it| find_ignoring_case(text, it) == Some(0))
}

/// XML without its declaration, comments and white space.
fn without_prolog(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = match text {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            _ => return text,
        };
        match find_ignoring_case(text, end) {
            Some(at) => text = &text[at + end.len()..],
            None => return text,
        }
    }
}

/// Whether a page starts near the start of the body, behind other characters, or in UTF-16.
fn has_page(body: &[u8]) -> bool {
    let start = &body[..body.len().min(SEARCHED)];
    // It can contain a secret, and growing would leave a copy.
    let mut letters = Zeroizing::new(Vec::with_capacity(start.len()));
    letters.extend(start.iter().filter(|byte| **byte != 0));
    let has = |tag: &[u8]| find_ignoring_case(&letters, tag).is_some();
    has(b"<!doctype html") || has(b"<html")
}
