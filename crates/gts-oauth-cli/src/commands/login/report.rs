//! Messages of a login.

use std::io;

use gts_oauth_ureq::{App, Exchange as _, Revocation, Session, Transport};
use serde_json::json;

use crate::credentials::Credentials;
use crate::output::{self, GOOD, tell};
use crate::store::Backend;
use crate::store::{Older, Store};

/// Prints where the token will be stored.
pub(super) fn place(store: &Store, place: Backend, wished: Option<Backend>) {
    let path = store.path().display();
    match (place, wished) {
        (Backend::Keyring, _) => tell("The token will be kept in the system's keyring."),
        (Backend::File, Some(_)) => tell(format_args!(
            "The token will be kept in {path}, which only you can read."
        )),
        (Backend::File, None) => tell(format_args!(
            "The token will be kept in {path}, which only you can read: no keyring answers."
        )),
    }
}

pub(super) fn no_browser(why: Option<&str>) {
    if let Some(why) = why {
        tell(format_args!(
            "No browser is opened, because {why}: --browser opens one all the same."
        ));
    }
}

pub(super) fn logged_in(credentials: &Credentials, as_json: bool) -> io::Result<()> {
    let Credentials {
        session, missing, ..
    } = credentials;
    tell(format_args!("{GOOD}Logged in.{GOOD:#}"));
    if !missing.is_empty() {
        tell(format_args!("The server did not grant: {missing}"));
    }
    if credentials.person.is_none() {
        tell(
            "The token may not tell whose it is: for that, ask for read:accounts, or profile, too",
        );
    }
    match as_json {
        false => output::result(credentials.handle()),
        true => output::json(&json!({
            "account": credentials.handle(),
            "instance": session.instance().origin(),
            "scopes": session.scopes(),
            "missing": missing,
        })),
    }
}

/// Revokes a token that is no longer stored, and prints the result.
pub(super) fn revoke(http: &dyn Transport, app: &App, session: &Session, whose: &str) {
    let revocation = app.revoke(session).and_then(|revoke| revoke.send(http));
    match revocation {
        Ok(Revocation::Accepted) => tell(format_args!("The token {whose} is revoked.")),
        _ => tell(format_args!(
            "The token {whose} could not be revoked, and may live on."
        )),
    }
}

/// Revokes the token of an account that was logged in before.
pub(super) fn revoke_older(http: &dyn Transport, older: Older) {
    let whose = "of the login before this one";
    match older {
        Older::None => {}
        Older::Known(older) => match older.app {
            Some(app) => revoke(http, &app, &older.session, whose),
            None => tell(format_args!(
                "The token {whose} lives on: it came from elsewhere."
            )),
        },
        Older::Unreadable => tell(format_args!(
            "The token {whose} cannot be read, and may live on."
        )),
    }
}
