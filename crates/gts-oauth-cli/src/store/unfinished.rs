//! Unfinished logins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::{ExpectedAccount, Instance, RegisterApp, Scopes};
use serde::{Deserialize, Serialize};

use super::StoredValue;
use super::contents::{canonical, is_other_name};

/// An older login is not resumed.
const RESUMABLE_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// An unfinished login, identified by its registration.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Unfinished {
    /// Identifies the login and its lock.
    pub(super) slot: u32,
    #[serde(flatten)]
    pub(crate) request: LoginRequest,
    /// The port of the callback. `None` if the login is out of band.
    pub(super) port: Option<u16>,
    /// In seconds since 1970.
    #[serde(rename = "begun")]
    pub(super) started: u64,
    #[serde(rename = "kept")]
    pub(crate) stored: StoredValue,
}

/// What a login requests, and the command that resumes it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LoginRequest {
    /// Without a redirect URI, which depends on the port of the listener.
    #[serde(rename = "wanted")]
    pub(crate) registration: RegisterApp,
    pub(crate) expected: Option<ExpectedAccount>,
    /// `None` in files of an earlier form.
    pub(super) command: Option<String>,
    /// Empty in files of an earlier form.
    #[serde(default)]
    pub(crate) scopes: Scopes,
}

impl LoginRequest {
    pub(crate) fn new(
        registration: RegisterApp,
        expected: Option<ExpectedAccount>,
        command: String,
        scopes: Scopes,
    ) -> Self {
        Self { registration, expected, command: Some(command), scopes }
    }

    /// Whether a login with this request can be resumed as one with the other request.
    pub(super) fn continues(&self, other: &Self) -> bool {
        let expects_another = match (&self.expected, &other.expected) {
            (Some(one), Some(other)) => is_other_name(one, other),
            _ => false,
        };
        self.registration == other.registration && !expects_another
    }
}

impl Unfinished {
    /// The server that was given.
    pub(crate) fn instance(&self) -> &Instance {
        self.request.registration.instance()
    }

    /// The command that resumes the login. `None` if it is not known.
    pub(crate) fn command(&self) -> Option<String> {
        let command = self.request.command.as_ref()?;
        Some(match self.port {
            Some(_) => command.clone(),
            None => format!("{command} --no-browser"),
        })
    }

    /// Whether `text` is the server, or the account that is expected there.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        let server = Instance::insecure_http(text)
            .is_ok_and(|it| !text.contains('@') && it.authority() == self.instance().authority());
        server || self.account_names().iter().any(|it| canonical(it) == canonical(text))
    }

    /// The names of the expected account: with its server first, even if only its user name was given.
    pub(crate) fn account_names(&self) -> Vec<String> {
        let Some(expected) = &self.request.expected else { return Vec::new() };
        let name = expected.to_string();
        let has_host = canonical(&name).contains('@');
        let with_host = (!has_host).then(|| format!("{name}@{}", self.instance().authority()));
        with_host.into_iter().chain([name]).collect()
    }

    /// Whether the login may still be resumed.
    pub(crate) fn is_resumable(&self) -> bool {
        self.started >= now().saturating_sub(RESUMABLE_FOR.as_secs())
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
