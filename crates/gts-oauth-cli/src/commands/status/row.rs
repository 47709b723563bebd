//! A row of `gts-oauth status`: an account, and whether its token is valid.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use gts_oauth_ureq::discovery::{Discover, Software};
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Transport};
use serde::Serialize;

use crate::credentials::{AccountFields, Credentials, Source, User};
use crate::http;
use crate::output::{
    EMPHASIS, FAILURE_STYLE, SUCCESS_STYLE, error_chain, minute, print, print_field,
};
use crate::store::{LoadedAccount, Store};

/// The result of checking a token.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Valid,
    Rejected,
    Unknown,
    /// With `--offline`.
    Unchecked,
}

#[derive(Serialize)]
pub(super) struct Row {
    #[serde(skip)]
    handle: String,
    #[serde(flatten)]
    fields: AccountFields,
    software: Option<String>,
    pub(super) current: bool,
    source: Option<Source>,
    pub(super) state: State,
    problem: Option<String>,
    #[serde(skip)]
    expires: Option<SystemTime>,
}

impl Row {
    /// Checks the account with a refreshed token. A failed refresh becomes the problem of the row.
    /// The environment's token cannot be refreshed.
    pub(super) fn checked(loaded: &LoadedAccount, store: &Store, http: &dyn Transport) -> Self {
        let renewed = match loaded.source {
            Source::Environment => Ok(loaded.clone()),
            Source::File | Source::Keyring => store.refresh_account(loaded.clone(), http),
        };
        let (loaded, verdict) = match renewed {
            Ok(loaded) => {
                let http = store.account_http(&loaded, http);
                let verdict = loaded.credentials.session.verify().send(&http);
                (http.account().clone(), verdict.map_err(BoxError::from))
            }
            Err(error) => (loaded.clone(), Err(error)),
        };
        let assess = |problem| assess(problem, &loaded);
        let (state, problem) = verdict.as_ref().err().map_or((State::Valid, None), assess);
        let is_reached = !verdict.as_ref().err().is_some_and(is_transport_error);
        let user = verdict.ok().as_ref().map(User::from);
        let credentials = Credentials {
            user: user.or_else(|| loaded.credentials.user.clone()),
            ..loaded.credentials
        };
        // A server without a response would only be waited for once more.
        let software = is_reached.then(|| software(&credentials, http)).flatten();
        Self {
            software,
            state,
            problem,
            ..Self::unchecked(&LoadedAccount { credentials, ..loaded })
        }
    }

    /// What is known of the account without a request.
    pub(super) fn unchecked(loaded: &LoadedAccount) -> Self {
        let LoadedAccount { credentials, source } = loaded;
        Self {
            handle: credentials.handle(),
            fields: loaded.fields(),
            software: None,
            current: *source == Source::Environment,
            source: Some(*source),
            state: State::Unchecked,
            problem: None,
            expires: credentials.session.expires_at(),
        }
    }

    /// An account with a server that was not found.
    pub(super) fn unreached(
        loaded: &LoadedAccount,
        error: &(dyn std::error::Error + 'static),
    ) -> Self {
        Self { state: State::Unknown, problem: Some(error_chain(error)), ..Self::unchecked(loaded) }
    }

    pub(super) fn unreadable(handle: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        Self {
            handle: handle.to_owned(),
            fields: AccountFields { account: Some(handle.to_owned()), ..AccountFields::default() },
            software: None,
            current: false,
            source: None,
            state: State::Unknown,
            problem: Some(error_chain(error)),
            expires: None,
        }
    }

    pub(super) fn show(&self, path: &Path) -> io::Result<()> {
        let mark = if self.current { " (current)" } else { "" };
        print(format_args!("{EMPHASIS}{}{EMPHASIS:#}{mark}", self.handle))?;
        let software = match (&self.software, self.state) {
            (Some(software), _) => format!(" ({software})"),
            (None, State::Unchecked) => String::new(),
            (None, _) => " (unknown software)".to_owned(),
        };
        if let Some(instance) = &self.fields.instance {
            print_field("  instance: ", format_args!("{instance}{software}"))?;
        }
        match self.state {
            State::Unchecked => print("  token:    not checked")?,
            State::Valid => {
                print(format_args!("  token:    {SUCCESS_STYLE}valid{SUCCESS_STYLE:#}"))?
            }
            _ => {
                let problem = self.problem.as_deref().unwrap_or_default();
                let problem = format!("{FAILURE_STYLE}{problem}{FAILURE_STYLE:#}");
                print_field("  token:    ", problem)?;
            }
        }
        match self.source {
            Some(Source::File) => print(format_args!("  source:   {}", path.display()))?,
            Some(source) => print_field("  source:   ", source)?,
            None => {}
        }
        match &self.fields.scopes {
            Some(scopes) => print_field("  scopes:   ", scopes.join(" "))?,
            None => print("  scopes:   unknown")?,
        }
        if !self.fields.missing.is_empty() {
            print_field("  missing:  ", self.fields.missing.join(" "))?;
        }
        if let Some(expires) = self.expires.and_then(minute) {
            print_field("  expires:  ", expires)?;
        }
        Ok(())
    }
}

/// Returns the state of a token whose account could not be read, and the reason if it is a problem.
fn assess(problem: &BoxError, loaded: &LoadedAccount) -> (State, Option<String>) {
    match problem.downcast_ref().map(Error::cause) {
        // It cannot read its account, and might do everything else.
        Some(Cause::MissingScope) => (State::Valid, None),
        Some(Cause::TokenRejected) => {
            (State::Rejected, Some(format!("rejected; {}", loaded.replace_token())))
        }
        _ => (State::Unknown, Some(error_chain(&**problem))),
    }
}

fn is_transport_error(error: &BoxError) -> bool {
    matches!(error.downcast_ref(), Some(Error::Transport(_)))
}

/// Returns the name and version of the server software.
fn software(credentials: &Credentials, http: &dyn Transport) -> Option<String> {
    let instance = credentials.session.instance().clone();
    let discover = Discover::new(instance).user_agent(http::USER_AGENT).ok()?;
    let found = discover.run(http).ok()?;
    let Software { name, version, .. } = found.software()?;
    Some(gts_oauth_ureq::types::printable(&format!("{name} {version}")))
}
