//! What the file holds.

use gts_oauth_ureq::{BoxError, Instance};
use serde::{Deserialize, Serialize};

use super::unfinished::Unfinished;
use super::{Place, keyring};
use crate::arguments::Where;
use crate::credentials::Credentials;
use crate::exit::Nobody;

/// What is kept.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(super) version: u8,
    /// The one in use last.
    pub(crate) accounts: Vec<Entry>,
    pub(crate) unfinished: Vec<Unfinished>,
    /// Names that the keyring may forget once the file does not hold them any more.
    #[serde(skip)]
    pub(super) dropped: Vec<String>,
}

/// An account that is logged in. Here is what tells it from others; its credentials are in their
/// place.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    /// `@alice@example.org`
    pub(crate) handle: String,
    pub(crate) instance: Instance,
    id: Option<String>,
    pub(crate) kept: Place,
}

impl Contents {
    /// Which account `wanted` names, or the one in use.
    pub(crate) fn position(&self, wanted: Option<&str>) -> Result<usize, Nobody> {
        let position = self.accounts.iter().rposition(|it| it.is_named(wanted));
        position.ok_or_else(|| self.nobody(wanted))
    }

    pub(crate) fn nobody(&self, wanted: Option<&str>) -> Nobody {
        Nobody(match wanted {
            Some(wanted) if !self.accounts.is_empty() => {
                format!("no account is logged in as {wanted}: `gts-oauth status` tells which are")
            }
            _ => "nobody is logged in: `gts-oauth login INSTANCE` does it".to_owned(),
        })
    }

    /// Keeps an account, from now on the one in use. It takes the place of an older login to the
    /// same account, which is returned if it had another token. Accounts that are not known are
    /// never the same.
    pub(crate) fn keep(
        &mut self,
        credentials: &Credentials,
        place: Where,
    ) -> Result<Option<Credentials>, BoxError> {
        let entry = Entry {
            handle: credentials.handle(),
            instance: credentials.session.instance().clone(),
            id: credentials.account.as_ref().map(|it| it.id().to_owned()),
            kept: self.place(&credentials.handle(), credentials, place)?,
        };
        let same = |it: &Entry| (&it.instance, &it.id) == (&entry.instance, &entry.id);
        let older = self
            .accounts
            .iter()
            .position(|it| it.id.is_some() && same(it));
        let older = older.map(|position| self.accounts.remove(position));
        self.accounts.push(entry);
        let Some(older) = older else {
            return Ok(None);
        };
        self.drop_place(&older.kept);
        // What cannot be read cannot be revoked either.
        let older: Option<Credentials> = older.kept.open().ok();
        let token = credentials.session.access_token();
        Ok(older.filter(|older| older.session.access_token() != token))
    }

    /// Puts other credentials of the same account into the place of those at `position`.
    pub(super) fn replace(
        &mut self,
        position: usize,
        credentials: &Credentials,
    ) -> Result<(), BoxError> {
        let Entry { handle, kept, .. } = &self.accounts[position];
        let place = match kept {
            Place::File(_) => Where::File,
            Place::Keyring(_) => Where::Keyring,
        };
        let kept = self.place(handle, credentials, place)?;
        let older = std::mem::replace(&mut self.accounts[position].kept, kept);
        self.drop_place(&older);
        Ok(())
    }

    /// Forgets the account at `position`.
    pub(crate) fn remove(&mut self, position: usize) {
        let entry = self.accounts.remove(position);
        self.drop_place(&entry.kept);
    }

    /// Puts a piece where it shall be kept.
    pub(super) fn place(
        &self,
        name: &str,
        piece: &impl Serialize,
        place: Where,
    ) -> Result<Place, BoxError> {
        match place {
            Where::File => Ok(Place::File(serde_json::to_value(piece)?)),
            Where::Keyring => {
                let name = self.free_name(name);
                keyring::put(&name, piece)?;
                Ok(Place::Keyring(name))
            }
        }
    }

    /// Has the keyring forget a piece, once the file does not name it any more.
    pub(super) fn drop_place(&mut self, place: &Place) {
        self.dropped.extend(place.name().map(str::to_owned));
    }

    /// A name that nothing has that is in use, or was until now.
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
    /// Whether `wanted` means this account: nothing, its handle, or its host.
    pub(crate) fn is_named(&self, wanted: Option<&str>) -> bool {
        let Some(wanted) = wanted else {
            return true;
        };
        let wanted = wanted.strip_prefix('@').unwrap_or(wanted);
        let handle = self.handle.trim_start_matches('@');
        let domain = handle.rsplit_once('@').map_or("", |(_, domain)| domain);
        let (authority, host) = (self.instance.authority(), self.instance.host());
        let names = [handle, domain, authority, host];
        names.iter().any(|name| name.eq_ignore_ascii_case(wanted))
    }
}
