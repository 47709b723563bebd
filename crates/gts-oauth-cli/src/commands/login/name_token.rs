//! Naming a login's token (`PUT /api/v1/tokens/{id}`, GoToSocial since 0.22), so that users recognize
//! it in lists of tokens.

use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{BoxError, Error, Exchange as _, Scopes, Transport};

use crate::commands::unrevoked;
use crate::credentials::Credentials;
use crate::output::{error_sentence, message};

/// The scopes to find the token and to name it.
const REQUIRED: [&str; 2] = ["read:accounts", "write:accounts"];

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

/// Reports a chosen name that cannot be sent with these scopes, before the browser is opened.
pub(super) fn check_name(name: Option<&str>, scopes: &Scopes) {
    let name = name.filter(|name| !name.is_empty() && !permit_name(scopes));
    if let Some(name) = name {
        let (name, required) = (printable(name), REQUIRED.join(" and "));
        message(format_args!(
            "The token cannot get the name `{name}`: this requires the scopes {required}."
        ));
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
    if !permit_name(session.scopes()) {
        return Err(format!("this requires the scopes {}", REQUIRED.join(" and ")).into());
    }
    // The token is among the newest, which are on the first page.
    let page = session.tokens().send(http).map_err(explain)?;
    let token = credentials.own_token(&page.items);
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

fn permit_name(scopes: &Scopes) -> bool {
    REQUIRED.iter().all(|scope| scope.parse().is_ok_and(|scope| scopes.permits(&scope)))
}
