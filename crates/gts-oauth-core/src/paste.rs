//! Reading what a person pasted: a code, or the address they were sent to.

use crate::callback::{Callback, RedirectFault};
use crate::error::Error;
use crate::secret::Secret;
use crate::wire::{is_visible_ascii, plain_bytes};

/// Reads `text` as a callback; a bare code only where the login is `out_of_band`.
pub(crate) fn read(text: &str, out_of_band: bool) -> Result<Callback, Error> {
    // What most people paste, most servers' code and nothing else, needs no closer look.
    let trimmed = text.trim();
    if out_of_band && !trimmed.is_empty() && plain_bytes(trimmed) == trimmed.len() {
        return Ok(Callback::with_code(trimmed));
    }
    let text = unquoted(text);
    if text.is_empty() {
        return fault("nothing was pasted");
    }
    let query = match text.split_once('?') {
        Some((_, query)) => query,
        None => text,
    };
    let has = |name: &str| query.split(['&', '#']).any(|pair| pair.starts_with(name));
    if has("response_type=") || has("code_challenge=") {
        return Err(Error::Redirect(RedirectFault::NotVisited));
    }
    if text.contains('?') || text.contains("://") || has("code=") || has("error=") {
        return Callback::from_query(query.split('#').next().unwrap_or_default());
    }
    if !out_of_band {
        return fault("paste the whole address that the browser was sent to, from http on");
    }
    // snac's page shows `CODE&state=STATE`.
    let (text, _) = text.split_once('#').unwrap_or((text, ""));
    let (code, rest) = text.split_once('&').unwrap_or((text, ""));
    if !is_visible_ascii(code) {
        return fault("codes have no white space and only ASCII characters: copy it once more");
    }
    let mut callback = Callback::from_query(rest)?;
    callback.code = Some(Secret::new(code));
    Ok(callback)
}

const QUOTES: &str = "\"'`<>“”„‟‘’‚‛«»‹›「」『』＂";

/// The text without the white space and quotes that copying leaves around it.
fn unquoted(mut text: &str) -> &str {
    loop {
        let inner = text
            .trim()
            .trim_matches(|c| QUOTES.contains(c))
            .trim_matches(crate::text::is_invisible);
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

fn fault<T>(fault: &str) -> Result<T, Error> {
    Err(Error::input("code", fault))
}
