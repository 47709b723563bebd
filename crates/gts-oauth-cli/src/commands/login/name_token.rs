//! Naming a login's token (`PUT /api/v1/tokens/{id}`, GoToSocial since 0.22), so that users recognize
//! it in lists of tokens.

use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::types::{Scope, printable};
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Scopes, Transport};

use super::arguments::LoginArgs;
use super::command_line::command_line;
use crate::commands::unrevoked;
use crate::credentials::Credentials;
use crate::exit_code::InvalidUsage;
use crate::output::{error_sentence, message};

/// The scopes to find the token and to name it.
const REQUIRED: [&str; 2] = ["read:accounts", "write:accounts"];

/// Checks before the login that the scopes allow naming the token, if its name is chosen.
///
/// # Errors
/// [`InvalidUsage`] with the command that requests the missing scopes, too.
pub(super) fn check(arguments: &LoginArgs, requested: &Scopes) -> Result<(), InvalidUsage> {
    let missing = missing(requested);
    if missing.is_empty() || arguments.token_name.as_ref().is_none_or(String::is_empty) {
        return Ok(());
    }
    let with_missing = |scopes: &Scopes| scopes.iter().chain(&missing).cloned().collect();
    let again = match (&arguments.scopes, &arguments.add_scopes) {
        (None, Some(added)) => {
            LoginArgs { add_scopes: Some(with_missing(added)), ..arguments.clone() }
        }
        _ => LoginArgs { scopes: Some(with_missing(requested)), ..arguments.clone() },
    };
    Err(InvalidUsage(format!(
        "--token-name requires the scopes {}. Run `{}`. The name of the app, --name, requires none.",
        REQUIRED.join(" and "),
        command_line(&again)
    )))
}

/// Names the token, by default `gts-oauth on HOST`, if the scopes permit it and the server has names.
/// An empty name is not sent. The login is complete without a name, so a failure is only reported,
/// and only if the user has chosen the name.
pub(super) fn name_token(credentials: &Credentials, name: Option<&str>, http: &dyn Transport) {
    if name.is_some_and(str::is_empty) {
        return;
    }
    let named = send_name(credentials, name.map_or_else(default_name, str::to_owned), http);
    if let (Err(error), Some(name)) = (named, name) {
        let (name, error) = (printable(name), error_sentence(&*error));
        message(format_args!("The token could not be named `{name}`: {error}"));
    }
}

fn send_name(
    credentials: &Credentials,
    name: String,
    http: &dyn Transport,
) -> Result<(), BoxError> {
    let session = &credentials.session;
    if !credentials.app.as_ref().is_some_and(unrevoked::lists_tokens) {
        return Err(NO_NAMES.into());
    }
    if !missing(session.scopes()).is_empty() {
        return Err(format!("this requires the scopes {}", REQUIRED.join(" and ")).into());
    }
    // The token is among the newest, which are on the first page.
    let page = session.tokens().send(http).map_err(explain)?;
    // That of another login at the same time has a name by then.
    let token = credentials.own_token(page.items.iter().filter(|it| it.name.is_none()));
    let token = token.ok_or("the server does not show which token it is")?;
    session.name_token(&token.id, &name)?.send(http).map_err(explain)?;
    Ok(())
}

const NO_NAMES: &str = "the server has no names of tokens";

fn explain(error: Error) -> BoxError {
    match error.cause() {
        Cause::NotFound => NO_NAMES.into(),
        _ => error.into(),
    }
}

fn default_name() -> String {
    let host = gethostname::gethostname();
    printable(&format!("gts-oauth on {}", host.to_string_lossy()))
}

/// The scopes to name a token that these do not permit.
fn missing(scopes: &Scopes) -> Scopes {
    let required = REQUIRED.iter().filter_map(|scope| scope.parse().ok());
    required.filter(|scope: &Scope| !scopes.permits(scope)).collect()
}
