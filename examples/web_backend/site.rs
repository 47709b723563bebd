//! The login: from the form to a stored session.
//!
//! It revokes no token by itself. Mastodon gives two logins of a user the same token, and Friendica
//! ends the tokens of all users of an app. The stored session has the app that revokes it.

use std::thread;
use std::time::Duration;

use gts_oauth_ureq::discovery::Discovery;
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{
    Account, App, Callback, Error, Exchange as _, ExpectedAccount, Instance, LoggedIn, Login,
    RedirectUri, RegisterApp, Step, Transport, entropy,
};
use tiny_http::{Method, Request};

use crate::pages::{self, FORM, Page, RELOAD, START_AGAIN, page};
use crate::store::{Result, Store};

type Http<'a> = &'a (dyn Transport + Sync);

/// Handles the requests of one thread.
pub(crate) struct Site<'a> {
    http: Http<'a>,
    store: Store,
    callback: RedirectUri,
}

impl<'a> Site<'a> {
    pub(crate) fn new(http: Http<'a>, database: &str, origin: &str) -> Result<Self> {
        let callback = format!("{origin}/callback").parse()?;
        Ok(Self { http, store: Store::open(database)?, callback })
    }

    pub(crate) fn respond(&mut self, request: &mut Request) -> Page {
        let (url, browser) = (request.url().to_owned(), pages::cookie(request));
        let page = match (request.method(), url.split('?').next().unwrap_or_default()) {
            (Method::Get, "/") => Ok(page(200, "", FORM)),
            (Method::Post, "/login") => self.begin(&pages::fields(request), &browser),
            (Method::Get, path) if path.starts_with("/callback/") => self.callback(&url, &browser),
            _ => Ok(page(404, "Not found.", START_AGAIN)),
        };
        page.unwrap_or_else(|error| pages::failure(&error))
    }

    /// Redirects the user to their instance.
    ///
    /// This server sends requests to the host that the user enters: on the internet, reject hosts
    /// of your own network.
    fn begin(&mut self, [instance, name]: &[String; 2], browser: &str) -> Result<Page> {
        let instance = instance.parse()?;
        let account = if name.is_empty() { None } else { Some(name.parse()?) };
        let mut app = self.app(&instance, &account)?;
        // The user starts again without a callback: GoToSocial and others show only the user that
        // they do not know the app any longer.
        let before = self.store.login(browser)?;
        let before = before.as_ref().and_then(Login::pending);
        if before.is_some_and(|it| *it.app() == app) && self.forget_unknown(&app, false)? {
            app = self.app(&instance, &account)?;
        }
        // Revoking a token there ends those of all users of the app, and no response reveals it.
        let software = app.registration().discovery().and_then(Discovery::software);
        if software.is_some_and(|it| it.name == "friendica") {
            app = app.registration().send(self.http)?;
        }
        let login = Login::with_app(app, entropy()?).expect_account(account);
        let pending = login.pending().ok_or("no authorization is pending")?;
        self.store.insert(pending.state(), &login)?;
        Ok(pages::authorize(pending, None))
    }

    /// The app of an instance. If its first users arrive at once, one request registers it, and the
    /// others wait.
    ///
    /// Each instance has its own redirect URI, so that it cannot obtain a code of another one (RFC
    /// 9700 section 4.4).
    fn app(&mut self, instance: &Instance, account: &Option<ExpectedAccount>) -> Result<App> {
        let uri = self.callback.for_instance(instance);
        let key = uri.as_str();
        let app = RegisterApp::new(instance.clone(), "web back end")?.redirect_uri(uri.clone());
        let new = Login::new(app, entropy()?).expect_account(account.clone());
        for _ in 0..300 {
            let Some(mut login) = self.store.login(key)? else {
                self.store.insert(key, &new)?;
                continue;
            };
            if login.pending().is_none() {
                let advanced = self.advance(key, login.revision(), &mut login);
                // The next one starts with discovery, which might have found something else.
                advanced.or_else(|error| self.store.delete(key, "").and(Err(error)))?;
            }
            if let Some(pending) = login.pending() {
                return Ok(pending.app().clone());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("another request has registered no app for 30 seconds".into())
    }

    /// Sends the requests of a login, and stores it before and after each. Returns `false` if another
    /// request of a browser works on it.
    fn advance(&mut self, key: &str, mut revision: u64, login: &mut Login) -> Result<bool> {
        let (mut key, mut owned, mut sent) = (key.to_owned(), false, Ok(()));
        loop {
            let at = (key.as_str(), revision, owned);
            let Some(next) = self.store.update(at, login, sent.is_err())? else {
                return Ok(false);
            };
            sent?;
            let Step::Send { request, .. } = login.step() else { return Ok(true) };
            (key, owned, revision) = (next, true, login.revision());
            sent = match self.http.send(request) {
                Ok(response) => login.handle_response(&response),
                Err(error) => login.handle_transport_error(error),
            };
            if let Step::Done(me) = login.step() {
                usable(me).map_or(Ok(()), |it| self.store.insert_session(it.id(), me))?;
            }
        }
    }

    /// Handles a callback, which any web page can send. After a passing fault, the login waits where
    /// it was, and the next callback continues it.
    fn callback(&mut self, url: &str, browser: &str) -> Result<Page> {
        let callback = Callback::at_redirect_uri(url)?;
        let Some(state) = callback.state().filter(|state| *state == browser) else {
            let text = "This login was started in another browser, or is not its last one.";
            return Ok(page(403, text, START_AGAIN));
        };
        let Some(mut login) = self.store.login(state)? else {
            return Ok(page(410, "This login has ended.", START_AGAIN));
        };
        let revision = login.revision();
        match login.handle_reply(callback.clone()) {
            // The user has allowed the app twice: the first code is used.
            Ok(()) | Err(Error::WrongStep(_)) => {}
            Err(error) => return Err(error.into()),
        }
        if !self.advance(state, revision, &mut login)? {
            let text = "Another request is completing this login. This page reloads by itself.";
            return Ok(page(409, text, RELOAD).with_header(pages::header("Refresh", "1")));
        }
        let (problem, pending) = match (login.step(), login.pending()) {
            (Step::Authorize { problem: Some(problem), .. }, Some(pending)) => (problem, pending),
            (Step::Done(me), _) => return Ok(welcome(me)),
            _ => return Err("the login is at an unexpected step".into()),
        };
        // The code was spent, or the user denied, or chose another account: another attempt.
        let known = problem.cause() == Cause::UnknownClient;
        let suspect = known || problem.cause() == Cause::CodeRejected;
        if suspect && self.forget_unknown(pending.app(), known)? {
            return Ok(pages::problem(problem, START_AGAIN));
        }
        Ok(pages::authorize(pending, Some(problem)))
    }

    /// Deletes the app if the instance does not know it. Most say so only in response to a request
    /// for an app token. Returns whether it did.
    fn forget_unknown(&mut self, app: &App, known: bool) -> Result<bool> {
        let token = || app.request_token()?.send(self.http);
        if !known && !token().is_err_and(|error| error.cause() == Cause::UnknownClient) {
            return Ok(false);
        }
        let requested = app.registration().discovery().map(Discovery::requested);
        let uri = self.callback.for_instance(requested.unwrap_or(app.instance()));
        self.store.delete(uri.as_str(), app.client_id()).map(|()| true)
    }
}

/// The account, if its token has all scopes.
fn usable(me: &LoggedIn) -> Option<&Account> {
    me.account.as_ref().filter(|_| me.missing_scopes.is_empty())
}

/// A real server starts its own session here.
fn welcome(me: &LoggedIn) -> Page {
    match usable(me) {
        Some(it) => page(200, &format!("Hello @{}!", it.username()), ""),
        None => page(403, "Your instance did not grant all that this server needs.", START_AGAIN),
    }
}
