//! [`Login`], the state machine of a whole login: one value that can be stored between any two
//! steps.
//!
#![doc = include_str!("../../docs/login.svg")]
//!
//! - Discovery is optional ([`Login::skip_discovery`]). Metadata with a foreign issuer or endpoint
//!   is ignored, and the [reason](crate::discovery::Discovery::ignored_metadata) kept.
//! - A denial starts a new attempt if it has our `state`.
//! - Out of band, a rejected code leads back to the same attempt, so that a mistyped code can be
//!   typed again; by redirect, to a new one. An unknown app is registered again, once, where
//!   [allowed](Login::allow_reregistration).
//! - A server that has just issued a token might not accept it yet. The first rejection is an error
//!   ([`NewTokenRejected`](crate::error::Cause::NewTokenRejected)), and the token is verified
//!   again; a second rejection starts a new attempt.
//! - Another account than the [expected](Login::expect_account) one leads back to *authorize*, with
//!   `force_login`.
//! - If no response was received, the same code is sent again. This departs from RFC 6749
//!   section 4.1.2 on purpose: a lost request cannot be distinguished from a lost response, and a
//!   server that has seen the code rejects it.

// Every write to the stage and the revision of a login is in this file.

mod logged_in;
mod prompt;
mod redacted;
mod run;
mod stage;
mod step;

use http::{Method, Response};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use logged_in::LoggedIn;
pub use prompt::{AuthorizeStep, UserReply};
pub use run::Driver;
use stage::Stage;
pub use step::Step;

use crate::app::{App, RegisterApp};
use crate::authorization::{
    Attempts, AuthorizeOptions, Callback, ExchangeCode, PendingAuthorization, read_text, sha256,
};
use crate::discovery::{DiscoverStep, Discovery};
use crate::error::{BoxError, CallbackError, Cause, Error, Operation};
use crate::exchange::Exchange;
use crate::session::{Account, ExpectedAccount, Session};
use crate::types::stored::Stored;
use crate::types::{Entropy, Secret};

/// The login state machine. It can be serialized between any two steps. After an error the state
/// is kept; [`step`](Self::step) returns the next action.
///
/// With your own HTTP stack it is a loop; add `.await` for async:
///
/// ```
/// # use gts_oauth_core::{BoxError, Entropy, Error, UserReply};
/// # use http::{Request, Response};
/// # fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
/// # fn ask(_: &str, _: Option<&Error>) -> Result<UserReply, BoxError> { unimplemented!() }
/// use gts_oauth_core::{LoggedIn, Login, RegisterApp, Step};
///
/// fn log_in(entropy: Entropy) -> Result<LoggedIn, BoxError> {
///     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
///     let mut login = Login::new(app, entropy);
///     loop {
///         match login.step() {
///             Step::Send { request, .. } => match my_stack(request) {
///                 Ok(response) => login.handle_response(&response)?,
///                 Err(error) => login.handle_transport_error(error)?,
///             },
///             Step::Authorize { url, problem } => login.handle_reply(ask(url, problem)?)?,
///             Step::Done(me) => return Ok(me.clone()),
///         }
///     }
/// }
/// ```
///
/// The `handle_…` methods return `Ok` if the login moved on, or if the user is asked again with the
/// problem of the last attempt, and `Err` only if it stays where it was: nothing obtained is lost.
///
/// **Storing it.** It serializes in any serde format at any time, and continues in another process.
/// Stored, it contains its secrets: keep it where only its owner can read it, and encrypt and
/// authenticate any copy that leaves your machines. The problem of the last attempt is not stored.
/// If two processes can resume the same stored login, *claim it before its next request*: delete
/// what was read, and store it again afterwards. To claim only the code, hand in the reply and store
/// the login by a compare-and-swap on [`revision`](Self::revision), before the exchange is sent. It
/// is the login of one user; start another one for the next.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Self")]
#[must_use = "a login continues only when its steps are carried out"]
pub struct Login {
    revision: u64,
    stage: Stage,
    options: AuthorizeOptions,
    /// Whether a failed attempt requires `force_login`, whatever the options are.
    force_login: bool,
    expected: Option<ExpectedAccount>,
    /// Whether an app that the server does not know is registered again.
    allow_reregistration: bool,
    /// Whether that happened: a second time it would loop.
    reregistered: bool,
    /// `None` once the login is done: later attempts cannot be made, or read from storage.
    attempts: Option<Attempts>,
    /// The SHA-256 of the exchanged code, to recognize a repeated callback.
    exchanged: Option<String>,
    /// Whether the server has rejected the token of this stage once.
    token_rejected: bool,
    #[serde(with = "Stored")]
    superseded: Vec<(App, Session)>,
    /// Why the last attempt failed.
    #[serde(skip)]
    problem: Option<Error>,
    /// The client secrets of the apps that this login replaced, which the server can repeat in a
    /// later error. They are not stored.
    #[serde(skip)]
    former_secrets: Vec<Secret>,
    /// The exchange that succeeded last, whose secrets the server can repeat, too. It is not stored.
    #[serde(skip)]
    last_exchange: Option<ExchangeCode>,
}

/// Making a login.
impl Login {
    /// A login that discovers the API host and registers an app there.
    ///
    /// Discovery takes three requests more; [`skip_discovery`](Self::skip_discovery) opts out. The
    /// app is then registered with the scopes that the server
    /// [supports](crate::Scopes::supported_by). A registration that
    /// [has a discovery](RegisterApp::with_discovery) starts no other.
    pub fn new(registration: RegisterApp, entropy: Entropy) -> Self {
        Self {
            revision: 0,
            stage: Stage::start(registration),
            options: AuthorizeOptions::default(),
            force_login: false,
            expected: None,
            allow_reregistration: true,
            reregistered: false,
            attempts: Some(Attempts::new(&entropy)),
            exchanged: None,
            token_rejected: false,
            superseded: Vec::new(),
            problem: None,
            former_secrets: Vec::new(),
            last_exchange: None,
        }
    }

    /// A login with an app that is registered already. It discovers nothing, because the app has the
    /// API host, and registers no other app by itself, unless
    /// [allowed](Self::allow_reregistration).
    pub fn with_app(app: App, entropy: Entropy) -> Self {
        let mut login = Self::new(app.registration().clone(), entropy);
        login.allow_reregistration = false;
        login.start_attempt(app);
        login.revision = 0;
        login
    }

    /// Accepts only this account. `None` accepts every account. The account is checked once there
    /// is a token; a finished login is not checked again. Its user name is also used in discovery.
    ///
    /// Its host can be the API host, the [account domain](crate::discovery::Discovery::account_domain)
    /// if the server confirms it, or the host that the server reports in the account
    /// ([`ExpectedAccount::check`]).
    pub fn expect_account(mut self, account: impl Into<Option<ExpectedAccount>>) -> Self {
        self.expected = account.into();
        self.name_discovery();
        self.changed();
        self
    }

    /// Sets the options of the authorization request, in place of all set before. They apply to a
    /// pending authorization at once.
    ///
    /// # Errors
    /// [`Error::Input`] if the app does not register these scopes or this redirect URI. Nothing is
    /// changed then.
    pub fn set_options(&mut self, options: AuthorizeOptions) -> Result<(), Error> {
        match self.app() {
            Ok(app) => options.check_app(app)?,
            Err(registration) => options.check_registration(registration)?,
        }
        self.options = options;
        if let Stage::Authorize(pending) = &self.stage {
            self.stage = Stage::Authorize(pending.with_options(self.attempt_options()));
        }
        self.changed();
        Ok(())
    }

    /// Registers an app again if the server does not know it (`invalid_client`), even if it was
    /// passed to [`with_app`](Self::with_app).
    pub fn allow_reregistration(mut self) -> Self {
        self.allow_reregistration = true;
        self.changed();
        self
    }

    /// Ends discovery with what is known so far. Before registration, discards the discovery
    /// result and registers at the original host. A login in any other state is unchanged.
    pub fn skip_discovery(&mut self) {
        match &self.stage {
            // Where nothing is known yet, it is as if there had been no discovery.
            Stage::Discover { discover, .. } if !discover.has_started() => self.register_again(),
            Stage::Discover { discover, .. } => self.discovered(&(**discover).clone().skip()),
            Stage::Register(registration) if registration.discovery().is_some() => {
                let registration = (**registration).clone().without_discovery();
                self.register(registration);
            }
            _ => {}
        }
    }
}

/// Moving it.
impl Login {
    /// Returns the next action. It changes nothing.
    pub fn step(&self) -> Step<'_> {
        let operation = self.operation();
        let send = |request| Step::Send { operation, request };
        match &self.stage {
            Stage::Discover { discover, .. } => send(discover.request()),
            Stage::Register(registration) => send(registration.request()),
            Stage::Authorize(pending) => {
                Step::Authorize { url: pending.url(), problem: self.problem.as_ref() }
            }
            Stage::Exchange(exchange) => send(exchange.request()),
            Stage::Verify(_, session) => send(session.verify_request()),
            Stage::Done(logged_in) => Step::Done(logged_in),
        }
    }

    /// What is being done. The last operation if the login is done.
    pub fn operation(&self) -> Operation {
        match self.stage {
            Stage::Discover { .. } => Operation::Discover,
            Stage::Register(_) => Operation::Register,
            Stage::Authorize(_) => Operation::Authorize,
            Stage::Exchange(_) => Operation::ExchangeCode,
            Stage::Verify(..) | Stage::Done(_) => Operation::VerifyCredentials,
        }
    }

    /// Handles the response to the request of [`Step::Send`].
    ///
    /// A rejected code, a token that was rejected twice, and another account than the expected one
    /// lead back to [`Step::Authorize`] with a problem, and are no error.
    ///
    /// # Errors
    /// As [`Exchange::parse`], and [`Error::WrongStep`] if no request is outstanding. The login
    /// stays where it was. The first time that the server rejects its new token is an error, too,
    /// with the cause [`NewTokenRejected`](Cause::NewTokenRejected): verify it again after a second or two.
    pub fn handle_response(&mut self, response: &Response<impl AsRef<[u8]>>) -> Result<(), Error> {
        match &self.stage {
            Stage::Discover { discover, .. } => {
                let step = discover.parse(response).map_err(|error| self.redacted(error))?;
                self.continue_discovery(step);
            }
            Stage::Register(registration) => {
                let app = registration.parse(response).map_err(|error| self.redacted(error))?;
                self.start_attempt(app);
            }
            Stage::Exchange(exchange) => {
                match exchange.parse(response).map_err(|it| self.redacted(it)) {
                    Ok(session) => {
                        self.exchanged = Some(sha256(exchange.code.expose()));
                        let app = exchange.pending().app().clone();
                        // Mastodon returns the same token for another attempt.
                        self.superseded
                            .retain(|(_, it)| it.access_token() != session.access_token());
                        self.go(Stage::Verify(app, session));
                    }
                    Err(error) => match error.cause() {
                        Cause::CodeRejected | Cause::UnknownClient => {
                            let pending = exchange.pending().clone();
                            self.code_rejected(&pending, error);
                        }
                        _ => return Err(error),
                    },
                }
            }
            Stage::Verify(app, session) => match self.checked_account(app, session, response) {
                Ok(account) => {
                    let logged_in = LoggedIn::new(app.clone(), session.clone(), account)?;
                    self.finish(logged_in);
                }
                Err(error) => return self.not_verified(self.redacted(error)),
            },
            Stage::Authorize(_) | Stage::Done(_) => return Err(NO_REQUEST),
        }
        Ok(())
    }

    /// Handles the transport's error for the request of [`Step::Send`]: no response was received.
    ///
    /// # Errors
    /// [`Error::Transport`] with that error, unless discovery can continue without a response.
    /// [`Error::WrongStep`] if no request is outstanding.
    pub fn handle_transport_error(&mut self, error: impl Into<BoxError>) -> Result<(), Error> {
        // Not that of `step`, which would leave the secrets of its request in memory.
        let uri = match &self.stage {
            Stage::Discover { discover, .. } => discover.request().uri().clone(),
            Stage::Register(registration) => registration.request().uri().clone(),
            Stage::Exchange(exchange) => exchange.pending().app().endpoint(|it| &it.token).uri(),
            Stage::Verify(_, session) => session.verify_uri(),
            Stage::Authorize(_) | Stage::Done(_) => return Err(NO_REQUEST),
        };
        let instead = match &self.stage {
            Stage::Discover { discover, .. } => discover.without_response(),
            _ => None,
        };
        // No step of a login is a call, whose method would be in the message.
        let failed = |error| Error::transport_at(self.operation(), &Method::GET, &uri, error);
        let step = instead.ok_or_else(|| failed(error.into()))?;
        self.continue_discovery(step);
        Ok(())
    }

    /// Handles what the user returned with.
    ///
    /// A denial with the right `state` starts a new attempt. A pasted text that cannot be used
    /// leads back to [`Step::Authorize`]. Both have a problem then, and are no error. A reply is
    /// ignored if the current attempt has accepted the same code before.
    ///
    /// # Errors
    /// [`Error::Callback`] or [`Error::ErrorResponse`] if a callback does not belong to this
    /// attempt, which stays pending: any web page can send one. [`Error::WrongStep`] if no
    /// authorization is pending, and for [`UserReply::StartOver`] and [`UserReply::NewApp`] if the
    /// login is done.
    pub fn handle_reply(&mut self, reply: impl Into<UserReply>) -> Result<(), Error> {
        match reply.into() {
            UserReply::Pasted(text) => self.handle_text(&Zeroizing::new(text)),
            UserReply::Callback(callback) => self.handle_callback(&callback, false),
            UserReply::StartOver => self.check_not_done().map(|()| self.start_new_attempt(None)),
            UserReply::NewApp => {
                self.check_not_done()?;
                self.problem = None;
                if self.app().is_ok() {
                    self.register_again();
                }
                Ok(())
            }
        }
    }

    /// Registers another app instead, and starts again from there: if the server rejects the name,
    /// the redirect URI or the scopes.
    ///
    /// The discovery result is kept for the same instance. Another instance is discovered again,
    /// unless discovery was skipped.
    ///
    /// # Errors
    /// [`Error::WrongStep`] if the login is done. [`Error::Input`] if its options require other
    /// scopes or another redirect URI.
    pub fn register_with(&mut self, registration: RegisterApp) -> Result<(), Error> {
        self.check_not_done()?;
        self.options.check_registration(&registration)?;
        let instance = registration.instance();
        let stage = match (&self.stage, self.registration().discovery()) {
            _ if registration.discovery().is_some() => Stage::start(registration),
            (Stage::Discover { discover, .. }, _) if discover.requested == *instance => {
                Stage::discover(registration, (**discover).clone())
            }
            (_, Some(found)) if [found.requested(), found.instance()].contains(&instance) => {
                Stage::Register(Box::new(registration.discovered(found)))
            }
            (Stage::Discover { .. }, _) | (_, Some(_)) => Stage::start(registration),
            (_, None) => Stage::Register(Box::new(registration)),
        };
        (self.allow_reregistration, self.problem) = (true, None);
        self.go(stage);
        self.name_discovery();
        Ok(())
    }

    fn continue_discovery(&mut self, step: DiscoverStep) {
        match step {
            DiscoverStep::Next(next) => {
                self.go(Stage::discover(self.registration().clone(), next));
            }
            DiscoverStep::Found(found) => self.discovered(&found),
        }
    }

    fn discovered(&mut self, found: &Discovery) {
        self.register(self.registration().clone().discovered(found));
    }

    fn register_again(&mut self) {
        self.register(self.registration().clone());
    }

    fn register(&mut self, registration: RegisterApp) {
        let instance = self.registration().instance().clone();
        self.options.move_redirect_uri(&instance, registration.instance());
        self.go(Stage::Register(Box::new(registration)));
    }

    /// The user name of the expected account is looked up by WebFinger.
    fn name_discovery(&mut self) {
        if let (Stage::Discover { discover, .. }, Some(expected)) =
            (&mut self.stage, &self.expected)
        {
            let name = expected.name_at(&discover.requested).map(str::to_owned);
            discover.account_name = name.or(discover.account_name.take());
        }
    }

    fn handle_text(&mut self, text: &str) -> Result<(), Error> {
        let Stage::Authorize(pending) = &self.stage else {
            return self.handle_repeated(read_text(text, true).ok().as_ref());
        };
        let out_of_band = pending.redirect_uri().is_out_of_band();
        let callback = read_text(text, out_of_band);
        let accepted = callback.and_then(|callback| self.handle_callback(&callback, out_of_band));
        self.problem = accepted.err().or(self.problem.take());
        Ok(())
    }

    fn handle_callback(
        &mut self,
        callback: &Callback,
        allow_missing_state: bool,
    ) -> Result<(), Error> {
        let Stage::Authorize(pending) = &self.stage else {
            return self.handle_repeated(Some(callback));
        };
        let ours = pending.has_state_of(callback);
        match pending.validate(callback, allow_missing_state).map_err(|it| self.redacted(it)) {
            Ok(exchange) => {
                self.problem = None;
                self.go(Stage::Exchange(exchange));
            }
            // Only a callback with our `state` is known to belong to this attempt.
            Err(error @ Error::ErrorResponse(_)) if ours => self.start_new_attempt(Some(error)),
            // The server would send a signed-in user back with a token again (Akkoma).
            Err(error @ Error::Callback(CallbackError::AccessToken)) if ours => {
                self.force_login = true;
                self.start_new_attempt(Some(error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Handles a reply if no authorization is pending: `Ok` if the same code was accepted before,
    /// because browsers reload the callback and users press a button twice.
    fn handle_repeated(&self, callback: Option<&Callback>) -> Result<(), Error> {
        let accepted = match &self.stage {
            Stage::Exchange(exchange) => Some(sha256(exchange.code.expose())),
            _ => self.exchanged.clone(),
        };
        match callback.and_then(|callback| callback.code.as_ref()) {
            Some(code) if accepted == Some(sha256(code.expose())) => Ok(()),
            _ => Err(Error::WrongStep(
                "unexpected callback: no authorization is pending, or a different code was already \
                 accepted",
            )),
        }
    }

    fn code_rejected(&mut self, pending: &PendingAuthorization, error: Error) {
        let is_unknown_client = error.cause() == Cause::UnknownClient;
        if is_unknown_client && self.allow_reregistration && !self.reregistered {
            self.reregistered = true;
            self.register_again();
        } else if pending.redirect_uri().is_out_of_band() {
            // The page might show a signed-in user a token as if it were a code (Akkoma).
            self.force_login = true;
            let same = pending.with_options(self.attempt_options());
            self.go(Stage::Authorize(same));
        } else {
            return self.start_new_attempt(Some(error));
        }
        self.problem = Some(error);
    }

    /// The account, or `None` if the token lacks the scope to read it.
    fn checked_account(
        &self,
        app: &App,
        session: &Session,
        response: &Response<impl AsRef<[u8]>>,
    ) -> Result<Option<Account>, Error> {
        match (session.read_account(response), &self.expected) {
            (Ok(account), Some(expected)) => {
                let discovery = app.registration().discovery();
                let domain = discovery.and_then(Discovery::account_domain);
                expected.check_at(&account, app.instance(), domain)?;
                Ok(Some(account))
            }
            (Err(error), None) if error.cause() == Cause::MissingScope => Ok(None),
            (account, _) => account.map(Some),
        }
    }

    fn finish(&mut self, mut logged_in: LoggedIn) {
        logged_in.superseded_sessions = std::mem::take(&mut self.superseded);
        (self.attempts, self.last_exchange) = (None, None);
        self.former_secrets.clear();
        self.go(Stage::Done(Box::new(logged_in)));
    }

    fn not_verified(&mut self, error: Error) -> Result<(), Error> {
        match error.cause() {
            Cause::WrongAccount => {
                self.force_login = true;
                self.start_new_attempt(Some(error));
                Ok(())
            }
            Cause::TokenRejected => self.token_rejected(error),
            _ => Err(error),
        }
    }

    /// The first time, nothing changes: a replica of the server's database might not have the token
    /// yet. The second time, a new attempt starts.
    fn token_rejected(&mut self, error: Error) -> Result<(), Error> {
        if !self.token_rejected {
            self.token_rejected = true;
            self.changed();
            return Err(error.of_new_token());
        }
        self.start_new_attempt(Some(error));
        Ok(())
    }

    /// Starts a new attempt with the same app: a new authorization URL, and older replies are
    /// rejected. A login without an app stays.
    fn start_new_attempt(&mut self, problem: Option<Error>) {
        if let Ok(app) = self.app().cloned() {
            self.start_attempt(app);
        }
        self.problem = problem;
    }

    fn start_attempt(&mut self, app: App) {
        if let Some(attempts) = &mut self.attempts {
            let nonces = attempts.next();
            let options = self.attempt_options();
            let pending = PendingAuthorization::new(app, options, nonces);
            self.go(Stage::Authorize(pending));
        }
    }

    fn attempt_options(&self) -> AuthorizeOptions {
        let mut options = self.options.clone();
        options.force_login |= self.force_login;
        options
    }

    fn go(&mut self, stage: Stage) {
        if let (Ok(app), Stage::Register(_)) = (self.app(), &stage) {
            let secret = app.client_secret().cloned();
            self.former_secrets.extend(secret);
        }
        // An attempt accepts its own code again, and no code of an earlier one.
        if matches!(stage, Stage::Register(_) | Stage::Authorize(_)) {
            self.exchanged = None;
        }
        let left = std::mem::replace(&mut self.stage, stage);
        self.token_rejected = false;
        self.changed();
        match left {
            // A token that is left behind must stay revocable.
            Stage::Verify(app, session) if !self.is_done() => self.superseded.push((app, session)),
            Stage::Exchange(exchange) if matches!(self.stage, Stage::Verify(..)) => {
                self.last_exchange = Some(exchange);
            }
            _ => {}
        }
    }

    fn changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    fn check_not_done(&self) -> Result<(), Error> {
        if self.is_done() {
            return Err(Error::WrongStep("the login is finished: start another one"));
        }
        Ok(())
    }
}

const NO_REQUEST: Error = Error::WrongStep("unexpected response: no request is outstanding");
