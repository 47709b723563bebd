//! The current account: the one that a command uses, from the environment or from the store.

use std::env;
use std::time::SystemTime;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueHint};
use gts_oauth_prompt::hold_interrupts;
use gts_oauth_ureq::discovery::Discover;
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::renewal::RenewingSession;
use gts_oauth_ureq::{BoxError, Error, Instance, Scopes, Session, Transport};

use super::{Contents, Store, StoredValue};
use crate::credentials::{AccountFields, Credentials, Source, parse_token, unquoted};
use crate::exit_code::Hinted;
use crate::http::{USER_AGENT, without_tls};
use crate::output::{error_sentence, message};
use crate::secrets;

/// A token that is used in place of the stored ones.
pub(crate) const TOKEN: &str = "GTS_OAUTH_TOKEN";
const INSTANCE: &str = "GTS_OAUTH_INSTANCE";
/// Allows `http://`, as `--insecure-http` does, if it is 1.
pub(crate) const INSECURE_HTTP: &str = "GTS_OAUTH_INSECURE_HTTP";

const HELP: &str =
    "Account to use: a name, a host, or both (@name@host) [default: the current account]";

/// Marks an account for the completions of shells.
pub(crate) const ACCOUNT: ValueHint = ValueHint::Username;

/// Selects an account.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[arg(help = HELP, long = "account", short = 'a', value_name = "ACCOUNT", value_hint = ACCOUNT)]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    name: Option<String>,
}

impl AccountArgs {
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// Selects an account, by an argument of its own.
#[derive(Debug, Args)]
pub(crate) struct AccountArgument {
    #[arg(help = HELP, value_name = "ACCOUNT", value_hint = ACCOUNT)]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    account: Option<String>,
    // As the commands that have another argument.
    #[arg(long = "account", short = 'a', value_name = "ACCOUNT", value_hint = ACCOUNT, hide = true)]
    #[arg(conflicts_with = "account", value_parser = NonEmptyStringValueParser::new())]
    option: Option<String>,
}

impl AccountArgument {
    pub(crate) fn name(&self) -> Option<&str> {
        self.account.as_deref().or(self.option.as_deref())
    }
}

/// Credentials, and where they are stored.
#[derive(Clone)]
pub(crate) struct LoadedAccount {
    pub(crate) credentials: Credentials,
    pub(crate) source: Source,
}

impl Store {
    /// Loads the named account, or the environment's, or the current one.
    pub(crate) fn load_account(&self, account: Option<&str>) -> Result<LoadedAccount, BoxError> {
        if account.is_none() {
            if let Some(loaded) = from_environment()? {
                return Ok(loaded);
            }
        }
        let contents = self.load()?;
        let position = contents.position(account)?;
        LoadedAccount::open(&contents.accounts[position].stored)
    }

    /// Loads the account as [`Store::load_account`] does, and refreshes an expired token. The API
    /// host of a token in the environment is discovered.
    pub(crate) fn current_account(
        &self,
        account: Option<&str>,
        http: &dyn Transport,
    ) -> Result<LoadedAccount, BoxError> {
        self.refresh_account(self.load_account(account)?.discover(http)?, http)
    }

    /// Refreshes the token if it expires soon. The file stays locked meanwhile, and Ctrl-C is held back,
    /// because a refresh token may be valid only once. If that fails, a token that has not expired is
    /// still used. A new token that cannot be stored is used, too, because the old one may be invalid by
    /// then.
    pub(crate) fn refresh_account(
        &self,
        mut loaded: LoadedAccount,
        http: &dyn Transport,
    ) -> Result<LoadedAccount, BoxError> {
        let Some(app) = loaded.credentials.app.clone() else {
            return Ok(loaded);
        };
        let mut session = RenewingSession::new(app, loaded.credentials.session.clone())?;
        if !session.is_due(SystemTime::now()) {
            return Ok(loaded);
        }
        let mut is_refreshed = false;
        let mut held = None;
        let outcome = self.change(|contents| {
            let Some(position) = contents.position_of(&loaded.credentials) else {
                return Ok(false);
            };
            // Until the new token is stored.
            held = Some(hold_interrupts(|| {
                message("Ending as soon as the new token is stored. Press Ctrl-C to end at once.");
            }));
            session.renew_if_due(http, SystemTime::now(), |new, _old| {
                loaded.credentials.session = new.clone();
                is_refreshed = true;
                contents.replace(position, &loaded.credentials)
            })?;
            Ok(true)
        });
        let loaded = match outcome {
            Ok(true) => Ok(loaded),
            // Another process has refreshed it.
            Ok(false) => self.load_account(Some(&loaded.credentials.handle())),
            Err(error) if is_refreshed => {
                self.report_unstored(&loaded.credentials, &error);
                Ok(loaded)
            }
            Err(error) => Err(error),
        };
        drop(held);
        loaded
    }

    /// Reports that a refreshed token could not be stored, unless it is stored nevertheless: in the
    /// keyring, for which the file need not change.
    fn report_unstored(&self, credentials: &Credentials, error: &BoxError) {
        if self.load().is_ok_and(|contents| contents.position_of(credentials).is_some()) {
            return;
        }
        message(format_args!(
            "The token of {} was refreshed, but the new one could not be stored: {} It is \
             used this once, and the stored one may no longer be valid. If the next command fails, run \
             `{}`.",
            credentials.handle(),
            error_sentence(&**error),
            credentials.login_again_command()
        ));
    }

    /// Removes these credentials from the store. Returns the handle of the new current account, as
    /// [`Contents::remove`].
    pub(crate) fn remove(&self, credentials: &Credentials) -> Result<Option<String>, BoxError> {
        self.change(|contents| {
            let position = contents.position_of(credentials);
            Ok(position.and_then(|position| contents.remove(position).1))
        })
    }
}

impl Contents {
    /// Returns the position of the account with this token.
    pub(super) fn position_of(&self, credentials: &Credentials) -> Option<usize> {
        let instance = credentials.session.instance();
        let is_it = |stored: Credentials| stored.has_token_of(credentials);
        let mut accounts = self.accounts.iter();
        accounts.position(|it| it.instance == *instance && it.stored.open().is_ok_and(is_it))
    }
}

impl LoadedAccount {
    pub(crate) fn open(stored: &StoredValue) -> Result<Self, BoxError> {
        let credentials: Credentials = stored.open()?;
        // Servers repeat them in errors.
        secrets::remember(credentials.secrets());
        Ok(Self { credentials, source: stored.source() })
    }

    /// Finds the API host of a token in the environment, as a login does: `GTS_OAUTH_INSTANCE` can be
    /// an account domain. If that fails, the token is used at the given host.
    pub(crate) fn discover(mut self, http: &dyn Transport) -> Result<Self, BoxError> {
        if self.source != Source::Environment {
            return Ok(self);
        }
        let session = &self.credentials.session;
        let given = session.instance().clone();
        let found = match Discover::new(given.clone()).user_agent(USER_AGENT)?.run(http) {
            Ok(found) => found,
            Err(error @ Error::Transport(_)) => {
                return Err(match without_tls(&error, &given) {
                    Some(it) => {
                        let hint = format!("If so, set {INSTANCE} to {}.", it.origin());
                        Hinted::new(error, hint).into()
                    }
                    None => error.into(),
                });
            }
            Err(_) => return Ok(self),
        };
        if *found.instance() != given {
            let session =
                Session::from_token(found.instance().clone(), session.access_token().clone())?;
            self.credentials.session = session.user_agent(USER_AGENT)?;
            self.credentials.domain = Some(given.authority().to_owned());
        }
        Ok(self)
    }

    /// The fields of `--json`.
    pub(crate) fn fields(&self) -> AccountFields {
        let fields = AccountFields::from(&self.credentials);
        match self.source {
            // It is not a name that commands know.
            Source::Environment if self.credentials.user.is_none() => {
                AccountFields { account: None, ..fields }
            }
            _ => fields,
        }
    }

    /// What to do about a rejected token: part of a sentence.
    pub(crate) fn replace_token(&self) -> String {
        match self.source {
            Source::Environment => format!("set {TOKEN} to a valid token"),
            _ => format!("run `{}`", self.credentials.login_again_command()),
        }
    }

    /// Adds the command to run to an error, if there is one.
    pub(crate) fn explain(&self, error: Error) -> BoxError {
        let Self { credentials, source } = self;
        let hint = match error.cause() {
            Cause::TokenRejected if *source == Source::Environment => {
                let hint = format!("Set {TOKEN} to a valid token.");
                return Hinted { error, hint, is_instead: true }.into();
            }
            Cause::TokenRejected => {
                format!(
                    "The token is invalid, expired or revoked. To log in again, run `{}`.",
                    credentials.login_again_command()
                )
            }
            _ if *source == Source::Environment => {
                match credentials.print_token_command(&error.missing_scopes()) {
                    Some(command) => format!(
                        "To get a token with the missing scope, run `{command}`, with the other scopes that \
                         you need, and set {TOKEN} to it."
                    ),
                    None => return error.into(),
                }
            }
            _ => match credentials.login_command(&error.missing_scopes()) {
                Some(command) => format!("To add the missing scope, run `{command}`."),
                None => return error.into(),
            },
        };
        Hinted { error, hint, is_instead: true }.into()
    }
}

/// Reads the credentials in the environment. `None` if there are none.
pub(crate) fn from_environment() -> Result<Option<LoadedAccount>, BoxError> {
    let set = |name: &str| match env::var(name) {
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not valid UTF-8")),
        value => Ok(value.ok()),
    };
    let token = set(TOKEN)?.as_deref().and_then(parse_token);
    let instance = set(INSTANCE)?.map(|text| unquoted(&text).to_owned());
    let instance = instance.filter(|text| !text.is_empty());
    let (token, instance) = match (token, instance) {
        (None, None) => return Ok(None),
        (Some(token), Some(instance)) => (token, instance),
        // If a variable is missing by mistake, the stored account must not be used silently.
        (None, Some(_)) => return Err(set_both(INSTANCE, TOKEN)),
        (Some(_), None) => return Err(set_both(TOKEN, INSTANCE)),
    };
    let instance =
        parse_instance(&instance).map_err(|reason| format!("invalid {INSTANCE}: {reason}"))?;
    secrets::remember([token.expose()]);
    let session = Session::from_token(instance, token)
        .map_err(|error| format!("invalid {TOKEN}: {error}"))?;
    Ok(Some(LoadedAccount {
        credentials: Credentials {
            app: None,
            session: session.user_agent(USER_AGENT)?,
            user: None,
            number: None,
            missing: Scopes::default(),
            domain: None,
        },
        source: Source::Environment,
    }))
}

fn set_both(set: &str, unset: &str) -> BoxError {
    format!("{set} is set, but {unset} is not, or is empty. Set both or neither.").into()
}

fn parse_instance(text: &str) -> Result<Instance, String> {
    let is_allowed = env::var_os(INSECURE_HTTP).is_some_and(|value| value == "1");
    text.parse().or_else(|error: Error| match Instance::insecure_http(text) {
        Ok(instance) if is_allowed => Ok(instance),
        Ok(_) => Err(format!(
            "http:// is not encrypted, so the token could be intercepted. Use https://, or set \
             {INSECURE_HTTP}=1"
        )),
        Err(_) => Err(error.to_string()),
    })
}
