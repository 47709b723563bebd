//! `gts-oauth login --with-token`: a token that somebody already has.

use std::io::{self, IsTerminal as _, Read as _};

use console::Term;
use gts_oauth_ureq::http::StatusCode;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Scopes, Secret, Session, Transport};

use super::options::LoginOptions;
use crate::credentials::{Credentials, Person};
use crate::http::USER_AGENT;
use crate::output::prompt;

/// No token is longer.
const LONGEST: u64 = 64 * 1024;

/// Reads it from standard input, finds where it is good, and asks whose it is.
pub(super) fn read(wanted: &LoginOptions, http: &dyn Transport) -> Result<Credentials, BoxError> {
    let token = given()?;
    let token = match token.trim() {
        "" => return Err("no token came from standard input".into()),
        token => Secret::new(token.to_owned()),
    };
    let found = wanted.discover(http)?;
    let instance = found.instance().clone();
    let session = Session::from_token(instance, token)?.user_agent(USER_AGENT)?;
    let account = match session.verify().send(http) {
        Ok(account) => Some(account),
        // It may not tell whose it is, as that of a whole login may not.
        Err(error) if is_forbidden(&error) && !wanted.is_somebody() => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(account) = &account {
        wanted.check(account, &found).map_err(of_another)?;
    }
    Ok(Credentials {
        app: None,
        domain: wanted.domain(session.instance()),
        session,
        person: account.as_ref().map(Person::from),
        missing: Scopes::default(),
    })
}

/// A line that is typed unseen, or all that comes.
fn given() -> io::Result<String> {
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        prompt("PastePrompt the token, which is not shown: ");
        return Term::stderr().read_secure_line();
    }
    let mut token = String::new();
    io::stdin().take(LONGEST).read_to_string(&mut token)?;
    Ok(token)
}

fn is_forbidden(error: &Error) -> bool {
    error.status() == Some(StatusCode::FORBIDDEN)
}

/// No browser had a part in it, as in what core says.
fn of_another(error: BoxError) -> BoxError {
    match error.downcast_ref() {
        Some(Error::WrongAccount(wrong)) => {
            let (actual, expected) = (&wrong.actual, &wrong.expected);
            format!("the token is {actual}'s, but {expected} was expected").into()
        }
        _ => error,
    }
}
