//! The login: from the form to a stored session.
//!
//! It revokes no token by itself. Mastodon gives two logins of a user the same token, and Friendica
//! ends the tokens of all users of an app. The stored session has the app that revokes it.

use std::thread;
use std::time::Duration;

use gts_oauth_ureq::discovery::{Discover, Discovery};
use gts_oauth_ureq::error::Cause;
use gts_oauth_ureq::{
    Account, App, Callback, Error, Exchange as _, LoggedIn, Login, RedirectUri, RegisterApp, Step,
    Transport, entropy,
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
            (Method::Post, _) if pages::is_foreign(request, &self.callback) => {
                Ok(page(403, "This form was sent by another site.", START_AGAIN))
            }
            (Method::Post, "/login") => self.begin(&pages::instance(request), &browser),
            (Method::Get, path) if path.starts_with("/callback/") => self.callback(&url, &browser),
            _ => Ok(page(404, "Not found.", START_AGAIN)),
        };
        page.unwrap_or_else(|error| pages::failure(&error))
    }

    /// Redirects the user to their instance.
    ///
    /// This server sends requests to the host that the user enters: on the internet, reject hosts
    /// of your own network.
    fn begin(&mut self, typed: &str, browser: &str) -> Result<Page> {
        let account = typed.starts_with('@').then(|| typed.parse()).transpose()?;
        // For each login: which server a domain names can depend on the account.
        let found = typed.parse::<Discover>()?.run(self.http)?;
        let mut app = self.app(&found)?;
        // The user starts again without a callback: GoToSocial and others show only the user that
        // they do not know the app any longer.
        let before = self.store.login(browser)?.and_then(|it| Some(it.pending()?.app().clone()));
        let is_same = before.is_some_and(|it| it.client_id() == app.client_id());
        if is_same && self.forget_unknown(&app, false)? {
            app = self.app(&found)?;
        }
        // Revoking a token there ends those of all users of the app, and no response reveals it.
        if found.software().is_some_and(|it| it.name == "friendica") {
            app = app.registration().send(self.http)?;
        }
        let login = Login::with_app(app, entropy()?).expect_account(account);
        let pending = login.pending().ok_or("no authorization is pending")?;
        self.store.insert(pending.state(), &login)?;
        Ok(pages::authorize(pending, None))
    }

    /// The app at the API host that was found, which all its domains share. If its first users arrive
    /// at once, one request registers it, and the others wait.
    ///
    /// Each API host has its own redirect URI, so that it cannot obtain a code of another one (RFC
    /// 9700 section 4.4).
    fn app(&mut self, found: &Discovery) -> Result<App> {
        let uri = self.callback.for_instance(found.instance());
        let app = RegisterApp::new(found.instance().clone(), "web back end")?;
        let app = app.redirect_uri(uri.clone()).with_discovery(found);
        for _ in 0..300 {
            let Some(mut login) = self.store.login(uri.as_str())? else {
                self.store.insert(uri.as_str(), &Login::new(app.clone(), entropy()?))?;
                continue;
            };
            if login.pending().is_none() {
                let advanced = self.advance(uri.as_str(), login.revision(), &mut login);
                advanced.or_else(|error| self.store.delete(uri.as_str(), "").and(Err(error)))?;
            }
            if let Some(pending) = login.pending() {
                return Ok(pending.app().with_discovery(found)?);
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
        let uri = self.callback.for_instance(app.instance());
        self.store.delete(uri.as_str(), app.client_id()).map(|()| true)
    }
}

/// The account, if its token has all scopes.
fn usable(me: &LoggedIn) -> Option<&Account> {
    me.account.as_ref().filter(|_| me.missing_scopes.is_empty())
}

/// A real server starts its own session here.
fn welcome(me: &LoggedIn) -> Page {
    let too_few = || page(403, "Your instance did not grant all that is needed.", START_AGAIN);
    usable(me).map_or_else(too_few, |it| page(200, &format!("Hello @{}!", it.username()), ""))
}
