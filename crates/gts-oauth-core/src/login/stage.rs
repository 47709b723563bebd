//! The stages of a login, and what can be read from them. `mod.rs` has every transition.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{LoggedIn, Login};
use crate::app::{App, RegisterApp};
use crate::authorization::{Attempts, ExchangeCode, PendingAuthorization};
use crate::discovery::Discover;
use crate::error::Error;
use crate::session::Session;
use crate::types::stored::{Stored, stored};

/// The stages in storage order.
#[derive(Serialize, Deserialize)]
pub(super) enum Stage {
    Discover {
        #[serde(with = "Stored")]
        registration: Box<RegisterApp>,
        #[serde(with = "Stored")]
        discover: Box<Discover>,
    },
    Register(#[serde(with = "Stored")] Box<RegisterApp>),
    Authorize(#[serde(with = "Stored")] PendingAuthorization),
    Exchange(#[serde(with = "Stored")] ExchangeCode),
    Verify(#[serde(with = "Stored")] App, #[serde(with = "Stored")] Session),
    Done(#[serde(with = "Stored")] Box<LoggedIn>),
}

impl Stage {
    /// Discovery, unless the registration has a result of one.
    pub(super) fn start(registration: RegisterApp) -> Self {
        match registration.discovery() {
            Some(_) => Self::Register(Box::new(registration)),
            None => {
                let discover = registration.discover();
                Self::discover(registration, discover)
            }
        }
    }

    pub(super) fn discover(registration: RegisterApp, discover: Discover) -> Self {
        Self::Discover { registration: Box::new(registration), discover: Box::new(discover) }
    }
}

impl Login {
    /// The session obtained so far, with the app that obtained it: as soon as there is a token,
    /// even if its account is not verified yet. While a new attempt is pending, the session of the
    /// last one: of another account than the expected one, or with a token that was rejected.
    pub fn session(&self) -> Option<(&App, &Session)> {
        match &self.stage {
            Stage::Verify(app, session) => Some((app, session)),
            Stage::Done(logged_in) => Some((&logged_in.app, &logged_in.session)),
            _ => self.superseded.last().map(|(app, session)| (app, session)),
        }
    }

    /// The sessions that this login obtained and did not end with, each with the app that can
    /// revoke it: of another account than the expected one, or from before a new attempt. They are
    /// never revoked automatically.
    pub fn superseded_sessions(&self) -> &[(App, Session)] {
        match &self.stage {
            Stage::Done(logged_in) => &logged_in.superseded_sessions,
            _ => &self.superseded,
        }
    }

    /// The pending authorization. `None` unless the user is being asked, or their code exchanged.
    pub fn pending(&self) -> Option<&PendingAuthorization> {
        match &self.stage {
            Stage::Authorize(pending) => Some(pending),
            Stage::Exchange(exchange) => Some(exchange.pending()),
            _ => None,
        }
    }

    /// A number that grows whenever the login changes. Store the login when it has changed, and
    /// compare it before overwriting a stored login.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The app, or what to register if there is none yet.
    pub(super) fn app(&self) -> Result<&App, &RegisterApp> {
        match &self.stage {
            Stage::Discover { registration, .. } => Err(registration),
            Stage::Register(registration) => Err(registration),
            Stage::Authorize(pending) => Ok(pending.app()),
            Stage::Exchange(exchange) => Ok(exchange.pending().app()),
            Stage::Verify(app, _) => Ok(app),
            Stage::Done(logged_in) => Ok(&logged_in.app),
        }
    }

    /// What is registered, or is to be registered: with [`register_with`](Self::register_with), it can
    /// be registered again with changes.
    ///
    /// ```
    /// use gts_oauth_core::{Error, Login, Scopes};
    ///
    /// fn request_also(login: &mut Login, scopes: Scopes) -> Result<(), Error> {
    ///     let registration = login.registration().clone().scopes(scopes);
    ///     login.register_with(registration)
    /// }
    /// ```
    pub fn registration(&self) -> &RegisterApp {
        self.app().map_or_else(|registration| registration, App::registration)
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done(_))
    }

    /// Checks a login that was read from storage.
    fn checked(self) -> Result<Self, Error> {
        if self.is_done() != self.attempts.is_none() {
            let fault = "the seed is missing, or was not wiped";
            return Err(Error::input("stored login", fault));
        }
        self.attempts.as_ref().map_or(Ok(()), Attempts::check)?;
        if let Stage::Verify(app, session) = &self.stage {
            app.check_session(session)?;
        }
        for (app, session) in &self.superseded {
            app.check_session(session)?;
        }
        // Not against the app: a server can register fewer scopes than the options request.
        self.options.check_registration(self.registration())?;
        Ok(self)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("operation", &self.operation())
            .field("is_done", &self.is_done())
            .field("revision", &self.revision)
            .field("registration", self.registration())
            .finish_non_exhaustive()
    }
}

stored!(Login, Login::checked);
