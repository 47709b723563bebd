//! `gts-oauth logout`: revokes, then forgets.

use std::process::ExitCode;

use gts_oauth_ureq::{BoxError, Exchange as _, Revocation, Ureq};

use crate::arguments::Logout;
use crate::output::{handle, tell, told};
use crate::store::Store;

pub(crate) fn run(
    store: &Store,
    account: Option<&str>,
    logout: &Logout,
) -> Result<ExitCode, BoxError> {
    let logged_in = store.load()?.choose(account)?;
    let name = handle(&logged_in);
    let revocation = logged_in.app.revoke(&logged_in.session)?.send(&Ureq::new());
    let outcome = match revocation {
        Ok(Revocation::Accepted) => format!("The token of {name} is revoked and forgotten."),
        Ok(Revocation::NotConfirmed(why)) => {
            let why = told(&why);
            format!("The token of {name} is forgotten here, but may live on: {why}")
        }
        Ok(_) => format!(
            "The token of {name} is forgotten here, but lives on: this server revokes no tokens. \
             Take the app out of the list in your account's settings."
        ),
        Err(error) if logout.force => {
            let error = told(&error);
            format!("The token of {name} is forgotten here, but may live on: {error}")
        }
        Err(error) => {
            let error = told(&error);
            return Err(format!(
                "the token of {name} was not revoked, so it is kept: {error}. Try again, or \
                 forget it with --force"
            )
            .into());
        }
    };
    store.change(|contents| {
        let token = logged_in.session.access_token();
        contents
            .accounts
            .retain(|it| it.session.access_token() != token);
    })?;
    tell(&outcome);
    Ok(ExitCode::SUCCESS)
}
