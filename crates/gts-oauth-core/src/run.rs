//! Carrying out a whole login, for those who have a transport and a way to ask.

use std::fmt;

use http::Request;

use crate::driver::{Ask, Driver, StartOver};
use crate::error::{BoxError, Endpoint, Error};
use crate::logged_in::LoggedIn;
use crate::login_value::{Login, Stage, Step};
use crate::transport::Transport;

/// A person, and nothing else.
struct Asked<F>(F);

impl<F: FnMut(Ask<'_>) -> Result<String, BoxError>> Driver for Asked<F> {
    fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError> {
        self.0(ask)
    }
}

impl Login {
    /// Carries out all steps with a transport and a person. `ask` shows the address, and
    /// returns the code or the whole address the person was sent to; it is asked again, and
    /// told why, when the reply cannot be used or the server refuses it.
    ///
    /// # Errors
    /// What leads back to the person is asked of the person. Everything else is returned, and
    /// the login stays where it was: `run` may be called again, now or in another process.
    pub fn run(
        &mut self,
        http: &dyn Transport,
        ask: impl FnMut(Ask<'_>) -> Result<String, BoxError>,
    ) -> Result<&LoggedIn, Error> {
        self.run_by(http, &mut Asked(ask))
    }

    /// [`run`](Self::run), by somebody who does more than to ask: who keeps the login between its
    /// steps, or waits for a busy server.
    ///
    /// # Errors
    /// As [`run`](Self::run), and [`Error::Store`] if the login could not be kept.
    pub fn run_by(
        &mut self,
        http: &dyn Transport,
        driver: &mut dyn Driver,
    ) -> Result<&LoggedIn, Error> {
        let mut problem = None;
        let mut stored = None;
        loop {
            let before = self.revision();
            if stored.replace(before) != Some(before) {
                driver.store(self).map_err(Error::Store)?;
            }
            match self.step() {
                Step::Done(_) => break,
                Step::Visit(url) => {
                    let told = problem.as_ref();
                    problem = match driver.ask(Ask { url, problem: told }) {
                        Ok(reply) => self.pasted(&reply).err(),
                        Err(error) => self.start_over(error).map(|()| None)?,
                    };
                }
                Step::Send(request) => match self.send(http, request) {
                    Ok(()) => {}
                    // The login moved: what went wrong is for the person to mend.
                    Err(error) if self.revision() != before => problem = Some(error),
                    Err(error) if driver.again(&error) => {}
                    Err(error) => return Err(error),
                },
            }
        }
        self.logged_in()
            .ok_or(Error::OutOfTurn("this login is not done"))
    }

    /// [`run`](Self::run), for adapters: the finished login, or the unfinished one with what
    /// stopped it.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn finish(
        mut self,
        http: &dyn Transport,
        ask: impl FnMut(Ask<'_>) -> Result<String, BoxError>,
    ) -> Result<LoggedIn, LoginError> {
        let outcome = self.run(http, ask).cloned();
        outcome.map_err(|error| LoginError {
            error,
            login: Some(Box::new(self)),
        })
    }

    fn send(&mut self, http: &dyn Transport, request: Request<Vec<u8>>) -> Result<(), Error> {
        match http.send(request) {
            Ok(answer) => self.answered(&answer),
            Err(_) if self.unanswered() => Ok(()),
            Err(error) => Err(Error::no_answer(self.endpoint(), error)),
        }
    }

    /// What a prompt's error asks for.
    fn start_over(&mut self, error: BoxError) -> Result<(), Error> {
        match error.downcast_ref() {
            Some(StartOver::SameApp) => self.restart(),
            Some(StartOver::NewApp) => self.restart_with_new_app(),
            None => Err(Error::Prompt(error)),
        }
    }

    fn endpoint(&self) -> Endpoint {
        match self.stage {
            Stage::Discover(_) => Endpoint::Discover,
            Stage::Register => Endpoint::Register,
            Stage::Authorize(_) => Endpoint::Authorize,
            Stage::Exchange(_) => Endpoint::Token,
            Stage::Verify(..) | Stage::Done(_) => Endpoint::Verify,
        }
    }
}

/// A login that stopped, and how far it came: [`run`](Login::run) it again, or store it.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoginError {
    /// What stopped it.
    pub error: Error,
    /// The login as it stands; none only if it could not begin.
    pub login: Option<Box<Login>>,
}

impl From<Error> for LoginError {
    /// A login that could not begin.
    fn from(error: Error) -> Self {
        Self { error, login: None }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for LoginError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
