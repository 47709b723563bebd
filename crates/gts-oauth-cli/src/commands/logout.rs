//! `gts-oauth logout`: revokes the token and deletes the credentials.

use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::renewal::Revocation;
use gts_oauth_ureq::session::TokenStatus;
use gts_oauth_ureq::{BoxError, Exchange as _, Transport};

use super::login::abandoned;
use super::switch::report_current;
use crate::credentials::Credentials;
use crate::exit_code;
use crate::output::{error_chain, error_sentence, message, report_error};
use crate::store::{AccountArgument, AccountEntry, LoadedAccount, Store, from_environment};

/// Revoke the token and delete it from this machine
///
/// Unfinished logins are discarded with --unfinished, with --all, and if the account argument
/// matches only them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth logout
  gts-oauth logout @me@example.org
  gts-oauth logout example.org --unfinished
  gts-oauth logout --all")]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgument,
    /// Log out of all accounts, and discard unfinished logins
    #[arg(long, conflicts_with_all = ["account", "option"])]
    pub(crate) all: bool,
    /// Only discard unfinished logins: all of them, or those to the account or instance
    #[arg(long, conflicts_with_all = ["all", "force"])]
    pub(crate) unfinished: bool,
    /// Delete the token even if it could not be revoked
    #[arg(long)]
    pub(crate) force: bool,
}

pub(crate) fn run(
    store: &Store,
    arguments: &LogoutArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let account = arguments.account.name();
    if arguments.unfinished {
        if !abandoned::end(store, |it| account.is_none_or(|name| it.is_named(name)), http)? {
            let which = account.map_or(String::new(), |name| format!(" to {name}"));
            return Err(format!(
                "there is no unfinished login{which}. `gts-oauth status` lists them."
            )
            .into());
        }
        return Ok(exit_code::SUCCESS);
    }
    if !arguments.all {
        let is_logged_in = !store.load()?.named(account).is_empty();
        let ended = match account.filter(|_| !is_logged_in) {
            Some(name) => abandoned::end(store, |it| it.is_named(name), http)?,
            None => false,
        };
        if !ended {
            report_current(log_out(store, account, arguments, http)?);
        }
        return Ok(exit_code::SUCCESS);
    }
    let ended = abandoned::end(store, |_| true, http)?;
    let contents = store.load()?;
    if contents.accounts.is_empty() && !ended {
        return Err(contents.not_logged_in(None).into());
    }
    let mut code = exit_code::SUCCESS;
    for entry in &contents.accounts {
        if let Err(error) = log_out(store, Some(&entry.handle), arguments, http) {
            report_error(&error);
            code = exit_code::FAILURE;
        }
    }
    Ok(code)
}

/// Returns the handle of the new current account, as `Store::remove`.
fn log_out(
    store: &Store,
    account: Option<&str>,
    arguments: &LogoutArgs,
    http: &dyn Transport,
) -> Result<Option<String>, BoxError> {
    if account.is_none() && from_environment()?.is_some() {
        return Err(
            "the token is from GTS_OAUTH_TOKEN, so gts-oauth cannot revoke it. Unset it, or name \
             the account: `gts-oauth logout @name@host`."
                .into(),
        );
    }
    store.load()?.position(account)?;
    // If the credentials cannot be deleted, the token is not revoked either.
    store.check_writable()?;
    // Other commands wait, because one that refreshes the token would store another.
    let (outcome, now_current) = store.change(|contents| {
        let position = contents.position(account)?;
        let outcome = end(&contents.accounts[position], arguments.force, http)?;
        Ok((outcome, contents.remove(position)))
    })?;
    message(outcome);
    Ok(now_current)
}

/// Revokes the token of an account. Returns a message with the outcome, or an error if the
/// credentials are kept.
fn end(entry: &AccountEntry, force: bool, http: &dyn Transport) -> Result<String, BoxError> {
    let AccountEntry { handle, stored, .. } = entry;
    match LoadedAccount::open(stored) {
        Ok(loaded) => revoke(&loaded.credentials, force, http),
        Err(error) if force => {
            let error = error_chain(&*error);
            Ok(format!("The token of {handle} is deleted here, but may still be valid: {error}"))
        }
        Err(error) => {
            let error = error_sentence(&*error);
            let hint = "To delete it anyway, use --force.";
            Err(format!("{handle} stays logged in: {error} {hint}").into())
        }
    }
}

/// As [`end`], with readable credentials.
fn revoke(
    credentials: &Credentials,
    force: bool,
    http: &dyn Transport,
) -> Result<String, BoxError> {
    let Credentials { app, session, .. } = credentials;
    let name = credentials.handle();
    let Some(app) = app else {
        return Ok(format!(
            "The token of {name} is deleted here, but remains valid: it was not issued to gts-oauth, \
             and only the app that obtained it can revoke it."
        ));
    };
    let error = match app.revoke(session)?.send(http) {
        Ok(Revocation::Accepted) => {
            return Ok(format!("The token of {name} is revoked and deleted."));
        }
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
            Ok(format!("The token of {name} was no longer valid, and is deleted."))
        }
        (None, TokenStatus::Valid) => Ok(format!(
            "The token of {name} is deleted here, but remains valid: this server cannot revoke \
             tokens. Remove the app in your account's settings, if the server lists it there \
             (GoToSocial before 0.19 does not)."
        )),
        _ if force => {
            Ok(format!("The token of {name} is deleted here, but may still be valid: {reason}"))
        }
        _ => Err(format!(
            "the token of {name} was not revoked, so it is kept: {reason} To delete it anyway, \
             use --force."
        )
        .into()),
    }
}
