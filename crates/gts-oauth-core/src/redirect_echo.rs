//! The redirect URIs that a server says it registered, beside those that it was asked for.

use crate::redirect::RedirectUri;

/// The redirect URIs a server says it registered: an array, or one text of several lines.
pub(crate) fn redirect_list<'a>(
    many: &'a serde_json::Value,
    one: &'a serde_json::Value,
) -> Vec<&'a str> {
    match (many, one) {
        (serde_json::Value::Array(items), _) if !items.is_empty() => {
            items.iter().filter_map(|item| item.as_str()).collect()
        }
        (serde_json::Value::String(text), _) | (_, serde_json::Value::String(text)) => {
            text.split_whitespace().collect()
        }
        _ => Vec::new(),
    }
}

/// What was asked for, in the server's own spelling, which it will compare byte for byte. None
/// if something was asked for that is not there; a server that names nothing is believed.
pub(crate) fn match_redirects(asked: &[RedirectUri], echoed: &[&str]) -> Option<Vec<RedirectUri>> {
    if echoed.is_empty() {
        return Some(asked.to_vec());
    }
    let spelled = |uri: &RedirectUri| {
        echoed
            .iter()
            .find(|echo| uri.is_same_as(echo))?
            .parse()
            .ok()
    };
    asked.iter().map(spelled).collect()
}
