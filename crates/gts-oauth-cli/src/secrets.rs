//! The secrets that this process has seen. Servers repeat them, also those of earlier requests.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use gts_oauth_ureq::types::redact;

/// Shorter texts are not secrets, but would hide parts of words.
const MIN_LENGTH: usize = 4;
/// As [`MIN_LENGTH`], in messages: `GTS_OAUTH_TOKEN=token` must not hide what they say.
const MIN_LENGTH_IN_MESSAGES: usize = 8;
/// The most secrets of responses that are remembered, so that a server with many does not delay the
/// output.
const MAX_ISSUED: usize = 200;

static SEEN: Mutex<Seen> = Mutex::new(Seen { own: BTreeSet::new(), issued: VecDeque::new() });

struct Seen {
    /// Those that were stored or sent.
    own: BTreeSet<String>,
    /// Those of responses, the newest last.
    issued: VecDeque<String>,
}

/// Adds stored secrets, or those of a request, to those that [`hide`] replaces.
pub(crate) fn remember(secrets: impl IntoIterator<Item = impl Into<String>>) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let secrets = secrets.into_iter().map(Into::into);
    seen.own.extend(secrets.filter(|it| it.len() >= MIN_LENGTH));
}

/// Adds the secrets of a response, in place of the oldest of others if there are many.
pub(crate) fn remember_issued(secrets: Vec<String>) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    for secret in secrets.into_iter().filter(|it| it.len() >= MIN_LENGTH) {
        if seen.issued.len() == MAX_ISSUED {
            seen.issued.pop_front();
        }
        seen.issued.push_back(secret);
    }
}

/// Replaces the secrets in a request or a response.
pub(crate) fn hide_in_http(text: &str) -> String {
    hide_from(text, MIN_LENGTH)
}

/// Replaces the secrets in a message.
pub(crate) fn hide(text: &str) -> String {
    hide_from(text, MIN_LENGTH_IN_MESSAGES)
}

fn hide_from(text: &str, min_length: usize) -> String {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let secrets = seen.own.iter().chain(&seen.issued).map(String::as_str);
    redact(text, &secrets.filter(|it| it.len() >= min_length).collect::<Vec<_>>())
}
