//! The login driver: prompts the user, stores the login after each step, and retries when the
//! server is unavailable.

use std::io;
use std::thread;
use std::time::{Duration, SystemTime};

use gts_oauth_prompt::{HeldInterrupts, LoopbackError, hold_interrupts};
use gts_oauth_ureq::error::{CallbackError, Cause, Operation};
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::renewal::Revocation;
use gts_oauth_ureq::{BoxError, Driver, Error, Exchange as _, Login, Step, Transport, UserReply};

use super::arguments::LoginArgs;
use super::command_line::{command_line, with_other_scopes};
use super::options::LoginOptions;
use super::{report, scopes};
use crate::credentials::Credentials;
use crate::exit_code::without_advice;
use crate::output::{EMPHASIS, error_sentence, message};
use crate::store::{Backend, Claim, Store};

/// A way to have the user authorize the app.
pub(super) trait Prompt {
    /// As [`Driver::ask`].
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError>;

    /// Shows the result where the user last looked: the handle of the account, or the reason for
    /// the failure.
    fn done(&mut self, outcome: Result<&str, &str>);
}

pub(super) struct LoginDriver<'a> {
    pub(super) arguments: &'a LoginArgs,
    pub(super) options: &'a LoginOptions,
    /// Messages for a user who is asked, printed before the first question.
    pub(super) notices: Vec<String>,
    /// Whether the requested scopes were checked.
    pub(super) scopes_checked: bool,
    /// `None` if the login is not stored.
    pub(super) storage: Option<Storage<'a>>,
    pub(super) prompt: &'a mut dyn Prompt,
    /// How often the user was asked.
    pub(super) prompts: u8,
    /// How often the driver has waited for the server.
    pub(super) waits: u8,
    /// Whether the user denied access, which ends the login: it cannot be resumed.
    pub(super) is_denied: bool,
    /// Whether the last step could not be stored.
    pub(super) is_unstored: bool,
    /// Whether the steps are printed.
    pub(super) verbose: bool,
    /// The step that was printed last.
    pub(super) printed: Option<Operation>,
    /// Holds back Ctrl-C while the server might issue a token, until the token is stored. If it is not
    /// stored, the caller prints it first.
    pub(super) held: &'a mut Option<HeldInterrupts>,
    pub(super) http: &'a dyn Transport,
    /// The credentials of earlier attempts whose revocation was tried.
    pub(super) superseded: Vec<Credentials>,
    /// Those of them whose tokens could not be revoked.
    pub(super) unrevoked: Vec<Credentials>,
}

/// Where the login is stored after each step.
pub(super) struct Storage<'a> {
    pub(super) store: &'a Store,
    pub(super) claim: &'a Claim,
    pub(super) backend: Backend,
}

/// The maximum number of prompts, in case a program types the input.
const MAX_PROMPTS: u8 = 20;

/// A longer wait, or one more of them, ends the command instead.
const MAX_WAIT: Duration = Duration::from_secs(60);
const MAX_WAITS: u8 = 3;

pub(super) const RESUME: &str = "Run the same command to resume, with the same app.";

/// The command of a login that accepts callbacks without `iss`.
pub(super) fn without_iss(arguments: &LoginArgs) -> String {
    command_line(&LoginArgs { waive_iss: true, ..arguments.clone() })
}

impl LoginDriver<'_> {
    /// Whether the login is stored as it is, and can be resumed.
    pub(super) fn is_resumable(&self) -> bool {
        let holds = |Storage { store, claim, .. }: &Storage<'_>| store.holds(claim);
        !self.is_denied && !self.is_unstored && self.storage.as_ref().is_some_and(holds)
    }

    /// Prints the notices, unless they are printed.
    pub(super) fn print_notices(&mut self) {
        self.notices.drain(..).for_each(message);
    }

    /// Revokes the tokens of a resumed login. The process that obtained them may have been killed before
    /// it revoked them. If not, it has already reported the result.
    pub(super) fn revoke_earlier(&mut self, earlier: Vec<Credentials>) {
        for credentials in earlier {
            let Credentials { app, session, .. } = &credentials;
            let revoke =
                app.as_ref().map(|app| app.revoke(session).and_then(|it| it.send(self.http)));
            if !matches!(revoke, Some(Ok(Revocation::Accepted))) {
                self.unrevoked.push(credentials.clone());
            }
            self.superseded.push(credentials);
        }
    }

    /// Revokes the tokens of attempts that have failed since, such as that of another account than the
    /// expected one.
    pub(super) fn revoke_superseded(&mut self, login: &Login) {
        for (app, session) in login.superseded_sessions() {
            let credentials = Credentials::unverified(app, session);
            if self.is_handled(&credentials) {
                continue;
            }
            if !report::try_to_revoke(self.http, app, session, "of the failed attempt") {
                message(
                    "The token of the failed attempt is not revoked yet. Another try follows when the \
                     login ends.",
                );
                self.unrevoked.push(credentials.clone());
            }
            self.superseded.push(credentials);
        }
    }

    /// Whether the token was to be revoked by one of these functions.
    pub(super) fn is_handled(&self, credentials: &Credentials) -> bool {
        self.superseded.iter().any(|it| it.has_token_of(credentials))
    }

    /// Why the app was not allowed, if another attempt would not help. `None` for other problems.
    fn denial(&self, problem: &Error) -> Option<BoxError> {
        match (problem.cause(), problem.operation()) {
            (Cause::Denied, _) => {
                Some("access was denied. Run the same command to ask again.".into())
            }
            (Cause::InvalidInput, Some(Operation::Authorize)) => {
                let command = with_other_scopes(self.arguments);
                Some(
                    format!("{}. Run `{command}`, or name other scopes.", without_advice(problem))
                        .into(),
                )
            }
            _ => None,
        }
    }

    /// Adds how to go on to an error that ends the login without a reply.
    fn explain(&self, error: BoxError) -> BoxError {
        let kind = error.downcast_ref().map(io::Error::kind);
        match (error.downcast_ref(), kind) {
            // Without a stored login, the error is complete.
            _ if self.storage.is_none() => error,
            (Some(LoopbackError::TimedOut(timeout)), _) => format!(
                "timed out after {}s waiting for the browser. {RESUME} To paste a code instead, use \
                 --no-browser.",
                timeout.as_secs()
            )
            .into(),
            (_, Some(io::ErrorKind::UnexpectedEof)) => format!("{error}. {RESUME}").into(),
            _ => error,
        }
    }

    /// Holds back Ctrl-C before the code is exchanged.
    fn hold_during_exchange(&mut self, login: &Login) {
        if login.operation() != Operation::ExchangeCode {
            return;
        }
        let ending = match self.storage {
            Some(_) => "Ending as soon as the token is stored. Press Ctrl-C to end at once.",
            None => "Ending as soon as the token is printed. Press Ctrl-C to end at once.",
        };
        self.held.get_or_insert_with(|| hold_interrupts(move || message(ending)));
    }

    /// Prints the step that the login is about to take, numbered as in GoToSocial's documentation.
    fn print_step(&mut self, login: &Login) {
        let operation = login.operation();
        let is_done = matches!(login.step(), Step::Done(_));
        if !self.verbose || is_done || self.printed.replace(operation) == Some(operation) {
            return;
        }
        let title = match operation {
            Operation::Discover => "Find the API",
            Operation::Register => "1. Register an app",
            Operation::Authorize => "2. Allow the app in the browser",
            Operation::ExchangeCode => "3. Exchange the code for a token",
            Operation::VerifyCredentials => "4. Verify the token",
            _ => return,
        };
        message(format_args!("\n{EMPHASIS}{title}{EMPHASIS:#}"));
    }
}

impl Driver for LoginDriver<'_> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        // The code was rejected.
        *self.held = None;
        // Other errors of the server are for the prompt (RFC 6749 section 4.1.2.1).
        if let Some(problem) = step.problem {
            if let Some(denial) = self.denial(problem) {
                self.is_denied = true;
                return Err(denial);
            }
        }
        if self.prompts == MAX_PROMPTS {
            return Err(match &self.storage {
                Some(_) => format!("too many invalid codes. {RESUME}").into(),
                None => "too many invalid codes".into(),
            });
        }
        self.prompts += 1;
        self.print_notices();
        if matches!(step.problem, Some(Error::Callback(CallbackError::NoIssuer))) {
            message(format_args!(
                "\nThe callback had no iss. If this server never sends one, such as Sharkey, press Ctrl-C, \
                 and run `{}`.",
                without_iss(self.arguments)
            ));
        }
        self.prompt.ask(step).map_err(|error| self.explain(error))
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        self.print_step(login);
        self.hold_during_exchange(login);
        if login.operation() == Operation::Register && !self.scopes_checked {
            scopes::check(self.arguments, login.registration())?;
            self.scopes_checked = true;
        }
        // Without an app there is nothing to store yet. A finished login is stored as an account,
        // in the same change that removes the unfinished login.
        let has_no_app = matches!(login.operation(), Operation::Discover | Operation::Register);
        if has_no_app || matches!(login.step(), Step::Done(_)) {
            return Ok(());
        }
        if let Some(Storage { store, claim, backend }) = &self.storage {
            let request = &self.options.request;
            let stored = store.change(|contents| claim.store(contents, request, login, *backend));
            self.is_unstored = stored.is_err();
            stored?;
            if login.operation() != Operation::ExchangeCode {
                *self.held = None;
            }
        }
        if login.operation() == Operation::Authorize {
            // Before the user is asked again, who might not go on.
            *self.held = None;
            self.revoke_superseded(login);
        }
        Ok(())
    }

    fn should_retry(&mut self, login: &Login, error: &Error, _: u32) -> bool {
        let Some(retry) = error.retry() else {
            return false;
        };
        let wait = retry.wait_from(SystemTime::now());
        if wait > MAX_WAIT || self.waits == MAX_WAITS {
            return false;
        }
        self.waits += 1;
        let seconds = wait.as_secs() + 1;
        message(format_args!("{} Retrying in {seconds}s.", error_sentence(error)));
        if login.operation() == Operation::ExchangeCode {
            // A token without a response is lost in any case.
            *self.held = None;
        }
        thread::sleep(Duration::from_secs(seconds));
        self.hold_during_exchange(login);
        true
    }
}
