//! Removes the secrets of the recorded server from transcripts.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use gts_oauth_core::http::header::LOCATION;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_tests::Recording;
use gts_oauth_tests::secrets::{SHORTEST, secrets_in, without_secrets};

use crate::fidelity::learnt::cookies;
use crate::fidelity::stage::{Setup, Stage};

/// In place of a secret that the recordings do not have.
const REPLACED: &str = "REPLACED";

/// The secrets to keep, and those to remove wherever they are.
pub(crate) struct Mask {
    recorded: BTreeSet<String>,
    issued: RefCell<BTreeSet<String>>,
}

impl Mask {
    /// Keeps the secrets of these recordings: they are public.
    pub(crate) fn new(story: &[Recording]) -> Self {
        let mut recorded = BTreeSet::new();
        for recording in story {
            recorded.extend(secrets_of(&recording.response()));
            recorded.extend(secrets_in(recording.visible()));
            recorded.extend(secrets_in(recording.request.body.as_deref().unwrap_or_default()));
        }
        Self { recorded, issued: RefCell::default() }
    }

    /// The text without secrets, after the learnt ones were restored.
    pub(crate) fn apply(&self, text: &str) -> String {
        let issued = self.issued.borrow();
        let unknown = issued.difference(&self.recorded).filter(|it| it.len() >= SHORTEST);
        // A longer one can contain a shorter one.
        let mut unknown: Vec<&String> = unknown.collect();
        unknown.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let text = unknown.iter().fold(text.to_owned(), |text, it| text.replace(*it, REPLACED));
        without_secrets(&text, &self.recorded, REPLACED)
    }

    /// The value of a cookie.
    pub(crate) fn apply_to_cookie(&self, value: &str) -> String {
        match value.is_empty() || self.recorded.contains(value) {
            true => value.to_owned(),
            false => REPLACED.to_owned(),
        }
    }

    fn add(&self, secrets: impl IntoIterator<Item = String>) {
        self.issued.borrow_mut().extend(secrets);
    }
}

/// The secrets in a response, and the values of its cookies.
pub(crate) fn secrets_of(response: &Response<Vec<u8>>) -> BTreeSet<String> {
    let mut secrets = secrets_in(&String::from_utf8_lossy(response.body()));
    if let Some(target) = response.headers().get(LOCATION) {
        secrets.extend(secrets_in(&String::from_utf8_lossy(target.as_bytes())));
    }
    let values = cookies(response).into_iter().map(|(_, value)| value);
    secrets.extend(values.filter(|value| !value.is_empty()));
    secrets
}

/// A stage whose secrets are remembered, to remove them from transcripts.
pub(crate) struct Masked<S> {
    stage: S,
    pub(crate) mask: Mask,
}

impl<S: Stage> Masked<S> {
    pub(crate) fn new(stage: S, mask: Mask) -> Self {
        Self { stage, mask }
    }
}

impl<S: Stage> Stage for Masked<S> {
    fn origin(&self) -> String {
        self.stage.origin()
    }

    fn account_domain(&self) -> String {
        self.stage.account_domain()
    }

    fn host(&self) -> String {
        self.stage.host()
    }

    fn send(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let response = self.stage.send(request);
        self.mask.add(secrets_of(&response));
        response
    }

    fn credentials(&self, name: &str) -> (String, String) {
        let (email, password) = self.stage.credentials(name);
        self.mask.add([password.clone()]);
        (email, password)
    }

    fn prepare(&mut self, setup: Setup) -> bool {
        self.stage.prepare(setup)
    }

    fn wait(&self, time: Duration) {
        self.stage.wait(time);
    }

    fn has_own_pages(&self) -> bool {
        self.stage.has_own_pages()
    }

    fn allow(&self, person: &str, url: &str) -> Option<String> {
        let callback = self.stage.allow(person, url)?;
        match callback.contains("code=") {
            true => self.mask.add(secrets_in(&callback)),
            false => self.mask.add([callback.clone()]),
        }
        Some(callback)
    }
}
