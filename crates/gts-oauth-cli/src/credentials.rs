//! Stored credentials of an account.

use std::fmt;

use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{Account, App, BoxError, Error, Instance, LoggedIn, Scopes, Session};
use serde::{Deserialize, Serialize};

/// Credentials of an account, from a login or from `--with-token`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// `None` if the token was given with `--with-token`.
    pub(crate) app: Option<App>,
    pub(crate) session: Session,
    /// `None` if the scopes do not allow reading the account.
    #[serde(rename = "person")]
    pub(crate) user: Option<User>,
    /// Distinguishes accounts without a user on the same host. `None` for the first.
    pub(crate) number: Option<u32>,
    /// Scopes that were requested but not granted.
    pub(crate) missing: Scopes,
    /// The account domain. `None` if it is the API host or is not known.
    pub(crate) domain: Option<String>,
}

/// The user of an account: the only profile data that is stored.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        Self { id: account.id().to_owned(), name: account.username().to_owned() }
    }
}

impl From<LoggedIn> for Credentials {
    fn from(me: LoggedIn) -> Self {
        Self {
            app: Some(me.app),
            session: me.session,
            user: me.account.as_ref().map(User::from),
            number: None,
            missing: me.missing_scopes,
            domain: None,
        }
    }
}

impl Credentials {
    pub(crate) fn has_token_of(&self, other: &Self) -> bool {
        self.session.access_token() == other.session.access_token()
    }

    /// The command that logs in to this account with more scopes, and keeps the granted ones. `None`
    /// if those are not known, or a name of the server's is not safe to paste into a shell.
    pub(crate) fn login_command(&self, more: &Scopes) -> Option<String> {
        let instance = self.session.instance();
        let handle = self.handle();
        let (server, flag) = match instance.origin().parse::<Instance>() {
            Ok(_) if instance.origin().starts_with("http://") => (instance.origin(), ""),
            Ok(_) => (instance.authority(), ""),
            Err(_) => (instance.origin(), " --insecure-http"),
        };
        let account = match (&self.user, &self.domain) {
            // The account domain might not lead to the server, as in a private network.
            (Some(user), Some(_)) if is_plain(&user.name) => {
                format!("{server} --expect {}", user.name)
            }
            (Some(_), None) if server == instance.authority() && is_plain(&handle) => handle,
            _ => server.to_owned(),
        };
        let is_known = !self.session.scopes().is_empty() && !more.is_empty();
        (is_known && more.iter().all(|scope| is_plain(scope.as_str())))
            .then(|| format!("gts-oauth login {account} --add-scopes '{more}'{flag}"))
    }

    /// Adds the command that requests a missing scope, if that is what the error means.
    pub(crate) fn explain(&self, error: Error) -> BoxError {
        match self.login_command(&error.missing_scopes()) {
            Some(command) => format!("{error} Run `{command}`.").into(),
            None => error.into(),
        }
    }

    /// `@alice@example.org`. `@(unknown)@example.org` or `@(unknown-2)@example.org` without a user.
    pub(crate) fn handle(&self) -> String {
        let host = self.session.instance().authority();
        let host = self.domain.as_deref().unwrap_or(host);
        printable(&match (&self.user, self.number) {
            (Some(user), _) => format!("@{}@{host}", user.name),
            (None, None) => format!("@(unknown)@{host}"),
            (None, Some(number)) => format!("@(unknown-{number})@{host}"),
        })
    }
}

/// Whether a shell reads the text as it is.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "@:._-[]".contains(c))
}

/// Where credentials are stored.
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
