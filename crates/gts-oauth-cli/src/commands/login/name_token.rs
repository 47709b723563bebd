//! Naming a login's token (`PUT /api/v1/tokens/{id}`, GoToSocial since 0.22), so that users recognize
//! it in lists of tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use gts_oauth_ureq::session::TokenInfo;
use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{App, Exchange as _, Session, Transport};

use crate::credentials::Credentials;

/// The scopes to find the token and to name it.
const REQUIRED: [&str; 2] = ["read:accounts", "write:accounts"];

/// Names the token `gts-oauth on HOST`, if the scopes permit it and the server has names. The login is
/// complete without it, so no failure is reported.
pub(super) fn name_token(credentials: &Credentials, http: &dyn Transport) {
    let session = &credentials.session;
    let Some(app) = credentials.app.as_ref().filter(|app| might_have_names(app)) else {
        return;
    };
    if !REQUIRED.iter().all(|scope| permits(session, scope)) {
        return;
    }
    // The token is among the newest, which are on the first page.
    let Ok(page) = session.tokens().send(http) else {
        return;
    };
    let mut own = page.items.iter().filter(|token| is_of(token, app, session));
    if let (Some(token), None) = (own.next(), own.next()) {
        let host = gethostname::gethostname();
        let name = printable(&format!("gts-oauth on {}", host.to_string_lossy()));
        let _ = session.name_token(&token.id, &name).and_then(|it| it.send(http));
    }
}

/// Whether the server is a GoToSocial, or not known.
fn might_have_names(app: &App) -> bool {
    let software = app.registration().discovery().and_then(|found| found.software());
    software.is_none_or(|software| software.name.eq_ignore_ascii_case("gotosocial"))
}

fn permits(session: &Session, scope: &str) -> bool {
    scope.parse().is_ok_and(|scope| session.scopes().permits(&scope))
}

/// Whether this could be the session's token, which no list shows. The session has the time in
/// seconds.
fn is_of(token: &TokenInfo, app: &App, session: &Session) -> bool {
    token.application.name == app.registration().name()
        && token.scopes == *session.scopes()
        && seconds(token.created_at) == seconds(session.created_at())
}

fn seconds(time: Option<SystemTime>) -> Option<u64> {
    Some(time?.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
