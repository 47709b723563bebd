//! Unfinished logins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::RegisterApp;
use serde::{Deserialize, Serialize};

use super::StoredValue;

/// An older login is not resumed.
const RESUMABLE_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// An unfinished login, identified by its registration.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Unfinished {
    /// Identifies the login and its lock.
    pub(super) slot: u32,
    #[serde(rename = "wanted")]
    pub(crate) registration: RegisterApp,
    /// The port of the callback. `None` if the login is out of band.
    pub(super) port: Option<u16>,
    /// In seconds since 1970.
    #[serde(rename = "begun")]
    pub(super) started: u64,
    #[serde(rename = "kept")]
    pub(crate) stored: StoredValue,
}

impl Unfinished {
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
