//! How a login is stored, at whatever step it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::app::App;
use crate::authorize::Wishes;
use crate::discover::Discover;
use crate::discovery::Discovery;
use crate::entropy::Attempts;
use crate::error::Error;
use crate::exchange_code::ExchangeCode;
use crate::expected::ExpectedAccount;
use crate::logged_in::LoggedIn;
use crate::login_value::{Login, Stage};
use crate::pending::PendingLogin;
use crate::register::RegisterApp;
use crate::session::Session;
use crate::stored::Version;

/// At most one of `discover`, `pending`, `exchange`, `verify` and `done` is there; none of them
/// stands for a login that has yet to register.
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
    discovery: Option<Discovery>,
    strays: Vec<(App, Session)>,
    discover: Option<Discover>,
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
            discovery: self.discovery.clone(),
            discover: None,
            strays: self.strays.clone(),
            pending: None,
            exchange: None,
            verify: None,
            done: None,
        };
        match &self.stage {
            Stage::Discover(discover) => stored.discover = Some((**discover).clone()),
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
        let stages = [
            stored.discover.map(Box::new).map(Stage::Discover),
            stored.pending.map(Stage::Authorize),
            stored.exchange.map(Stage::Exchange),
            stored
                .verify
                .map(|(app, session)| Stage::Verify(app, session)),
            stored.done.map(Box::new).map(Stage::Done),
        ];
        let mut stages = stages.into_iter().flatten();
        let stage = stages.next().unwrap_or(Stage::Register);
        if stages.next().is_some() {
            return fault("it is at two steps at once");
        }
        if let Stage::Verify(app, session) = &stage {
            app.check(session)?;
        }
        let mut strays = stored.strays.iter();
        strays.try_for_each(|(app, session)| app.check(session))?;
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
            discovery: stored.discovery,
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
