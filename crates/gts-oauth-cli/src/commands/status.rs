//! `gts-oauth status`: logged-in accounts, and whether their tokens are valid.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use gts_oauth_ureq::discovery::{Discover, Software};
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Scopes, Transport};
use serde::Serialize;

use crate::credentials::{Credentials, Source, User};
use crate::exit_code;
use crate::http;
use crate::output::{self, EMPHASIS, FAILURE_STYLE, SUCCESS_STYLE, error_chain, message, print};
use crate::store::{AccountArgs, Contents, LoadedAccount, Store, from_environment};

#[derive(Debug, Args)]
#[command(
    about = "Tell which accounts are logged in, what they may do, and whether their tokens still work"
)]
#[command(after_help = "Examples:
  gts-oauth status
  gts-oauth status --account @me@example.org --json")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Exits with 4 if a server rejects a token, and with 1 if a token could not be checked.
pub(crate) fn run(
    store: &Store,
    arguments: &StatusArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    let account = arguments.account.name();
    let rows = rows(store, account, http)?;
    match arguments.json {
        true => output::print_json(&rows)?,
        false => rows.iter().try_for_each(|row| row.show(store.path()))?,
    }
    if rows.is_empty() {
        return Err(store.load()?.not_logged_in(account).into());
    }
    let any = |state: State| rows.iter().any(|row| row.state == state);
    Ok(match (any(State::Rejected), any(State::Unknown)) {
        (true, _) => exit_code::token_rejected(),
        (false, true) => exit_code::FAILURE,
        (false, false) => exit_code::SUCCESS,
    })
}

/// Returns one row for each account, the current account first.
fn rows(store: &Store, account: Option<&str>, http: &dyn Transport) -> Result<Vec<Row>, BoxError> {
    let environment = match account {
        None => from_environment()?,
        Some(_) => None,
    };
    let mut rows: Vec<Row> = environment.iter().map(|loaded| Row::of(loaded, None, http)).collect();
    store.warn_of_readers();
    let contents = store.load()?;
    if account.is_none() {
        print_unfinished(&contents);
    }
    let current = contents.accounts.last();
    let current = current.filter(|_| from_environment().is_ok_and(|loaded| loaded.is_none()));
    let entries = contents.accounts.iter().rev();
    for entry in entries.filter(|it| it.is_named(account)) {
        let row = match LoadedAccount::open(&entry.stored) {
            Ok(loaded) => Row::renewed(loaded, store, http),
            Err(error) => Row::unreadable(&entry.handle, &*error),
        };
        let active = current.is_some_and(|it| std::ptr::eq(it, entry));
        rows.push(Row { active, ..row });
    }
    Ok(rows)
}

fn print_unfinished(contents: &Contents) {
    let young = contents.unfinished.iter().filter(|it| it.is_resumable());
    let instances: BTreeSet<_> = young.map(|it| it.registration.instance().origin()).collect();
    for instance in instances {
        message(format_args!(
            "A login to {instance} was not finished: the same command goes on with it, until it \
             is a day old."
        ));
    }
}

/// The result of checking a token.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    #[serde(rename = "works")]
    Valid,
    #[serde(rename = "refused")]
    Rejected,
    Unknown,
}

#[derive(Serialize)]
struct Row {
    account: String,
    instance: Option<String>,
    software: Option<String>,
    active: bool,
    source: Option<Source>,
    /// `None` if the scopes are unknown, as those of a token given with `--with-token`.
    scopes: Option<Scopes>,
    missing: Scopes,
    expires_at: Option<String>,
    state: State,
    problem: Option<String>,
}

impl Row {
    /// Checks the account with a refreshed token. A failed refresh becomes the problem of the row.
    fn renewed(loaded: LoadedAccount, store: &Store, http: &dyn Transport) -> Self {
        match store.refresh_account(loaded.clone(), http) {
            Ok(loaded) => Self::of(&loaded, None, http),
            Err(error) => Self::of(&loaded, Some(error), http),
        }
    }

    fn of(loaded: &LoadedAccount, not_renewed: Option<BoxError>, http: &dyn Transport) -> Self {
        let LoadedAccount { credentials, source } = loaded;
        let session = &credentials.session;
        let verdict = match not_renewed {
            None => session.verify().send(http).map_err(BoxError::from),
            Some(error) => Err(error),
        };
        let (state, problem) = verdict.as_ref().err().map_or((State::Valid, None), assess);
        let named = Credentials {
            user: match &verdict {
                Ok(account) => Some(User::from(account)),
                Err(_) => credentials.user.clone(),
            },
            ..credentials.clone()
        };
        let expires = session.expires_at();
        Self {
            account: named.handle(),
            instance: Some(session.instance().origin().to_owned()),
            software: software(credentials, http),
            active: *source == Source::Environment,
            source: Some(*source),
            scopes: Some(session.scopes().clone()).filter(|scopes| !scopes.is_empty()),
            missing: credentials.missing.clone(),
            expires_at: expires.map(|at| humantime::format_rfc3339_seconds(at).to_string()),
            state,
            problem,
        }
    }

    fn unreadable(handle: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        Self {
            account: handle.to_owned(),
            instance: None,
            software: None,
            active: false,
            source: None,
            scopes: None,
            missing: Scopes::default(),
            expires_at: None,
            state: State::Unknown,
            problem: Some(error_chain(error)),
        }
    }

    fn show(&self, path: &Path) -> io::Result<()> {
        let used = if self.active { " (in use)" } else { "" };
        print(format_args!("{EMPHASIS}{}{EMPHASIS:#}{used}", self.account))?;
        let software = self.software.as_deref().unwrap_or("unknown software");
        if let Some(instance) = &self.instance {
            print(format_args!("  instance: {instance} ({software})"))?;
        }
        match self.state {
            State::Valid => {
                print(format_args!("  token:    {SUCCESS_STYLE}works{SUCCESS_STYLE:#}"))?
            }
            _ => {
                let problem = self.problem.as_deref().unwrap_or_default();
                print(format_args!("  token:    {FAILURE_STYLE}{problem}{FAILURE_STYLE:#}"))?;
            }
        }
        match self.source {
            Some(Source::File) => print(format_args!("  kept in:  {}", path.display()))?,
            Some(source) => print(format_args!("  kept in:  {source}"))?,
            None => {}
        }
        match &self.scopes {
            Some(scopes) => print(format_args!("  scopes:   {scopes}"))?,
            None => print("  scopes:   unknown")?,
        }
        if !self.missing.is_empty() {
            print(format_args!("  missing:  {}", self.missing))?;
        }
        if let Some(expires) = &self.expires_at {
            print(format_args!("  expires:  {expires}"))?;
        }
        Ok(())
    }
}

/// Returns the state of a token whose account could not be read, and the reason if it is a problem.
fn assess(problem: &BoxError) -> (State, Option<String>) {
    let state = match problem.downcast_ref().map(Error::cause) {
        // It cannot read its account, and might do everything else.
        Some(Cause::MissingScope) => return (State::Valid, None),
        Some(Cause::TokenRejected) => State::Rejected,
        _ => State::Unknown,
    };
    (state, Some(error_chain(&**problem)))
}

/// Returns the name and version of the server software.
fn software(credentials: &Credentials, http: &dyn Transport) -> Option<String> {
    let instance = credentials.session.instance().clone();
    let discover = Discover::new(instance).user_agent(http::USER_AGENT).ok()?;
    let found = discover.run(http).ok()?;
    let Software { name, version, .. } = found.software()?;
    Some(gts_oauth_ureq::types::printable(&format!("{name} {version}")))
}
