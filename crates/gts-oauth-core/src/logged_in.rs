//! What a login ends with.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::app::App;
use crate::error::Error;
use crate::scope::Scopes;
use crate::session::Session;
use crate::stored::Version;

/// A finished login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
#[non_exhaustive]
pub struct LoggedIn {
    /// The app, which it takes to revoke the token.
    pub app: App,
    /// The token and where it is good.
    pub session: Session,
    /// Whose it is; none if the server will not say (403): the granted scopes do not let the token
    /// tell, the account has moved, or, on servers that say so of dead tokens, the token died since
    /// it was given.
    pub account: Option<Account>,
    /// What the app registered and was not granted.
    pub missing: Scopes,
    /// What was granted and not registered: some servers (Friendica) give a token all that its
    /// app ever may.
    pub extra: Scopes,
}

impl LoggedIn {
    /// A login that was made exchange by exchange, as a web back end does.
    ///
    /// # Errors
    /// [`Error::Input`] if app and session are of two instances.
    pub fn new(app: App, session: Session, account: Option<Account>) -> Result<Self, Error> {
        app.check(&session)?;
        let asked = &app.registration().scopes;
        Ok(Self {
            missing: asked.missing_from(session.scopes()),
            extra: session.scopes().missing_from(asked),
            app,
            session,
            account,
        })
    }
}

/// What follows from the rest is not stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: Version,
    app: App,
    session: Session,
    account: Option<Account>,
}

impl From<LoggedIn> for Stored {
    fn from(logged_in: LoggedIn) -> Self {
        Self {
            version: Version,
            app: logged_in.app,
            session: logged_in.session,
            account: logged_in.account,
        }
    }
}

impl TryFrom<Stored> for LoggedIn {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.app, stored.session, stored.account)
    }
}
