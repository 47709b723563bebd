//! Accounts, and the domain that they are named under.

use std::time::SystemTime;

use super::State;
use super::records::Keyed;

/// The password of every account.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// Whether an account can be used.
///
/// Only Mastodon has an error for each state. Other servers reject every account that is not
/// active as a disabled one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountState {
    /// It can be used.
    #[default]
    Active,
    /// The user has not confirmed the e-mail address.
    Unconfirmed,
    /// A moderator has not approved the account.
    Pending,
    /// A moderator disabled the account.
    Disabled,
    /// A moderator suspended the account.
    Suspended,
}

/// An account on the server.
pub(crate) struct AccountRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: SystemTime,
    /// Unless it is active, the account's tokens are rejected, and its user cannot sign in.
    pub(crate) state: AccountState,
}

impl Keyed for AccountRecord {
    fn keys(&self) -> Vec<&str> {
        vec![&self.id, &self.name]
    }
}

/// An account domain that differs from the host (a split domain).
pub(crate) struct AccountDomain {
    pub(crate) domain: String,
    /// Paths that the domain's web site redirects to the server.
    pub(crate) redirected_paths: Vec<String>,
}

impl State {
    /// The account with this id.
    pub(crate) fn account(&self, id: &str) -> Option<&AccountRecord> {
        self.accounts.with_key(id).find(|account| account.id == id)
    }

    /// The account with this name.
    pub(crate) fn account_named(&self, name: &str) -> Option<&AccountRecord> {
        self.accounts.with_key(name).find(|account| account.name == name)
    }

    /// Creates the account if it does not exist, and returns its id.
    pub(crate) fn create_account(&mut self, name: &str) -> String {
        if let Some(account) = self.account_named(name) {
            return account.id.clone();
        }
        let id = self.ids.entity(self.now);
        self.accounts.push(AccountRecord {
            id: id.clone(),
            name: name.to_owned(),
            created: self.now,
            state: AccountState::Active,
        });
        id
    }

    /// The state of the account with this id.
    pub(crate) fn account_state(&self, id: &str) -> AccountState {
        self.account(id).map_or(AccountState::Active, |account| account.state)
    }

    /// Sets the state of the account, and signs it out of all browsers.
    pub(crate) fn set_account_state(&mut self, id: &str, state: AccountState) {
        if let Some(account) = self.accounts.find_mut(id, |account| account.id == id) {
            account.state = state;
        }
        self.browsers.retain(|_, browser| {
            let accounts = [&browser.account_id, &browser.user];
            accounts.iter().all(|account| account.as_deref() != Some(id))
        });
    }

    /// The host, with its port.
    pub(crate) fn host(&self) -> &str {
        self.origin.split("://").nth(1).unwrap_or_default()
    }

    /// The domain in account names: the host, unless the server has a split domain.
    pub(crate) fn account_domain(&self) -> &str {
        let other = self.account_domain.as_ref();
        other.map_or_else(|| self.host(), |other| &other.domain)
    }

    /// The origin of the account domain's web site, if the server has a split domain.
    pub(crate) fn account_domain_origin(&self) -> Option<String> {
        let other = self.account_domain.as_ref()?;
        let scheme = self.origin.split("://").next().unwrap_or_default();
        Some(format!("{scheme}://{}", other.domain))
    }
}
