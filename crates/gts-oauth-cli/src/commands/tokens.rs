//! `gts-oauth tokens`: the access tokens of all apps with access to the account.

use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Subcommand, ValueHint};
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::session::{TokenInfo, TokenStatus};
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Transport};
use serde_json::{Value, json};

use super::switch::report_current;
use super::unrevoked;
use crate::credentials::{Source, scope_list};
use crate::exit_code;
use crate::output::{
    self, EMPHASIS, message, print, print_field, report_error, shell_word, timestamp,
};
use crate::store::{AccountArgs, LoadedAccount, Store};

/// List or revoke access tokens of your account
///
/// The tokens of all apps. Of the known servers, only GoToSocial supports this. Listing requires the
/// scope read:accounts, revoking write:accounts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth tokens
  gts-oauth tokens revoke 01M840W2G1DSX1BBBZGKH9VWK2")]
pub(crate) struct TokensArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Print JSON (see `gts-oauth help json`)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<TokensCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    /// List the tokens, as without a command
    #[command(hide = true, alias = "ls")]
    List(AccountArgs),
    Revoke(RevokeArgs),
}

/// Revoke a token: the app that holds it is logged out
#[derive(Debug, Args)]
#[command(
    visible_alias = "invalidate",
    after_help = "Example:
  gts-oauth tokens revoke 01M840W2G1DSX1BBBZGKH9VWK2"
)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// The id of the token in the list of `gts-oauth tokens`
    #[arg(value_hint = ValueHint::Other)]
    pub(crate) id: String,
}

pub(crate) fn run(
    store: &Store,
    arguments: &TokensArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let account = match &arguments.command {
        None => &arguments.account,
        Some(TokensCommand::List(account)) => account,
        Some(TokensCommand::Revoke(token)) => &token.account,
    };
    let account = account.name().or(arguments.account.name());
    match &arguments.command {
        Some(TokensCommand::Revoke(token)) => {
            let (revoked, was_current) = revoke(store, account, &token.id, http)?;
            if arguments.json {
                output::print_json(&token_json(&revoked, was_current))?;
            }
        }
        Some(TokensCommand::List(_)) | None => list(store, account, arguments.json, http)?,
    }
    Ok(exit_code::SUCCESS)
}

fn list(
    store: &Store,
    account: Option<&str>,
    as_json: bool,
    http: &dyn Transport,
) -> Result<(), BoxError> {
    let loaded = store.current_account(account, http)?;
    let http = store.account_http(&loaded, http);
    let tokens = loaded.credentials.session.tokens().all(&http);
    let tokens = tokens.map_err(|error| explain(&loaded, error))?;
    let current = http.account().credentials.own_token(&tokens).map(|it| &*it.id);
    match as_json {
        true => {
            let is_current = |token: &TokenInfo| current.map(|current| current == token.id);
            let tokens = tokens.iter().map(|it| token_json(it, is_current(it)));
            output::print_json(&tokens.collect::<Vec<_>>())?;
        }
        false => {
            tokens.iter().try_for_each(|it| show(it, current == Some(&*it.id)))?;
            if current.is_none() && !tokens.is_empty() {
                message(
                    "Which of them is the current token is not known: the server does not show it.",
                );
            }
        }
    }
    Ok(())
}

/// Revokes a token. Also returns whether it was the current one. `None` if that is not known.
fn revoke(
    store: &Store,
    account: Option<&str>,
    id: &str,
    http: &dyn Transport,
) -> Result<(TokenInfo, Option<bool>), BoxError> {
    let loaded = store.current_account(account, http)?;
    let LoadedAccount { credentials, source } = &loaded;
    let account_http = store.account_http(&loaded, http);
    let revoked = credentials.session.invalidate_token(id)?.send(&account_http);
    let revoked = revoked.map_err(|error| match error.cause() {
        // Of an unknown token, or of a server without the endpoint.
        Cause::NotFound => match credentials.session.tokens().send(&account_http) {
            Err(error) if error.cause() == Cause::NotFound => explain(&loaded, error),
            _ => {
                let handle = shell_word(&credentials.handle());
                let option = account.map_or(String::new(), |_| format!(" -a {handle}"));
                format!("no token {}. `gts-oauth tokens{option}` lists them.", printable(id)).into()
            }
        },
        _ => loaded.explain(error),
    })?;
    let id = printable(&revoked.id);
    message(format_args!("The token {id} of {} is revoked.", app_name(&revoked)));
    // It can be an earlier token of the account, which is stored until it is revoked.
    if let Err(error) = unrevoked::delete_rejected(store, credentials.session.instance(), http) {
        report_error(&error);
    }
    // The list does not show which token made the request, so a test request finds out.
    let was_current = match credentials.session.check_token().send(&account_http) {
        Ok(TokenStatus::Rejected) => Some(true),
        Ok(TokenStatus::Valid) => Some(false),
        _ => None,
    };
    if was_current == Some(true) && *source != Source::Environment {
        let now_current = store.remove(&account_http.account().credentials)?;
        let handle = credentials.handle();
        message(format_args!("It was the current token, so {handle} is logged out here."));
        report_current(now_current);
    }
    Ok((revoked, was_current))
}

fn explain(loaded: &LoadedAccount, error: Error) -> BoxError {
    match error.cause() {
        Cause::NotFound => {
            let instance = loaded.credentials.session.instance();
            let has_none = format!(
                "{} has no list of tokens; GoToSocial has one since 0.19.",
                instance.authority()
            );
            match unrevoked::is_at_gotosocial(loaded.credentials.app.as_ref()) {
                true => has_none.into(),
                false => format!(
                    "{has_none} On other servers, revoke tokens in your browser: \
                     {}/oauth/authorized_applications",
                    instance.origin()
                )
                .into(),
            }
        }
        _ => loaded.explain(error),
    }
}

fn show(token: &TokenInfo, is_current: bool) -> std::io::Result<()> {
    let id = printable(&token.id);
    let mark = if is_current { " (current)" } else { "" };
    print(format_args!("{id}  {EMPHASIS}{}{EMPHASIS:#}{mark}", app_name(token)))?;
    if let Some(name) = &token.name {
        print_field("  name:      ", printable(name))?;
    }
    print_field("  scopes:    ", &token.scopes)?;
    print_field("  created:   ", minute(token.created_at, "unknown"))?;
    print_field("  last used: ", minute(token.last_used, "never"))
}

fn app_name(token: &TokenInfo) -> String {
    match printable(&token.application.name) {
        name if name.is_empty() => "an app without a name".to_owned(),
        name => name,
    }
}

/// Formats a time without seconds, because servers round the time of the last use.
fn minute(at: Option<SystemTime>, otherwise: &str) -> String {
    at.and_then(output::minute).unwrap_or_else(|| otherwise.to_owned())
}

fn token_json(token: &TokenInfo, is_current: Option<bool>) -> Value {
    json!({
        "current": is_current,
        "id": token.id,
        "name": token.name,
        "application": token.application.name,
        "website": token.application.website,
        "scopes": scope_list(&token.scopes),
        "created_at": token.created_at.and_then(timestamp),
        "last_used": token.last_used.and_then(timestamp),
    })
}
