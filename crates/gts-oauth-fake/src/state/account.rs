//! Accounts, and the domain that they are named under.

use std::time::SystemTime;

use super::State;

/// The password of every account.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// An account on the server.
pub(crate) struct AccountRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: SystemTime,
    /// Set by an administrator. The account's tokens are rejected, and its user cannot sign in.
    pub(crate) disabled: bool,
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
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The account with this name.
    pub(crate) fn account_named(&self, name: &str) -> Option<&AccountRecord> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// Creates the account if it does not exist, and returns its id.
    pub(crate) fn create_account(&mut self, name: &str) -> String {
        if let Some(account) = self.account_named(name) {
            return account.id.clone();
        }
        let id = self.ids.ulid(self.now);
        self.accounts.push(AccountRecord {
            id: id.clone(),
            name: name.to_owned(),
            created: self.now,
            disabled: false,
        });
        id
    }

    /// Disables the account, and signs it out of all browsers.
    pub(crate) fn disable_account(&mut self, id: &str) {
        for account in self.accounts.iter_mut().filter(|account| account.id == id) {
            account.disabled = true;
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
