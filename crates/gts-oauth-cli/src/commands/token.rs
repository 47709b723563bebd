//! `gts-oauth token`: prints the access token.

use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::{BoxError, Transport};

use crate::store::{AccountArgument, Store};
use crate::{exit_code, output};

/// Print the token, and nothing else, on standard output
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth token @me@example.org
  curl -H \"Authorization: Bearer $(gts-oauth token)\" https://example.org/api/v1/timelines/home")]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgument,
}

pub(crate) fn run(
    store: &Store,
    arguments: &TokenArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let loaded = store.current_account(arguments.account.name(), http)?;
    output::print(loaded.credentials.session.access_token().expose())?;
    Ok(exit_code::SUCCESS)
}
