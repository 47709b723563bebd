//! The scopes that a login requests.

use std::io::{self, IsTerminal as _};

use gts_oauth_ureq::types::{KNOWN_SCOPES, Scope};
use gts_oauth_ureq::{App, BoxError, Instance, RegisterApp, Scopes};

use super::arguments::LoginArgs;
use super::command_line::command_line;
use crate::credentials::Credentials;
use crate::exit_code::InvalidUsage;
use crate::output::{ask, error_chain, message};
use crate::store::AccountEntry;

/// The default, which every server knows.
const DEFAULT: &str = "read";

/// Parses scopes. In a copied URL there is a `+` between them. No server has one in a scope.
pub(super) fn parse(text: &str) -> Result<Scopes, String> {
    let text = text.replace([',', '+'], " ");
    let scopes: Scopes = text.parse().map_err(|error: gts_oauth_ureq::Error| error.to_string())?;
    match scopes.is_empty() {
        true => Err("expected at least one scope, such as read".to_owned()),
        false => Ok(scopes),
    }
}

/// The long help of `--scopes`: all known scopes.
pub(super) fn help() -> String {
    let below = |top: &str| -> Vec<&str> {
        let below = |scope: &&'static str| scope.strip_prefix(top)?.strip_prefix(':');
        let narrow = KNOWN_SCOPES.iter().filter_map(below);
        narrow.filter(|scope| !scope.contains(':') && !["read", "write"].contains(scope)).collect()
    };
    let tops = ["read", "write", "admin:read", "admin:write"];
    let list = tops.map(|top| format!("  {top}:\n    {}", below(top).join(", ")));
    format!(
        "Request exactly these scopes, separated by spaces, commas or + [default: those of the \
         stored account, or read; with --print-token, read]\n\nNot every server has all of \
         them:\n  read, write, follow, profile, push, admin, admin:read, admin:write\n\nNarrower \
         scopes, such as read:accounts:\n{}",
        list.join("\n")
    )
}

/// Returns the scopes to request. A login replaces the token of its account, so it keeps the granted
/// scopes unless `--scopes` is given. `--add-scopes` adds to them. `accounts` are those that the login
/// could replace.
///
/// # Errors
/// [`InvalidUsage`] for `--add-scopes` if there are several of them, or the scopes of the account are not
/// known.
pub(super) fn requested(
    arguments: &LoginArgs,
    instance: &Instance,
    accounts: &[&AccountEntry],
) -> Result<Scopes, BoxError> {
    if let Some(scopes) = &arguments.scopes {
        return Ok(scopes.clone());
    }
    let default: Scopes = DEFAULT.parse()?;
    // With an existing token, nothing is requested. A token that is only printed replaces none.
    if arguments.with_token || arguments.print_token {
        return Ok(default);
    }
    let granted = match accounts {
        [] => Scopes::default(),
        [account] if arguments.add_scopes.is_some() => granted(account).map_err(|reason| {
            InvalidUsage(format!(
                "--add-scopes cannot add to the scopes of {}, which are not known{reason}. Name all of \
                 them with --scopes.",
                account.handle
            ))
        })?,
        [account] => granted(account).unwrap_or_else(|reason| {
            message(format_args!(
                "The scopes of {} are not known{reason}, so they are not requested again. Name them \
                 with --scopes.",
                account.handle
            ));
            Scopes::default()
        }),
        // The scopes of another account must not be requested.
        _ if arguments.add_scopes.is_some() => {
            return Err(ambiguous(arguments, instance, accounts).into());
        }
        // Nor those of all accounts, because one of them signs in: only what each of them has granted.
        _ => {
            message(format_args!(
                "Several accounts of {} are stored, so scopes that only some of them have are not \
                 requested. To keep those of one account, name it with --expect.",
                instance.authority()
            ));
            common(accounts).iter().chain(&default).cloned().collect()
        }
    };
    let kept = if granted.is_empty() { default.clone() } else { granted };
    if kept != default {
        let to = match accounts {
            [account] => format!(" to {}", account.handle),
            _ => String::new(),
        };
        let added = match &arguments.add_scopes {
            Some(added) => format!(", and {added}"),
            None => String::new(),
        };
        message(format_args!(
            "Requesting the scopes that were granted{to} before: {kept}{added}\nTo request others, use \
             --scopes."
        ));
    }
    let added = arguments.add_scopes.iter().flatten();
    Ok(kept.iter().chain(added).cloned().collect())
}

/// Checks before the login that the scopes allow reading the account, which is expected to be a certain
/// one.
///
/// # Errors
/// [`InvalidUsage`] with the command that requests such a scope, too.
pub(super) fn check_reads_account(
    arguments: &LoginArgs,
    requested: &Scopes,
) -> Result<(), BoxError> {
    let reads: [Scope; 2] = ["read:accounts".parse()?, "profile".parse()?];
    // The scopes of an existing token are not known.
    if arguments.with_token || reads.iter().any(|scope| requested.permits(scope)) {
        return Ok(());
    }
    let scopes = Some(requested.iter().chain(&reads[..1]).cloned().collect());
    let again = command_line(&LoginArgs { scopes, add_scopes: None, ..arguments.clone() });
    Err(InvalidUsage(format!(
        "to check the account, the scope read:accounts or profile is required. Run `{again}`."
    ))
    .into())
}

/// The scopes that all of these accounts have.
fn common(accounts: &[&AccountEntry]) -> Scopes {
    let granted = accounts.iter().map(|account| granted(account).unwrap_or_default());
    let granted: Vec<Scopes> = granted.collect();
    let has_each = |scope: &&Scope| granted.iter().all(|it| it.permits(scope));
    granted.iter().flatten().filter(has_each).cloned().collect()
}

/// The error if `--add-scopes` could add to several accounts.
fn ambiguous(
    arguments: &LoginArgs,
    instance: &Instance,
    accounts: &[&AccountEntry],
) -> InvalidUsage {
    let commands = accounts.iter().map(|account| {
        let expect = account.user_name().and_then(|name| name.parse().ok());
        let command = match expect {
            Some(_) => LoginArgs { expect, ..arguments.clone() },
            None => LoginArgs {
                instance: Some(account.handle.clone()),
                expect: None,
                ..arguments.clone()
            },
        };
        format!("`{}`", command_line(&command))
    });
    let handles: Vec<&str> = accounts.iter().map(|it| &*it.handle).collect();
    InvalidUsage(format!(
        "--add-scopes needs the name of one account: {} has several: {}. Run {}.",
        instance.authority(),
        handles.join(", "),
        commands.collect::<Vec<_>>().join(" or ")
    ))
}

/// Returns the only account to which `--add-scopes` can add scopes, if its user is not known: the new
/// token replaces its token. `None` otherwise.
pub(super) fn extended<'a>(
    arguments: &LoginArgs,
    accounts: &[&'a AccountEntry],
) -> Option<&'a AccountEntry> {
    arguments.add_scopes.as_ref()?;
    match accounts {
        [account] if !account.has_user() => Some(account),
        _ => None,
    }
}

/// Returns the scopes granted to an account, without those that no server has: GoToSocial grants
/// mistyped ones, too. The error is the reason in parentheses, or empty, if they are not known.
fn granted(entry: &AccountEntry) -> Result<Scopes, String> {
    let credentials = entry.stored.open::<Credentials>();
    let credentials = credentials.map_err(|error| format!(" ({})", error_chain(&*error)))?;
    match credentials.session.scopes().is_empty() {
        true => Err(String::new()),
        false => Ok(known(&credentials)),
    }
}

/// The granted scopes that some server has, and that were requested: Sharkey names others.
fn known(credentials: &Credentials) -> Scopes {
    let listed = credentials.app.as_ref().and_then(|app| listed(app.registration()));
    let is_known = |scope: &&Scope| is_known(scope, listed) && was_requested(scope, credentials);
    credentials.session.scopes().iter().filter(is_known).cloned().collect()
}

/// Whether the app was registered with the scope. `true` if the app is not known.
fn was_requested(scope: &Scope, credentials: &Credentials) -> bool {
    let requested = credentials.app.as_ref().map(App::scopes);
    requested.is_none_or(|requested| requested.permits(scope))
}

/// The scopes of an earlier token of an account that its new token lacks. None if those are not known.
pub(super) fn lost(earlier: &Credentials, new: &Credentials) -> Scopes {
    let granted = new.session.scopes();
    let is_lost = |scope: &&Scope| !granted.is_empty() && !granted.permits(scope);
    known(earlier).iter().filter(is_lost).cloned().collect()
}

/// Returns the credentials of the only account to which `--add-scopes` could add scopes, if they were
/// all granted to it. `None` otherwise.
pub(super) fn already_granted(
    arguments: &LoginArgs,
    accounts: &[&AccountEntry],
) -> Option<Credentials> {
    let added = arguments.add_scopes.as_ref()?;
    let [account] = accounts else { return None };
    let credentials: Credentials = account.stored.open().ok()?;
    let granted = credentials.session.scopes();
    let is_granted = |scope| granted.permits(scope) && was_requested(scope, &credentials);
    added.iter().all(is_granted).then_some(credentials)
}

/// Checks the scopes of the command line before an app is registered with them. Those that the server
/// does not list must be confirmed at a terminal. GoToSocial, which lists none, would register any.
/// `--allow-unknown-scopes` skips the check.
///
/// # Errors
/// [`InvalidUsage`] with all of them, if they are not confirmed.
pub(super) fn check(arguments: &LoginArgs, registration: &RegisterApp) -> Result<(), BoxError> {
    let named = arguments.scopes.iter().chain(&arguments.add_scopes).flatten();
    let listed = listed(registration);
    let unlisted: Vec<&Scope> = named.filter(|scope| !is_listed(scope, listed)).collect();
    if unlisted.is_empty() || arguments.allow_unknown_scopes {
        return Ok(());
    }
    let (noun, pronoun) = match unlisted.len() {
        1 => ("scope", "it"),
        _ => ("scopes", "them"),
    };
    let names = quoted(unlisted.iter().map(|scope| scope.as_str()));
    let problem = match listed.filter(|listed| is_of_mastodon(listed)) {
        Some(_) => {
            format!("{} does not list the {noun} {names}", registration.instance().authority())
        }
        None => format!("no known server has the {noun} {names}"),
    };
    let hint = hint(&unlisted, listed);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(InvalidUsage(format!(
            "invalid {noun}: {problem}. {hint} To request {pronoun} anyway, pass \
             --allow-unknown-scopes."
        ))
        .into());
    }
    let (first, rest) = problem.split_at(1);
    let first = first.to_uppercase();
    let reply = ask(&format!("{first}{rest}. {hint}\nRequest {pronoun} anyway? [y/N] "))?;
    match reply.is_some_and(|it| ["y", "yes"].contains(&&*it.to_ascii_lowercase())) {
        true => Ok(()),
        false => Err(InvalidUsage("cancelled; no app was registered".to_owned()).into()),
    }
}

/// What was probably meant, and the scopes to choose from.
fn hint(unlisted: &[&Scope], listed: Option<&Scopes>) -> String {
    let listed = listed.filter(|listed| is_of_mastodon(listed));
    let known: Vec<&str> = match listed {
        Some(listed) => listed.iter().map(Scope::as_str).collect(),
        None => KNOWN_SCOPES.to_vec(),
    };
    let meant: Vec<&str> = unlisted.iter().filter_map(|scope| nearest(scope, &known)).collect();
    let question = match meant.is_empty() {
        true => String::new(),
        false => format!("Did you mean {}? ", quoted(meant.iter().copied())),
    };
    match listed {
        Some(_) => format!("{question}It lists: {}.", known.join(", ")),
        None if meant.len() == unlisted.len() => question.trim_end().to_owned(),
        None => format!("{question}`gts-oauth login --help` lists the known scopes."),
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The scopes in the server's metadata. `None` if it lists none.
fn listed(registration: &RegisterApp) -> Option<&Scopes> {
    registration.discovery()?.metadata()?.scopes()
}

/// Whether a known server, or this one, has the scope.
fn is_known(scope: &Scope, listed: Option<&Scopes>) -> bool {
    let is_listed = || listed.is_some_and(|listed| listed.iter().any(|it| it == scope));
    KNOWN_SCOPES.contains(&scope.as_str()) || is_listed()
}

/// Whether the server, if it lists the scopes of the Mastodon API, has the scope, or else a known
/// server.
fn is_listed(scope: &Scope, listed: Option<&Scopes>) -> bool {
    match listed {
        Some(listed) if is_of_mastodon(listed) => listed.iter().any(|it| it == scope),
        _ => is_known(scope, listed),
    }
}

/// Whether these are scopes of the Mastodon API. Sharkey lists those of its own API only.
fn is_of_mastodon(listed: &Scopes) -> bool {
    listed.iter().any(|it| it.as_str() == DEFAULT)
}

/// Returns the known scope that was probably meant. `None` if none is similar.
fn nearest<'a>(scope: &Scope, known: &[&'a str]) -> Option<&'a str> {
    let typed = scope.as_str().to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&typed, known);
    let nearest = known.iter().copied().min_by_key(|known| distance(known))?;
    (distance(nearest) <= 1 + scope.as_str().len() / 5).then_some(nearest)
}
