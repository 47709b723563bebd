use std::collections::HashMap;

use gts_oauth_core::discovery::{Discover, Discovery};
use gts_oauth_core::error::Cause;
use gts_oauth_core::{App, BoxError, Callback, Entropy, Error, Exchange as _, LoggedIn, Login};
use gts_oauth_core::{RedirectUri, RegisterApp, Step, Transport};

/// The response to the browser.
enum Page {
    /// Set a cookie with the `state`. Without a problem, redirect to the URL. Otherwise show the
    /// problem, with a link to the URL.
    Authorize { state: String, url: String, problem: Option<String> },
    /// Store the session, and start one of your own.
    Welcome(Box<LoggedIn>),
}

struct Site<'a> {
    http: &'a dyn Transport,
    entropy: fn() -> Result<Entropy, Error>,
    /// Any storage that all your nodes share, such as a database: the logins of users by their
    /// `state`, and the apps by the origin of their API host.
    storage: HashMap<String, String>,
}

impl Site<'_> {
    /// The form, in which the visitor has entered an instance or an account.
    fn begin(&mut self, typed: &str) -> Result<Page, BoxError> {
        // For each login: which server a domain names can depend on the account.
        let found = typed.parse::<Discover>()?.run(self.http)?;
        let app = self.app(&found)?;
        self.page(&Login::with_app(app, (self.entropy)()?))
    }

    /// The app at the API host that was found, which all users of the server share.
    fn app(&mut self, found: &Discovery) -> Result<App, BoxError> {
        let key = found.instance().origin().to_owned();
        if let Some(stored) = self.storage.get(&key) {
            let app: App = serde_json::from_str(stored)?;
            return Ok(app.with_discovery(found)?);
        }
        let callback: RedirectUri = "https://app.example/callback".parse()?;
        let app = RegisterApp::new(found.instance().clone(), "my-app")?;
        let app = app.redirect_uri(callback.for_instance(found.instance()));
        let app = app.with_discovery(found).send(self.http)?;
        self.storage.insert(key, serde_json::to_string(&app)?);
        Ok(app)
    }

    /// The callback, with the browser's cookie. After an error, the user can reload it.
    fn callback(&mut self, url: &str, cookie: &str) -> Result<Page, BoxError> {
        let callback = Callback::at_redirect_uri(url)?;
        let state = callback.state().filter(|state| *state == cookie).ok_or("another browser")?;
        let stored = self.storage.get(state).ok_or("this login has ended")?;
        let mut login: Login = serde_json::from_str(stored)?;
        login.handle_reply(callback.clone())?;
        self.advance(state, &mut login)?;
        self.page(&login)
    }

    /// Sends the requests of a login, and stores it before each and after the last one.
    fn advance(&mut self, key: &str, login: &mut Login) -> Result<(), BoxError> {
        let mut sent = Ok(());
        loop {
            // In a database, only if the stored login still has the revision that was read.
            self.storage.insert(key.to_owned(), serde_json::to_string(login)?);
            sent?;
            let Step::Send { request, .. } = login.step() else { return Ok(()) };
            sent = match self.http.send(request) {
                Ok(response) => login.handle_response(&response),
                Err(error) => login.handle_transport_error(error),
            };
        }
    }

    fn page(&mut self, login: &Login) -> Result<Page, BoxError> {
        match (login.step(), login.pending()) {
            (Step::Done(me), _) => Ok(Page::Welcome(Box::new(me.clone()))),
            (Step::Authorize { url, problem }, Some(pending)) => {
                if problem.is_some_and(|problem| problem.cause() == Cause::UnknownClient) {
                    self.storage.remove(pending.app().instance().origin());
                    return Err("your instance has forgotten this site: log in again".into());
                }
                let state = pending.state().to_owned();
                self.storage.insert(state.clone(), serde_json::to_string(login)?);
                let problem = problem.map(ToString::to_string);
                Ok(Page::Authorize { state, url: url.to_owned(), problem })
            }
            _ => Err("the login has another request to send".into()),
        }
    }
}
