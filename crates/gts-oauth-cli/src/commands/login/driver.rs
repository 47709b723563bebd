//! Whoever carries out a login: asks in one way or the other, keeps it after each step, and has
//! some patience with a busy server.

use std::thread;
use std::time::{Duration, SystemTime};

use gts_oauth_ureq::{Ask, BoxError, Driver, Error, Login};

use super::options::LoginOptions;
use crate::output::{tell, told};
use crate::store::Backend;
use crate::store::{Claim, Store};

/// How the person is asked.
pub(super) trait Prompt {
    /// As [`Driver::ask`].
    fn ask(&mut self, ask: &Ask<'_>) -> Result<String, BoxError>;

    /// Tells the person, where they last looked, who is logged in; or why nobody is.
    fn done(&mut self, outcome: Result<&str, &str>);
}

pub(super) struct LoginDriver<'a> {
    pub(super) store: &'a Store,
    pub(super) wanted: &'a LoginOptions,
    pub(super) claim: &'a Claim,
    pub(super) place: Backend,
    pub(super) way: &'a mut dyn Prompt,
    /// How often a busy server was waited for.
    pub(super) waits: u8,
}

/// Nobody is made to wait longer, or more often.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const MOST_WAITS: u8 = 3;

impl Driver for LoginDriver<'_> {
    fn ask(&mut self, ask: Ask<'_>) -> Result<String, BoxError> {
        self.way.ask(&ask)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        // Without an app there is nothing to keep yet; what is done is kept as an account, in one
        // stroke with forgetting that it was unfinished.
        if login.app().is_none() || login.logged_in().is_some() {
            return Ok(());
        }
        let register = &self.wanted.register;
        let keep = |contents: &mut _| self.claim.keep(contents, register, login, self.place);
        self.store.change(keep)
    }

    fn again(&mut self, error: &Error) -> bool {
        let Some(retry) = error.retry() else {
            return false;
        };
        let wait = retry.wait_from(SystemTime::now());
        if wait > LONGEST_WAIT || self.waits == MOST_WAITS {
            return false;
        }
        self.waits += 1;
        let seconds = wait.as_secs() + 1;
        tell(format_args!("{}: going on in {seconds} s.", told(error)));
        thread::sleep(Duration::from_secs(seconds));
        true
    }
}
