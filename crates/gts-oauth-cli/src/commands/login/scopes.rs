//! The scopes that a login requests.

use gts_oauth_ureq::types::{KNOWN_SCOPES, Scope};
use gts_oauth_ureq::{BoxError, Error, ExpectedAccount, Instance, RegisterApp, Scopes};

use super::arguments::LoginArgs;
use crate::credentials::Credentials;
use crate::output::{error_sentence, message};
use crate::store::Contents;

/// The default, which every server knows.
const DEFAULT: &str = "read";

/// Parses scopes. In a copied URL there is a `+` between them. No server has one in a scope.
pub(super) fn parse(text: &str) -> Result<Scopes, Error> {
    text.replace([',', '+'], " ").parse()
}

/// The long help of `--scopes`: all known scopes.
pub(super) fn help() -> String {
    let below = |top: &str| -> Vec<&str> {
        let below = |scope: &&'static str| scope.strip_prefix(top)?.strip_prefix(':');
        let narrow = KNOWN_SCOPES.iter().filter_map(below);
        narrow.filter(|scope| !scope.contains(':') && !["read", "write"].contains(scope)).collect()
    };
    let tops = ["read", "write", "admin:read", "admin:write"];
    let list = tops.map(|top| format!("  {top}:{{{}}}", below(top).join(",")));
    format!(
        "Request exactly these scopes, separated by spaces, commas or + [default: those granted \
         before, or read]\n\nNot every server has all of them:\n  read, write, follow, profile, \
         push, admin, admin:read, admin:write\n{}",
        list.join("\n")
    )
}

/// Returns the scopes to request. A login replaces the token of its account, so it keeps the granted
/// scopes unless `--scopes` is given. `--add-scopes` adds to them.
pub(super) fn requested(
    arguments: &LoginArgs,
    instance: &Instance,
    expected: Option<&ExpectedAccount>,
    contents: &Contents,
) -> Result<Scopes, BoxError> {
    if let Some(scopes) = &arguments.scopes {
        return Ok(scopes.clone());
    }
    let default: Scopes = DEFAULT.parse()?;
    if arguments.with_token {
        // Nothing is requested.
        return Ok(default);
    }
    let granted = granted(instance, expected, contents);
    let kept = if granted.is_empty() { default.clone() } else { granted };
    if kept != default {
        message(format_args!("Requesting the scopes that were granted before: {kept}"));
    }
    let added = arguments.add_scopes.iter().flatten();
    Ok(kept.iter().chain(added).cloned().collect())
}

/// Returns the scopes granted to all accounts that the user could log in to. More than one if only
/// the instance is given: none of them should lose scopes.
fn granted(instance: &Instance, expected: Option<&ExpectedAccount>, contents: &Contents) -> Scopes {
    let mut granted = Vec::new();
    for entry in contents.accounts.iter().rev().filter(|it| it.could_be(instance, expected)) {
        let handle = &entry.handle;
        match entry.stored.open::<Credentials>() {
            Ok(credentials) if credentials.session.scopes().is_empty() => message(format_args!(
                "The scopes of {handle} are not known, so they are not requested again. Name them \
                 with --scopes."
            )),
            Ok(credentials) => granted.extend(credentials.session.scopes().iter().cloned()),
            Err(error) => message(format_args!(
                "The scopes of {handle} are not requested again: {} Name them with --scopes.",
                error_sentence(&*error)
            )),
        }
    }
    granted.into_iter().collect()
}

/// Checks the requested scopes before an app is registered with them. Warns about those that no
/// known server has.
///
/// # Errors
/// One of them, if the server's metadata lists its scopes, and not this one.
pub(super) fn check(requested: &Scopes, registration: &RegisterApp) -> Result<(), BoxError> {
    let metadata = registration.discovery().and_then(|found| found.metadata());
    let listed = metadata.and_then(|metadata| metadata.scopes());
    let is_listed =
        |scope: &Scope| listed.is_some_and(|listed| listed.iter().any(|it| it == scope));
    for scope in requested {
        if KNOWN_SCOPES.contains(&scope.as_str()) || is_listed(scope) {
            continue;
        }
        let host = registration.instance().authority();
        let hint = match nearest(scope) {
            Some(nearest) => format!("Did you mean `{nearest}`?"),
            None => "`gts-oauth login --help` lists the known scopes.".to_owned(),
        };
        if listed.is_some() {
            return Err(format!("invalid scope: {host} has no scope `{scope}`. {hint}").into());
        }
        message(format_args!("Warning: no known server has the scope `{scope}`. {hint}"));
    }
    Ok(())
}

/// Returns the known scope that was probably meant. `None` if none is similar.
fn nearest(scope: &Scope) -> Option<&'static str> {
    let distance = |known: &str| strsim::damerau_levenshtein(scope.as_str(), known);
    let nearest = KNOWN_SCOPES.iter().copied().min_by_key(|known| distance(known))?;
    (distance(nearest) <= 1 + scope.as_str().len() / 5).then_some(nearest)
}
