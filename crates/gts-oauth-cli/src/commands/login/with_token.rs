//! `gts-oauth login --with-token`: stores an existing token.

use std::io::{self, IsTerminal as _, Read as _};

use gts_oauth_prompt::read_secret;
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Scopes, Secret, Session, Transport};

use super::options::LoginOptions;
use crate::credentials::{Credentials, User, parse_token};
use crate::exit_code::Hinted;
use crate::http::USER_AGENT;
use crate::output::{message, prompt};

/// The maximum length of the input.
const MAX_LENGTH: u64 = 64 * 1024;

const NO_TOKEN: &str = "no token came from standard input";

/// Reads the token from standard input, discovers its API host, and fetches its account.
pub(super) fn read(options: &LoginOptions, http: &dyn Transport) -> Result<Credentials, BoxError> {
    let token = read_input()?;
    let token = parse_token(token.expose()).ok_or(NO_TOKEN)?;
    let found = options.discover(http)?;
    let instance = found.instance().clone();
    let session = Session::from_token(instance, token)?.user_agent(USER_AGENT)?;
    let account = match session.verify().send(http) {
        Ok(account) => Some(account),
        // The scopes of the token might not allow reading the account.
        Err(error) if error.cause() == Cause::MissingScope && !options.expects_account() => None,
        Err(error) if error.cause() == Cause::TokenRejected => {
            let hint = "Pass a valid token.".to_owned();
            return Err(Hinted { error, hint, is_instead: true }.into());
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(account) = &account {
        options.check(account, session.instance(), http).map_err(reword)?;
    }
    let credentials = Credentials {
        app: None,
        domain: None,
        session,
        user: account.as_ref().map(User::from),
        number: None,
        missing: Scopes::default(),
    };
    Ok(Credentials { domain: options.find_domain(&credentials, http), ..credentials })
}

/// Reads a line without echo from a terminal, or all input otherwise.
fn read_input() -> Result<Secret, BoxError> {
    if io::stdin().is_terminal() {
        let question = "Paste the token (it stays hidden): ";
        prompt(question);
        let token = read_secret(question)?;
        if token.is_none() {
            // The next output starts on a line of its own.
            message("");
        }
        return Ok(token.ok_or(NO_TOKEN)?);
    }
    let mut token = String::new();
    io::stdin().take(MAX_LENGTH).read_to_string(&mut token)?;
    Ok(Secret::new(token))
}

/// Rewords the error of core, which mentions a browser.
fn reword(error: BoxError) -> BoxError {
    match error.downcast_ref() {
        Some(Error::WrongAccount(wrong)) => {
            let (actual, expected) = (&wrong.actual, &wrong.expected);
            format!("the token is {actual}'s, but {expected} was expected").into()
        }
        _ => error,
    }
}
