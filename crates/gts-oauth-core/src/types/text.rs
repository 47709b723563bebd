//! Text from a server or an HTML page, and printing it safely.

use super::redact::redact_part;

/// The number of characters of a server's text that an error repeats.
const SNIPPET: usize = 200;
/// The number of characters searched for them: the whole text can be 4 MiB, which is slow.
const SEARCHED: usize = 4 * SNIPPET;

/// Removes what could mislead a reader or a terminal: control characters, zero-width and
/// bidirectional-override characters. White space becomes single spaces.
///
/// ```
/// use gts_oauth_core::types::printable;
///
/// assert_eq!(printable("Bob\u{1b}[31m\r\n wrote\u{202e} hi"), "Bob[31m wrote hi");
/// ```
pub fn printable(text: &str) -> String {
    let visible = |c: &char| c.is_whitespace() || !is_invisible(*c);
    let text: String = text.chars().filter(visible).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that are invisible, or change how others are displayed.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The beginning of a text from a server, printable and without the secrets of the request. `None`
/// if nothing is left.
pub(crate) fn snippet(text: &str, secrets: &[&str]) -> Option<String> {
    let end = text.char_indices().nth(SEARCHED).map(|(end, _)| end);
    let (text, cut) = (&text[..end.unwrap_or(text.len())], end.is_some());
    // Twice, because a secret might be split by characters that are removed.
    let clean = redact_part(&printable(&redact_part(text, secrets, cut)), secrets, cut);
    if clean.is_empty() {
        return None;
    }
    Some(match clean.char_indices().nth(SNIPPET) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None if cut => format!("{clean}…"),
        None => clean,
    })
}

/// The `<title>` of an HTML page, the only part that errors show.
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

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes()
        .windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}
