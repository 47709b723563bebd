//! Renewals of a session with a fault.

use std::time::Duration;

use gts_oauth_core::error::Remedy;
use gts_oauth_core::renewal::{RenewalStep, RenewingSession};
use gts_oauth_core::{BoxError, Error, Exchange as _, Session, Transport};
use gts_oauth_fake::{Dialect, Server};
use gts_oauth_tests::faults::{Case, Effect, Target, cases};

use crate::driver::Storage;
use crate::report::Report;

/// Longer than any token is valid: Akkoma's are for a century.
const LONG: Duration = Duration::from_secs(200 * 365 * 86_400);

/// More errors than the most frequent fault causes.
const MOST_ERRORS: usize = 8;

/// A way to renew a session that is due.
type Way = fn(RenewingSession, &Server, Storage) -> (RenewingSession, Result<(), Error>);

/// With [`RenewingSession::step`].
fn by_hand(
    mut session: RenewingSession,
    server: &Server,
    storage: Storage,
) -> (RenewingSession, Result<(), Error>) {
    let now = server.now();
    loop {
        session = storage.resume(session);
        let handled = match session.step(now) {
            RenewalStep::Ready(_) => return (session, Ok(())),
            RenewalStep::Store { .. } => {
                session.handle_stored();
                Ok(())
            }
            RenewalStep::Send { request, .. } => match server.send(request) {
                Ok(response) => session.handle_response(&response, now),
                Err(error) => session.handle_transport_error(error, now),
            },
        };
        if let Err(error) = handled {
            return (session, Err(error));
        }
    }
}

/// With [`RenewingSession::renew_if_due`]. Where the session is stored, that fails the first time.
fn run(
    mut session: RenewingSession,
    server: &Server,
    storage: Storage,
) -> (RenewingSession, Result<(), Error>) {
    let mut has_failed = storage == Storage::None;
    loop {
        session = storage.resume(session);
        let store = |_: &Session, _: &Session| -> Result<(), BoxError> {
            match std::mem::replace(&mut has_failed, true) {
                true => Ok(()),
                false => Err("the disk is full".into()),
            }
        };
        match session.renew_if_due(server, server.now(), store).map(drop) {
            Err(Error::Store(_)) => {}
            outcome => return (session, outcome),
        }
    }
}

/// A session of alice whose token has expired.
fn expired(server: &Server) -> RenewingSession {
    let alice = server.account("alice");
    let mut login = server.login("my-bot");
    let me = login.run(server, |step| alice.allow(step.url)).expect("a login without faults");
    let session = RenewingSession::new(me.app.clone(), me.session.clone()).expect("one instance");
    server.clear_requests();
    server.advance(LONG);
    session
}

/// The refresh tokens that were sent.
fn sent(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests.iter().filter_map(|it| it.field("refresh_token")).collect()
}

/// Renews a session, and then once more without a fault. Returns what is wrong.
fn check(dialect: Dialect, way: Way, storage: Storage, case: &Case) -> Result<(), String> {
    let server = Server::builder(7).dialect(dialect).build();
    let mut session = expired(&server);
    let first = session.current().refresh_token().expect("a refresh token").expose().to_owned();
    server.fail(case.at(Target::ExchangeCode.path()));
    let mut errors = Vec::new();
    let ended = loop {
        let (after, outcome) = way(session, &server, storage);
        session = after;
        match outcome {
            Ok(()) => break None,
            Err(error) => {
                errors.push(error.to_string());
                let remedy = error.remedy();
                if matches!(remedy, Remedy::SignIn | Remedy::RegisterApp) {
                    break Some(remedy);
                }
            }
        }
        if errors.len() > MOST_ERRORS {
            return Err(format!("it does not complete: {errors:?}"));
        }
    };
    let is_rotated = dialect == Dialect::Pixelfed;
    let (times, expected) = match case.effect(true) {
        Effect::Harmless => (1, None),
        Effect::NotProcessed => (1 + case.times as usize, None),
        // The server has replaced the refresh token, which is then of no use.
        Effect::Lost if is_rotated => (2, Some(Remedy::SignIn)),
        Effect::Lost => (2, None),
        Effect::RejectsGrant | Effect::RejectsToken => (1, Some(Remedy::SignIn)),
        Effect::RejectsApp => (1, Some(Remedy::RegisterApp)),
    };
    if ended != expected {
        return Err(format!("it ends with {ended:?}, after {errors:?}"));
    }
    if sent(&server) != vec![first.clone(); times] {
        return Err(format!("it was sent {} times, in place of {times}", sent(&server).len()));
    }
    if ended.is_some() {
        return Ok(());
    }
    session.current().verify().send(&server).map_err(|error| format!("new token: {error}"))?;
    server.clear_requests();
    server.advance(LONG);
    let (_, outcome) = way(session, &server, storage);
    outcome.map_err(|error| format!("the next renewal: {error}"))?;
    match &sent(&server)[..] {
        [second] if !is_rotated || *second != first => Ok(()),
        sent => Err(format!("the next renewal sent {} tokens, or an old one", sent.len())),
    }
}

pub(crate) fn in_memory(dialect: Dialect) -> Report {
    let mut report = Report::default();
    for (name, way) in [("by hand", by_hand as Way), ("renew_if_due", run)] {
        for storage in Storage::ALL {
            for case in cases() {
                let cell = format!("{dialect:?}, {name}, storage {storage:?}, {}", case.name);
                report.add(&cell, check(dialect, way, storage, &case));
            }
        }
    }
    report
}
