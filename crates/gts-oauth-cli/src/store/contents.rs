//! The contents of the credentials file.

use gts_oauth_ureq::{BoxError, ExpectedAccount, Instance, Login};
use serde::{Deserialize, Serialize};

use super::{Backend, LoginRequest, StoredValue, Unfinished, keyring, unfinished};
use crate::credentials::Credentials;
use crate::exit_code::{InvalidUsage, NotLoggedIn};

/// All stored accounts and unfinished logins.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(super) version: u8,
    /// The last one is the current account.
    pub(crate) accounts: Vec<AccountEntry>,
    pub(crate) unfinished: Vec<Unfinished>,
    /// Earlier credentials of accounts, until their tokens are revoked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unrevoked: Vec<AccountEntry>,
    /// Names of keyring entries to delete once the file no longer refers to them.
    #[serde(skip)]
    pub(super) dropped: Vec<String>,
    /// Names of keyring entries to delete if the file cannot be written.
    #[serde(skip)]
    pub(super) created: Vec<String>,
}

/// A logged-in account: how to find it, and where its credentials are stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountEntry {
    /// `@alice@example.org`
    pub(crate) handle: String,
    pub(crate) instance: Instance,
    pub(super) id: Option<String>,
    #[serde(rename = "kept")]
    pub(crate) stored: StoredValue,
}

impl Contents {
    /// Returns the position of the named account, or of the current one.
    ///
    /// # Errors
    /// [`NotLoggedIn`], or [`InvalidUsage`] if several accounts match.
    pub(crate) fn position(&self, account: Option<&str>) -> Result<usize, BoxError> {
        let named = self.named(account);
        let is_exact = |it: &AccountEntry| account.is_none_or(|account| it.has_handle(account));
        let mut last_first = named.iter().rev().copied();
        match (last_first.find(|&at| is_exact(&self.accounts[at])), &*named) {
            (Some(position), _) | (None, &[position]) => Ok(position),
            (None, []) => Err(self.not_logged_in(account).into()),
            (None, several) => {
                let handles: Vec<_> =
                    several.iter().rev().map(|&at| &*self.accounts[at].handle).collect();
                let handles = handles.join(", ");
                let message = format!("several accounts match: {handles}. Name one of them.");
                Err(InvalidUsage(message).into())
            }
        }
    }

    /// Returns the positions of all accounts that `account` matches. `None` matches every account.
    /// The parentheses of `@(unknown)@example.org` can be left out, unless another user is named so.
    pub(crate) fn named(&self, account: Option<&str>) -> Vec<usize> {
        let is_spelled = |it: &AccountEntry| account.is_some_and(|account| it.is_spelled(account));
        let any_spelled = self.accounts.iter().any(is_spelled);
        let is_match = |it: &AccountEntry| match account {
            Some(account) if any_spelled => is_spelled(it) || it.is_at(account),
            _ => it.is_named(account),
        };
        (0..self.accounts.len()).filter(|&at| is_match(&self.accounts[at])).collect()
    }

    /// Returns the `http://` instance of a stored account or unfinished login with the same host and
    /// port, if none there uses `https://`.
    pub(crate) fn instance_without_tls(&self, instance: &Instance) -> Option<Instance> {
        let accounts = self.accounts.iter().map(|it| &it.instance);
        let all = accounts.chain(self.unfinished.iter().map(Unfinished::instance));
        let mut there = all.filter(|it| it.authority() == instance.authority());
        let first = there.next()?;
        // Only what a login accepts without --insecure-http.
        let without_tls: Instance = first.origin().parse().ok()?;
        let is_only = without_tls.origin().starts_with("http://") && there.all(|it| it == first);
        is_only.then_some(without_tls)
    }

    /// Returns the accounts that a login at `instance` that expects this account could replace.
    pub(crate) fn could_be(
        &self,
        instance: &Instance,
        expected: Option<&ExpectedAccount>,
    ) -> Vec<&AccountEntry> {
        self.accounts.iter().filter(|it| it.could_be(instance, expected)).collect()
    }

    /// Returns the account without a user that has this handle, such as `@(unknown)@example.org`.
    pub(crate) fn account_without_user(&self, handle: &str) -> Option<&AccountEntry> {
        self.accounts.iter().find(|it| !it.has_user() && it.handle == handle)
    }

    pub(crate) fn not_logged_in(&self, account: Option<&str>) -> NotLoggedIn {
        NotLoggedIn(match account {
            Some(account) if !self.accounts.is_empty() => {
                format!("not logged in as {account}. `gts-oauth status` lists the accounts.")
            }
            _ => "not logged in. Run `gts-oauth login INSTANCE`.".to_owned(),
        })
    }

    /// Stores an account and makes it the current one. The credentials of the same account that it
    /// replaces are stored until their token is revoked. Those with the same token remain its
    /// credentials, because they have more details.
    /// Without an id, only the same token is the same account, and the others get a number each.
    /// `extended` is the handle of an account without a user to which the login has added scopes.
    /// Returns the credentials that it replaces. `None` if there are none, or they are unreadable.
    pub(crate) fn store_account(
        &mut self,
        credentials: &mut Credentials,
        extended: Option<&str>,
        backend: Backend,
    ) -> Result<Option<Credentials>, BoxError> {
        let same = match &credentials.user {
            Some(user) => self.accounts.iter().position(|it| {
                it.instance == *credentials.session.instance() && it.id.as_ref() == Some(&user.id)
            }),
            None => self.position_of(credentials),
        };
        let same = same.map(|at| self.accounts.remove(at));
        // It can be the account of a user who is stored, too.
        let is_extended = |it: &AccountEntry| Some(&*it.handle) == extended;
        let extended = self.accounts.iter().position(is_extended);
        let extended = extended.map(|at| self.accounts.remove(at));
        let earlier = same.as_ref().or(extended.as_ref()).and_then(|it| it.stored.open().ok());
        self.unrevoked.extend(same.into_iter().chain(extended));
        let again = self.take_unrevoked(credentials);
        match again.filter(|_| credentials.app.is_none()) {
            Some(again) => *credentials = again,
            None if credentials.user.is_none() => self.number(credentials),
            None => {}
        }
        let entry = self.new_entry(credentials, backend)?;
        self.accounts.push(entry);
        Ok(earlier)
    }

    /// Stores credentials whose token is to be revoked.
    pub(crate) fn store_unrevoked(
        &mut self,
        credentials: &Credentials,
        backend: Backend,
    ) -> Result<(), BoxError> {
        let entry = self.new_entry(credentials, backend)?;
        self.unrevoked.push(entry);
        Ok(())
    }

    fn new_entry(
        &mut self,
        credentials: &Credentials,
        backend: Backend,
    ) -> Result<AccountEntry, BoxError> {
        Ok(AccountEntry {
            handle: credentials.handle(),
            instance: credentials.session.instance().clone(),
            id: credentials.user.as_ref().map(|user| user.id.clone()),
            stored: self.store_value(&credentials.handle(), credentials, backend)?,
        })
    }

    /// Removes the credentials with this token from those to revoke, and returns them.
    fn take_unrevoked(&mut self, credentials: &Credentials) -> Option<Credentials> {
        let instance = credentials.session.instance();
        let is_same = |stored: &Credentials| stored.has_token_of(credentials);
        let same = |it: &AccountEntry| {
            let stored = (it.instance == *instance).then(|| it.stored.open().ok()).flatten();
            stored.filter(is_same)
        };
        let mut entries = self.unrevoked.iter().enumerate();
        let (at, same) = entries.find_map(|(at, it)| Some((at, same(it)?)))?;
        let entry = self.unrevoked.remove(at);
        self.drop_value(&entry.stored);
        Some(same)
    }

    /// Removes credentials whose token is revoked.
    pub(crate) fn remove_unrevoked(&mut self, entry: &AccountEntry) {
        if let Some(at) = self.unrevoked.iter().position(|it| it.stored == entry.stored) {
            let entry = self.unrevoked.remove(at);
            self.drop_value(&entry.stored);
        }
    }

    /// Makes the handle of credentials without a user different from all others.
    fn number(&self, credentials: &mut Credentials) {
        let numbers = std::iter::once(None).chain((2..).map(Some));
        for number in numbers {
            credentials.number = number;
            let handle = credentials.handle();
            if !self.accounts.iter().any(|it| it.handle == handle) {
                break;
            }
        }
    }

    /// Replaces the credentials at `position` with others of the same account.
    pub(super) fn replace(
        &mut self,
        position: usize,
        credentials: &Credentials,
    ) -> Result<(), BoxError> {
        let AccountEntry { handle, stored, .. } = &self.accounts[position];
        let (handle, backend) = match stored {
            // In place: an entry of its own would be deleted if the file cannot be written, and
            // the server no longer accepts the tokens before it. A value in several parts could be
            // written in part, so the file changes to another entry.
            StoredValue::Keyring(name)
                if keyring::has_id(name) && keyring::is_one_part(credentials)? =>
            {
                return keyring::put(name, credentials);
            }
            StoredValue::Keyring(_) => (handle.clone(), Backend::Keyring),
            StoredValue::File(_) => (handle.clone(), Backend::File),
        };
        let stored = self.store_value(&handle, credentials, backend)?;
        let replaced = std::mem::replace(&mut self.accounts[position].stored, stored);
        self.drop_value(&replaced);
        Ok(())
    }

    /// Removes the account at `position`, which is logged out. Returns it, and the handle of the new
    /// current account. `None` if that is the same as before, or there is none left.
    pub(crate) fn remove(&mut self, position: usize) -> (AccountEntry, Option<String>) {
        let entry = self.accounts.remove(position);
        self.dropped.extend(entry.stored.name().map(str::to_owned));
        let was_current = position == self.accounts.len();
        let current = self.accounts.last().filter(|_| was_current);
        (entry, current.map(|it| it.handle.clone()))
    }

    /// Stores the state of a login.
    pub(super) fn store_unfinished(
        &mut self,
        (slot, port): (u32, Option<u16>),
        request: &LoginRequest,
        login: &Login,
        backend: Backend,
    ) -> Result<(), BoxError> {
        let name = format!("a login to {}", request.registration.instance());
        let stored = self.store_value(&name, login, backend)?;
        let started = self.remove_unfinished(slot).unwrap_or_else(unfinished::now);
        let request = request.clone();
        self.unfinished.push(Unfinished { slot, request, port, started, stored });
        Ok(())
    }

    /// Removes a login. Returns when it was started.
    pub(super) fn remove_unfinished(&mut self, slot: u32) -> Option<u64> {
        let position = self.unfinished.iter().position(|it| it.slot == slot)?;
        let Unfinished { started, stored, .. } = self.unfinished.remove(position);
        self.drop_value(&stored);
        Some(started)
    }

    /// Stores a value in this backend.
    fn store_value(
        &mut self,
        name: &str,
        value: &impl Serialize,
        backend: Backend,
    ) -> Result<StoredValue, BoxError> {
        match backend {
            Backend::File => Ok(StoredValue::File(serde_json::value::to_raw_value(value)?)),
            Backend::Keyring => {
                let name = keyring::unique_name(name)?;
                // First, because a long value can be stored in part.
                self.created.push(name.clone());
                keyring::put(&name, value)?;
                Ok(StoredValue::Keyring(name))
            }
        }
    }

    /// Schedules a keyring entry for deletion, once the file no longer refers to it. One without an
    /// id is kept, because another configuration folder can share it.
    fn drop_value(&mut self, value: &StoredValue) {
        let name = value.name().filter(|name| keyring::has_id(name));
        self.dropped.extend(name.map(str::to_owned));
    }
}

impl AccountEntry {
    /// Whether `account` is the handle, with the account domain or the API host.
    fn has_handle(&self, account: &str) -> bool {
        let (name, domain) = self.parts();
        let account = canonical(account);
        let hosts = [domain, self.instance.authority()];
        hosts.iter().any(|host| format!("{name}@{host}").eq_ignore_ascii_case(&account))
    }

    /// Whether both are credentials of the same account.
    pub(crate) fn is_same_account(&self, other: &Self) -> bool {
        let is_same_user = self.id.is_some() && self.id == other.id;
        self.instance == other.instance && (is_same_user || self.handle == other.handle)
    }

    /// Whether `account` matches this account: its handle or a part of it. `None` matches every
    /// account.
    pub(crate) fn is_named(&self, account: Option<&str>) -> bool {
        account.is_none_or(|account| self.has_name(account) || self.is_at(account))
    }

    /// As [`has_name`](Self::has_name), with its parentheses, if it has any.
    fn is_spelled(&self, account: &str) -> bool {
        account.contains(PARENTHESES) == self.handle.contains(PARENTHESES) && self.has_name(account)
    }

    /// Whether `account` is the handle or the user name. What looks like a host is no user name unless
    /// it begins with an `@`: a server can name its accounts like the hosts of others.
    fn has_name(&self, account: &str) -> bool {
        let (name, _) = self.parts();
        let is_host = !account.starts_with('@') && account.contains(['.', ':']);
        self.has_handle(account) || !is_host && name.eq_ignore_ascii_case(&canonical(account))
    }

    /// Whether `host` is the account domain or the API host.
    fn is_at(&self, host: &str) -> bool {
        let (_, domain) = self.parts();
        let hosts = [domain, self.instance.authority(), self.instance.host()];
        // Not for https only: it is compared, and nothing is sent there.
        Instance::insecure_http(host.trim_start_matches('@')).is_ok_and(|it| {
            !host.trim_start_matches('@').contains('@') && hosts.contains(&it.authority())
        })
    }

    /// Whether its user is known.
    pub(crate) fn has_user(&self) -> bool {
        self.id.is_some()
    }

    /// The name of its user. `None` if its user is not known.
    pub(crate) fn user_name(&self) -> Option<&str> {
        self.has_user().then(|| self.parts().0)
    }

    /// Whether a login at `instance` that expects this account could replace this one.
    pub(crate) fn could_be(&self, instance: &Instance, expected: Option<&ExpectedAccount>) -> bool {
        let is_there = self.instance == *instance || self.is_at(instance.authority());
        let expected = expected.map(ExpectedAccount::to_string);
        let is_expected = expected.as_deref().is_none_or(|expected| {
            self.is_named(Some(expected)) || self.id.as_deref() == Some(expected)
        });
        is_there && is_expected
    }

    /// Returns the user name, or `unknown` without one, and the domain.
    fn parts(&self) -> (&str, &str) {
        let handle = self.handle.trim_start_matches('@');
        let (name, domain) = handle.rsplit_once('@').unwrap_or((handle, ""));
        (name.trim_matches(PARENTHESES), domain)
    }
}

/// The characters around `unknown` in the handle of an account without a user. They need not be
/// typed.
const PARENTHESES: [char; 2] = ['(', ')'];

/// Whether these are accounts of different users, ignoring their hosts.
pub(crate) fn is_other_name(one: &ExpectedAccount, other: &ExpectedAccount) -> bool {
    let [one, other] = [one, other].map(|it| canonical(&it.to_string()));
    let name = |account: &str| account.split('@').next().map(str::to_ascii_lowercase);
    name(&one) != name(&other)
}

/// Returns `alice@xn--bcher-kva.example` for `@alice@bücher.example` or the URL of its profile.
/// Other texts are unchanged.
pub(super) fn canonical(account: &str) -> String {
    let account = account.replace(PARENTHESES, "");
    let parsed = account.parse::<ExpectedAccount>();
    let canonical = parsed.map_or(account, |it| it.to_string());
    // With `http://`, an account is named by its URL.
    match canonical.split_once("://").and_then(|(_, rest)| rest.split_once("/@")) {
        Some((host, name)) => format!("{name}@{host}"),
        None => canonical.trim_start_matches('@').to_owned(),
    }
}
