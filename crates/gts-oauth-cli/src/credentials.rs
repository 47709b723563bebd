//! What is known of an account that is logged in.

use std::fmt;

use gts_oauth_ureq::{Account, App, LoggedIn, Scopes, Session, printable};
use serde::{Deserialize, Serialize};

/// An account's credentials: a whole login's, or a token that came from elsewhere.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// None of a token that came from elsewhere.
    pub(crate) app: Option<App>,
    pub(crate) session: Session,
    /// None where the token may not tell whose it is.
    pub(crate) person: Option<Person>,
    /// What was asked for and not granted.
    pub(crate) missing: Scopes,
    /// The account's own domain, where that is not the host of the API and was named at login.
    pub(crate) domain: Option<String>,
}

/// Whose account it is. All else that a server tells of people is not ours to keep.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    name: String,
}

impl From<&Account> for Person {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id().to_owned(),
            name: account.username().to_owned(),
        }
    }
}

impl From<LoggedIn> for Credentials {
    fn from(me: LoggedIn) -> Self {
        Self {
            app: Some(me.app),
            session: me.session,
            person: me.account.as_ref().map(Person::from),
            missing: me.missing,
            domain: None,
        }
    }
}

impl Credentials {
    pub(crate) fn has_token_of(&self, other: &Self) -> bool {
        self.session.access_token() == other.session.access_token()
    }

    /// `@alice@example.org`, or as much of it as is known.
    pub(crate) fn handle(&self) -> String {
        let name = self.person.as_ref().map(|person| person.name.as_str());
        let host = self.session.instance().authority();
        let host = self.domain.as_deref().unwrap_or(host);
        printable(&format!("@{}@{host}", name.unwrap_or("(unknown)")))
    }
}

/// Where credentials come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Environment,
    File,
    Keyring,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "GTS_OAUTH_TOKEN",
            Self::File => "the file of credentials",
            Self::Keyring => "the system's keyring",
        })
    }
}
