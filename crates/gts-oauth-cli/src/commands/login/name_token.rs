//! Naming a login's token (`PUT /api/v1/tokens/{id}`, GoToSocial since 0.22), so that users recognize
//! it in lists of tokens.

use gts_oauth_ureq::types::printable;
use gts_oauth_ureq::{App, Exchange as _, Session, Transport};

use crate::credentials::Credentials;

/// The scopes to find the token and to name it.
const REQUIRED: [&str; 2] = ["read:accounts", "write:accounts"];

/// Names the token, by default `gts-oauth on HOST`, if the scopes permit it and the server has names.
/// An empty name is not sent. The login is complete without a name, so no failure is reported.
pub(super) fn name_token(credentials: &Credentials, name: Option<&str>, http: &dyn Transport) {
    let session = &credentials.session;
    if name.is_some_and(str::is_empty) {
        return;
    }
    if !credentials.app.as_ref().is_some_and(might_have_names) {
        return;
    }
    if !REQUIRED.iter().all(|scope| permits(session, scope)) {
        return;
    }
    // The token is among the newest, which are on the first page.
    let Ok(page) = session.tokens().send(http) else {
        return;
    };
    if let Some(token) = credentials.own_token(&page.items) {
        let name = name.map_or_else(default_name, str::to_owned);
        let _ = session.name_token(&token.id, &name).and_then(|it| it.send(http));
    }
}

fn default_name() -> String {
    let host = gethostname::gethostname();
    printable(&format!("gts-oauth on {}", host.to_string_lossy()))
}

/// Whether the server is a GoToSocial, or not known.
fn might_have_names(app: &App) -> bool {
    let software = app.registration().discovery().and_then(|found| found.software());
    software.is_none_or(|software| software.name.eq_ignore_ascii_case("gotosocial"))
}

fn permits(session: &Session, scope: &str) -> bool {
    scope.parse().is_ok_and(|scope| session.scopes().permits(&scope))
}
