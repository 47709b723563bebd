//! The result of a login.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::discovery::Discovery;
use crate::error::Error;
use crate::session::{Account, Session};
use crate::types::stored::{Stored, stored};
use crate::types::{Scopes, printable};

/// The result of a login.
///
/// Prints as the account's full name, `@alice@example.org`, or without an account as
/// `an account of example.org`. The host is the account domain if discovery
/// [found](Discovery::account_domain) it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct LoggedIn {
    /// The app, which is needed to revoke the token.
    #[serde(with = "Stored")]
    pub app: App,
    /// The token and the instance where it is valid.
    #[serde(with = "Stored")]
    pub session: Session,
    /// The account. `None` if the token lacks the scope to read it.
    pub account: Option<Account>,
    /// The scopes that the app registered and the server did not grant.
    #[serde(skip)]
    pub missing_scopes: Scopes,
    /// The scopes that the server granted and the app did not register: some servers (Friendica)
    /// grant all that the app can ever request.
    #[serde(skip)]
    pub extra_scopes: Scopes,
    /// The sessions that the login obtained and did not end with, as in
    /// [`Login::superseded_sessions`](super::Login::superseded_sessions).
    #[serde(with = "Stored")]
    pub superseded_sessions: Vec<(App, Session)>,
}

impl LoggedIn {
    /// The result of a login that was made exchange by exchange.
    ///
    /// # Errors
    /// [`Error::Input`] if the app and the session are of different instances.
    pub fn new(app: App, session: Session, account: Option<Account>) -> Result<Self, Error> {
        let logged_in = Self {
            app,
            session,
            account,
            missing_scopes: Scopes::default(),
            extra_scopes: Scopes::default(),
            superseded_sessions: Vec::new(),
        };
        logged_in.checked()
    }

    /// Checks the sessions, and computes what is not stored.
    fn checked(mut self) -> Result<Self, Error> {
        self.app.check_session(&self.session)?;
        for (app, session) in &self.superseded_sessions {
            app.check_session(session)?;
        }
        let requested = &self.app.registration().scopes;
        let granted = self.session.scopes();
        self.missing_scopes = requested.missing_from(granted);
        self.extra_scopes = granted.missing_from(requested);
        Ok(self)
    }
}

impl fmt::Display for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let discovery = self.app.registration().discovery();
        let domain = discovery.and_then(Discovery::account_domain);
        let host = domain.unwrap_or(self.session.instance()).authority();
        match &self.account {
            Some(account) => write!(f, "@{}@{host}", printable(account.username())),
            None => write!(f, "an account of {host}"),
        }
    }
}

stored!(LoggedIn, LoggedIn::checked);
