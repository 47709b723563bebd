//! `gts-oauth status`: logged-in accounts, and whether their tokens are valid.

mod parallel;
mod row;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::{BoxError, Transport};

use super::login::abandoned;
use super::unrevoked;
use crate::exit_code;
use crate::output;
use crate::store::{AccountArgument, LoadedAccount, Store, from_environment};
use row::{Row, State};

const ACCOUNT_HELP: &str =
    "Account to show: a name, a host, or both (@name@host) [default: all accounts]";

#[derive(Debug, Args)]
#[command(
    about = "Show logged-in accounts, their scopes and whether their tokens are valid",
    long_about = "Show logged-in accounts, their scopes and whether their tokens are valid\n\nThe exit \
        code is that of the given account, or of the current account: 4 if its token is rejected, 1 if \
        it could not be checked."
)]
#[command(after_help = "Examples:
  gts-oauth status
  gts-oauth status @me@example.org --json
  gts-oauth status --offline")]
#[command(mut_arg("account", |it| it.help(ACCOUNT_HELP)))]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgument,
    /// Send no requests, and check no tokens
    #[arg(long)]
    pub(crate) offline: bool,
    /// Print JSON (see `gts-oauth help json`)
    #[arg(long)]
    pub(crate) json: bool,
}

/// Checks all accounts at once, and prints each in order, or when it is ready if one is slow.
pub(crate) fn run(
    store: &Store,
    arguments: &StatusArgs,
    http: &(dyn Transport + Sync),
) -> Result<ExitCode, BoxError> {
    let account = arguments.account.name();
    let candidates = candidates(store, account)?;
    let check = |candidate: &Candidate| {
        let mut row = match &candidate.loaded {
            Ok(loaded) if arguments.offline => Row::unchecked(loaded),
            Ok(loaded) => match loaded.clone().discover(http) {
                Ok(loaded) => Row::checked(&loaded, store, http),
                Err(error) => Row::unreached(loaded, &*error),
            },
            Err(error) => Row::unreadable(&candidate.handle, &**error),
        };
        row.current = candidate.is_current;
        row
    };
    #[cfg(unix)]
    {
        let store = store.clone();
        // Otherwise it would only be noticed when the next account is printed.
        output::when_reader_ends(move || store.exit(0));
    }
    let mut rows = BTreeMap::new();
    parallel::map(&candidates, check, |at, row: Row| {
        if !arguments.json {
            row.show(store.path())?;
        }
        rows.insert(at, row);
        Ok(())
    })?;
    let rows: Vec<Row> = rows.into_values().collect();
    if arguments.json {
        output::print_json(&rows)?;
    }
    if rows.is_empty() {
        return Err(store.load()?.not_logged_in(account).into());
    }
    // The current account is the first.
    let requested = if account.is_none() { &rows[..1] } else { &rows[..] };
    let any = |state: State| requested.iter().any(|row| row.state == state);
    Ok(match (any(State::Rejected), any(State::Unknown)) {
        (true, _) => exit_code::token_rejected(),
        (false, true) => exit_code::FAILURE,
        (false, false) => exit_code::SUCCESS,
    })
}

/// An account to check.
struct Candidate {
    handle: String,
    is_current: bool,
    /// The error if its credentials cannot be read.
    loaded: Result<LoadedAccount, BoxError>,
}

/// Returns the accounts to check, the current account first.
fn candidates(store: &Store, account: Option<&str>) -> Result<Vec<Candidate>, BoxError> {
    let environment = from_environment();
    let is_overridden = !matches!(environment, Ok(None));
    let environment = match account {
        None => environment?,
        Some(_) => None,
    };
    let environment = environment.map(|loaded| {
        let handle = loaded.credentials.handle();
        Candidate { handle, is_current: true, loaded: Ok(loaded) }
    });
    let contents = store.load()?;
    if account.is_none() {
        abandoned::print_unfinished(store);
    }
    unrevoked::print(&contents.unrevoked, account);
    let stored = contents.named(account).into_iter().rev().map(|position| {
        let it = &contents.accounts[position];
        Candidate {
            handle: it.handle.clone(),
            is_current: position + 1 == contents.accounts.len() && !is_overridden,
            loaded: LoadedAccount::open(&it.stored),
        }
    });
    Ok(environment.into_iter().chain(stored).collect())
}
