//! `gts-oauth login`: authorization in a browser or out of band, resumable.

pub(crate) mod abandoned;
mod arguments;
mod browser;
mod callback_request;
mod driver;
mod listener;
mod options;
mod page;
mod paste;
mod report;
mod with_token;

use std::process::ExitCode;

use gts_oauth_ureq::http::StatusCode;
use gts_oauth_ureq::{BoxError, Endpoint, Error, Exchange as _, LoggedIn, Login, Transport};

use crate::credentials::Credentials;
use crate::exit_code;
use crate::output::{tell, told};
use crate::store::{Backend, Claim, Store, choose_place, environment};
pub(crate) use arguments::LoginArgs;
use browser::BrowserPrompt;
use driver::{LoginDriver, Prompt};
use listener::Listener;
use options::LoginOptions;
use paste::PastePrompt;

pub(crate) fn run(
    store: &Store,
    arguments: &LoginArgs,
    http: &dyn Transport,
) -> Result<ExitCode, BoxError> {
    if environment()?.is_some() {
        return Err(
            "GTS_OAUTH_TOKEN is set, and would be used in place of this login: unset it \
                    first"
                .into(),
        );
    }
    let wanted = LoginOptions::read(arguments)?;
    store.warn_of_readers();
    // Reports a damaged file before any request is sent.
    store.load()?;
    let place = choose_place(arguments.store)?;
    report::place(store, place, arguments.store);
    let credentials = match arguments.with_token {
        true => {
            let credentials = with_token::read(&wanted, http)?;
            let older = store.change(|contents| contents.keep(&credentials, place))?;
            report::revoke_older(http, older);
            credentials
        }
        false => log_in(store, arguments, &wanted, place, http)?,
    };
    report::logged_in(&credentials, arguments.json)?;
    Ok(exit_code::DONE)
}

fn log_in(
    store: &Store,
    arguments: &LoginArgs,
    wanted: &LoginOptions,
    place: Backend,
    http: &dyn Transport,
) -> Result<Credentials, BoxError> {
    abandoned::end(store, |it| !it.is_young(), http)?;
    let (mut claim, login, listener) = match browser::opens_browser(arguments) {
        Ok(()) => claim_with_listener(store, wanted, arguments.port)?,
        Err(why) => {
            report::no_browser(why);
            let (claim, login) = store.claim(&wanted.register, |port| port.is_none())?;
            (claim, login, None)
        }
    };
    let register = wanted.register.clone();
    let (mut way, register): (Box<dyn Prompt>, _) = match listener {
        None => (Box::new(PastePrompt::default()), register),
        Some(listener) => {
            claim.port = Some(listener.port());
            let register = register.redirect_uri(listener.redirect_uri()?);
            let way = BrowserPrompt::new(listener, arguments.timeout);
            (Box::new(way), register)
        }
    };
    let login = match login {
        None => wanted.begin(register)?,
        Some(login) => go_on(wanted.wish(login), arguments.new_app)?,
    };
    let mut keeper = LoginDriver {
        store,
        wanted,
        claim: &claim,
        place,
        way: &mut *way,
        waits: 0,
    };
    let outcome = carry_out(login, &mut keeper, http);
    let outcome = outcome.and_then(|me| keep(store, wanted, &claim, place, me, http));
    match &outcome {
        Ok(credentials) => way.done(Ok(&credentials.handle())),
        Err(error) => way.done(Err(&told(&**error))),
    }
    outcome
}

/// Claims an unfinished login if its port is free, or else a new login on any port.
fn claim_with_listener(
    store: &Store,
    wanted: &LoginOptions,
    wished: Option<u16>,
) -> Result<(Claim, Option<Login>, Option<Listener>), BoxError> {
    let mut listener = None;
    let (claim, login) = store.claim(&wanted.register, |port| {
        let port = port.filter(|port| wished.is_none_or(|wished| wished == *port));
        listener = port.and_then(|port| Listener::bind(port).ok());
        listener.is_some()
    })?;
    let listener = match listener {
        Some(listener) => listener,
        None => Listener::bind(wished.unwrap_or(0)).map_err(|error| {
            format!("nothing can listen on 127.0.0.1: {error}. Try --no-browser, or another --port")
        })?,
    };
    Ok((claim, login, Some(listener)))
}

fn go_on(mut login: Login, new_app: bool) -> Result<Login, BoxError> {
    match new_app {
        true => login.restart_with_new_app()?,
        false => tell(
            "Going on with the login that was not finished. If its page shows an error, stop \
             here and add --new-app.",
        ),
    }
    Ok(login)
}

/// Runs the login. A server that fails to exchange a code fails each time (Kitsune, Pixelfed), so a
/// new code is requested.
fn carry_out(
    mut login: Login,
    keeper: &mut LoginDriver<'_>,
    http: &dyn Transport,
) -> Result<LoggedIn, BoxError> {
    // The process that obtained these tokens may have been killed before it revoked them. If not,
    // it has already reported the result.
    let before = login.strays().len();
    for (app, session) in login.strays() {
        let _ = app.revoke(session)?.send(http);
    }
    let outcome = loop {
        match login.run_by(http, keeper).cloned() {
            Err(error) if stumbles(&error) => {
                tell(format_args!("\nThat did not work: {}.", told(&error)));
                login.restart()?;
            }
            outcome => break outcome,
        }
    };
    for (app, session) in login.strays().iter().skip(before) {
        report::revoke(http, app, session, "of the other account");
    }
    Ok(outcome?)
}

fn stumbles(error: &Error) -> bool {
    let endpoint = match error {
        Error::Refused(no) => no.endpoint,
        Error::Unexpected(odd) => odd.endpoint,
        _ => return false,
    };
    endpoint == Endpoint::Token && error.status() == Some(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Stores the account, and revokes the token that it replaces.
fn keep(
    store: &Store,
    wanted: &LoginOptions,
    claim: &Claim,
    place: Backend,
    me: LoggedIn,
    http: &dyn Transport,
) -> Result<Credentials, BoxError> {
    let mut credentials = Credentials::from(me);
    credentials.domain = wanted.domain(credentials.session.instance());
    let older = store.change(|contents| {
        claim.forget(contents);
        contents.keep(&credentials, place)
    })?;
    report::revoke_older(http, older);
    Ok(credentials)
}
