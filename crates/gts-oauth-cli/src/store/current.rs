//! The current account: the one that a command uses, from the environment or from the store.

use std::env;
use std::time::{Duration, SystemTime};

use clap::Args;
use gts_oauth_ureq::{
    BoxError, Error, Exchange as _, Instance, Scopes, Secret, Session, Transport,
};

use super::{Contents, Place, Store};
use crate::credentials::{Credentials, Source};
use crate::http::USER_AGENT;

const TOKEN: &str = "GTS_OAUTH_TOKEN";
const INSTANCE: &str = "GTS_OAUTH_INSTANCE";

/// A token that expires sooner is refreshed before use.
const SOON: Duration = Duration::from_secs(60);

/// Selects an account.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[arg(
        help = "The account to use: @name@host, or as much of it as tells which [default: the last one \
            that logged in, or was switched to]"
    )]
    #[arg(long = "account", short = 'a', value_name = "ACCOUNT")]
    name: Option<String>,
}

impl AccountArgs {
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// Credentials, and where they are stored.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) credentials: Credentials,
    pub(crate) source: Source,
}

impl Store {
    /// Loads the named account, or the environment's, or the current one.
    pub(crate) fn kept(&self, wanted: Option<&str>) -> Result<Held, BoxError> {
        if wanted.is_none() {
            if let Some(held) = environment()? {
                return Ok(held);
            }
        }
        let contents = self.load()?;
        let position = contents.position(wanted)?;
        Held::open(&contents.accounts[position].kept)
    }

    /// Loads the account as [`Store::load_account`] does, and refreshes an expired token.
    pub(crate) fn held(
        &self,
        wanted: Option<&str>,
        http: &dyn Transport,
    ) -> Result<Held, BoxError> {
        self.fresh(self.kept(wanted)?, http)
    }

    /// Refreshes the token if it expires soon. The file stays locked meanwhile, because a refresh
    /// token may be valid only once.
    pub(crate) fn fresh(&self, mut held: Held, http: &dyn Transport) -> Result<Held, BoxError> {
        if !held.credentials.ends_soon() {
            return Ok(held);
        }
        let renewed = self.change(|contents| {
            let position = contents.holding(&held.credentials);
            let (Some(position), Some(app)) = (position, &held.credentials.app) else {
                return Ok(false);
            };
            held.credentials.session = app.refresh(&held.credentials.session)?.send(http)?;
            contents.replace(position, &held.credentials)?;
            Ok(true)
        })?;
        match renewed {
            true => Ok(held),
            // Another process has refreshed it.
            false => self.kept(Some(&held.credentials.handle())),
        }
    }

    /// Removes these credentials from the store.
    pub(crate) fn forget(&self, credentials: &Credentials) -> Result<(), BoxError> {
        self.forget_at(|contents| contents.holding(credentials))
    }

    /// Removes a stored value, readable or not, unless it was replaced.
    pub(crate) fn forget_place(&self, kept: &Place) -> Result<(), BoxError> {
        self.forget_at(|contents| contents.accounts.iter().position(|it| it.kept == *kept))
    }

    fn forget_at(&self, place: impl FnOnce(&Contents) -> Option<usize>) -> Result<(), BoxError> {
        self.change(|contents| {
            if let Some(position) = place(contents) {
                contents.remove(position);
            }
            Ok(())
        })
    }
}

impl Contents {
    /// Returns the position of the account with this token.
    fn holding(&self, credentials: &Credentials) -> Option<usize> {
        let instance = credentials.session.instance();
        let is_it = |kept: Credentials| kept.has_token_of(credentials);
        let mut accounts = self.accounts.iter();
        accounts.position(|it| it.instance == *instance && it.kept.open().is_ok_and(is_it))
    }
}

impl Held {
    pub(crate) fn open(kept: &Place) -> Result<Self, BoxError> {
        Ok(Self {
            credentials: kept.open()?,
            source: kept.source(),
        })
    }
}

impl Credentials {
    fn ends_soon(&self) -> bool {
        let ends = self.session.expires_at();
        let renewable = self.app.is_some() && self.session.refresh_token().is_some();
        renewable && ends.is_some_and(|ends| ends <= SystemTime::now() + SOON)
    }
}

/// Reads the credentials in the environment. `None` if there are none.
pub(crate) fn environment() -> Result<Option<Held>, BoxError> {
    let set = |name: &str| match env::var(name) {
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is no text")),
        value => Ok(value.ok().filter(|value| !value.is_empty())),
    };
    let (token, instance) = match (set(TOKEN)?, set(INSTANCE)?) {
        (None, None) => return Ok(None),
        (Some(token), Some(instance)) => (token, instance),
        // If a variable is missing by mistake, the stored account must not be used silently.
        (None, Some(_)) => return Err(lonely(INSTANCE, TOKEN)),
        (Some(_), None) => return Err(lonely(TOKEN, INSTANCE)),
    };
    let instance =
        instance_of(&instance).map_err(|why| format!("{INSTANCE} is of no use: {why}"))?;
    let session = Session::from_token(instance, Secret::new(token))
        .map_err(|error| format!("{TOKEN} is of no use: {error}"))?;
    Ok(Some(Held {
        credentials: Credentials {
            app: None,
            session: session.user_agent(USER_AGENT)?,
            person: None,
            missing: Scopes::default(),
            domain: None,
        },
        source: Source::Environment,
    }))
}

fn lonely(set: &str, unset: &str) -> BoxError {
    format!("{set} is set, and {unset} is not, or is empty: set both, or neither").into()
}

fn instance_of(text: &str) -> Result<Instance, String> {
    text.parse()
        .map_err(|error: Error| match Instance::insecure_http(text) {
            Ok(_) => "it is http://, where everybody on the way can read the token".to_owned(),
            Err(_) => error.to_string(),
        })
}
