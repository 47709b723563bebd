//! `gts-oauth login`: out of band, resumable.

use std::io::{self, BufRead as _};
use std::process::ExitCode;

use gts_oauth_ureq::{
    App, Ask, BoxError, Driver, Error, Exchange as _, Instance, LoggedIn, Login, RegisterApp,
    Revocation, Session, Ureq, entropy,
};

use crate::arguments;
use crate::output::{handle, prompt, result, tell, told};
use crate::store::{Contents, Store};

pub(crate) fn run(store: &Store, wanted: &arguments::Login) -> Result<ExitCode, BoxError> {
    let registration = registration(wanted)?;
    let http = Ureq::new();
    let mut login = resume_or_begin(store, registration, wanted)?;
    let outcome = login.run_by(&http, &mut Prompt { store }).cloned();
    for (app, session) in login.strays() {
        revoke(&http, app, session, "of the other account");
    }
    let logged_in = match outcome {
        Ok(logged_in) => logged_in,
        Err(Error::Prompt(error)) => return Err(error),
        Err(error) => return Err(error.into()),
    };
    let older = store.change(|contents| {
        let registration = logged_in.app.registration();
        contents
            .unfinished
            .retain(|it| it.registration() != registration);
        contents.keep(logged_in.clone())
    })?;
    if let Some(older) = older {
        let whose = "of the login before this one";
        revoke(&http, &older.app, &older.session, whose);
    }
    report(store, &logged_in)?;
    Ok(ExitCode::SUCCESS)
}

fn registration(wanted: &arguments::Login) -> Result<RegisterApp, BoxError> {
    let typed = &wanted.instance;
    let instance: Instance = match (typed.parse(), Instance::insecure_http(typed)) {
        (Ok(instance), _) => instance,
        (Err(_), Ok(instance)) if wanted.insecure_http => instance,
        (Err(_), Ok(instance)) => {
            return Err(format!(
                "{instance} is http://, where everybody on the way can read the token: use \
                 https://, or allow it with --insecure-http"
            )
            .into());
        }
        (Err(error), Err(_)) => return Err(error.into()),
    };
    Ok(RegisterApp::new(instance, &wanted.name)?.scopes(wanted.scopes.clone()))
}

/// An unfinished login with the same registration goes on where it stopped, with its app.
fn resume_or_begin(
    store: &Store,
    registration: RegisterApp,
    wanted: &arguments::Login,
) -> Result<Login, BoxError> {
    let mut unfinished = store.load()?.unfinished.into_iter();
    let login = match unfinished.find(|it| *it.registration() == registration) {
        Some(mut login) => {
            if wanted.new_app {
                login.restart_with_new_app()?;
            } else {
                tell(
                    "Going on with the login that was not finished. If its page shows an error, \
                     stop here and add --new-app.",
                );
            }
            login
        }
        None => Login::new(registration, entropy()?),
    };
    Ok(login.expect(wanted.expect.clone()))
}

fn put(unfinished: &mut Vec<Login>, login: &Login) -> Result<(), BoxError> {
    // A login is not copied: it goes through the form in which it is stored.
    let copy = serde_json::from_value(serde_json::to_value(login)?)?;
    unfinished.retain(|it| it.registration() != login.registration());
    unfinished.push(copy);
    Ok(())
}

/// Somebody at a terminal.
struct Prompt<'a> {
    store: &'a Store,
}

impl Driver for Prompt<'_> {
    fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError> {
        prompt_for_code(&ask)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        // Without an app there is nothing to keep yet; what is done is kept by `run`, in one
        // stroke with forgetting that it was unfinished.
        if login.app().is_none() || login.logged_in().is_some() {
            return Ok(());
        }
        let put = |contents: &mut Contents| put(&mut contents.unfinished, login);
        self.store.change(put)?
    }
}

fn prompt_for_code(ask: &Ask<'_>) -> Result<String, BoxError> {
    match ask.problem {
        Some(problem) => tell(format_args!("\nThat did not work: {}.", told(problem))),
        None => tell("Open this address in your browser and allow the app:"),
    }
    tell(format_args!("\n{}\n", ask.url));
    prompt("Paste the code, or the whole address you were sent to: ");
    let mut reply = String::new();
    if io::stdin().lock().read_line(&mut reply)? == 0 {
        tell("");
        return Err(
            "standard input ended before there was a code: the same command goes on from here, \
             with the same app"
                .into(),
        );
    }
    Ok(reply)
}

fn report(store: &Store, logged_in: &LoggedIn) -> io::Result<()> {
    result(handle(logged_in))?;
    tell(format_args!(
        "Logged in. The token is kept in {}",
        store.path().display()
    ));
    if !logged_in.missing.is_empty() {
        tell(format_args!(
            "The server did not grant: {}",
            logged_in.missing
        ));
    }
    if logged_in.account.is_none() {
        tell(
            "The token may not tell whose it is: for that, ask for read:accounts, or profile, too",
        );
    }
    Ok(())
}

/// Revokes a token that nobody holds any more.
fn revoke(http: &Ureq, app: &App, session: &Session, whose: &str) {
    let revocation = app.revoke(session).and_then(|revoke| revoke.send(http));
    match revocation {
        Ok(Revocation::Accepted) => tell(format_args!("The token {whose} is revoked.")),
        _ => tell(format_args!(
            "The token {whose} could not be revoked, and may live on."
        )),
    }
}
