//! The whole flow, and what happens when it goes wrong: every transition in this file.

use http::Response;

use crate::account::Account;
use crate::app::App;
use crate::callback::Callback;
use crate::entropy::sha256;
use crate::error::{Error, Why};
use crate::exchange::Exchange;
use crate::login_value::{LoggedIn, Login, Stage, Step};
use crate::paste;
use crate::pending::PendingLogin;
use crate::register::RegisterApp;
use crate::token::ExchangeCode;
use crate::wire::is_refusal_of_a_code;

impl Login {
    /// What to do now. Pure: asked twice, it says the same.
    pub fn step(&self) -> Step<'_> {
        match &self.stage {
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
                // Only an error that carries our `state` is known to be about this attempt.
                if ours && matches!(error, Error::Refused(_)) {
                    self.fresh_attempt();
                }
                Err(error)
            }
        }
    }

    /// A reply when nobody was asked: fine if it is the one that was taken before.
    fn again(&self, callback: Option<&Callback>) -> Result<(), Error> {
        let taken = match &self.stage {
            Stage::Exchange(exchange) => Some(sha256(exchange.code().expose())),
            _ => self.exchanged.clone(),
        };
        match callback.and_then(|callback| callback.code.as_ref()) {
            Some(code) if taken == Some(sha256(code.expose())) => Ok(()),
            _ => Err(Error::OutOfTurn(
                "a reply was handed in, but this login has asked nobody, or took another one \
                 before: ask its step",
            )),
        }
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
    /// the app, which on GoToSocial looks exactly like a dead code, or like a page that says
    /// 500: only the person can tell.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] once it is done: start another login.
    pub fn restart_with_new_app(&mut self) -> Result<(), Error> {
        self.refuse_if_done()?;
        self.go(Stage::Register);
        Ok(())
    }

    /// Registers another app than planned, and begins again. For when the server refuses the
    /// name, the redirect URI or the scopes.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] once it is done: start another login.
    pub fn register_with(&mut self, registration: RegisterApp) -> Result<(), Error> {
        self.refuse_if_done()?;
        self.registration = registration;
        self.may_register = true;
        self.go(Stage::Register);
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
        let forgotten = matches!(error, Error::Refused(no) if no.code == "invalid_client");
        if forgotten && self.may_register && !self.registered_again {
            self.registered_again = true;
            self.go(Stage::Register);
        } else if exchange.pending().redirect_uri().is_out_of_band() {
            let same = exchange.pending().clone();
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
            (Ok(account), Some(expected)) => match expected.check(&account, session.instance()) {
                Ok(()) => Some(account),
                Err(error) => {
                    self.wishes.force_login = true;
                    self.fresh_attempt();
                    return Err(error);
                }
            },
            (Err(error), None) if is_forbidden(&error) => None,
            (Err(error), _) => return Err(error),
        };
        let missing = self.registration.scopes.missing_from(session.scopes());
        let logged_in = LoggedIn {
            app: app.clone(),
            session: session.clone(),
            account,
            missing,
        };
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
        self.revision += 1;
        // A token that is left behind on the way is not lost.
        if let (Stage::Verify(app, session), false) = (left, self.logged_in().is_some()) {
            self.strays.push((app, session));
        }
    }
}

/// Whether the token endpoint said no, rather than nothing of worth. Servers say it with any
/// status and in any words, or in none at all; but a web page is some proxy's, 408, 418 and 425
/// are about the request and not the code, and a 5xx is a refusal only in the words of RFC 6749
/// §5.2.
fn is_refusal(error: &Error) -> bool {
    let about_the_code = |status: u16| status < 500 && !matches!(status, 408 | 418 | 425);
    match error {
        Error::Refused(no) => {
            is_refusal_of_a_code(&no.code)
                || no
                    .status
                    .is_none_or(|status| about_the_code(status.as_u16()))
        }
        Error::Unexpected(odd) => {
            matches!(odd.why, Why::Empty | Why::Text)
                && odd.status.is_some_and(|status| {
                    status.is_client_error() && about_the_code(status.as_u16())
                })
        }
        _ => false,
    }
}

/// Whether the server knows the token, but does not let it tell whose it is.
fn is_forbidden(error: &Error) -> bool {
    let page = matches!(error, Error::Unexpected(odd) if odd.why == Why::Html);
    !page && error.status() == Some(http::StatusCode::FORBIDDEN)
}
