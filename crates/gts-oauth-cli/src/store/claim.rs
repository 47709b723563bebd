//! Claims: only one process at a time resumes an unfinished login. The system releases a claim when
//! its process ends.

use std::fs::File;
use std::io::ErrorKind;

use fd_lock::{RwLock, RwLockWriteGuard};
use gts_oauth_ureq::{BoxError, Login};

use super::{Backend, Contents, LoginRequest, Store, Unfinished};
use crate::output::{error_sentence, message};

/// The right to resume one unfinished login, until the process ends.
pub(crate) struct Claim {
    slot: u32,
    /// The port of the callback. `None` if the login is out of band.
    pub(crate) port: Option<u16>,
    _lock: Lock,
}

type Lock = RwLockWriteGuard<'static, File>;

impl Store {
    /// Claims an unfinished login with this registration, if it expects no other account, no other
    /// process has it, and `usable` accepts its port. Claims a new login otherwise, or if the stored one
    /// is unreadable.
    pub(crate) fn claim(
        &self,
        request: &LoginRequest,
        mut usable: impl FnMut(Option<u16>) -> bool,
    ) -> Result<(Claim, Option<Login>), BoxError> {
        self.change(|contents| {
            let is_match = |it: &&Unfinished| it.is_resumable() && it.request.continues(request);
            for it in contents.unfinished.iter().filter(is_match) {
                let Some(lock) = self.lock(it.slot)? else {
                    continue;
                };
                if usable(it.port) {
                    let claim = Claim::of(it.slot, it.port, lock);
                    let report_restart = |error: &BoxError| {
                        let error = error_sentence(&**error);
                        message(format_args!(
                            "The unfinished login cannot be resumed, so it starts over: {error}"
                        ));
                    };
                    return Ok((claim, it.stored.open().inspect_err(report_restart).ok()));
                }
            }
            Ok((self.new_claim(contents)?, None))
        })
    }

    /// Claims all of these logins that no other process has claimed.
    pub(crate) fn claim_all(
        &self,
        which: impl Fn(&Unfinished) -> bool,
    ) -> Result<Vec<(Claim, Unfinished)>, BoxError> {
        let mut claimed = Vec::new();
        self.with_unfinished(which, |it| {
            if let Some(lock) = self.lock(it.slot)? {
                claimed.push((Claim::of(it.slot, it.port, lock), it));
            }
            Ok(())
        })?;
        Ok(claimed)
    }

    /// Whether the login is still stored.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        let is_it = |it: &Unfinished| it.slot == claim.slot;
        self.load().is_ok_and(|contents| contents.unfinished.iter().any(is_it))
    }

    /// Removes a login that will not be resumed.
    pub(crate) fn discard(&self, claim: &Claim) -> Result<(), BoxError> {
        self.change(|contents| {
            claim.remove(contents);
            Ok(())
        })
    }

    /// The logins that can be resumed, without those that another process has claimed.
    pub(crate) fn resumable(&self) -> Result<Vec<Unfinished>, BoxError> {
        let mut free = Vec::new();
        self.with_unfinished(Unfinished::is_resumable, |it| {
            let lock = self.file.lock_file(&lock_name(it.slot));
            if lock.is_ok_and(|file| RwLock::new(file).try_write().is_ok()) {
                free.push(it);
            }
            Ok(())
        })?;
        Ok(free)
    }

    /// Locks the file and visits these logins. Claims are taken and tested only while the file is
    /// locked, so that no test makes a claim fail, and no login is finished in between.
    fn with_unfinished(
        &self,
        which: impl Fn(&Unfinished) -> bool,
        visit: impl FnMut(Unfinished) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        // Without any, no lock file is created.
        if !self.load()?.unfinished.iter().any(&which) {
            return Ok(());
        }
        self.file.locked(|| {
            let unfinished = self.load()?.unfinished;
            unfinished.into_iter().filter(|it| which(it)).try_for_each(visit)
        })
    }

    fn new_claim(&self, contents: &Contents) -> Result<Claim, BoxError> {
        let taken = |slot: &u32| contents.unfinished.iter().any(|it| it.slot == *slot);
        for slot in (0..).filter(|slot| !taken(slot)) {
            if let Some(lock) = self.lock(slot)? {
                return Ok(Claim::of(slot, None, lock));
            }
        }
        Err("there are too many logins at once".into())
    }

    /// Locks a slot. `None` if another process has the lock.
    fn lock(&self, slot: u32) -> Result<Option<Lock>, BoxError> {
        let file = self.file.lock_file(&lock_name(slot))?;
        // Leaked, because a claim lasts until the process ends.
        let lock = Box::leak(Box::new(RwLock::new(file)));
        match lock.try_write() {
            Ok(lock) => Ok(Some(lock)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(format!("could not lock the login: {error}").into()),
        }
    }
}

fn lock_name(slot: u32) -> String {
    format!("login{slot}.lock")
}

impl Claim {
    fn of(slot: u32, port: Option<u16>, lock: Lock) -> Self {
        Self { slot, port, _lock: lock }
    }

    /// Stores the state of the login.
    pub(crate) fn store(
        &self,
        contents: &mut Contents,
        request: &LoginRequest,
        login: &Login,
        backend: Backend,
    ) -> Result<(), BoxError> {
        contents.store_unfinished((self.slot, self.port), request, login, backend)
    }

    /// Removes the login, because it is finished.
    pub(crate) fn remove(&self, contents: &mut Contents) {
        contents.remove_unfinished(self.slot);
    }
}
