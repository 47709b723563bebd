//! Logins that were not finished.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::{BoxError, Login, RegisterApp};
use serde::{Deserialize, Serialize};

use super::{Contents, Place};
use crate::store::Backend;

/// After this a login is not taken up any more.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A login that was not finished, under what was asked for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Unfinished {
    /// Tells it from others.
    pub(super) slot: u32,
    pub(crate) wanted: RegisterApp,
    /// Where the browser comes back to; none out of band.
    pub(super) port: Option<u16>,
    /// In seconds since 1970.
    begun: u64,
    pub(crate) kept: Place,
}

impl Unfinished {
    /// Whether somebody may still take it up.
    pub(crate) fn is_young(&self) -> bool {
        self.begun >= now().saturating_sub(GOOD_FOR.as_secs())
    }
}

impl Contents {
    /// Keeps a login as far as it came.
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

    /// Forgets a login. Returns when it was begun.
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
