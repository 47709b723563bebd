//! Servers and logins for tests.

use gts_oauth_core::{
    App, Error, LoggedIn, Login, PendingAuthorization, RegisterApp, Step, UserReply,
};
use gts_oauth_fake::{Dialect, Server};

/// The dialects that are compared in the same tests. The others also have files of their own.
pub(crate) const MAIN: [Dialect; 7] = [
    Dialect::GoToSocial,
    Dialect::GoToSocial020,
    Dialect::GoToSocial018,
    Dialect::Mastodon,
    Dialect::Mastodon43,
    Dialect::Akkoma,
    Dialect::Strict,
];

/// Those with the error messages of Mastodon.
pub(crate) const DOORKEEPERS: [Dialect; 3] =
    [Dialect::Mastodon43, Dialect::Mastodon, Dialect::Strict];

/// Those with a *Deny* button.
pub(crate) const DENYING: [Dialect; 4] =
    [Dialect::Mastodon43, Dialect::Mastodon, Dialect::Pixelfed, Dialect::Strict];

pub(crate) fn is_mastodon(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Mastodon | Dialect::Mastodon43)
}

pub(crate) fn is_gotosocial(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::GoToSocial | Dialect::GoToSocial020 | Dialect::GoToSocial018)
}

pub(crate) const CALLBACK: &str = "http://127.0.0.1:7777/callback";
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

pub(crate) fn speaking(dialect: Dialect) -> Server {
    Server::builder(7).dialect(dialect).build()
}

/// An app without a redirect URI: users paste a code.
pub(crate) fn out_of_band(server: &Server) -> RegisterApp {
    RegisterApp::new(server.instance(), "my-bot").unwrap()
}

/// An app with a redirect URI.
pub(crate) fn by_redirect(server: &Server) -> RegisterApp {
    out_of_band(server).redirect_uri(CALLBACK.parse().unwrap())
}

pub(crate) fn login(server: &Server) -> Login {
    without_discovery(Login::new(out_of_band(server), server.entropy()))
}

pub(crate) fn login_by_redirect(server: &Server) -> Login {
    without_discovery(Login::new(by_redirect(server), server.entropy()))
}

pub(crate) fn without_discovery(mut login: Login) -> Login {
    login.skip_discovery();
    login
}

/// The app of a login that has one and is not done.
pub(crate) fn app(login: &Login) -> Option<App> {
    let pending = login.pending().map(PendingAuthorization::app);
    pending.or(login.session().map(|(app, _)| app)).cloned()
}

/// Why the last attempt failed, while an authorization is pending.
pub(crate) fn problem(login: &Login) -> Option<&Error> {
    match login.step() {
        Step::Authorize { problem, .. } => problem,
        _ => None,
    }
}

/// The text of a reply.
pub(crate) fn text(reply: UserReply) -> String {
    match reply {
        UserReply::Pasted(text) => text,
        other => panic!("not a text: {other:?}"),
    }
}

/// A login with a pending authorization, and the authorization URL.
pub(crate) fn waiting(server: &Server, mut login: Login) -> (Login, String) {
    let stop = login.run(server, |_| Err("no reply yet".into()));
    assert!(stop.is_err(), "the authorization must be pending");
    let address = login.pending().unwrap().url().to_owned();
    (login, address)
}

/// An account that is logged in with this app.
pub(crate) fn logged_in(server: &Server, name: &str, app: RegisterApp) -> LoggedIn {
    let account = server.account(name);
    let mut login = without_discovery(Login::new(app, server.entropy()));
    let done = login.run(server, |ask| account.allow(ask.url));
    done.unwrap().clone()
}

pub(crate) fn alice(server: &Server) -> LoggedIn {
    logged_in(server, "alice", out_of_band(server))
}
