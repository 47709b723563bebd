//! The contents of the credentials file.

use gts_oauth_ureq::{BoxError, Instance};
use serde::{Deserialize, Serialize};

use super::{Place, Unfinished, keyring};
use crate::credentials::Credentials;
use crate::exit_code::NotLoggedIn;
use crate::store::Backend;

/// All stored accounts and unfinished logins.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(super) version: u8,
    /// The last one is the current account.
    pub(crate) accounts: Vec<Entry>,
    pub(crate) unfinished: Vec<Unfinished>,
    /// Names of keyring entries to delete once the file no longer refers to them.
    #[serde(skip)]
    pub(super) dropped: Vec<String>,
}

/// A logged-in account: how to find it, and where its credentials are stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    /// `@alice@example.org`
    pub(crate) handle: String,
    pub(crate) instance: Instance,
    id: Option<String>,
    pub(crate) kept: Place,
}

/// Earlier credentials of the same account.
pub(crate) enum Older {
    None,
    Known(Box<Credentials>),
    /// Unreadable, so their token cannot be revoked.
    Unreadable,
}

impl Contents {
    /// Returns the position of the named account, or of the current one.
    pub(crate) fn position(&self, wanted: Option<&str>) -> Result<usize, NotLoggedIn> {
        let accounts = || self.accounts.iter();
        let exactly = accounts().rposition(|it| wanted.is_none_or(|wanted| it.has_handle(wanted)));
        if let Some(position) = exactly {
            return Ok(position);
        }
        let mut named = accounts().enumerate().filter(|(_, it)| it.is_named(wanted));
        match (named.next(), named.next()) {
            (None, _) => Err(self.nobody(wanted)),
            (Some((position, _)), None) => Ok(position),
            (Some(_), Some(_)) => {
                let handles = accounts().filter(|it| it.is_named(wanted));
                let handles: Vec<_> = handles.map(|it| it.handle.as_str()).collect();
                Err(NotLoggedIn(format!(
                    "say which account: {}",
                    handles.join(", ")
                )))
            }
        }
    }

    pub(crate) fn nobody(&self, wanted: Option<&str>) -> NotLoggedIn {
        NotLoggedIn(match wanted {
            Some(wanted) if !self.accounts.is_empty() => {
                format!("no account is logged in as {wanted}: `gts-oauth status` tells which are")
            }
            _ => "nobody is logged in: `gts-oauth login INSTANCE` does it".to_owned(),
        })
    }

    /// Stores an account and makes it the current one. Returns the credentials of the same account
    /// that it replaces. Those with the same token are kept, because they have more details.
    /// Accounts without an id are never the same.
    pub(crate) fn keep(
        &mut self,
        credentials: &Credentials,
        place: Backend,
    ) -> Result<Older, BoxError> {
        let instance = credentials.session.instance();
        let id = credentials.person.as_ref().map(|it| it.id.as_str());
        let same = |it: &Entry| id.is_some() && it.instance == *instance && it.id.as_deref() == id;
        let older = self.accounts.iter().position(same);
        let before = older.map(|at| self.accounts[at].kept.open::<Credentials>());
        let (again, before) = match before {
            None => (None, Older::None),
            Some(Err(_)) => (None, Older::Unreadable),
            Some(Ok(before)) if before.has_token_of(credentials) => (Some(before), Older::None),
            Some(Ok(before)) => (None, Older::Known(Box::new(before))),
        };
        let again = again.filter(|_| credentials.app.is_none());
        let kept = again.as_ref().unwrap_or(credentials);
        let entry = Entry {
            handle: kept.handle(),
            instance: instance.clone(),
            id: id.map(str::to_owned),
            kept: self.place(&kept.handle(), kept, place)?,
        };
        if let Some(older) = older {
            self.remove(older);
        }
        self.accounts.push(entry);
        Ok(before)
    }

    /// Replaces the credentials at `position` with others of the same account.
    pub(super) fn replace(
        &mut self,
        position: usize,
        credentials: &Credentials,
    ) -> Result<(), BoxError> {
        let Entry { handle, kept, .. } = &self.accounts[position];
        let place = match kept {
            Place::File(_) => Backend::File,
            Place::Keyring(_) => Backend::Keyring,
        };
        let kept = self.place(handle, credentials, place)?;
        let older = std::mem::replace(&mut self.accounts[position].kept, kept);
        self.drop_place(&older);
        Ok(())
    }

    /// Removes the account at `position`.
    pub(crate) fn remove(&mut self, position: usize) {
        let entry = self.accounts.remove(position);
        self.drop_place(&entry.kept);
    }

    /// Stores a value in this backend.
    pub(super) fn place(
        &self,
        name: &str,
        piece: &impl Serialize,
        place: Backend,
    ) -> Result<Place, BoxError> {
        match place {
            Backend::File => Ok(Place::File(serde_json::to_value(piece)?)),
            Backend::Keyring => {
                let name = self.free_name(name);
                keyring::put(&name, piece)?;
                Ok(Place::Keyring(name))
            }
        }
    }

    /// Schedules a keyring entry for deletion, once the file no longer refers to it.
    pub(super) fn drop_place(&mut self, place: &Place) {
        self.dropped.extend(place.name().map(str::to_owned));
    }

    /// Returns a name that no current or dropped keyring entry has.
    fn free_name(&self, name: &str) -> String {
        let accounts = self.accounts.iter().filter_map(|it| it.kept.name());
        let unfinished = self.unfinished.iter().filter_map(|it| it.kept.name());
        let dropped = self.dropped.iter().map(String::as_str);
        let taken: Vec<&str> = accounts.chain(unfinished).chain(dropped).collect();
        let numbered = (2..).map(|number: u32| format!("{name} ({number})"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let free = names.find(|name| !taken.contains(&name.as_str()));
        free.unwrap_or_else(|| name.to_owned())
    }
}

impl Entry {
    /// Whether `name` is the handle, with the account domain or the API host.
    fn has_handle(&self, wanted: &str) -> bool {
        let wanted = wanted.trim_start_matches('@');
        let (name, _) = self.parts();
        let by_api = format!("{name}@{}", self.instance.authority());
        let handle = self.handle.trim_start_matches('@');
        [handle, &by_api]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(wanted))
    }

    /// Whether `name` matches this account: its handle or a part of it. `None` matches every
    /// account.
    pub(crate) fn is_named(&self, wanted: Option<&str>) -> bool {
        let Some(wanted) = wanted else {
            return true;
        };
        let part = wanted.trim_start_matches('@').trim_end_matches('/');
        let (name, domain) = self.parts();
        let at = &self.instance;
        let parts = [name, domain, at.authority(), at.host(), at.origin()];
        self.has_handle(wanted) || parts.iter().any(|it| it.eq_ignore_ascii_case(part))
    }

    /// Returns the user name and the domain.
    fn parts(&self) -> (&str, &str) {
        let handle = self.handle.trim_start_matches('@');
        handle.rsplit_once('@').unwrap_or((handle, ""))
    }
}
