//! Making what a server or a web page said safe to show.

use crate::scrub::scrub;

/// How much of a stranger's text an error repeats, in characters.
const SNIPPET: usize = 200;
/// How much of it is looked at for that: the rest may be 4 MiB of what takes long to search.
const LOOKED_AT: usize = 4 * SNIPPET;

/// The text without what could deceive a reader or a terminal: control characters, zero-width
/// and bidirectional-override characters are dropped, white space becomes single spaces.
///
/// ```
/// use gts_oauth_core::printable;
///
/// assert_eq!(printable("Bob\u{1b}[31m\r\n says\u{202e} hi"), "Bob[31m says hi");
/// ```
pub fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.trim().chars() {
        if character.is_whitespace() {
            if !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if !is_invisible(character) {
            clean.push(character);
        }
    }
    clean
}

/// Characters that are not seen, or change how their neighbours are seen.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A short printable piece of a stranger's text, without the secrets that its sender knew.
/// Nothing is left of an empty text.
pub(crate) fn snippet(text: &str, secrets: &[&str]) -> Option<String> {
    let end = text.char_indices().nth(LOOKED_AT).map(|(end, _)| end);
    let (text, cut) = (&text[..end.unwrap_or(text.len())], end.is_some());
    // Again after cleaning: a secret may have been split by what cleaning takes out.
    let clean = scrub(&printable(&scrub(text, secrets, cut)), secrets, cut);
    if clean.is_empty() {
        return None;
    }
    Some(match clean.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None if cut => format!("{clean}…"),
        None => clean,
    })
}

/// The `<title>` of an HTML page: all that is worth telling of one.
pub(crate) fn html_title(page: &str) -> Option<&str> {
    let start = find_ignoring_case(page, "<title")?;
    let page = &page[start..];
    let page = &page[page.find('>')? + 1..];
    Some(&page[..find_ignoring_case(page, "</title")?])
}

pub(crate) fn looks_like_html(body: &str) -> bool {
    let body = body.trim_start_matches('\u{feff}').trim_start();
    body.starts_with('<')
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}
