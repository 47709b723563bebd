//! `gts-oauth login`: authorization in a browser or out of band, resumable.

pub(crate) mod abandoned;
mod arguments;
mod browser;
mod command_line;
mod driver;
mod name_token;
mod opener;
mod options;
mod paste;
mod report;
mod scopes;
mod with_token;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use gts_oauth_prompt::{HeldInterrupts, Loopback, before_interrupt, is_input_closed};
use gts_oauth_ureq::error::{CallbackError, Operation, Remedy};
use gts_oauth_ureq::{BoxError, Error, Instance, LoggedIn, Login, Scopes, Transport, UserReply};

use super::unrevoked;
use crate::credentials::Credentials;
use crate::exit_code::{self, Hinted, InvalidUsage, without_advice};
#[cfg(unix)]
use crate::output::is_discarded;
use crate::output::{ask, error_chain, error_sentence, message, report_error};
use crate::store::{Backend, Claim, Contents, Store, choose_backend, from_environment};
pub(crate) use arguments::LoginArgs;
use browser::BrowserPrompt;
use command_line::command_line;
use driver::{LoginDriver, Prompt, RESUME, Storage, without_iss};
use name_token::name_token;
use options::LoginOptions;
use paste::PastePrompt;

pub(crate) fn run(
    store: &Store,
    arguments: &LoginArgs,
    verbose: bool,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    // Until a new token is stored or printed.
    let mut held = None;
    if arguments.print_token {
        #[cfg(unix)]
        if is_discarded() {
            return Err(InvalidUsage(
                "standard output is closed or /dev/null, so the token would be lost. Redirect it to a \
                 file or a pipe."
                    .to_owned(),
            )
            .into());
        }
        // Only the URL of the instance is taken from them, so a damaged file does not matter.
        let contents = store.load().unwrap_or_default();
        let options =
            LoginOptions::read(arguments, &instance(arguments, &contents)?, &contents, verbose)?;
        let credentials = log_in(store, arguments, &options, None, Vec::new(), &mut held, http);
        let credentials = credentials.map_err(|error| options.explain(arguments, error))?;
        if let Err(error) = report::printed_token(&credentials, arguments.json, &mut held, http) {
            // No one else has it.
            if let Some(app) = &credentials.app {
                report::revoke(http, app, &credentials.session, "that was not printed");
            }
            // Not as an `io::Error`: without a reader, the token is lost.
            return Err(error.to_string().into());
        }
        return Ok(exit_code::SUCCESS);
    }
    if from_environment()?.is_some() {
        return Err(
            "GTS_OAUTH_TOKEN is set, and would be used instead of this login. Unset it first."
                .into(),
        );
    }
    // Reports a damaged file before any request is sent.
    let contents = store.load()?;
    let current = contents.accounts.last().map(|it| it.handle.clone());
    let options =
        LoginOptions::read(arguments, &instance(arguments, &contents)?, &contents, verbose)?;
    if let Some(credentials) = &options.already_granted {
        report::already_granted(arguments, credentials)?;
        return Ok(exit_code::SUCCESS);
    }
    let (backend, no_keyring) = choose_backend(arguments.store)?;
    let is_new = !contents.accounts.iter().any(|it| it.stored.backend() == backend);
    let place = (is_new || verbose).then(|| report::place(store, backend, no_keyring));
    let notices: Vec<String> = report::replaceable(&options).into_iter().chain(place).collect();
    let credentials = match arguments.with_token {
        true => {
            notices.iter().for_each(message);
            let credentials = with_token::read(&options, http);
            let mut credentials = credentials.map_err(|error| options.explain(arguments, error))?;
            let earlier =
                store.change(|contents| contents.store_account(&mut credentials, None, backend))?;
            end_others(store, &credentials, None, http);
            report::replaced(store, earlier.as_ref(), &credentials);
            credentials
        }
        false => {
            abandoned::end(store, |it| !it.is_resumable(), false, http)?;
            let credentials =
                log_in(store, arguments, &options, Some(backend), notices, &mut held, http);
            credentials.map_err(|error| options.explain(arguments, error))?
        }
    };
    report::logged_in(&credentials, arguments.json)?;
    report::switched(store, current.as_deref(), &credentials);
    Ok(exit_code::SUCCESS)
}

/// The given instance, the current account to add scopes to, or what the user enters at a terminal.
fn instance(arguments: &LoginArgs, contents: &Contents) -> Result<String, BoxError> {
    match (&arguments.instance, contents.accounts.last()) {
        (Some(instance), _) => Ok(instance.clone()),
        (None, Some(current)) if arguments.add_scopes.is_some() => Ok(current.handle.clone()),
        _ if io::stdin().is_terminal() && io::stderr().is_terminal() => loop {
            match ask("Instance to log in to, such as example.org: ")? {
                None => return Err(no_instance(arguments)),
                Some(instance) if instance.is_empty() => {}
                Some(instance) => match instance.parse::<Instance>() {
                    Err(error) if is_no_instance(&instance, contents) => {
                        message(error_sentence(&error));
                    }
                    _ => return Ok(instance),
                },
            }
        },
        _ => Err(no_instance(arguments)),
    }
}

/// Whether a text is invalid as the instance, and does not show what was meant.
fn is_no_instance(text: &str, contents: &Contents) -> bool {
    Instance::insecure_http(text).is_err() && contents.named(Some(text)).is_empty()
}

fn no_instance(arguments: &LoginArgs) -> BoxError {
    let command = command_line(arguments);
    InvalidUsage(format!("no instance was given. Run `{command}`.")).into()
}

/// Logs in. Without a backend, nothing is stored, and no earlier token is revoked. `notices` are
/// printed before the user is asked.
fn log_in(
    store: &Store,
    arguments: &LoginArgs,
    options: &LoginOptions,
    backend: Option<Backend>,
    mut notices: Vec<String>,
    held: &mut Option<HeldInterrupts>,
    http: &dyn Transport,
) -> Result<Credentials, BoxError> {
    let browser = browser::check_browser(arguments);
    let (mut claim, login, loopback) = match (backend, browser) {
        (Some(_), Ok(())) => {
            let (claim, login, loopback) = claim_with_port(store, options, arguments.port)?;
            (Some(claim), login, Some(loopback))
        }
        (Some(_), Err(_)) => {
            let (claim, login) = store.claim(&options.request, |port| port.is_none())?;
            (Some(claim), login, None)
        }
        (None, Ok(())) => (None, None, Some(listen(arguments.port)?)),
        (None, Err(_)) => (None, None, None),
    };
    if loopback.is_none() && login.is_none() && is_input_closed() {
        let instead = match arguments.print_token {
            true => "",
            false => ", or pass an existing token with --with-token",
        };
        return Err(format!("{NO_INPUT}. Run it at a terminal{instead}.").into());
    }
    // At a prompt, `new` does what --new-app does.
    let is_asked = loopback.is_none() || browser::reads_input(arguments);
    let register = options.request.registration.clone();
    let (mut prompt, register): (Box<dyn Prompt>, _) = match loopback {
        None => (Box::new(PastePrompt), register),
        Some(loopback) => {
            let redirect_uri = loopback.redirect_uri(register.instance());
            if let Some(claim) = &mut claim {
                claim.port = redirect_uri.port();
            }
            let register = register.redirect_uri(redirect_uri);
            let prompt = BrowserPrompt::new(loopback, arguments);
            (Box::new(prompt), register)
        }
    };
    let is_resumed = login.is_some();
    let earlier = login.as_ref().map(abandoned::superseded).unwrap_or_default();
    let login = match login {
        None => options.start(register)?,
        Some(login) => {
            resume(options.apply(login)?, &options.request.scopes, arguments.new_app, is_asked)?
        }
    };
    // With a code, the browser is not needed.
    if matches!(login.operation(), Operation::Discover | Operation::Register | Operation::Authorize)
    {
        let reason = browser.err().flatten();
        notices.extend(reason.map(|reason| report::no_browser(arguments, reason)));
    }
    let storage = claim.as_ref().zip(backend);
    let storage = storage.map(|(claim, backend)| Storage { store, claim, backend });
    let is_stored = storage.is_some();
    before_interrupt(move || match is_stored {
        true => message(format_args!("Interrupted. {RESUME}")),
        false => message("Interrupted. No token was printed."),
    });
    let mut driver = LoginDriver {
        arguments,
        options,
        notices,
        scopes_checked: false,
        storage,
        prompt: &mut *prompt,
        prompts: 0,
        waits: 0,
        is_denied: false,
        is_unstored: false,
        verbose: options.verbose,
        printed: None,
        held,
        http,
        superseded: Vec::new(),
        unrevoked: Vec::new(),
    };
    if is_resumed {
        // The user might not be asked.
        driver.print_notices();
    }
    let outcome = run_login(login, earlier, &mut driver).map(|me| {
        let credentials = Credentials::from(me);
        Credentials { domain: options.find_domain(&credentials, http), ..credentials }
    });
    let outcome = match (outcome, &driver.storage) {
        (Ok(credentials), Some(storage)) => {
            store_account(storage, options, credentials, &driver.unrevoked, http)
        }
        (Err(error), Some(Storage { store, claim, .. })) if driver.is_denied => {
            store.discard(claim).and(Err(error))
        }
        (Err(error), Some(_)) if driver.is_resumable() => Err(explain_resumable(error, arguments)),
        (outcome, _) => outcome,
    };
    match &outcome {
        Ok(credentials) => {
            prompt.done(Ok(&credentials.handle()));
            name_token(credentials, arguments.token_name.as_deref(), http);
        }
        Err(error) => prompt.done(Err(&error_chain(&**error))),
    }
    outcome
}

const NO_INPUT: &str = "this login needs a code from standard input, which is empty or closed";

/// Claims an unfinished login if its port is free, or else a new login on any port.
fn claim_with_port(
    store: &Store,
    options: &LoginOptions,
    requested: Option<u16>,
) -> Result<(Claim, Option<Login>, Loopback), BoxError> {
    let mut loopback = None;
    let (claim, login) = store.claim(&options.request, |port| {
        let port = port.filter(|port| requested.is_none_or(|requested| requested == *port));
        loopback = port.and_then(|port| Loopback::bind(port).ok());
        loopback.is_some()
    })?;
    let loopback = match loopback {
        Some(loopback) => loopback,
        None => listen(requested)?,
    };
    Ok((claim, login, loopback))
}

/// Listens on this port, or on any.
fn listen(port: Option<u16>) -> Result<Loopback, BoxError> {
    Loopback::bind(port.unwrap_or(0))
        .map_err(|error| format!("{error}. Try another --port, or --no-browser.").into())
}

fn resume(
    mut login: Login,
    scopes: &Scopes,
    new_app: bool,
    is_asked: bool,
) -> Result<Login, BoxError> {
    if new_app {
        login.handle_reply(UserReply::NewApp)?;
        return Ok(login);
    }
    let how = match (login.operation(), is_asked) {
        (Operation::ExchangeCode, _) => " It already has a code, which is sent again.",
        (Operation::VerifyCredentials, _) => " It already has a token, which is verified.",
        (_, true) => "",
        (_, false) => " If its page shows an error, stop here and add --new-app.",
    };
    message(format_args!("Resuming the unfinished login (scopes: {scopes}).{how}"));
    Ok(login)
}

/// Runs the login. A server that fails to exchange a code fails each time (Kitsune, Pixelfed), so a
/// new code is requested.
fn run_login(
    mut login: Login,
    earlier: Vec<Credentials>,
    driver: &mut LoginDriver<'_>,
) -> Result<LoggedIn, BoxError> {
    driver.revoke_earlier(earlier);
    let http = driver.http;
    let outcome = loop {
        match login.run_with(http, driver).cloned() {
            Err(error) if is_exchange_failure(&error) => {
                message(format_args!(
                    "\nThat did not work: {}. The code was probably wrong or used up, so another one is \
                     needed, from a new authorization URL.",
                    without_advice(&error)
                ));
                login.handle_reply(UserReply::StartOver)?;
            }
            outcome => break outcome,
        }
    };
    // An unfinished login holds its tokens.
    if outcome.is_ok() || !driver.is_resumable() {
        driver.revoke_superseded(&login);
    }
    let is_failed = outcome.is_err() && !driver.is_resumable();
    if is_failed || driver.storage.is_none() {
        // No one else has its tokens.
        let valid = outcome.as_ref().ok().map(|me| me.session.access_token().clone());
        let is_other = |it: &Credentials| Some(it.session.access_token()) != valid.as_ref();
        abandoned::revoke(std::mem::take(&mut driver.unrevoked).into_iter().filter(is_other), http);
    }
    if is_failed {
        let held = abandoned::held(&login).into_iter();
        abandoned::revoke(held.filter(|it| !driver.is_handled(it)), http);
    }
    Ok(outcome?)
}

/// Adds how to resume the login. After the user has allowed the app, the code, or its token, is stored.
fn explain_resumable(error: BoxError, arguments: &LoginArgs) -> BoxError {
    match error.downcast::<Error>() {
        Ok(error) if is_after_consent(&error) && error.remedy() == Remedy::Retry => {
            Hinted { error: *error, hint: RESUME.to_owned(), is_instead: true }.into()
        }
        // Core ends the login after three replies of one cause.
        Ok(error) if is_of_reply(&error) => {
            let resume = match &*error {
                Error::Callback(CallbackError::NoIssuer) => {
                    format!("To resume it, run `{}`.", without_iss(arguments))
                }
                _ => RESUME.to_owned(),
            };
            let reply = error_sentence(&*error);
            format!(
                "{reply} This was the third reply in a row that could not be used, so the login ends \
                 here. {resume}"
            )
            .into()
        }
        Ok(error) => error,
        Err(error) => error,
    }
}

/// Whether the error is one of what the user returned with.
fn is_of_reply(error: &Error) -> bool {
    matches!(error, Error::Callback(_)) || error.operation() == Some(Operation::Authorize)
}

fn is_after_consent(error: &Error) -> bool {
    let operation = error.operation();
    matches!(operation, Some(Operation::ExchangeCode | Operation::VerifyCredentials))
}

/// Whether the server failed to exchange the code, as it would again.
fn is_exchange_failure(error: &Error) -> bool {
    error.operation() == Some(Operation::ExchangeCode) && error.remedy() == Remedy::SignIn
}

/// Stores the account, and then revokes the token that it replaces. Revokes the new one if it is
/// stored neither as the account's nor as that of the unfinished login. The tokens in `unrevoked` are
/// stored until they are revoked.
fn store_account(
    storage: &Storage<'_>,
    options: &LoginOptions,
    mut credentials: Credentials,
    unrevoked: &[Credentials],
    http: &dyn Transport,
) -> Result<Credentials, BoxError> {
    let Storage { store, claim, backend } = storage;
    let stored = store.change(|contents| {
        claim.remove(contents);
        unrevoked.iter().try_for_each(|it| contents.store_unrevoked(it, *backend))?;
        contents.store_account(&mut credentials, options.extended.as_deref(), *backend)
    });
    if let (Err(_), false, Some(app)) = (&stored, store.holds(claim), &credentials.app) {
        report::revoke(http, app, &credentials.session, report::UNSTORED);
    }
    let earlier = stored?;
    end_others(store, &credentials, Some(&options.request.scopes), http);
    report::replaced(store, earlier.as_ref(), &credentials);
    Ok(credentials)
}

/// Revokes earlier tokens at the instance of this login, and ends unfinished logins to its account.
/// The login has succeeded, so an error is only reported. The scopes of a token from elsewhere were not
/// requested here.
fn end_others(
    store: &Store,
    credentials: &Credentials,
    requested: Option<&Scopes>,
    http: &dyn Transport,
) {
    let instance = credentials.session.instance();
    if let Err(error) = unrevoked::end(store, |it| it.instance == *instance, false, http) {
        report_error(&error);
    }
    let granted = credentials.session.scopes();
    let covered = requested.map(|requested| granted.iter().chain(requested).cloned().collect());
    abandoned::end_others(store, covered.as_ref(), http);
}
