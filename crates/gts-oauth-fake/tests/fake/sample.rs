//! Servers and logins to begin a test with.

use gts_oauth_core::{LoggedIn, Login, RegisterApp};
use gts_oauth_fake::{Dialect, Server};

pub(crate) const ALL: [Dialect; 11] = [
    Dialect::GoToSocial,
    Dialect::GoToSocial018,
    Dialect::Mastodon42,
    Dialect::Mastodon,
    Dialect::Akkoma,
    Dialect::Pixelfed,
    Dialect::Friendica,
    Dialect::Takahe,
    Dialect::Sharkey,
    Dialect::Iceshrimp,
    Dialect::Strict,
];

/// Those that are compared in the same tests; the others have files of their own, too.
pub(crate) const MAIN: [Dialect; 6] = [
    Dialect::GoToSocial,
    Dialect::GoToSocial018,
    Dialect::Mastodon42,
    Dialect::Mastodon,
    Dialect::Akkoma,
    Dialect::Strict,
];

/// Those whose words are Mastodon's.
pub(crate) const DOORKEEPERS: [Dialect; 3] =
    [Dialect::Mastodon42, Dialect::Mastodon, Dialect::Strict];

/// Those that send back whoever says no.
pub(crate) const DENYING: [Dialect; 4] = [
    Dialect::Mastodon42,
    Dialect::Mastodon,
    Dialect::Pixelfed,
    Dialect::Strict,
];

pub(crate) fn is_gotosocial(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::GoToSocial | Dialect::GoToSocial018)
}

pub(crate) const CALLBACK: &str = "http://127.0.0.1:7777/callback";
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

pub(crate) fn speaking(dialect: Dialect) -> Server {
    Server::builder(7).dialect(dialect).build()
}

/// An app whose people paste a code.
pub(crate) fn out_of_band(server: &Server) -> RegisterApp {
    RegisterApp::new(server.instance(), "my-bot").unwrap()
}

/// An app whose people come back by redirect.
pub(crate) fn by_redirect(server: &Server) -> RegisterApp {
    out_of_band(server).redirect_uri(CALLBACK.parse().unwrap())
}

pub(crate) fn login(server: &Server) -> Login {
    Login::new(out_of_band(server), server.entropy())
}

pub(crate) fn login_by_redirect(server: &Server) -> Login {
    Login::new(by_redirect(server), server.entropy())
}

/// A login that waits for its person; and the address to open.
pub(crate) fn waiting(server: &Server, mut login: Login) -> (Login, String) {
    let stop = login.run(server, |_| Err("nobody is here yet".into()));
    assert!(stop.is_err(), "it must wait for its person");
    let address = login.pending().unwrap().url().to_owned();
    (login, address)
}

/// Somebody who is logged in with this app.
pub(crate) fn logged_in(server: &Server, name: &str, app: RegisterApp) -> LoggedIn {
    let person = server.person(name);
    let mut login = Login::new(app, server.entropy());
    let done = login.run(server, |ask| person.allow(ask.url));
    done.unwrap().clone()
}

pub(crate) fn alice(server: &Server) -> LoggedIn {
    logged_in(server, "alice", out_of_band(server))
}
