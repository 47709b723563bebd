//! Abandoned logins. A token that one of them holds is revoked.

use gts_oauth_ureq::error::Operation;
use gts_oauth_ureq::{BoxError, Login, Transport};

use super::report;
use crate::output::{message, report_error};
use crate::store::{Store, Unfinished};

/// Revokes the tokens of these logins and deletes the logins. Returns whether there were any. A
/// login that another process has claimed is skipped.
pub(crate) fn end(
    store: &Store,
    which: impl Fn(&Unfinished) -> bool,
    http: &dyn Transport,
) -> Result<bool, BoxError> {
    let claimed = store.claim_all(which)?;
    for (claim, unfinished) in &claimed {
        let instance = unfinished.instance();
        match unfinished.stored.open() {
            Ok(login) => revoke(&login, http),
            Err(_) => message(format_args!(
                "The unfinished login to {instance} is unreadable; a token it holds may still be valid."
            )),
        }
        store.discard(claim)?;
        message(format_args!("The unfinished login to {instance} is discarded."));
    }
    Ok(!claimed.is_empty())
}

/// Ends the unfinished logins to the account in use, which has been logged in to by another way.
/// That login has succeeded, so an error is only reported.
pub(super) fn end_others(store: &Store, http: &dyn Transport) {
    let ended = store.load().and_then(|contents| {
        let is_same = |it: &Unfinished| {
            let (account, expected) = (contents.accounts.last(), it.request.expected.as_ref());
            account.is_some_and(|account| account.could_be(it.instance(), expected))
        };
        end(store, is_same, http)
    });
    if let Err(error) = ended {
        report_error(&error);
    }
}

/// Revokes the tokens that a login holds.
pub(super) fn revoke(login: &Login, http: &dyn Transport) {
    for (app, session) in login.superseded_sessions() {
        report::revoke(http, app, session, "of an earlier attempt");
    }
    // In other states this is a superseded session.
    if login.operation() == Operation::VerifyCredentials {
        if let Some((app, session)) = login.session() {
            report::revoke(http, app, session, report::UNSTORED);
        }
    }
}
