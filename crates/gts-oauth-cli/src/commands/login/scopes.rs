//! The scopes that a login requests.

use gts_oauth_ureq::{BoxError, ExpectedAccount, Instance, Scopes};

use super::arguments::LoginArgs;
use crate::credentials::Credentials;
use crate::output::{error_sentence, message};
use crate::store::Contents;

/// The default, which every server knows.
const DEFAULT: &str = "read";

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
        match entry.stored.open::<Credentials>() {
            Ok(credentials) => granted.extend(credentials.session.scopes().iter().cloned()),
            Err(error) => message(format_args!(
                "The scopes of {} are not known: {} To request them again, use --scopes.",
                entry.handle,
                error_sentence(&*error)
            )),
        }
    }
    granted.into_iter().collect()
}
