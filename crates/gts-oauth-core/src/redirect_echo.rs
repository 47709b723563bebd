//! The redirect URIs that a server says it registered, beside those that it was asked for.

use crate::redirect::RedirectUri;

/// What was asked for, in the server's own spelling, which it will compare byte for byte. None
/// if something was asked for that is not there; a server that names nothing is believed.
pub(crate) fn match_redirects(
    asked: &[RedirectUri],
    echoed: &[String],
) -> Option<Vec<RedirectUri>> {
    let words = || echoed.iter().flat_map(|text| text.split_whitespace());
    if words().next().is_none() {
        return Some(asked.to_vec());
    }
    // Pixelfed joins several with commas; which may stand in one as well.
    let parts = || words().flat_map(|word| word.split(','));
    let spelled = |uri: &RedirectUri| {
        let same = |echo: &&str| uri.is_same_as(echo);
        let echo = words().find(same).or_else(|| parts().find(same));
        echo?.parse().ok()
    };
    asked.iter().map(spelled).collect()
}
