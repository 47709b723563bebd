//! A login as a value: what it is made of, how it is made, what can be read off it.
//! How it moves stands in `login.rs`.

use std::fmt;

use http::Request;

use crate::app::App;
use crate::authorize::{Wishes, checked_lang};
use crate::discover::Discover;
use crate::discovery::Discovery;
use crate::entropy::{Attempts, Entropy};
use crate::error::Error;
use crate::exchange_code::ExchangeCode;
use crate::expected::ExpectedAccount;
use crate::logged_in::LoggedIn;
use crate::pending::PendingLogin;
use crate::register::RegisterApp;
use crate::session::Session;

/// A login as one value: what it has, what it waits for, and how it goes on. Nothing earned is
/// lost by an error; what to do next, [`step`](Self::step) tells.
///
/// ```
/// # use gts_oauth_core::{BoxError, Entropy, Error};
/// # use http::{Request, Response};
/// # fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
/// # fn ask(_: &str) -> Result<String, BoxError> { unimplemented!() }
/// use gts_oauth_core::{Login, RegisterApp, Step};
///
/// fn log_in(entropy: Entropy) -> Result<Login, BoxError> {
///     let register = RegisterApp::new("example.org".parse()?, "my-bot")?;
///     let mut login = Login::new(register, entropy);
///     loop {
///         match login.step() {
///             Step::Send(request) => login.answered(&my_stack(request)?)?,
///             Step::Visit(url) => login.pasted(&ask(url)?)?,
///             Step::Done(_) => return Ok(login),
///         }
///     }
/// }
/// ```
///
/// **Storing it.** It serialises in any serde format, at any moment, and goes on in another
/// process as if nothing had happened. Stored, it holds its secrets in clear: keep it where
/// only its owner reads, and encrypt and authenticate any copy that leaves your machines. Two
/// processes may find the same stored login: whoever wants to go on *claims it before the
/// exchange*, by a compare-and-swap on [`revision`](Self::revision) or by deleting what it
/// takes. It is the login of one person; start another for the next.
pub struct Login {
    pub(crate) revision: u64,
    pub(crate) registration: RegisterApp,
    pub(crate) may_register: bool,
    /// `invalid_client` has led back to registration once; a second time it would run in
    /// circles.
    pub(crate) registered_again: bool,
    pub(crate) wishes: Wishes,
    pub(crate) expected: Option<ExpectedAccount>,
    /// None once the login is done: later attempts cannot be made, nor learnt.
    pub(crate) attempts: Option<Attempts>,
    /// The SHA-256 of the code that was exchanged, to know it again.
    pub(crate) exchanged: Option<String>,
    /// What was found out about the server, once it was.
    pub(crate) discovery: Option<Discovery>,
    /// Tokens that this login got and does not end with, each with the app that got it.
    pub(crate) strays: Vec<(App, Session)>,
    pub(crate) stage: Stage,
}

pub(crate) enum Stage {
    Discover(Box<Discover>),
    Register,
    Authorize(PendingLogin),
    Exchange(ExchangeCode),
    Verify(App, Session),
    Done(Box<LoggedIn>),
}

/// What a login waits for.
#[expect(
    clippy::large_enum_variant,
    reason = "a step is matched at once and never kept"
)]
#[must_use = "a login goes on only when its step is carried out"]
pub enum Step<'a> {
    /// Send this, and hand the answer to [`Login::answered`]. It may hold secrets.
    Send(Request<Vec<u8>>),
    /// Have the person open this address, and hand what they bring to [`Login::callback`] or
    /// [`Login::pasted`].
    Visit(&'a str),
    /// All is done.
    Done(&'a LoggedIn),
}

impl Login {
    /// A login that begins by registering an app.
    pub fn new(registration: RegisterApp, entropy: Entropy) -> Self {
        Self {
            revision: 0,
            registration,
            may_register: true,
            registered_again: false,
            wishes: Wishes::default(),
            expected: None,
            attempts: Some(Attempts::new(&entropy)),
            exchanged: None,
            discovery: None,
            strays: Vec::new(),
            stage: Stage::Register,
        }
    }

    /// Finds out first where the API is and what the server supports, as [`Discover`] does:
    /// three requests more, for whoever may have typed an account domain. The app is then
    /// registered [there](RegisterApp::at), with the scopes that it
    /// [knows](crate::Scopes::known_to). A login that has an app already has nothing to find.
    #[must_use = "this returns the login"]
    pub fn discover(self) -> Self {
        let discover = self.registration.discover();
        self.discover_by(discover)
    }

    /// As [`discover`](Self::discover), beginning where `discover` stands.
    #[must_use = "this returns the login"]
    pub fn discover_by(mut self, discover: Discover) -> Self {
        if let Stage::Discover(_) | Stage::Register = self.stage {
            self.stage = Stage::Discover(Box::new(discover));
            self.name_discovery();
            self.revision = self.revision.wrapping_add(1);
        }
        self
    }

    /// Whoever is expected may be asked for by name.
    pub(crate) fn name_discovery(&mut self) {
        if let (Stage::Discover(discover), Some(expected)) = (&mut self.stage, &self.expected) {
            let name = expected.name_at(&discover.asked).map(str::to_owned);
            discover.name = name.or(discover.name.take());
        }
    }

    /// A login with an app that was registered before. It registers no other by itself; see
    /// [`may_register`](Self::may_register).
    pub fn with_app(app: App, entropy: Entropy) -> Self {
        let mut login = Self::new(app.registration().clone(), entropy);
        login.may_register = false;
        login.authorize(app);
        login.revision = 0;
        login
    }

    /// Refuses every account but this one, or none if none is named. Checked once there is a
    /// token; a login that is done is not looked at again.
    #[must_use = "this returns the login"]
    pub fn expect(mut self, account: impl Into<Option<ExpectedAccount>>) -> Self {
        self.expected = account.into();
        self.name_discovery();
        self.revision = self.revision.wrapping_add(1);
        self
    }

    /// Lets a login that was given its app register that app anew, should the server have
    /// forgotten it (`invalid_client`).
    #[must_use = "this returns the login"]
    pub fn may_register(mut self) -> Self {
        self.may_register = true;
        self.revision = self.revision.wrapping_add(1);
        self
    }

    /// As [`Authorize::force_login`](crate::Authorize::force_login).
    #[must_use = "this returns the login"]
    pub fn force_login(mut self, force: bool) -> Self {
        self.wishes.force_login = force;
        self.wish();
        self
    }

    /// As [`Authorize::lang`](crate::Authorize::lang).
    ///
    /// # Errors
    /// [`Error::Input`] if it is no language tag.
    pub fn lang(mut self, lang: &str) -> Result<Self, Error> {
        self.wishes.lang = Some(checked_lang(lang)?);
        self.wish();
        Ok(self)
    }

    /// As [`Authorize::waive_iss`](crate::Authorize::waive_iss).
    #[must_use = "this returns the login"]
    pub fn waive_iss(mut self) -> Self {
        self.wishes.waive_iss = true;
        self.wish();
        self
    }

    fn wish(&mut self) {
        self.revision = self.revision.wrapping_add(1);
        if let Stage::Authorize(pending) = &self.stage {
            self.stage = Stage::Authorize(pending.with(self.wishes.clone()));
        }
    }

    /// What was found out about the server, once it was.
    pub fn discovery(&self) -> Option<&Discovery> {
        self.discovery.as_ref()
    }

    /// The app, from when it is registered.
    pub fn app(&self) -> Option<&App> {
        match &self.stage {
            Stage::Discover(_) | Stage::Register => None,
            Stage::Authorize(pending) => Some(pending.app()),
            Stage::Exchange(exchange) => Some(exchange.pending().app()),
            Stage::Verify(app, _) => Some(app),
            Stage::Done(logged_in) => Some(&logged_in.app),
        }
    }

    /// The session, from the moment there is a token: before its account is known, too. When
    /// another account than the expected one signed in, that one's, which is yours to keep or
    /// revoke.
    pub fn session(&self) -> Option<&Session> {
        match &self.stage {
            Stage::Verify(_, session) => Some(session),
            Stage::Done(logged_in) => Some(&logged_in.session),
            _ => self.strays.last().map(|(_, session)| session),
        }
    }

    /// Tokens that this login got and does not end with, each with the app that it takes to
    /// revoke it: of another account than the expected one, or from before a restart. They are
    /// never revoked by themselves.
    pub fn strays(&self) -> &[(App, Session)] {
        &self.strays
    }

    /// The attempt that waits for its person, if one does.
    pub fn pending(&self) -> Option<&PendingLogin> {
        match &self.stage {
            Stage::Authorize(pending) => Some(pending),
            _ => None,
        }
    }

    /// The registration this login would send.
    pub fn registration(&self) -> &RegisterApp {
        &self.registration
    }

    /// Grows whenever the login changes: store it when this has moved, and compare it before
    /// you overwrite a stored one.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What was earned, once the login is done.
    pub fn logged_in(&self) -> Option<&LoggedIn> {
        match &self.stage {
            Stage::Done(logged_in) => Some(logged_in),
            _ => None,
        }
    }
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Discover(_) => "discover",
            Self::Register => "register",
            Self::Authorize(_) => "authorize",
            Self::Exchange(_) => "exchange",
            Self::Verify(..) => "verify",
            Self::Done(_) => "done",
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("at", &self.stage.name())
            .field("revision", &self.revision)
            .field("registration", &self.registration)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri().path()),
            Self::Visit(_) => f.write_str("Visit(..)"),
            Self::Done(_) => f.write_str("Done(..)"),
        }
    }
}
