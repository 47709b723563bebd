//! The command line of a login, from its parsed arguments.

use std::time::Duration;

use clap::ValueEnum as _;
use gts_oauth_ureq::{ExpectedAccount, Scopes};

use super::arguments::{DEFAULT_NAME, DEFAULT_TIMEOUT, LoginArgs};
use super::browser::check_browser;
use crate::credentials::widest;
use crate::output::shell_word;

/// Returns the command with these arguments, quoted for a POSIX shell: what a hint says to run. The
/// options of all commands are left out, because the result does not depend on them.
pub(super) fn command_line(arguments: &LoginArgs) -> String {
    // Without `..`, so that no option is forgotten.
    let LoginArgs {
        instance,
        scopes,
        add_scopes,
        allow_unknown_scopes,
        expect,
        name,
        website,
        token_name,
        force_login,
        browser,
        no_browser,
        port,
        timeout,
        with_token,
        print_token,
        store,
        json,
        new_app,
        waive_iss,
        skip_discovery,
        insecure_http,
    } = arguments;
    let mut words = vec!["gts-oauth".to_owned(), "login".to_owned()];
    words.push(instance.clone().unwrap_or_else(|| "INSTANCE".to_owned()));
    let timeout = timeout.as_secs();
    let store = store.and_then(|it| it.to_possible_value());
    for (flag, value) in [
        ("--scopes", scopes.as_ref().map(Scopes::to_string)),
        ("--add-scopes", add_scopes.as_ref().map(Scopes::to_string)),
        ("--expect", expect.as_ref().map(ExpectedAccount::to_string)),
        ("--name", Some(name.clone()).filter(|name| name != DEFAULT_NAME)),
        ("--website", website.clone()),
        ("--token-name", token_name.clone()),
        ("--port", port.map(|port| port.to_string())),
        ("--timeout", (timeout.to_string() != DEFAULT_TIMEOUT).then(|| timeout.to_string())),
        ("--store", store.map(|it| it.get_name().to_owned())),
    ] {
        match value {
            // Otherwise it would be read as an option.
            Some(value) if value.starts_with('-') => words.push(format!("{flag}={value}")),
            Some(value) => words.extend([flag.to_owned(), value]),
            None => {}
        }
    }
    for (flag, given) in [
        ("--allow-unknown-scopes", allow_unknown_scopes),
        ("--force-login", force_login),
        ("--browser", browser),
        ("--no-browser", no_browser),
        ("--with-token", with_token),
        ("--print-token", print_token),
        ("--json", json),
        ("--new-app", new_app),
        ("--waive-iss", waive_iss),
        ("--skip-discovery", skip_discovery),
        ("--insecure-http", insecure_http),
    ] {
        words.extend(given.then(|| flag.to_owned()));
    }
    let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
    words.join(" ")
}

/// The command that resumes a login. Its scopes are explicit, because the granted ones can change
/// until then. Whether `--no-browser` is added depends on the unfinished login.
pub(super) fn resume_command(arguments: &LoginArgs, scopes: &Scopes) -> String {
    command_line(&LoginArgs {
        scopes: Some(scopes.clone()),
        add_scopes: None,
        // Not allowed with --no-browser.
        port: arguments.port.filter(|_| check_browser(arguments).is_ok()),
        no_browser: false,
        new_app: false,
        json: false,
        timeout: DEFAULT_TIMEOUT.parse().map_or(arguments.timeout, Duration::from_secs),
        ..arguments.clone()
    })
}

/// The command with scopes that more servers have, after these were rejected: Pixelfed has no
/// `write:media`, but `write`. Every server has `read`.
pub(super) fn with_other_scopes(arguments: &LoginArgs) -> String {
    let wider = |scopes: &Option<Scopes>| {
        let scopes = scopes.as_ref()?;
        Some(widest(scopes)).filter(|wider| wider != scopes)
    };
    let (scopes, add_scopes) = match (wider(&arguments.scopes), wider(&arguments.add_scopes)) {
        (None, None) => ("read".parse().ok(), None),
        wider => wider,
    };
    command_line(&LoginArgs { scopes, add_scopes, ..arguments.clone() })
}
