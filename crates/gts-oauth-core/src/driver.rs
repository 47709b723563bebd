//! Whoever carries out a login.

use std::fmt;

use crate::error::{BoxError, Error};
use crate::login_value::Login;

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

/// Whoever carries out a login with [`Login::run_by`]: asks its person, and, if it likes, keeps it
/// and has patience. Core itself never waits.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use gts_oauth_core::{Ask, BoxError, Driver, Error, Login};
///
/// struct Patient {
///     tries: u32,
/// }
///
/// impl Driver for Patient {
///     fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError> {
///         println!("Open {} and paste the code:", ask.url);
///         Ok(std::io::stdin().lines().next().ok_or("nobody is there to ask")??)
///     }
///
///     fn store(&mut self, login: &Login) -> Result<(), BoxError> {
///         Ok(std::fs::write("login.json", serde_json::to_string(login)?)?)
///     }
///
///     fn again(&mut self, error: &Error) -> bool {
///         let Some(retry) = error.retry() else { return false };
///         let wait = retry.wait_from(SystemTime::now());
///         std::thread::sleep(wait.min(Duration::from_secs(60))); // a server may say centuries
///         self.tries += 1;
///         self.tries < 5
///     }
/// }
/// ```
pub trait Driver {
    /// Shows the address, and returns the code or the whole address that the person was sent to.
    /// Of a reply that is empty it is asked again, and again: where input has ended, return an
    /// error.
    ///
    /// # Errors
    /// Stops the login, which may be run again: when the person gave up, say, or took too long
    /// (GoToSocial's page has no button to deny). [`StartOver`] does not stop it.
    fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError>;

    /// Keeps the login. It is handed over before the first step and after every one that moved
    /// it, so that a program killed at any moment can go on.
    ///
    /// # Errors
    /// Stops the login: nothing goes on unstored.
    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        let _ = login;
        Ok(())
    }

    /// A request got no answer, or none of worth, and the login stands where it was. True sends
    /// the request again; so wait before that, for as long as [`Error::retry`] says. False, as
    /// this does by itself, stops the login with the error.
    fn again(&mut self, error: &Error) -> bool {
        let _ = error;
        false
    }
}

/// Returned as the error of [`Driver::ask`], or of the `ask` of [`Login::run`], when the person
/// sees something else than they should: a page of the server that says that something went
/// wrong, say, rather than the one that asks to allow the app. Only a person can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartOver {
    /// As [`Login::restart`]: at another address, with the same app.
    SameApp,
    /// As [`Login::restart_with_new_app`]: for a server that has forgotten the app, which
    /// GoToSocial and others tell the person alone.
    NewApp,
}

impl fmt::Display for StartOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameApp => "the person wants to start over",
            Self::NewApp => "the person wants to start over with a new app",
        })
    }
}

impl std::error::Error for StartOver {}
