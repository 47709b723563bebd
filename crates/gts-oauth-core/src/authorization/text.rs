//! Reading what a user pasted: a code, or a callback URL.

use super::Callback;
use super::callback::checked_code;
use crate::error::{CallbackError, Error};
use crate::types::is_invisible;
use crate::wire::{is_visible_ascii, plain_bytes};

/// Parses `text` as a callback. A code alone is accepted only if the login is `out_of_band`.
pub(crate) fn read_text(text: &str, out_of_band: bool) -> Result<Callback, Error> {
    // Most pasted texts are only a code, which needs no parsing.
    let trimmed = text.trim();
    if out_of_band && !trimmed.is_empty() && plain_bytes(trimmed) == trimmed.len() {
        let code = Some(checked_code(trimmed)?);
        return Ok(Callback { code, ..Callback::default() });
    }
    let text = unquoted(text);
    if text.is_empty() {
        return fault("empty input");
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let has = |name: &str| query.split(['&', '#']).any(|pair| pair.starts_with(name));
    if has("response_type=") || has("code_challenge=") {
        return Err(Error::Callback(CallbackError::AuthorizationUrl));
    }
    if text.contains('?') || text.contains("://") || has("code=") || has("error=") {
        return Callback::from_query(query.split('#').next().unwrap_or_default());
    }
    if !out_of_band {
        return fault(
            "paste the whole callback URL from the browser's address bar, starting with http",
        );
    }
    // snac's page shows `CODE&state=STATE`.
    let (text, _) = text.split_once('#').unwrap_or((text, ""));
    let (code, rest) = text.split_once('&').unwrap_or((text, ""));
    if !is_visible_ascii(code) {
        return fault("codes contain only ASCII characters and no whitespace; copy it again");
    }
    let mut callback = Callback::from_query(rest)?;
    callback.code = Some(checked_code(code)?);
    Ok(callback)
}

const QUOTES: &str = "\"'`<>“”„‟‘’‚‛«»‹›「」『』＂";

/// The text without the white space and quotes around it, which are often copied with it.
fn unquoted(mut text: &str) -> &str {
    loop {
        let inner = text.trim().trim_matches(|c| QUOTES.contains(c)).trim_matches(is_invisible);
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

fn fault<T>(fault: &str) -> Result<T, Error> {
    Err(Error::input("code", fault))
}
