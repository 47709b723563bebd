//! `gts-oauth logout`: revokes the token and deletes the credentials.

use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::{BoxError, Transport};

use super::login::abandoned;
use super::switch::report_current;
use super::unrevoked::{self, Kept};
use crate::exit_code::{self, InvalidUsage};
use crate::output::{error_chain, error_sentence, message, report_error};
use crate::store::{
    AccountArgument, AccountEntry, LoadedAccount, Store, Unfinished, from_environment,
};

/// Revoke the token and delete it from this machine
///
/// Earlier tokens of the account that are not revoked yet are revoked, too. Unfinished logins are
/// discarded with --unfinished, with --all, and if the account argument matches only them.
#[derive(Debug, Args)]
#[command(
    override_usage = "gts-oauth logout [OPTIONS] [ACCOUNT]\n       gts-oauth logout [OPTIONS] --all"
)]
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
    /// Only discard unfinished logins and revoke earlier tokens: all of them, or those of the account
    /// or instance
    #[arg(long, conflicts_with = "all")]
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
    if !arguments.all {
        let is_logged_in = !store.load()?.named(account).is_empty();
        if !arguments.unfinished && (is_logged_in || account.is_none()) {
            if !is_logged_in {
                // What is left, before the error.
                abandoned::print_unfinished(store);
                unrevoked::print(&store.load()?.unrevoked, None);
            }
            return log_out(store, account, arguments, http);
        }
        if let Some(code) = end_others(store, account, arguments, http)? {
            return Ok(code);
        }
        if account == Some("all") && !arguments.unfinished {
            return Err(InvalidUsage(
                "no account is named all. To log out of all accounts, run `gts-oauth logout --all`."
                    .to_owned(),
            )
            .into());
        }
        if !arguments.unfinished {
            return Err(store.load()?.not_logged_in(account).into());
        }
        let which = account.map_or(String::new(), |name| format!(" to {name}"));
        return Err(format!(
            "there is no unfinished login{which}, and no earlier token to revoke. `gts-oauth status` \
             lists them."
        )
        .into());
    }
    let ended = end_others(store, None, arguments, http)?;
    let contents = store.load()?;
    if contents.accounts.is_empty() && ended.is_none() {
        return Err(contents.not_logged_in(None).into());
    }
    let mut code = ended.unwrap_or(exit_code::SUCCESS);
    for entry in &contents.accounts {
        if let Err(error) = log_out_of(store, Some(&entry.handle), arguments.force, http) {
            report_error(&error);
            code = exit_code::FAILURE;
        }
    }
    Ok(code)
}

/// Discards unfinished logins and revokes earlier tokens of this account, or of all. `None` if there
/// are none.
fn end_others(
    store: &Store,
    account: Option<&str>,
    arguments: &LogoutArgs,
    http: &dyn Transport,
) -> Result<Option<ExitCode>, BoxError> {
    let is_named = |it: &AccountEntry| it.is_named(account);
    let force = arguments.force;
    let any_unrevoked = store.load()?.unrevoked.iter().any(is_named);
    let are_all_revoked = unrevoked::end(store, is_named, force, http)?;
    let is_unfinished = |it: &Unfinished| account.is_none_or(|name| it.is_named(name));
    let any_discarded = abandoned::end(store, is_unfinished, force, http)?;
    Ok(match (any_discarded || any_unrevoked, are_all_revoked) {
        (false, _) => None,
        (true, true) => Some(exit_code::SUCCESS),
        (true, false) => Some(exit_code::FAILURE),
    })
}

/// Logs out of an account, and revokes its earlier tokens.
fn log_out(
    store: &Store,
    account: Option<&str>,
    arguments: &LogoutArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let (entry, now_current) = log_out_of(store, account, arguments.force, http)?;
    let are_all_revoked =
        unrevoked::end(store, |it| it.is_same_account(&entry), arguments.force, http)?;
    report_current(now_current);
    Ok(if are_all_revoked { exit_code::SUCCESS } else { exit_code::FAILURE })
}

/// Returns what was stored of the account, and the handle of the new current account, as
/// [`Contents::remove`](crate::store::Contents::remove).
fn log_out_of(
    store: &Store,
    account: Option<&str>,
    force: bool,
    http: &dyn Transport,
) -> Result<(AccountEntry, Option<String>), BoxError> {
    if account.is_none() && from_environment()?.is_some() {
        let how = match store.load()?.accounts.is_empty() {
            true => "No account is stored here. `gts-oauth tokens` names how to revoke it.",
            false => "Unset it, or name the account: `gts-oauth logout @name@host`.",
        };
        let fault = "the token is from GTS_OAUTH_TOKEN, so gts-oauth logout cannot revoke it.";
        return Err(format!("{fault} {how}").into());
    }
    store.load()?.position(account)?;
    // If the credentials cannot be deleted, the token is not revoked either. Other commands wait,
    // because one that refreshes the token would store another.
    let (outcome, removed) = store.change(|contents| {
        let position = contents.position(account)?;
        let outcome = end(&contents.accounts[position], force, http)?;
        Ok((outcome, contents.remove(position)))
    })?;
    message(outcome);
    Ok(removed)
}

/// Revokes the token of an account. Returns a message with the outcome, or an error if the
/// credentials are kept.
fn end(entry: &AccountEntry, force: bool, http: &dyn Transport) -> Result<String, BoxError> {
    let AccountEntry { handle, stored, .. } = entry;
    match LoadedAccount::open(stored) {
        Ok(loaded) => {
            let token = format!("token of {handle}");
            unrevoked::revoke(&loaded.credentials, &token, force, http).map_err(
                |Kept { reason, otherwise }| {
                    let otherwise = otherwise.map_or(String::new(), |how| format!("{how} "));
                    format!("the {reason} {otherwise}{FORCE}").into()
                },
            )
        }
        Err(error) if force => {
            let error = error_chain(&*error);
            Ok(format!("The token of {handle} is deleted here, but may still be valid: {error}"))
        }
        Err(error) => {
            let error = error_sentence(&*error);
            Err(format!("{handle} stays logged in: {error} {FORCE}").into())
        }
    }
}

const FORCE: &str = "To delete it anyway, use --force.";
