//! Revoking a token before it is deleted, and tokens that a later login has replaced: each is stored
//! until the server has revoked it.

use gts_oauth_ureq::discovery::Software;
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::renewal::Revocation;
use gts_oauth_ureq::session::TokenStatus;
use gts_oauth_ureq::{App, BoxError, Exchange as _, Instance, Session, Transport};

use crate::credentials::Credentials;
use crate::exit_code::without_advice;
use crate::output::{error_chain, error_sentence, message, shell_word};
use crate::store::{AccountEntry, Lost, Store};

/// A token that is kept, because it was not revoked.
pub(super) struct Kept {
    /// A sentence without its first article.
    pub(super) reason: String,
    /// How else to revoke it, if the server will not accept another try.
    pub(super) otherwise: Option<String>,
}

/// Revokes these earlier tokens, and deletes each unless it may still be valid. Prints the results.
/// Returns whether all are deleted.
pub(super) fn end(
    store: &Store,
    which: impl Fn(&AccountEntry) -> bool,
    force: bool,
    http: &dyn Transport,
) -> Result<bool, BoxError> {
    let mut are_all_ended = true;
    for entry in store.load()?.unrevoked.iter().filter(|it| which(it)) {
        match end_one(entry, force, http) {
            Ok(outcome) => {
                store.change(|contents| {
                    contents.remove_unrevoked(entry);
                    Ok(())
                })?;
                message(outcome);
            }
            Err(Kept { reason, otherwise }) => {
                are_all_ended = false;
                let how = match otherwise {
                    Some(how) => {
                        let handle = shell_word(&entry.handle);
                        format!(
                            "{how} To delete it here, run `gts-oauth logout {handle} --unfinished \
                             --force`."
                        )
                    }
                    None => how_to_end(entry),
                };
                message(format_args!("The {reason} {how}"));
            }
        }
    }
    Ok(are_all_ended)
}

/// Deletes the earlier tokens at this instance that the server rejects.
pub(super) fn delete_rejected(
    store: &Store,
    instance: &Instance,
    http: &dyn Transport,
) -> Result<(), BoxError> {
    let is_rejected = |it: &AccountEntry| {
        let opened = it.stored.open().map(|it: Credentials| it.session);
        opened.is_ok_and(|it| matches!(it.check_token().send(http), Ok(TokenStatus::Rejected)))
    };
    let contents = store.load()?;
    let there = contents.unrevoked.iter().filter(|it| it.instance == *instance);
    for entry in there.filter(|it| is_rejected(it)) {
        store.change(|contents| {
            contents.remove_unrevoked(entry);
            Ok(())
        })?;
    }
    Ok(())
}

/// Names the earlier tokens of this account, or of all.
pub(super) fn print(entries: &[AccountEntry], account: Option<&str>) {
    for entry in entries.iter().filter(|it| it.is_named(account)) {
        let how = how_to_end(entry);
        message(format_args!("An {} is not revoked yet. {how}", token_name(entry)));
    }
}

fn token_name(entry: &AccountEntry) -> String {
    match entry.has_user() {
        true => format!("earlier token of {}", entry.handle),
        false => format!("earlier token at {}", entry.instance.authority()),
    }
}

fn how_to_end(entry: &AccountEntry) -> String {
    let handle = shell_word(&entry.handle);
    format!("To revoke it, run `gts-oauth logout {handle} --unfinished`.")
}

/// Returns a message with the outcome, or why the token is kept, as [`revoke`].
fn end_one(entry: &AccountEntry, force: bool, http: &dyn Transport) -> Result<String, Kept> {
    let token = token_name(entry);
    match entry.stored.open() {
        Ok(credentials) => revoke(&credentials, &token, force, http),
        Err(error) if force || error.is::<Lost>() => {
            let error = error_chain(&*error);
            Ok(format!("The {token} is deleted here, but may still be valid: {error}"))
        }
        Err(error) => {
            let error = error_sentence(&*error);
            let reason = format!("{token} was not revoked, so it is kept: {error}");
            Err(Kept { reason, otherwise: None })
        }
    }
}

/// Revokes a token that is then deleted. Returns a message with the outcome.
pub(super) fn revoke(
    Credentials { app, session, .. }: &Credentials,
    token: &str,
    force: bool,
    http: &dyn Transport,
) -> Result<String, Kept> {
    let Some(app) = app else {
        return Ok(format!(
            "The {token} is deleted here, but remains valid: its app is not known here. {}",
            how_to_revoke(None, session, None)
        ));
    };
    let error = match app.revoke(session).and_then(|revoke| revoke.send(http)) {
        Ok(Revocation::Accepted) => return Ok(format!("The {token} is revoked and deleted.")),
        Ok(Revocation::NotConfirmed(error)) | Err(error) => Some(error),
        // The server, or a proxy in front of it, has no such endpoint.
        Ok(_) => None,
    };
    let status = session.check_token().send(http).unwrap_or(TokenStatus::Unknown);
    let reason = match &error {
        Some(error) => error_sentence(error),
        None => "the server has no endpoint to revoke tokens.".to_owned(),
    };
    match (error, status) {
        (_, TokenStatus::Rejected) => {
            Ok(format!("The {token} was no longer valid, and is deleted."))
        }
        (None, TokenStatus::Valid) => Ok(format!(
            "The {token} is deleted here, but remains valid: {reason} {}",
            how_to_revoke(Some(app), session, None)
        )),
        (Some(error), _) if force => Ok(format!(
            "The {token} is deleted here, but may still be valid: {}. {}",
            without_advice(&error),
            how_to_revoke(Some(app), session, None)
        )),
        (None, _) if force => {
            Ok(format!("The {token} is deleted here, but may still be valid: {reason}"))
        }
        (Some(error), _) if matches!(error.cause(), Cause::UnknownClient | Cause::Forbidden) => {
            let error = without_advice(&error);
            Err(Kept {
                reason: format!("{token} was not revoked, so it is kept: {error}."),
                otherwise: Some(how_to_revoke(Some(app), session, None)),
            })
        }
        _ => Err(Kept {
            reason: format!("{token} was not revoked, so it is kept: {reason}"),
            otherwise: None,
        }),
    }
}

/// How to revoke a token that is not stored. `listed` is the id of the token in the server's
/// list, and the handle of its account.
pub(super) fn how_to_revoke(
    app: Option<&App>,
    session: &Session,
    listed: Option<(&str, &str)>,
) -> String {
    match (software(app), listed) {
        (_, Some((id, handle))) => format!(
            "To revoke it, run `gts-oauth tokens revoke {} -a {}`, which requires a login to the \
             account with the scope write:accounts.",
            shell_word(id),
            shell_word(handle)
        ),
        (Some(software), None) if is_gotosocial(software) && !has_tokens(software) => {
            "GoToSocial has an endpoint to revoke tokens since 0.19.".to_owned()
        }
        (Some(software), None) if is_gotosocial(software) => {
            "To revoke it, with a login that has the scopes read:accounts and write:accounts, find it \
             with `gts-oauth tokens`, and run `gts-oauth tokens revoke ID`."
                .to_owned()
        }
        (Some(_), None) => format!(
            "To revoke it, remove the app in your account's settings in a browser: \
             {}/oauth/authorized_applications",
            session.instance().origin()
        ),
        (None, None) => {
            "To revoke it, use `gts-oauth tokens` with a login to the account (GoToSocial only), or \
             your account's settings in a browser."
                .to_owned()
        }
    }
}

/// Whether the server might list tokens.
pub(super) fn lists_tokens(app: &App) -> bool {
    software(Some(app)).is_none_or(|it| is_gotosocial(it) && has_tokens(it))
}

/// Whether the server is a GoToSocial.
pub(super) fn is_at_gotosocial(app: Option<&App>) -> bool {
    software(app).is_some_and(is_gotosocial)
}

/// The software of the server. `None` if it is not known.
fn software(app: Option<&App>) -> Option<&Software> {
    app?.registration().discovery()?.software()
}

fn is_gotosocial(software: &Software) -> bool {
    software.name.eq_ignore_ascii_case("gotosocial")
}

/// Whether this version of GoToSocial lists and revokes tokens: 0.19 or later.
fn has_tokens(software: &Software) -> bool {
    let mut parts = software.version.trim_start_matches('v').split('.');
    let is_zero = parts.next() == Some("0");
    let minor = parts.next().and_then(|minor| minor.parse().ok());
    !is_zero || minor.is_none_or(|minor: u32| minor >= 19)
}
