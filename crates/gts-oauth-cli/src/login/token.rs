//! `gts-oauth login --with-token`: a token that somebody already has.

use std::io::{self, Read as _};

use gts_oauth_ureq::{BoxError, Exchange as _, Scopes, Secret, Session, Transport};

use super::wanted::Wanted;
use crate::credentials::Credentials;
use crate::output::USER_AGENT;

/// No token is longer.
const LONGEST: u64 = 64 * 1024;

/// Reads it from standard input, finds where it is good, and asks whose it is.
pub(super) fn read(wanted: &Wanted, http: &dyn Transport) -> Result<Credentials, BoxError> {
    let mut token = String::new();
    io::stdin().take(LONGEST).read_to_string(&mut token)?;
    let token = match token.trim() {
        "" => return Err("no token came from standard input".into()),
        token => Secret::new(token.to_owned()),
    };
    let found = wanted.discover(http)?;
    let instance = found.instance().clone();
    let session = Session::from_token(instance, token)?.user_agent(USER_AGENT)?;
    let account = session.verify().send(http)?;
    wanted.check(&account, &found)?;
    Ok(Credentials {
        app: None,
        domain: wanted.domain(session.instance()),
        session,
        account: Some(account),
        missing: Scopes::default(),
    })
}
