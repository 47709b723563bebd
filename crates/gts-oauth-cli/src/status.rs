//! `gts-oauth status`: who is logged in, and whether it still holds.

use std::io;
use std::process::ExitCode;

use gts_oauth_ureq::{BoxError, Exchange as _, LoggedIn, Transport, Ureq};

use crate::output::{handle, result, tell, told};
use crate::store::{Store, is_named};

/// Exits with 1 if nobody is logged in, or some token cannot be shown to work.
pub(crate) fn run(store: &Store, account: Option<&str>) -> Result<ExitCode, BoxError> {
    let contents = store.load()?;
    for login in &contents.unfinished {
        let instance = login.registration().instance();
        tell(format_args!(
            "A login to {instance} was not finished: the same `gts-oauth login` goes on."
        ));
    }
    let accounts: Vec<LoggedIn> = contents.accounts;
    let named = accounts.iter().filter(|it| is_named(it, account));
    let http = Ureq::new();
    let works = named.map(|logged_in| show(&http, logged_in));
    let works: Vec<bool> = works.collect::<io::Result<_>>()?;
    if works.is_empty() {
        return Err("nobody is logged in: `gts-oauth login INSTANCE` does it".into());
    }
    tell(format_args!("Kept in {}", store.path().display()));
    Ok(match works.contains(&false) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn show(http: &dyn Transport, logged_in: &LoggedIn) -> io::Result<bool> {
    let verdict = logged_in.session.verify().send(http);
    // A token without the scope to tell whose it is gets 403, and works all the same.
    let forbidden = |error: &gts_oauth_ureq::Error| {
        logged_in.account.is_none() && error.status().is_some_and(|status| status == 403)
    };
    let (works, word) = match &verdict {
        Ok(_) => (true, "works".to_owned()),
        Err(error) if forbidden(error) => (true, "works".to_owned()),
        Err(error) => (false, told(error)),
    };
    result(handle(logged_in))?;
    result(format_args!("  instance: {}", logged_in.session.instance()))?;
    result(format_args!("  scopes:   {}", logged_in.session.scopes()))?;
    if !logged_in.missing.is_empty() {
        result(format_args!("  missing:  {}", logged_in.missing))?;
    }
    result(format_args!("  token:    {word}"))?;
    Ok(works)
}
