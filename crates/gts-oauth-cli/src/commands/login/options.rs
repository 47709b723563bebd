//! Login options: the parsed command line.

use gts_oauth_ureq::{
    Account, BoxError, Discover, Discovery, ExpectedAccount, Instance, Login, RegisterApp,
    Transport, entropy,
};

use super::arguments::LoginArgs;
use crate::http::USER_AGENT;

pub(super) struct LoginOptions {
    /// Without a redirect URI, which depends on the port of the listener.
    pub(super) registration: RegisterApp,
    expected: Option<ExpectedAccount>,
    /// Whether INSTANCE was a handle.
    pub(super) by_handle: bool,
    force_login: bool,
    waive_iss: bool,
    skip_discovery: bool,
}

impl LoginOptions {
    pub(super) fn read(arguments: &LoginArgs) -> Result<Self, BoxError> {
        let typed = arguments.instance.trim();
        let instance = instance(typed, arguments.insecure_http)?;
        let mut register = RegisterApp::new(instance, &arguments.name)?
            .scopes(arguments.scopes.clone())
            .user_agent(USER_AGENT)?;
        if let Some(website) = &arguments.website {
            register = register.website(website)?;
        }
        let by_handle = typed.contains('@');
        let expected = match (&arguments.expect, by_handle) {
            (Some(expected), _) => Some(expected.clone()),
            (None, true) => Some(typed.parse()?),
            (None, false) => None,
        };
        Ok(Self {
            registration: register,
            expected,
            by_handle,
            force_login: arguments.force_login,
            waive_iss: arguments.waive_iss,
            skip_discovery: arguments.skip_discovery,
        })
    }

    /// Starts a login.
    pub(super) fn start(&self, register: RegisterApp) -> Result<Login, BoxError> {
        let login = Login::new(register, entropy()?);
        Ok(self.apply(match self.skip_discovery {
            true => login,
            false => login.discover(),
        }))
    }

    /// Applies the options of this command to a login.
    pub(super) fn apply(&self, login: Login) -> Login {
        let mut login = login.expect(self.expected.clone());
        if self.force_login {
            login = login.force_login(true);
        }
        match self.waive_iss {
            true => login.waive_iss(),
            false => login,
        }
    }

    /// Discovers the API host.
    pub(super) fn discover(&self, http: &dyn Transport) -> Result<Discovery, BoxError> {
        let discover = Discover::new(self.registration.instance().clone());
        let discover = discover.user_agent(USER_AGENT)?;
        Ok(match self.skip_discovery {
            true => discover.skip(),
            false => discover.run(http)?,
        })
    }

    /// Whether a certain account is expected.
    pub(super) fn expects_account(&self) -> bool {
        self.expected.is_some()
    }

    /// Checks that an account is the expected one, which can be named by the account domain, too.
    pub(super) fn check(&self, account: &Account, found: &Discovery) -> Result<(), BoxError> {
        let Some(expected) = &self.expected else {
            return Ok(());
        };
        let checked = expected.check(account, found.instance());
        Ok(checked.or_else(|error| expected.check(account, found.asked()).map_err(|_| error))?)
    }

    /// Returns the account domain. `None` if it was not given or is the API host.
    pub(super) fn domain(&self, api: &Instance) -> Option<String> {
        let requested = self.registration.instance();
        let elsewhere = self.by_handle && requested != api;
        elsewhere.then(|| requested.authority().to_owned())
    }
}

fn instance(typed: &str, insecure_http: bool) -> Result<Instance, BoxError> {
    match (typed.parse(), Instance::insecure_http(typed)) {
        (Ok(instance), _) => Ok(instance),
        (Err(_), Ok(instance)) if insecure_http => Ok(instance),
        (Err(_), Ok(instance)) => Err(format!(
            "{instance} is http://, where everybody on the way can read the token: use \
             https://, or allow it with --insecure-http"
        )
        .into()),
        (Err(error), Err(_)) => Err(error.into()),
    }
}
