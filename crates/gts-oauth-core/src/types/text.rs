//! Text from a server or an HTML page, and printing it safely.

use super::Secret;
use super::redact::redact_part;

/// The number of characters of a server's text that an error repeats.
const SNIPPET: usize = 200;
/// The number of characters searched for them: the whole text can be 4 MiB, which is slow.
const SEARCHED: usize = 4 * SNIPPET;

/// Removes what could mislead a reader or a terminal: control characters, invisible characters, and
/// those that change the direction of text. White space becomes single spaces.
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

/// Characters that are invisible, or change how others are displayed: control characters, those that
/// Unicode lists as `Default_Ignorable_Code_Point`, annotations, the placeholder of an object, and the
/// blank pattern of Braille.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || is_variation_selector(character)
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that select a form of the one before them, such as an emoji in colour.
pub(crate) fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
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

/// A snippet without secrets that were not known when it was made.
pub(crate) fn redact_snippet(snippet: &str, secrets: &[Secret]) -> String {
    // White space in them is changed in the snippet.
    let printed: Vec<Secret> =
        secrets.iter().map(|secret| Secret::new(printable(secret.expose()))).collect();
    let secrets: Vec<&str> = secrets.iter().chain(&printed).map(Secret::expose).collect();
    match snippet.strip_suffix('…') {
        Some(beginning) => redact_part(beginning, &secrets, true) + "…",
        None => redact_part(snippet, &secrets, false),
    }
}

/// As [`snippet`], of bytes that can be invalid UTF-8 or long.
pub(crate) fn snippet_of(bytes: &[u8], secrets: &[&str]) -> Option<String> {
    // A character has at most four bytes.
    let searched = bytes.get(..4 * (SEARCHED + 1)).unwrap_or(bytes);
    snippet(&String::from_utf8_lossy(searched), secrets)
}

/// The `<title>` of an HTML page, the only part that errors show.
pub(crate) fn html_title(page: &[u8]) -> Option<&[u8]> {
    let page = &page[find_ignoring_case(page, b"<title")?..];
    let page = &page[find_ignoring_case(page, b">")? + 1..];
    Some(&page[..find_ignoring_case(page, b"</title")?])
}

/// The position of the first occurrence, without regard to ASCII case.
pub(crate) fn find_ignoring_case(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}
