//! `gts-oauth tokens`: all apps that may use the account.

use std::process::ExitCode;
use std::time::SystemTime;

use gts_oauth_ureq::{BoxError, Exchange as _, Session, TokenInfo, Transport, printable};
use serde_json::{Value, json};

use crate::arguments::{Account, Tokens, TokensCommand};
use crate::exit;
use crate::output::{self, STRONG, result, tell};
use crate::store::Store;

pub(crate) fn run(
    store: &Store,
    wanted: &Tokens,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let session = |account: &Account| -> Result<Session, BoxError> {
        Ok(store.held(account.name(), http)?.credentials.session)
    };
    if let Some(TokensCommand::Invalidate(token)) = &wanted.command {
        let session = session(&token.account)?;
        let gone = session.invalidate_token(&token.id)?.send(http)?;
        tell(format_args!("{} is logged out.", name(&gone)));
        return Ok(exit::DONE);
    }
    let tokens = session(&wanted.account)?.tokens().all(http)?;
    match wanted.json {
        true => output::json(&tokens.iter().map(as_json).collect::<Vec<_>>())?,
        false => tokens.iter().try_for_each(show)?,
    }
    Ok(exit::DONE)
}

fn show(token: &TokenInfo) -> std::io::Result<()> {
    let id = printable(&token.id);
    result(format_args!("{id}  {STRONG}{}{STRONG:#}", name(token)))?;
    result(format_args!("  scopes:    {}", token.scopes))?;
    result(format_args!("  created:   {}", day(token.created_at)))?;
    result(format_args!("  last used: {}", day(token.last_used)))
}

fn name(token: &TokenInfo) -> String {
    match printable(&token.application.name) {
        name if name.is_empty() => "an app without a name".to_owned(),
        name => name,
    }
}

fn moment(at: Option<SystemTime>) -> Option<String> {
    at.map(|at| humantime::format_rfc3339_seconds(at).to_string())
}

/// By the day, which is all that servers tell.
fn day(at: Option<SystemTime>) -> String {
    let day = moment(at).and_then(|moment| Some(moment.split_once('T')?.0.to_owned()));
    day.unwrap_or_else(|| "unknown".to_owned())
}

fn as_json(token: &TokenInfo) -> Value {
    json!({
        "id": token.id,
        "application": token.application.name,
        "website": token.application.website,
        "scopes": token.scopes,
        "created_at": moment(token.created_at),
        "last_used": moment(token.last_used),
    })
}
