//! The whole flow, and what happens when it goes wrong: every transition in this file.

use http::Response;

use crate::account::Account;
use crate::app::App;
use crate::callback::{Callback, RedirectFault};
use crate::discover::Discovered;
use crate::discovery::Discovery;
use crate::entropy::sha256;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::exchange_code::ExchangeCode;
use crate::logged_in::LoggedIn;
use crate::login_value::{Login, Stage, Step};
use crate::paste;
use crate::pending::PendingLogin;
use crate::register::RegisterApp;
use crate::wire::{is_forbidden, is_refusal, is_unknown_client};

impl Login {
    /// What to do now. Pure: asked twice, it says the same.
    pub fn step(&self) -> Step<'_> {
        match &self.stage {
            Stage::Discover(discover) => Step::Send(discover.request()),
            Stage::Register => Step::Send(self.registration.request()),
            Stage::Authorize(pending) => Step::Visit(pending.url()),
            Stage::Exchange(exchange) => Step::Send(exchange.request()),
            Stage::Verify(_, session) => Step::Send(session.verify().request()),
            Stage::Done(logged_in) => Step::Done(logged_in),
        }
    }

    /// The server answered what [`Step::Send`] sent.
    ///
    /// # Errors
    /// What [`Exchange::parse`] says; [`Error::WrongAccount`]; [`Error::OutOfTurn`] if nothing
    /// was sent. The table in the crate's documentation tells where each leads.
    pub fn answered(&mut self, answer: &Response<impl AsRef<[u8]>>) -> Result<(), Error> {
        match &self.stage {
            Stage::Discover(discover) => {
                let discovered = discover.parse(answer)?;
                self.discovered(discovered);
                Ok(())
            }
            Stage::Register => {
                let app = self.registration.parse(answer)?;
                self.authorize(app);
                Ok(())
            }
            Stage::Exchange(exchange) => match exchange.parse(answer) {
                Ok(session) => {
                    self.exchanged = Some(sha256(exchange.code().expose()));
                    let app = exchange.pending().app().clone();
                    self.go(Stage::Verify(app, session));
                    Ok(())
                }
                Err(error) => {
                    self.exchange_failed(&error);
                    Err(error)
                }
            },
            Stage::Verify(_, session) => {
                let verdict = session.verify().parse(answer);
                self.verified(verdict)
            }
            Stage::Authorize(_) | Stage::Done(_) => Err(Error::OutOfTurn(
                "an answer was handed in, but this login has sent nothing: ask its step",
            )),
        }
    }

    /// The person came back by redirect.
    ///
    /// # Errors
    /// [`Error::Redirect`]: it is not the answer to this attempt, which lives on.
    /// [`Error::Refused`]: the server or the person said no; with our `state` a fresh attempt
    /// starts, without one this attempt lives on, for any web page could have sent it.
    /// [`Error::OutOfTurn`]: nobody was asked. The same callback again, once its exchange
    /// began, is no error and does nothing.
    pub fn callback(&mut self, callback: &Callback) -> Result<(), Error> {
        let Stage::Authorize(pending) = &self.stage else {
            return self.again(Some(callback));
        };
        let reply = pending.callback(callback);
        let ours = pending.owns(callback);
        self.replied(reply, ours)
    }

    /// The person brought a code, or the whole address they were sent to.
    ///
    /// # Errors
    /// As [`callback`](Self::callback), and [`Error::Input`] if the text is neither.
    pub fn pasted(&mut self, text: &str) -> Result<(), Error> {
        let Stage::Authorize(pending) = &self.stage else {
            let callback = paste::read(text, true);
            return self.again(callback.ok().as_ref());
        };
        let out_of_band = pending.redirect_uri().is_out_of_band();
        let callback = paste::read(text, out_of_band)?;
        let reply = pending.answer(&callback, out_of_band);
        let ours = pending.owns(&callback);
        self.replied(reply, ours)
    }

    fn replied(&mut self, reply: Result<ExchangeCode, Error>, ours: bool) -> Result<(), Error> {
        match reply {
            Ok(exchange) => {
                self.go(Stage::Exchange(exchange));
                Ok(())
            }
            Err(error) => {
                // Only what carries our `state` is known to be about this attempt.
                match &error {
                    Error::Refused(_) if ours => self.fresh_attempt(),
                    // Whoever is signed in already would be sent back with it again (Akkoma).
                    Error::Redirect(RedirectFault::Token) if ours => {
                        self.wishes.force_login = true;
                        self.fresh_attempt();
                    }
                    _ => {}
                }
                Err(error)
            }
        }
    }

    /// Ends discovery with what is known so far: for a server that is in trouble only there. Where
    /// an app is to be registered next, forgets what was found, and registers it where it was
    /// asked for: for what leads astray. Any other login stays as it is.
    pub fn skip_discovery(&mut self) {
        let found = match (&self.stage, &self.discovery) {
            (Stage::Discover(discover), _) => (**discover).clone().skip(),
            (Stage::Register, Some(found)) => found.forgotten(),
            _ => return,
        };
        self.found(found);
    }

    /// Goes on without an answer, where there is another way.
    pub(crate) fn unanswered(&mut self) -> bool {
        let Stage::Discover(discover) = &self.stage else {
            return false;
        };
        let instead = discover.unanswered();
        instead.map(|it| self.discovered(it)).is_some()
    }

    fn discovered(&mut self, discovered: Discovered) {
        match discovered {
            Discovered::Next(next) => self.go(Stage::Discover(Box::new(next))),
            Discovered::Found(found) => self.found(found),
        }
    }

    fn found(&mut self, found: Discovery) {
        self.registration = self.registration.clone().found_at(&found);
        self.discovery = Some(found);
        self.go(Stage::Register);
    }

    /// Begins a fresh attempt with the same app: a new address to open, older replies are worth
    /// nothing. For when the person is stuck, or the code is dead. A login that has not
    /// registered yet has nothing to begin again, and stays.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] once it is done: start another login.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.refuse_if_done()?;
        self.fresh_attempt();
        Ok(())
    }

    /// Registers the app anew, as it was, and begins again. For when the server has forgotten
    /// the app, which on GoToSocial looks like a dead code, or a page that says 500.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] once it is done: start another login.
    pub fn restart_with_new_app(&mut self) -> Result<(), Error> {
        self.refuse_if_done()?;
        if !matches!(self.stage, Stage::Discover(_)) {
            self.go(Stage::Register);
        }
        Ok(())
    }

    /// Registers another app than planned, and begins again. For when the server refuses the
    /// name, the redirect URI or the scopes. What was found out about the instance still holds;
    /// another instance is looked for anew, if this login looks for its server.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] once it is done: start another login.
    pub fn register_with(&mut self, registration: RegisterApp) -> Result<(), Error> {
        self.refuse_if_done()?;
        self.registration = registration;
        let instance = &self.registration.instance;
        let stage = match (self.discovery.take(), &self.stage) {
            (Some(found), _) if found.is_of(instance) => {
                self.registration = self.registration.clone().found_at(&found);
                self.discovery = Some(found);
                Stage::Register
            }
            (None, Stage::Discover(discover)) if discover.asked == *instance => {
                Stage::Discover(discover.clone())
            }
            (Some(_), _) | (None, Stage::Discover(_)) => {
                Stage::Discover(Box::new(self.registration.discover()))
            }
            (None, _) => Stage::Register,
        };
        self.may_register = true;
        self.go(stage);
        self.name_discovery();
        Ok(())
    }

    fn refuse_if_done(&self) -> Result<(), Error> {
        match self.stage {
            Stage::Done(_) => Err(Error::OutOfTurn("this login is done: start another")),
            _ => Ok(()),
        }
    }

    fn exchange_failed(&mut self, error: &Error) {
        let Stage::Exchange(exchange) = &self.stage else {
            return;
        };
        if !is_refusal(error) {
            return;
        }
        if is_unknown_client(error) && self.may_register && !self.registered_again {
            self.registered_again = true;
            self.go(Stage::Register);
        } else if exchange.pending().redirect_uri().is_out_of_band() {
            // Whoever is signed in may have been shown a token, as a code (Akkoma).
            self.wishes.force_login = true;
            let same = exchange.pending().with(self.wishes.clone());
            self.go(Stage::Authorize(same));
        } else {
            self.fresh_attempt();
        }
    }

    fn verified(&mut self, verdict: Result<Account, Error>) -> Result<(), Error> {
        let Stage::Verify(app, session) = &self.stage else {
            return verdict.map(drop);
        };
        let account = match (verdict, &self.expected) {
            (Ok(account), None) => Some(account),
            (Ok(account), Some(expected)) => {
                match expected.check_at(&account, app.registration()) {
                    Ok(()) => Some(account),
                    Err(error) => {
                        self.wishes.force_login = true;
                        self.fresh_attempt();
                        return Err(error);
                    }
                }
            }
            (Err(error), None) if is_forbidden(&error) => None,
            (Err(error), _) => return Err(error),
        };
        let logged_in = LoggedIn::new(app.clone(), session.clone(), account)?;
        self.attempts = None;
        self.go(Stage::Done(Box::new(logged_in)));
        Ok(())
    }

    fn fresh_attempt(&mut self) {
        if let Some(app) = self.app().cloned() {
            self.authorize(app);
        }
    }

    pub(crate) fn authorize(&mut self, app: App) {
        if let Some(attempts) = &mut self.attempts {
            let pending = PendingLogin::new(app, self.wishes.clone(), attempts.next());
            self.exchanged = None;
            self.go(Stage::Authorize(pending));
        }
    }

    fn go(&mut self, stage: Stage) {
        let left = std::mem::replace(&mut self.stage, stage);
        self.revision = self.revision.wrapping_add(1);
        // A token that is left behind on the way is not lost.
        if let (Stage::Verify(app, session), false) = (left, self.logged_in().is_some()) {
            self.strays.push((app, session));
        }
    }
}
