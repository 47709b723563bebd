//! Unfinished logins: naming and ending them. A token that one of them holds is revoked.

use gts_oauth_ureq::error::Operation;
use gts_oauth_ureq::{BoxError, Login, Scopes, Transport};

use super::report;
use crate::commands::unrevoked;
use crate::credentials::Credentials;
use crate::output::{message, report_error, shell_word};
use crate::store::{AccountEntry, Store, Unfinished};

/// Deletes these logins and revokes their tokens, each of which is stored until then. Returns whether
/// there were any logins. A login that another process has claimed is skipped.
pub(crate) fn end(
    store: &Store,
    which: impl Fn(&Unfinished) -> bool,
    force: bool,
    http: &dyn Transport,
) -> Result<bool, BoxError> {
    end_named(store, "The", which, force, http)
}

/// As [`end`]. The messages begin with the article.
fn end_named(
    store: &Store,
    article: &str,
    which: impl Fn(&Unfinished) -> bool,
    force: bool,
    http: &dyn Transport,
) -> Result<bool, BoxError> {
    let claimed = store.claim_all(which)?;
    for (claim, unfinished) in &claimed {
        let instance = unfinished.instance();
        let held = match unfinished.stored.open() {
            Ok(login) => held(&login),
            Err(_) => {
                message(format_args!(
                    "The unfinished login to {instance} is unreadable; a token it holds may still be \
                     valid."
                ));
                Vec::new()
            }
        };
        let backend = unfinished.stored.backend();
        store.change(|contents| {
            claim.remove(contents);
            held.iter().try_for_each(|it| contents.store_unrevoked(it, backend))
        })?;
        message(format_args!("{article} unfinished login to {instance} is discarded."));
        if let Some(Credentials { session, .. }) = held.first() {
            let is_there = |it: &AccountEntry| it.instance == *session.instance();
            unrevoked::end(store, is_there, force, http)?;
        }
    }
    Ok(!claimed.is_empty())
}

/// Names the unfinished logins, and how to resume or discard them.
pub(crate) fn print_unfinished(store: &Store) {
    let unfinished = match store.resumable() {
        Ok(unfinished) => unfinished,
        Err(error) => return report_error(&error),
    };
    for login in &unfinished {
        let instance = login.instance();
        let names = login.account_names().into_iter().chain([instance.authority().to_owned()]);
        let is_only = |name: &String| unfinished.iter().filter(|it| it.is_named(name)).count() == 1;
        let (name, which) = match names.clone().find(is_only) {
            Some(name) => (name, "it"),
            None => (instance.authority().to_owned(), "all unfinished logins to it"),
        };
        let resume = match login.command() {
            Some(command) => format!("run `{command}`"),
            None => "run the command that started it".to_owned(),
        };
        message(format_args!(
            "The login to {instance} is unfinished. To resume it, {resume}. To discard {which}, \
             run `gts-oauth logout {} --unfinished`.",
            shell_word(&name)
        ));
    }
}

/// Ends the unfinished logins to the current account, which has been logged in to by another way, with
/// the scopes `covered`. Those that request more are kept. `None` ends all. That login has succeeded, so
/// an error is only reported.
pub(super) fn end_others(store: &Store, covered: Option<&Scopes>, http: &dyn Transport) {
    let ended = store.load().and_then(|contents| {
        let is_same = |it: &Unfinished| {
            let (account, expected) = (contents.accounts.last(), it.request.expected.as_ref());
            let mut scopes = it.request.scopes.iter();
            let has_all = scopes.all(|scope| covered.is_none_or(|covered| covered.permits(scope)));
            has_all && account.is_some_and(|account| account.could_be(it.instance(), expected))
        };
        end_named(store, "Another", is_same, false, http)
    });
    if let Err(error) = ended {
        report_error(&error);
    }
}

/// Revokes tokens of a login that are not stored.
pub(super) fn revoke(tokens: impl Iterator<Item = Credentials>, http: &dyn Transport) {
    for Credentials { app, session, .. } in tokens {
        if let Some(app) = app {
            report::revoke(http, &app, &session, report::UNSTORED);
        }
    }
}

/// The tokens that a login holds.
pub(super) fn held(login: &Login) -> Vec<Credentials> {
    // In other states this is a superseded session.
    let is_verifying = login.operation() == Operation::VerifyCredentials;
    let last = login.session().filter(|_| is_verifying);
    let last = last.map(|(app, session)| Credentials::unverified(app, session));
    superseded(login).into_iter().chain(last).collect()
}

/// The tokens of its attempts that have failed.
pub(super) fn superseded(login: &Login) -> Vec<Credentials> {
    let superseded = login.superseded_sessions().iter();
    superseded.map(|(app, session)| Credentials::unverified(app, session)).collect()
}
