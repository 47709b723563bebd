//! How a login is stored, at whatever step it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::{Account, ExpectedAccount};
use crate::app::App;
use crate::authorize::Wishes;
use crate::entropy::Attempts;
use crate::error::Error;
use crate::login_value::{LoggedIn, Login, Stage};
use crate::pending::PendingLogin;
use crate::register::RegisterApp;
use crate::scope::Scopes;
use crate::session::Session;
use crate::stored::Version;
use crate::token::ExchangeCode;

/// At most one of `pending`, `exchange`, `verify` and `done` is there; none of them stands for
/// a login that has yet to register.
#[derive(Serialize, Deserialize)]
struct StoredLogin {
    version: Version,
    revision: u64,
    registration: RegisterApp,
    may_register: bool,
    registered_again: bool,
    wishes: Wishes,
    expected: Option<ExpectedAccount>,
    attempts: Option<Attempts>,
    exchanged: Option<String>,
    strays: Vec<(App, Session)>,
    pending: Option<PendingLogin>,
    exchange: Option<ExchangeCode>,
    verify: Option<(App, Session)>,
    done: Option<LoggedIn>,
}

impl Serialize for Login {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = StoredLogin {
            version: Version,
            revision: self.revision,
            registration: self.registration.clone(),
            may_register: self.may_register,
            registered_again: self.registered_again,
            wishes: self.wishes.clone(),
            expected: self.expected.clone(),
            attempts: self.attempts.clone(),
            exchanged: self.exchanged.clone(),
            strays: self.strays.clone(),
            pending: None,
            exchange: None,
            verify: None,
            done: None,
        };
        match &self.stage {
            Stage::Register => {}
            Stage::Authorize(pending) => stored.pending = Some(pending.clone()),
            Stage::Exchange(exchange) => stored.exchange = Some(exchange.clone()),
            Stage::Verify(app, session) => stored.verify = Some((app.clone(), session.clone())),
            Stage::Done(logged_in) => stored.done = Some((**logged_in).clone()),
        }
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredLogin::deserialize(deserializer)?;
        Self::try_from(stored).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<StoredLogin> for Login {
    type Error = Error;

    fn try_from(stored: StoredLogin) -> Result<Self, Error> {
        let fault = |fault| Err(Error::input("stored login", fault));
        let stage = match (stored.pending, stored.exchange, stored.verify, stored.done) {
            (None, None, None, None) => Stage::Register,
            (Some(pending), None, None, None) => Stage::Authorize(pending),
            (None, Some(exchange), None, None) => Stage::Exchange(exchange),
            (None, None, Some((app, session)), None) if app.instance() == session.instance() => {
                Stage::Verify(app, session)
            }
            (None, None, None, Some(logged_in)) => Stage::Done(Box::new(logged_in)),
            _ => return fault("it is at two steps at once, or of two instances"),
        };
        if matches!(stage, Stage::Done(_)) != stored.attempts.is_none() {
            return fault("its seed is missing, or was not wiped");
        }
        let login = Self {
            revision: stored.revision,
            registration: stored.registration,
            may_register: stored.may_register,
            registered_again: stored.registered_again,
            wishes: stored.wishes,
            expected: stored.expected,
            attempts: stored.attempts,
            exchanged: stored.exchanged,
            strays: stored.strays,
            stage,
        };
        if let Some(app) = login.app() {
            login.wishes.check(app)?;
            // Registered anew, the app would come from somewhere else.
            if app.instance() != &login.registration.instance {
                return fault("its app and its registration are of two instances");
            }
        }
        Ok(login)
    }
}

/// [`LoggedIn`] as it is stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredLoggedIn {
    version: Version,
    app: App,
    session: Session,
    account: Option<Account>,
    missing: Scopes,
}

impl From<LoggedIn> for StoredLoggedIn {
    fn from(logged_in: LoggedIn) -> Self {
        Self {
            version: Version,
            app: logged_in.app,
            session: logged_in.session,
            account: logged_in.account,
            missing: logged_in.missing,
        }
    }
}

impl TryFrom<StoredLoggedIn> for LoggedIn {
    type Error = Error;

    fn try_from(stored: StoredLoggedIn) -> Result<Self, Error> {
        if stored.app.instance() != stored.session.instance() {
            let fault = "its app and its session are of two instances";
            return Err(Error::input("stored login", fault));
        }
        Ok(Self {
            app: stored.app,
            session: stored.session,
            account: stored.account,
            missing: stored.missing,
        })
    }
}
