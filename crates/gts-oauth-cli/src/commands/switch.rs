//! `gts-oauth switch`: selects the current account.

use std::process::ExitCode;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use gts_oauth_ureq::BoxError;

use crate::exit_code::{self, InvalidUsage};
use crate::output::{message, print, report_error};
use crate::store::{ACCOUNT, Contents, Store, from_environment};

/// Select the current account
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gts-oauth switch @me@example.org
  gts-oauth switch            # of two accounts, the other one")]
pub(crate) struct SwitchArgs {
    #[arg(help = "Account: a name, a host, or both (@name@host) [default: of two, the other one]")]
    #[arg(value_name = "ACCOUNT", value_hint = ACCOUNT)]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) to: Option<String>,
    // As the commands that have another argument.
    #[arg(long = "account", short = 'a', value_name = "ACCOUNT", value_hint = ACCOUNT, hide = true)]
    #[arg(conflicts_with = "to", value_parser = NonEmptyStringValueParser::new())]
    option: Option<String>,
}

pub(crate) fn run(store: &Store, arguments: &SwitchArgs) -> Result<ExitCode, BoxError> {
    let handle = store.change(|contents| {
        let account = arguments.to.as_deref().or(arguments.option.as_deref());
        let position = position(contents, account)?;
        let entry = contents.accounts.remove(position);
        let handle = entry.handle.clone();
        contents.accounts.push(entry);
        Ok(handle)
    })?;
    print(handle)?;
    match from_environment() {
        Ok(None) => {}
        Ok(Some(_)) => message("GTS_OAUTH_TOKEN is set, and is used instead until it is unset."),
        Err(error) => report_error(&error),
    }
    Ok(exit_code::SUCCESS)
}

/// Prints which account is current after the one before was removed.
pub(super) fn report_current(now_current: Option<String>) {
    // Otherwise the token of the environment is used.
    if let (Some(handle), Ok(None)) = (now_current, from_environment()) {
        message(format_args!("{handle} is now the current account."));
    }
}

fn position(contents: &Contents, account: Option<&str>) -> Result<usize, BoxError> {
    match (account, contents.accounts.len()) {
        (Some(_), _) | (None, 0) => contents.position(account),
        (None, 2) => Ok(0),
        (None, 1) => {
            Err("no other account is logged in. Run `gts-oauth login INSTANCE` to add one.".into())
        }
        (None, _) => {
            let handles = contents.accounts.iter().rev().map(|it| it.handle.as_str());
            let handles: Vec<_> = handles.collect();
            let handles = handles.join(", ");
            let message = format!("several accounts are logged in: {handles}. Name one of them.");
            Err(InvalidUsage(message).into())
        }
    }
}
