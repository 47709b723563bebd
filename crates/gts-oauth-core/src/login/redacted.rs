//! Errors without any secret of the login: a server can repeat what it received in an earlier request.

use super::{Login, Stage};
use crate::app::App;
use crate::authorization::PendingAuthorization;
use crate::error::Error;
use crate::session::Session;
use crate::types::Secret;

impl Login {
    /// The error without the secrets of this login.
    pub(super) fn redacted(&self, error: Error) -> Error {
        error.without(&self.secrets())
    }

    /// All secrets of this login: those of its stage, of the exchange before it, and of the apps and
    /// sessions that it left behind. They are collected for an error only.
    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = self.former_secrets.clone();
        match &self.stage {
            Stage::Discover { .. } | Stage::Register(_) => {}
            Stage::Authorize(pending) => secrets.extend(of_attempt(pending)),
            Stage::Exchange(exchange) => {
                secrets.extend(exchange.redacted_code().cloned());
                secrets.extend(of_attempt(exchange.pending()));
            }
            Stage::Verify(app, session) => secrets.extend(of_session(app, session)),
            Stage::Done(logged_in) => {
                secrets.extend(of_session(&logged_in.app, &logged_in.session));
            }
        }
        if let Some(exchange) = &self.last_exchange {
            secrets.extend(exchange.redacted_code().cloned());
            secrets.extend(of_attempt(exchange.pending()));
        }
        for (app, session) in self.superseded_sessions() {
            secrets.extend(of_session(app, session));
        }
        secrets
    }
}

fn of_attempt(pending: &PendingAuthorization) -> impl Iterator<Item = Secret> {
    let secrets = [pending.verifier().clone(), Secret::new(pending.state())];
    secrets.into_iter().chain(pending.app().held_secrets())
}

fn of_session(app: &App, session: &Session) -> impl Iterator<Item = Secret> {
    app.held_secrets().into_iter().chain(session.secrets())
}
