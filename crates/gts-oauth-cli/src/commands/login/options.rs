//! Login options: the parsed command line.

use gts_oauth_ureq::discovery::{Discover, Discovery, FindAccountDomain};
use gts_oauth_ureq::types::{KNOWN_SCOPES, Scope};
use gts_oauth_ureq::{
    Account, AuthorizeOptions, BoxError, Error, ExpectedAccount, Instance, Login, RegisterApp,
    Transport, entropy,
};

use super::arguments::LoginArgs;
use super::command_line::{command_line, resume_command};
use super::{name_token, scopes};
use crate::credentials::{Credentials, shortest};
use crate::exit_code::{Hinted, InvalidUsage};
use crate::http::{USER_AGENT, without_tls};
use crate::store::{AccountEntry, Contents, LoginRequest, is_other_name};

pub(super) struct LoginOptions {
    pub(super) request: LoginRequest,
    /// The handle of the account without a user to which scopes are added. `None` if there is none.
    pub(super) extended: Option<String>,
    /// The credentials of the account to which no scopes need to be added, because it has them.
    pub(super) already_granted: Option<Credentials>,
    /// The handles of the accounts whose token the login could replace.
    pub(super) replaceable: Vec<String>,
    /// Whether INSTANCE was a handle.
    pub(super) by_handle: bool,
    /// `None` if none is given: a resumed login then keeps its own.
    authorize: Option<AuthorizeOptions>,
    skip_discovery: bool,
    /// Whether the steps of the login are printed.
    pub(super) verbose: bool,
}

impl LoginOptions {
    /// `typed` is the instance, and `contents` has the scopes that were granted before.
    pub(super) fn read(
        arguments: &LoginArgs,
        typed: &str,
        contents: &Contents,
        verbose: bool,
    ) -> Result<Self, BoxError> {
        let typed = typed.trim();
        // It might have been entered at a terminal.
        let arguments = &LoginArgs { instance: Some(typed.to_owned()), ..arguments.clone() };
        // `@(unknown)@example.org`, which is no name on the server.
        let unknown = contents.account_without_user(typed);
        let origin = unknown.map_or(typed, |it| it.instance.origin());
        let mut instance = instance(origin, arguments.insecure_http)
            .map_err(|error| guess(arguments, typed, contents).map_or(error, Into::into))?;
        // A handle has no scheme.
        if let Some(known) =
            contents.instance_without_tls(&instance).filter(|_| !typed.contains("://"))
        {
            instance = known;
        }
        let by_handle = typed.contains('@') && unknown.is_none();
        let typed_account = by_handle.then(|| typed.parse()).transpose()?;
        if let (Some(typed), Some(expected)) = (&typed_account, &arguments.expect) {
            check_same(typed, expected)?;
        }
        let expected = arguments.expect.clone().or(typed_account);
        let accounts = match unknown {
            Some(account) => vec![account],
            None => contents.could_be(&instance, expected.as_ref()),
        };
        let already_granted = scopes::already_granted(arguments, &accounts);
        let scopes = match &already_granted {
            Some(credentials) => credentials.session.scopes().clone(),
            None => scopes::requested(arguments, &instance, &accounts)?,
        };
        name_token::check(arguments, &scopes)?;
        if expected.is_some() && already_granted.is_none() {
            scopes::check_reads_account(arguments, &scopes)?;
        }
        let extended = match (unknown, scopes::extended(arguments, &accounts)) {
            (Some(account), _) | (None, Some(account)) => Some(account.handle.clone()),
            (None, None) => None,
        };
        // Without a user, an account is not recognized.
        let is_known = |it: &&&AccountEntry| it.has_user() || extended.as_ref() == Some(&it.handle);
        let replaceable = accounts.iter().filter(is_known).map(|it| it.handle.clone()).collect();
        let mut register = RegisterApp::new(instance, &arguments.name)?
            .scopes(scopes.clone())
            .user_agent(USER_AGENT)?;
        if let Some(website) = &arguments.website {
            register = register.website(website).map_err(InvalidUsage::from)?;
        }
        let (force_login, allow_missing_iss) = (arguments.force_login, arguments.waive_iss);
        let authorize = (force_login || allow_missing_iss).then(|| {
            AuthorizeOptions::new().force_login(force_login).allow_missing_iss(allow_missing_iss)
        });
        Ok(Self {
            request: LoginRequest::new(
                register,
                expected,
                resume_command(arguments, &scopes),
                scopes.clone(),
            ),
            extended,
            already_granted,
            replaceable,
            by_handle,
            authorize,
            skip_discovery: arguments.skip_discovery,
            verbose,
        })
    }

    /// Starts a login.
    pub(super) fn start(&self, register: RegisterApp) -> Result<Login, BoxError> {
        let mut login = Login::new(register, entropy()?);
        if self.skip_discovery {
            login.skip_discovery();
        }
        self.apply(login)
    }

    /// Applies the options of this command to a login.
    pub(super) fn apply(&self, login: Login) -> Result<Login, BoxError> {
        let mut login = login.expect_account(self.request.expected.clone());
        if let Some(options) = &self.authorize {
            login.set_options(options.clone())?;
        }
        Ok(login)
    }

    /// Discovers the API host.
    pub(super) fn discover(&self, http: &dyn Transport) -> Result<Discovery, BoxError> {
        let discover = Discover::new(self.request.registration.instance().clone());
        let discover = discover.user_agent(USER_AGENT)?;
        Ok(match self.skip_discovery {
            true => discover.skip(),
            false => discover.run(http)?,
        })
    }

    /// Adds the command to run to an error, if the instance was given without `http://` and its port
    /// does not use TLS.
    pub(super) fn explain(&self, arguments: &LoginArgs, error: BoxError) -> BoxError {
        let error = match error.downcast::<Error>() {
            Ok(error) => error,
            Err(error) => return error,
        };
        let Some(instance) = without_tls(&error, self.request.registration.instance()) else {
            return error;
        };
        let again = command_line(&LoginArgs {
            instance: Some(instance.origin().to_owned()),
            // A handle that was typed names the account, too.
            expect: self.request.expected.clone(),
            ..arguments.clone()
        });
        let hint = format!("If so, run `{again}`.");
        Hinted::new(*error, hint).into()
    }

    /// Whether a certain account is expected.
    pub(super) fn expects_account(&self) -> bool {
        self.request.expected.is_some()
    }

    /// Checks that an account is the expected one, which can be named by the account domain, too.
    pub(super) fn check(
        &self,
        account: &Account,
        api: &Instance,
        http: &dyn Transport,
    ) -> Result<(), BoxError> {
        let Some(expected) = &self.request.expected else {
            return Ok(());
        };
        let Err(error) = expected.check(account, api) else { return Ok(()) };
        // Any domain can lead to this server: only what the server and the domain confirm counts.
        match self.confirmed_domain(api, account.username(), http) {
            Some(domain) if expected.check(account, &domain).is_ok() => Ok(()),
            _ => Err(error.into()),
        }
    }

    fn confirmed_domain(
        &self,
        api: &Instance,
        user_name: &str,
        http: &dyn Transport,
    ) -> Option<Instance> {
        let find = FindAccountDomain::new(api.clone(), user_name).ok()?;
        let find = find.user_agent(USER_AGENT).ok().filter(|_| !self.skip_discovery)?;
        find.run(http).ok()?
    }

    /// Finds the account domain, or else takes it from the handle that was typed. `None` if it is
    /// the API host or is not known.
    pub(super) fn find_domain(
        &self,
        credentials: &Credentials,
        http: &dyn Transport,
    ) -> Option<String> {
        let api = credentials.session.instance();
        let user = credentials.user.as_ref();
        // The login has succeeded, whatever comes of this.
        let found = user.and_then(|user| self.confirmed_domain(api, &user.name, http));
        let typed = self.request.registration.instance();
        let typed = (self.by_handle && typed != api).then(|| typed.clone());
        found.or(typed).map(|domain| domain.authority().to_owned())
    }
}

/// Checks that the account that was typed as the instance is that of `--expect`.
///
/// # Errors
/// [`InvalidUsage`] if they have different names.
fn check_same(typed: &ExpectedAccount, expected: &ExpectedAccount) -> Result<(), InvalidUsage> {
    match is_other_name(typed, expected) {
        false => Ok(()),
        true => Err(InvalidUsage(format!(
            "the login cannot be that of {typed} and of {expected}: name one of them."
        ))),
    }
}

/// The error for a text that is not an instance, if it shows what was meant.
fn guess(arguments: &LoginArgs, typed: &str, contents: &Contents) -> Option<InvalidUsage> {
    let named = contents.named(Some(typed)).into_iter().map(|at| &contents.accounts[at]);
    let again = named.filter_map(|account| {
        let command = command_line(&LoginArgs {
            instance: Some(shortest(&account.instance).to_owned()),
            expect: Some(account.user_name()?.parse().ok()?),
            ..arguments.clone()
        });
        Some((account.handle.as_str(), format!("`{command}`")))
    });
    let (handles, commands): (Vec<_>, Vec<_>) = again.unzip();
    if !handles.is_empty() {
        return Some(InvalidUsage(format!(
            "invalid instance: {typed} is the name of a stored account ({}). To log in to it again, \
             run {}.",
            handles.join(", "),
            commands.join(" or ")
        )));
    }
    if let Some((name, url)) = typed.trim_start_matches('@').split_once('@') {
        let expect = name.parse().ok().filter(|_| url.contains("://"))?;
        let command = command_line(&LoginArgs {
            instance: Some(url.to_owned()),
            expect: Some(expect),
            ..arguments.clone()
        });
        return Some(InvalidUsage(format!(
            "invalid instance: {typed} has a URL in place of a host. To accept only this account, run \
             `{command}`."
        )));
    }
    if KNOWN_SCOPES.contains(&typed) {
        let scopes = arguments.scopes.iter().chain(&arguments.add_scopes).flatten();
        let scopes: Vec<&str> = scopes.map(Scope::as_str).chain([typed]).collect();
        return Some(InvalidUsage(format!(
            "invalid instance: {typed} is a scope. To request several scopes, separate them by commas, \
             such as {}.",
            scopes.join(",")
        )));
    }
    let is_token = arguments.with_token && !typed.contains(['.', ':', '@']);
    is_token.then(|| {
        let command = command_line(&LoginArgs { instance: None, ..arguments.clone() });
        InvalidUsage(format!(
            "invalid instance: a host has a dot. The token is read from standard input, such as \
             `{command} < FILE`."
        ))
    })
}

fn instance(typed: &str, insecure_http: bool) -> Result<Instance, BoxError> {
    match (typed.parse(), Instance::insecure_http(typed)) {
        (Ok(instance), _) => Ok(instance),
        (Err(_), Ok(instance)) if insecure_http => Ok(instance),
        (Err(_), Ok(instance)) => Err(InvalidUsage(format!(
            "{instance} is not encrypted, so the token could be intercepted: use https://, or pass \
             --insecure-http"
        ))
        .into()),
        (Err(error), Err(_)) => Err(error.into()),
    }
}
