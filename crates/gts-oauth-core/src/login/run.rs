//! Running a whole login with a transport and a prompt.

use super::stage::Stage;
use super::{AuthorizeStep, LoggedIn, Login, Step, UserReply};
use crate::error::{BoxError, Cause, Error, Operation};
use crate::transport::Transport;
use crate::wire::drop_response;

/// Callbacks of [`Login::run_with`]: prompts the user, and optionally stores the login and decides
/// on retries. Core itself never waits. It is meant to be implemented.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use gts_oauth_core::error::Remedy;
/// use gts_oauth_core::{AuthorizeStep, BoxError, Driver, Error, Login, UserReply};
///
/// struct Patient;
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
///     fn should_retry(&mut self, login: &Login, error: &Error, tries: u32) -> bool {
///         let wait = match error.retry() {
///             Some(retry) => retry.wait_from(SystemTime::now()),
///             None => Duration::from_secs(1 << tries.min(8)),
///         };
///         // GoToSocial's rate limit ends after at most 300 s. A server can ask for years.
///         let is_short = wait <= Duration::from_secs(310);
///         if error.remedy() != Remedy::Retry || tries > 5 || !is_short {
///             return false;
///         }
///         eprintln!("{:?}: {error} Retrying in {} s.", login.operation(), wait.as_secs());
///         std::thread::sleep(wait);
///         true
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

    /// Called when a step failed and the login did not advance. Return `true` to carry it out
    /// again: sleep first, as [`Error::retry`] says. `false` stops the login with the error. The
    /// default verifies a [rejected new token](Cause::NewTokenRejected) once more, and returns
    /// `false` otherwise.
    ///
    /// `tries` counts how often in a row this step has failed: 1 at first.
    fn should_retry(&mut self, login: &Login, error: &Error, tries: u32) -> bool {
        let _ = (login, tries);
        error.cause() == Cause::NewTokenRejected
    }
}

/// A driver that only prompts.
struct Prompt<F>(F);

impl<F: FnMut(AuthorizeStep<'_>) -> Result<UserReply, BoxError>> Driver for Prompt<F> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.0(step)
    }
}

impl Login {
    /// Carries out all steps with a transport and a prompt. The prompt shows the authorization
    /// URL, and returns what the user returned with. It is called again, with the problem, if the
    /// reply cannot be used, or the server rejects it or its new token. `run` verifies a rejected
    /// token once more, at once; a [`Driver`] can wait first.
    ///
    /// # Errors
    /// Every error that the user cannot correct, and the third of three identical rejections in a
    /// row. The login stays where it was: `run` can be called again, also in another process.
    /// [`Error::remedy`] returns whether that helps. If the server keeps failing to exchange a code
    /// (500), hand in [`UserReply::StartOver`] between two runs: some servers fail for every unknown
    /// code. After [`Cause::UnknownClient`], hand in [`UserReply::NewApp`]: with this app, no
    /// authorization can succeed.
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
        let (mut stored, mut tries) = (None, 0);
        let mut rejections = Rejections::default();
        loop {
            if stored.replace(self.revision) != Some(self.revision) {
                driver.store(self).map_err(Error::Store)?;
            }
            let (mut is_foreign, operation) = (false, self.operation());
            let handled = match self.step() {
                Step::Done(_) => break,
                Step::Authorize { url, problem } => {
                    let reply = driver.ask(AuthorizeStep { url, problem });
                    let reply = reply.map_err(Error::Prompt)?;
                    is_foreign = self.is_foreign(&reply);
                    self.handle_prompted(reply)
                }
                Step::Send { request, .. } => match http.send(request) {
                    Ok(response) => {
                        let handled = self.handle_response(&response);
                        drop_response(response, operation);
                        handled
                    }
                    Err(error) => self.handle_transport_error(error),
                },
            };
            tries = if handled.is_ok() { 0 } else { tries + 1 };
            match handled {
                Err(error) if !driver.should_retry(self, &error, tries) => return Err(error),
                Err(_) => {}
                Ok(()) if is_foreign => {}
                Ok(()) => rejections.count(self, operation)?,
            }
        }
        match self.step() {
            Step::Done(logged_in) => Ok(logged_in),
            _ => Err(Error::WrongStep("the login is not finished")),
        }
    }

    /// Whether this is a callback without the `state` of the attempt: any web page can send one.
    fn is_foreign(&self, reply: &UserReply) -> bool {
        match (reply, self.pending()) {
            (UserReply::Callback(callback), Some(pending)) => !pending.has_state_of(callback),
            _ => false,
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

/// Identical rejections in a row: of the same operation, for the same cause. A prompt that needs no
/// user would be called for ever.
#[derive(Default)]
struct Rejections {
    last: Option<(Option<Operation>, Cause)>,
    count: u32,
}

impl Rejections {
    /// Counts the problem of a login that asks its user again after this operation.
    ///
    /// # Errors
    /// The problem, if it is the third of its kind. A mistyped text is none: it was not rejected. At
    /// once, if the server does not know the app, and the login did not register another one.
    fn count(&mut self, login: &mut Login, after: Operation) -> Result<(), Error> {
        let problem = match (&login.stage, &login.problem) {
            (Stage::Authorize(_), Some(problem)) if !matches!(problem, Error::Input(_)) => problem,
            _ => return Ok(()),
        };
        // Not its text, which can contain the time or a number of the request.
        let last = self.last.replace((problem.operation(), problem.cause()));
        self.count = if last == self.last { self.count + 1 } else { 1 };
        let is_useless =
            after == Operation::ExchangeCode && problem.cause() == Cause::UnknownClient;
        match login.problem.take() {
            Some(problem) if is_useless || self.count == 3 => Err(problem),
            problem => {
                login.problem = problem;
                Ok(())
            }
        }
    }
}
