//! Messages of a login.

use std::io;

use gts_oauth_prompt::HeldInterrupts;
use gts_oauth_ureq::renewal::Revocation;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{App, Exchange as _, Session, Transport};

use super::arguments::LoginArgs;
use super::options::LoginOptions;
use super::scopes;
use crate::commands::unrevoked;
use crate::credentials::{AccountFields, Credentials, TokenFields};
use crate::output::{self, SUCCESS_STYLE, message, shell_word};
use crate::store::{AccountEntry, Backend, Contents, Store};

/// Where the token will be stored, and why not in the keyring.
pub(super) fn place(store: &Store, backend: Backend, no_keyring: Option<&str>) -> String {
    let path = store.path().display();
    match (backend, no_keyring) {
        (Backend::Keyring, _) => "The token will be stored in the system keyring.".to_owned(),
        (Backend::File, None) => format!("The token will be stored in {path} (mode 0600)."),
        (Backend::File, Some(reason)) => {
            format!("The token will be stored in {path} (mode 0600), because {reason}.")
        }
    }
}

pub(super) fn no_browser(arguments: &LoginArgs, reason: &str) -> String {
    let port = arguments.port.map_or("", |_| ", and --port is not used");
    format!("No browser is opened{port}, because {reason}. To open one anyway, pass --browser.")
}

/// Which token the login could replace. `None` if there is none.
pub(super) fn replaceable(options: &LoginOptions) -> Option<String> {
    let accounts = &options.replaceable;
    let which = match accounts.len() {
        0 => return None,
        1 => "this account replaces its token",
        _ => "one of these accounts replaces its token",
    };
    Some(format!(
        "You are logged in as {}. A new login to {which}, and revokes the earlier one if the server can.",
        accounts.join(", ")
    ))
}

/// Prints that the account has the scopes that were to be added.
pub(super) fn already_granted(arguments: &LoginArgs, credentials: &Credentials) -> io::Result<()> {
    let added = arguments.add_scopes.clone().unwrap_or_default();
    message(format_args!(
        "{} already has the scopes: {added}. To log in again, run `{}`.",
        credentials.handle(),
        credentials.login_again_command()
    ));
    print_account(credentials, arguments.json)
}

/// Prints a token that is not stored. Until then, Ctrl-C is held back.
pub(super) fn printed_token(
    credentials: &Credentials,
    as_json: bool,
    held: &mut Option<HeldInterrupts>,
    http: &dyn Transport,
) -> io::Result<()> {
    granted(credentials);
    let token = credentials.session.access_token().expose();
    // Before a request, which could take long.
    match as_json {
        false => output::print(token),
        true => output::print_json(&TokenFields { fields: credentials.into(), token }),
    }?;
    *held = None;
    let id = find_id(credentials, http);
    let handle = credentials.handle();
    let listed = id.as_deref().map(|id| (id, &*handle));
    message(format_args!(
        "This is a token of {handle}. It is not stored, so `gts-oauth logout` cannot revoke it. {}",
        unrevoked::how_to_revoke(credentials.app.as_ref(), &credentials.session, listed)
    ));
    Ok(())
}

pub(super) fn logged_in(credentials: &Credentials, as_json: bool) -> io::Result<()> {
    message(format_args!("{SUCCESS_STYLE}Logged in.{SUCCESS_STYLE:#}"));
    granted(credentials);
    if credentials.user.is_none() {
        let reads = "read:accounts".parse().unwrap_or_default();
        message(match credentials.login_command(&reads) {
            Some(command) => format!(
                "The granted scopes do not allow reading the account. To add one that does, run \
                 `{command}`."
            ),
            None => "The token does not allow reading its account (read:accounts or profile)."
                .to_owned(),
        });
    }
    print_account(credentials, as_json)
}

fn print_account(credentials: &Credentials, as_json: bool) -> io::Result<()> {
    match as_json {
        false => output::print(credentials.handle()),
        true => output::print_json(&AccountFields::from(credentials)),
    }
}

/// Prints which scopes of the earlier token the new one lacks. Of an account that is new here, prints
/// which other one could be the same.
pub(super) fn replaced(store: &Store, earlier: Option<&Credentials>, credentials: &Credentials) {
    let handle = credentials.handle();
    if let Some(earlier) = earlier {
        let lost = scopes::lost(earlier, credentials);
        if !lost.is_empty() {
            let hint = credentials.login_command(&lost);
            let hint = hint.map(|command| format!(" To add them, run `{command}`."));
            message(format_args!(
                "The earlier token of {handle} had scopes that the new one lacks: {lost}.{}",
                hint.unwrap_or_default()
            ));
        }
        return;
    }
    let instance = credentials.session.instance();
    let is_other = |it: &&AccountEntry| !it.has_user() && it.instance == *instance;
    let accounts = store.load().unwrap_or_default().accounts;
    for other in accounts.iter().filter(is_other).filter(|_| credentials.user.is_some()) {
        message(format_args!(
            "{} is stored, too, and might be the same account. To revoke its token, run \
             `gts-oauth logout {}`.",
            other.handle,
            shell_word(&other.handle)
        ));
    }
}

/// Prints which account is the current one, if it was another one before the login, and that is still
/// stored.
pub(super) fn switched(store: &Store, before: Option<&str>, credentials: &Credentials) {
    let handle = credentials.handle();
    let Some(before) = before.filter(|before| *before != handle) else {
        return;
    };
    let is_stored = |contents: Contents| contents.accounts.iter().any(|it| it.handle == before);
    if store.load().is_ok_and(is_stored) {
        message(format_args!(
            "{handle} is now the current account. To go back, run `gts-oauth switch {}`.",
            shell_word(before)
        ));
    }
}

/// Prints which scopes were granted, and which of the requested ones were not. Those of a token from
/// elsewhere are not known.
fn granted(Credentials { session, missing, .. }: &Credentials) {
    if !session.scopes().is_empty() {
        message(format_args!("The server granted: {}", session.scopes()));
    }
    if !missing.is_empty() {
        message(format_args!("The server did not grant: {missing}"));
    }
}

/// The token of a login that has ended.
pub(super) const UNSTORED: &str = "that the login had obtained";

/// The id of the token in the server's list. `None` if it is not known.
fn find_id(credentials: &Credentials, http: &dyn Transport) -> Option<String> {
    let app = credentials.app.as_ref()?;
    let session = &credentials.session;
    let reads = "read:accounts".parse().ok()?;
    if !unrevoked::lists_tokens(app) || !session.scopes().permits(&reads) {
        return None;
    }
    // The token is among the newest, which are on the first page.
    let page = session.tokens().send(http).ok()?;
    credentials.own_token(&page.items).map(|token| printable(&token.id))
}

/// Revokes a token that is not stored, and prints the result.
pub(super) fn revoke(http: &dyn Transport, app: &App, session: &Session, which: &str) {
    if !try_to_revoke(http, app, session, which) {
        message(format_args!(
            "The token {which} could not be revoked, and may still be valid. {}",
            unrevoked::how_to_revoke(Some(app), session, None)
        ));
    }
}

/// Revokes a token, and prints that it succeeded. Returns whether it did.
pub(super) fn try_to_revoke(
    http: &dyn Transport,
    app: &App,
    session: &Session,
    which: &str,
) -> bool {
    let revocation = app.revoke(session).and_then(|revoke| revoke.send(http));
    let is_revoked = matches!(revocation, Ok(Revocation::Accepted));
    if is_revoked {
        message(format_args!("The token {which} is revoked."));
    }
    is_revoked
}
