//! `gts-oauth token`: prints the access token.

use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::{BoxError, Transport};

use crate::credentials::{TokenFields, is_insecure};
use crate::exit_code::{self, InvalidUsage, NotLoggedIn};
use crate::output::{self, shell_word};
use crate::store::{AccountArgument, INSECURE_HTTP, Store};

#[derive(Debug, Args)]
#[command(
    about = "Print the access token",
    long_about = "Print the access token\n\nWith --env, as lines for a POSIX shell (not fish) \
        that set GTS_OAUTH_INSTANCE (the origin of the API), GTS_OAUTH_TOKEN, GTS_OAUTH_ACCOUNT, \
        GTS_OAUTH_EXPIRES_AT (if the token expires) and GTS_OAUTH_INSECURE_HTTP (for an account of \
        --insecure-http), and unset the others."
)]
#[command(after_help = "Examples:
  gts-oauth token @me@example.org
  curl -H \"Authorization: Bearer $(gts-oauth token)\" \\
    https://example.org/api/v1/timelines/home
  variables=$(gts-oauth token --env) && eval \"$variables\"")]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgument,
    /// Print the instance, the account and the expiry, too, as JSON (see `gts-oauth help json`)
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the same as variables for a shell
    #[arg(long, conflicts_with = "json")]
    pub(crate) env: bool,
}

pub(crate) fn run(
    store: &Store,
    arguments: &TokenArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let account = arguments.account.name();
    let loaded = store.load_account(account).map_err(|error| match account {
        Some(command @ ("revoke" | "list" | "ls")) if error.is::<NotLoggedIn>() => {
            let id = if command == "revoke" { " ID" } else { "" };
            InvalidUsage(format!(
                "no account is named {command}. Did you mean `gts-oauth tokens {command}{id}`?"
            ))
            .into()
        }
        _ => error,
    })?;
    // The token alone needs no discovery.
    let loaded = match arguments.json || arguments.env {
        true => loaded.discover(http)?,
        false => loaded,
    };
    let loaded = store.refresh_account(loaded, http)?;
    let session = &loaded.credentials.session;
    let token = session.access_token().expose();
    if arguments.json {
        output::print_json(&TokenFields { fields: loaded.fields(), token })?;
    } else if arguments.env {
        let fields = loaded.fields();
        let variables = [
            ("GTS_OAUTH_INSTANCE", fields.instance),
            ("GTS_OAUTH_TOKEN", Some(token.to_owned())),
            ("GTS_OAUTH_ACCOUNT", fields.account),
            ("GTS_OAUTH_EXPIRES_AT", fields.expires_at),
            (INSECURE_HTTP, is_insecure(session.instance()).then(|| "1".to_owned())),
        ];
        for (name, value) in variables {
            match value {
                Some(value) => output::print(format_args!("export {name}={}", shell_word(&value)))?,
                // It might be set for another account.
                None => output::print(format_args!("unset {name}"))?,
            }
        }
    } else {
        output::print(token)?;
    }
    Ok(exit_code::SUCCESS)
}
