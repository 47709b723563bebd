//! Unfinished logins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::{BoxError, Login, RegisterApp};
use serde::{Deserialize, Serialize};

use super::{Contents, StoredValue};
use crate::store::Backend;

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
    started: u64,
    #[serde(rename = "kept")]
    pub(crate) stored: StoredValue,
}

impl Unfinished {
    /// Whether the login may still be resumed.
    pub(crate) fn is_resumable(&self) -> bool {
        self.started >= now().saturating_sub(RESUMABLE_FOR.as_secs())
    }
}

impl Contents {
    /// Stores the state of a login.
    pub(super) fn store_unfinished(
        &mut self,
        (slot, port): (u32, Option<u16>),
        registration: &RegisterApp,
        login: &Login,
        backend: Backend,
    ) -> Result<(), BoxError> {
        let name = format!("a login to {}", registration.instance());
        let stored = self.store_value(&name, login, backend)?;
        let started = self.remove_unfinished(slot).unwrap_or_else(now);
        self.unfinished.push(Unfinished {
            slot,
            registration: registration.clone(),
            port,
            started,
            stored,
        });
        Ok(())
    }

    /// Removes a login. Returns when it was started.
    pub(super) fn remove_unfinished(&mut self, slot: u32) -> Option<u64> {
        let position = self.unfinished.iter().position(|it| it.slot == slot)?;
        let Unfinished {
            started, stored, ..
        } = self.unfinished.remove(position);
        self.drop_value(&stored);
        Some(started)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
