//! `gts-oauth tokens`: the access tokens of all apps with access to the account.

use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::session::{TokenInfo, TokenStatus};
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Transport};
use serde_json::{Value, json};

use crate::credentials::{Credentials, Source};
use crate::exit_code;
use crate::output::{self, EMPHASIS, message, print, timestamp};
use crate::store::{AccountArgs, LoadedAccount, Store};

/// List the tokens of all apps that may use the account, or end one of them
///
/// Of the servers that are known only GoToSocial has this. To list them takes the scope
/// read:accounts, to end one write:accounts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth tokens
  gts-oauth tokens invalidate 01M840W2G1DSX1BBBZGKH9VWK2")]
pub(crate) struct TokensArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Print it as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<TokensCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    Invalidate(InvalidateArgs),
}

#[derive(Debug, Args)]
#[command(about = "End a token: whoever holds it is logged out")]
#[command(after_help = "Example:
  gts-oauth tokens invalidate 01M840W2G1DSX1BBBZGKH9VWK2")]
pub(crate) struct InvalidateArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// The token's id, as `gts-oauth tokens` lists it
    pub(crate) id: String,
}

pub(crate) fn run(
    store: &Store,
    arguments: &TokensArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    if let Some(TokensCommand::Invalidate(token)) = &arguments.command {
        let account = token.account.name().or(arguments.account.name());
        let invalidated = invalidate(store, account, &token.id, http)?;
        if arguments.json {
            output::print_json(&as_json(&invalidated))?;
        }
        return Ok(exit_code::SUCCESS);
    }
    let LoadedAccount { credentials, .. } =
        store.current_account(arguments.account.name(), http)?;
    let tokens = credentials.session.tokens().all(http);
    let tokens = tokens.map_err(|error| explain(&credentials, error))?;
    match arguments.json {
        true => output::print_json(&tokens.iter().map(as_json).collect::<Vec<_>>())?,
        false => tokens.iter().try_for_each(show)?,
    }
    Ok(exit_code::SUCCESS)
}

fn invalidate(
    store: &Store,
    account: Option<&str>,
    id: &str,
    http: &dyn Transport,
) -> Result<TokenInfo, BoxError> {
    let LoadedAccount { credentials, source } = store.current_account(account, http)?;
    let invalidated = credentials.session.invalidate_token(id)?.send(http);
    let invalidated = invalidated.map_err(|error| credentials.explain(error))?;
    message(format_args!("{} is logged out.", app_name(&invalidated)));
    // The list does not show which token made the request, so a test request finds out.
    let status = credentials.session.check_token().send(http);
    if status.is_ok_and(|it| it == TokenStatus::Rejected) && source != Source::Environment {
        store.remove(&credentials)?;
        let handle = credentials.handle();
        message(format_args!("That was the login of {handle} here, which is forgotten, too."));
    }
    Ok(invalidated)
}

fn explain(credentials: &Credentials, error: Error) -> BoxError {
    match error.cause() {
        Cause::NotFound => {
            let host = credentials.session.instance().authority();
            format!("{host} has no list of tokens; GoToSocial has one since 0.19").into()
        }
        _ => credentials.explain(error),
    }
}

fn show(token: &TokenInfo) -> std::io::Result<()> {
    let id = printable(&token.id);
    print(format_args!("{id}  {EMPHASIS}{}{EMPHASIS:#}", app_name(token)))?;
    if let Some(name) = &token.name {
        print(format_args!("  name:      {}", printable(name)))?;
    }
    print(format_args!("  scopes:    {}", token.scopes))?;
    print(format_args!("  created:   {}", date(token.created_at, "unknown")))?;
    print(format_args!("  last used: {}", date(token.last_used, "never")))
}

fn app_name(token: &TokenInfo) -> String {
    match printable(&token.application.name) {
        name if name.is_empty() => "an app without a name".to_owned(),
        name => name,
    }
}

/// Formats the date only, because servers round the time of the last use.
fn date(at: Option<SystemTime>, otherwise: &str) -> String {
    let timestamp = at.and_then(timestamp);
    let date = timestamp.and_then(|timestamp| Some(timestamp.split_once('T')?.0.to_owned()));
    date.unwrap_or_else(|| otherwise.to_owned())
}

fn as_json(token: &TokenInfo) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "application": token.application.name,
        "website": token.application.website,
        "scopes": token.scopes,
        "created_at": token.created_at.and_then(timestamp),
        "last_used": token.last_used.and_then(timestamp),
    })
}
