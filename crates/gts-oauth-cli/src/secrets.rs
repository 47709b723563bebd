//! The secrets that this process has seen. Servers repeat them, also those of earlier requests.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use gts_oauth_ureq::types::redact;

/// Shorter texts are not secrets, but would hide parts of words.
const MIN_LENGTH: usize = 4;
/// The most secrets that are remembered, so that a response of many does not delay the output.
const MAX_COUNT: usize = 200;

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Adds secrets to those that [`hide`] replaces.
pub(crate) fn remember(secrets: impl IntoIterator<Item = impl Into<String>>) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let secrets = secrets.into_iter().map(Into::into).filter(|it: &String| it.len() >= MIN_LENGTH);
    for secret in secrets {
        if seen.len() < MAX_COUNT {
            seen.insert(secret);
        }
    }
}

/// Replaces the secrets in a text for standard error.
pub(crate) fn hide(text: &str) -> String {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    redact(text, &seen.iter().map(String::as_str).collect::<Vec<_>>())
}
