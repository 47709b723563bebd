//! Unfinished logins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::{BoxError, Login, RegisterApp};
use serde::{Deserialize, Serialize};

use super::{Contents, Place};
use crate::store::Backend;

/// An older login is not resumed.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// An unfinished login, identified by its registration.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Unfinished {
    /// Identifies the login and its lock.
    pub(super) slot: u32,
    pub(crate) wanted: RegisterApp,
    /// The port of the callback. `None` if the login is out of band.
    pub(super) port: Option<u16>,
    /// In seconds since 1970.
    begun: u64,
    pub(crate) kept: Place,
}

impl Unfinished {
    /// Whether the login may still be resumed.
    pub(crate) fn is_young(&self) -> bool {
        self.begun >= now().saturating_sub(GOOD_FOR.as_secs())
    }
}

impl Contents {
    /// Stores the state of a login.
    pub(super) fn keep_unfinished(
        &mut self,
        (slot, port): (u32, Option<u16>),
        wanted: &RegisterApp,
        login: &Login,
        place: Backend,
    ) -> Result<(), BoxError> {
        let name = format!("a login to {}", wanted.instance());
        let kept = self.place(&name, login, place)?;
        let begun = self.forget_unfinished(slot).unwrap_or_else(now);
        self.unfinished.push(Unfinished {
            slot,
            wanted: wanted.clone(),
            port,
            begun,
            kept,
        });
        Ok(())
    }

    /// Removes a login. Returns when it was started.
    pub(super) fn forget_unfinished(&mut self, slot: u32) -> Option<u64> {
        let position = self.unfinished.iter().position(|it| it.slot == slot)?;
        let Unfinished { begun, kept, .. } = self.unfinished.remove(position);
        self.drop_place(&kept);
        Some(begun)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
