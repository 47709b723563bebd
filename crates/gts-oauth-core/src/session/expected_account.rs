//! The account that a login expects.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Account;
use crate::error::{Error, WrongAccount};
use crate::types::{Instance, is_invisible, is_user_name, snippet};

/// The account that a login expects. It prevents logging in to another account to which the browser
/// is signed in.
///
/// It is compared with what the server reports ([`check`](Self::check)), and is no proof against the
/// server itself: a server can report any user name, and any host in `acct` or the URL.
///
/// ```
/// use gts_oauth_core::ExpectedAccount;
///
/// let me: ExpectedAccount = "@me@example.org".parse()?;
/// let at_their_page: ExpectedAccount = "https://example.org/@me".parse()?;
/// let also_me: ExpectedAccount = "me".parse()?;
/// let by_id = ExpectedAccount::id("015JSQDQQAWFF3PB5M4C9KAZN3")?;
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredExpectation")]
pub struct ExpectedAccount {
    name: Option<String>,
    host: Option<Instance>,
    id: Option<String>,
}

impl ExpectedAccount {
    /// The account with this id, which stays the same if the name or host changes.
    ///
    /// # Errors
    /// [`Error::Input`] if it is empty, or contains invisible characters.
    pub fn id(id: &str) -> Result<Self, Error> {
        if id.is_empty() || id.chars().any(is_invisible) {
            let fault = "the id is empty or contains invisible characters";
            return Err(Error::input("account", fault));
        }
        Ok(Self { name: None, host: None, id: Some(id.to_owned()) })
    }

    /// As [`check`](Self::check). The account can be named by the API host, or by the account
    /// domain.
    pub(crate) fn check_at(
        &self,
        account: &Account,
        instance: &Instance,
        account_domain: Option<&Instance>,
    ) -> Result<(), Error> {
        let here = self.check(account, instance);
        match account_domain {
            Some(domain) if here.is_err() => self.check(account, domain).or(here),
            _ => here,
        }
    }

    /// The user name, if the account can be on this host.
    pub(crate) fn name_at(&self, host: &Instance) -> Option<&str> {
        let here = self.host.as_ref().is_none_or(|it| is_same(it, host));
        self.name.as_deref().filter(|_| here)
    }

    /// Compares ids exactly, user names without regard to ASCII case, and hosts in canonical form:
    /// ports only if the expected account has one, and never schemes. The host of the account is the
    /// instance, or the one that the server reports, in the `acct` or else in the URL.
    ///
    /// # Errors
    /// [`Error::WrongAccount`] if it is another account.
    pub fn check(&self, account: &Account, instance: &Instance) -> Result<(), Error> {
        let same_id = self.id.as_ref().is_none_or(|id| *id == account.id());
        let username = account.username();
        let same_name = self.name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(username));
        let same_host = self.host.as_ref().is_none_or(|host| {
            is_same(host, instance) || account.host().is_some_and(|it| is_same(host, &it))
        });
        if same_id && same_name && same_host {
            return Ok(());
        }
        let actual = match &self.id {
            Some(_) => account.id().to_owned(),
            None => format!("@{}@{}", account.username(), instance.authority()),
        };
        Err(Error::WrongAccount(WrongAccount {
            expected: self.to_string(),
            actual: snippet(&actual, &[]).unwrap_or_default(),
        }))
    }
}

/// Whether the hosts are the same, and the ports, if one is expected.
fn is_same(expected: &Instance, actual: &Instance) -> bool {
    let has_port = expected.authority() != expected.host();
    expected.host() == actual.host() && (!has_port || expected.authority() == actual.authority())
}

impl FromStr for ExpectedAccount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |fault| Err(Error::input("account", fault));
        let text = text.trim();
        if text.contains("://") {
            let (host, name) = Instance::with_name(text)?;
            if name.is_none() {
                return fault("URL without a user name, such as https://example.org/@me");
            }
            return Ok(Self { name, host: Some(host), id: None });
        }
        let bare = text.strip_prefix("acct:").unwrap_or(text);
        let bare = bare.strip_prefix('@').unwrap_or(bare);
        let (name, host) = match bare.split_once('@') {
            // A host that contains an @ could be read as another account.
            Some((name, host)) if !host.contains('@') => (name, Some(host.parse()?)),
            Some(_) => ("", None),
            None => (bare, None),
        };
        if !is_user_name(name) {
            return fault("neither a user name nor @name@host");
        }
        Ok(Self { name: Some(name.to_owned()), host, id: None })
    }
}

impl fmt::Display for ExpectedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.id, &self.name, &self.host) {
            (Some(id), ..) => f.write_str(id),
            // A host without a dot, or with http, is named by its URL only.
            (None, Some(name), Some(host))
                if host.authority().parse().ok().as_ref() != Some(host) =>
            {
                write!(f, "{host}/@{name}")
            }
            (None, Some(name), Some(host)) => write!(f, "@{name}@{}", host.authority()),
            (None, name, _) => write!(f, "@{}", name.as_deref().unwrap_or_default()),
        }
    }
}

#[derive(Deserialize)]
struct StoredExpectation {
    name: Option<String>,
    host: Option<Instance>,
    id: Option<String>,
}

impl TryFrom<StoredExpectation> for ExpectedAccount {
    type Error = Error;

    fn try_from(stored: StoredExpectation) -> Result<Self, Error> {
        let StoredExpectation { name, host, id } = stored;
        let named = name.as_deref().is_some_and(is_user_name);
        let by_id = id.as_ref().is_some_and(|id| !id.is_empty());
        // An expectation without name and id would match every account.
        if named == by_id || name.is_some() != named || (by_id && host.is_some()) {
            let fault = "must contain either a user name or an id";
            return Err(Error::input("stored expected account", fault));
        }
        Ok(Self { name, host, id })
    }
}
