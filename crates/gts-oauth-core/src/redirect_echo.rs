//! The redirect URIs that a server says it registered, beside those that it was asked for.

use crate::redirect::RedirectUri;

/// What was asked for, in the server's own spelling, which it will compare byte for byte. None
/// if something was asked for that is not there; a server that names nothing is believed.
pub(crate) fn match_redirects(
    asked: &[RedirectUri],
    echoed: &[String],
) -> Option<Vec<RedirectUri>> {
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
