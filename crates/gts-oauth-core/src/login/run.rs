//! Running a whole login with a transport and a prompt.

use super::{AuthorizeStep, LoggedIn, Login, Step, UserReply};
use crate::error::{BoxError, Cause, Error};
use crate::transport::Transport;

/// Callbacks of [`Login::run_with`]: prompts the user, and optionally stores the login and decides
/// on retries. Core itself never waits. It is meant to be implemented.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use gts_oauth_core::{AuthorizeStep, BoxError, Driver, Error, Login, UserReply};
///
/// struct Patient {
///     retries: u32,
/// }
///
/// impl Driver for Patient {
///     fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
///         println!("Open {} and paste the code:", step.url);
///         let line = std::io::stdin().lines().next().ok_or("no input")??;
///         Ok(line.into())
///     }
///
///     fn store(&mut self, login: &Login) -> Result<(), BoxError> {
///         Ok(std::fs::write("login.json", serde_json::to_string(login)?)?)
///     }
///
///     fn should_retry(&mut self, error: &Error) -> bool {
///         let Some(retry) = error.retry() else { return false };
///         let wait = retry.wait_from(SystemTime::now());
///         std::thread::sleep(wait.min(Duration::from_secs(60))); // a server can ask for years
///         self.retries += 1;
///         self.retries < 5
///     }
/// }
/// ```
pub trait Driver {
    /// Shows the authorization URL, and returns what the user returned with. It is called again
    /// after a reply that cannot be used, also after an empty one: return an error when the input
    /// has ended.
    ///
    /// # Errors
    /// Stops the login with [`Error::Prompt`]. It can be run again.
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError>;

    /// Stores the login. It is called before the first step and after every one that changed the
    /// login, so that a program killed at any time can continue. By default it does nothing.
    ///
    /// # Errors
    /// Stops the login with [`Error::Store`], before the next step.
    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        let _ = login;
        Ok(())
    }

    /// Called when a request failed and the login did not advance. Return `true` to send it again:
    /// sleep first, as [`Error::retry`] says. The default returns `false`, which stops the login
    /// with the error.
    fn should_retry(&mut self, error: &Error) -> bool {
        let _ = error;
        false
    }
}

/// A driver that only prompts.
struct Prompt<F>(F);

impl<F: FnMut(AuthorizeStep<'_>) -> Result<UserReply, BoxError>> Driver for Prompt<F> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.0(step)
    }

    fn should_retry(&mut self, error: &Error) -> bool {
        error.cause() == Cause::NewTokenRejected
    }
}

impl Login {
    /// Carries out all steps with a transport and a prompt. The prompt shows the authorization
    /// URL, and returns what the user returned with. It is called again, with the problem, if the
    /// reply cannot be used, or the server rejects it or its new token. `run` verifies a rejected
    /// token once more, at once; a [`Driver`] can wait first.
    ///
    /// # Errors
    /// Every error that the user cannot correct. The login stays where it was: `run` can be called
    /// again, also in another process. [`Error::remedy`] returns whether that helps. If the server
    /// keeps failing to exchange a code (500), hand in [`UserReply::StartOver`] between two runs:
    /// some servers fail for every unknown code.
    pub fn run(
        &mut self,
        http: &dyn Transport,
        prompt: impl FnMut(AuthorizeStep<'_>) -> Result<UserReply, BoxError>,
    ) -> Result<&LoggedIn, Error> {
        self.run_with(http, &mut Prompt(prompt))
    }

    /// Like [`run`](Self::run), with a [`Driver`] that can also store the login and retry.
    ///
    /// # Errors
    /// As [`run`](Self::run), and [`Error::Store`] if the login could not be stored.
    pub fn run_with(
        &mut self,
        http: &dyn Transport,
        driver: &mut dyn Driver,
    ) -> Result<&LoggedIn, Error> {
        let mut stored = None;
        loop {
            if stored.replace(self.revision) != Some(self.revision) {
                driver.store(self).map_err(Error::Store)?;
            }
            let handled = match self.step() {
                Step::Done(_) => break,
                Step::Authorize { url, problem } => {
                    let reply = driver.ask(AuthorizeStep { url, problem });
                    self.handle_prompted(reply.map_err(Error::Prompt)?)
                }
                Step::Send { request, .. } => match http.send(request) {
                    Ok(response) => self.handle_response(&response),
                    Err(error) => self.handle_transport_error(error),
                },
            };
            match handled {
                Err(error) if !driver.should_retry(&error) => return Err(error),
                _ => {}
            }
        }
        match self.step() {
            Step::Done(logged_in) => Ok(logged_in),
            _ => Err(Error::WrongStep("the login is not finished")),
        }
    }

    /// A callback of another login is a problem to show, because the prompt is called again.
    fn handle_prompted(&mut self, reply: UserReply) -> Result<(), Error> {
        match self.handle_reply(reply) {
            Err(error @ (Error::Callback(_) | Error::ErrorResponse(_))) => {
                self.problem = Some(error);
                Ok(())
            }
            handled => handled,
        }
    }
}
