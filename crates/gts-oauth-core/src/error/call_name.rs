//! The name of a call in a message: `GET /api/v1/timelines/home`.

use http::Method;

/// The most characters of a name.
const LONGEST: usize = 200;

/// The method and path, without the query, which can contain what a user searched for.
pub(crate) fn call_name(method: &Method, path: &str) -> Box<str> {
    let text = format!("{method} {path}");
    // Other characters, which `http` accepts in a path, could mislead a terminal.
    let is_plain = |character: &char| character.is_ascii_graphic() || *character == ' ';
    let mut name: String = text.chars().filter(is_plain).take(LONGEST).collect();
    if name.len() == LONGEST {
        name.push('…');
    }
    name.into()
}
