//! Carrying out a whole login, for those who have a transport and a way to ask.

use std::fmt;

use crate::error::{BoxError, Endpoint, Error};
use crate::logged_in::LoggedIn;
use crate::login_value::{Login, Stage, Step};
use crate::transport::Transport;

/// What [`Login::run`] asks its caller to ask of the person.
#[non_exhaustive]
pub struct Ask<'a> {
    /// The address to open. It changes when a fresh attempt begins.
    pub url: &'a str,
    /// What was wrong with the last reply, when this is not the first time of asking.
    pub problem: Option<&'a Error>,
}

impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the address, which holds the state.
        f.debug_struct("Ask")
            .field("problem", &self.problem)
            .finish_non_exhaustive()
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
        self.run_and_store(http, ask, |_| Ok(()))
    }

    /// [`run`](Self::run), with the login handed to `store` before the first step and after
    /// every one that moved it, so that a program killed at any moment can go on.
    ///
    /// # Errors
    /// As [`run`](Self::run), and [`Error::Store`] if `store` fails: nothing goes on unstored.
    pub fn run_and_store(
        &mut self,
        http: &dyn Transport,
        mut ask: impl FnMut(Ask<'_>) -> Result<String, BoxError>,
        mut store: impl FnMut(&Login) -> Result<(), BoxError>,
    ) -> Result<&LoggedIn, Error> {
        let mut problem = None;
        let mut stored = None;
        loop {
            let before = self.revision();
            if stored.replace(before) != Some(before) {
                store(self).map_err(Error::Store)?;
            }
            match self.step() {
                Step::Done(_) => break,
                Step::Visit(url) => {
                    let told = problem.as_ref();
                    let reply = ask(Ask { url, problem: told }).map_err(Error::Prompt)?;
                    problem = self.pasted(&reply).err();
                }
                Step::Send(request) => {
                    let answer = http.send(request);
                    let answer =
                        answer.map_err(|error| Error::no_answer(self.endpoint(), error))?;
                    match self.answered(&answer) {
                        Ok(()) => {}
                        // The login moved: what went wrong is for the person to mend.
                        Err(error) if self.revision() != before => problem = Some(error),
                        Err(error) => return Err(error),
                    }
                }
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
