//! Reading what a person pasted: a code, or the address they were sent to.

use crate::callback::{Callback, RedirectFault};
use crate::error::Error;
use crate::wire::is_visible_ascii;

/// Reads `text` as a callback; a bare code only where the login is `out_of_band`.
pub(crate) fn read(text: &str, out_of_band: bool) -> Result<Callback, Error> {
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
    let (code, rest) = text.split_once('&').unwrap_or((text, ""));
    if !is_visible_ascii(code) {
        return fault("codes have no white space and only ASCII characters: copy it once more");
    }
    let mut callback = Callback::from_query(rest)?;
    callback.code = Some(crate::secret::Secret::new(code));
    Ok(callback)
}

/// The text without the white space and quotes that copying leaves around it.
fn unquoted(mut text: &str) -> &str {
    loop {
        let inner = text
            .trim()
            .trim_matches(|c| {
                matches!(
                    c,
                    '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '«' | '»' | '<' | '>'
                )
            })
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
