//! Logins at any stage: a test says where it begins, and the scenario leads there.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;

use gts_oauth_core::http::{HeaderMap, Method, Request, Response, Uri};
use gts_oauth_core::{
    App, AuthorizeOptions, BoxError, Callback, Entropy, Error, Exchange, ExpectedAccount, LoggedIn,
    Login, RegisterApp, Step, Transport, UserReply, error::Cause, login::AuthorizeStep,
};
use url::Url;

use crate::recorded::{
    ALICE, APP_BY_REDIRECT, APP_OUT_OF_BAND, Answer, CODE, TOKEN_READ, TOKEN_READ_WRITE, answer,
};

/// A login in the making. Every method that names a stage builds one that stands there.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    by_redirect: bool,
    given_app: bool,
    expected: Option<&'static str>,
}

pub(crate) fn out_of_band() -> Scenario {
    Scenario { by_redirect: false, given_app: false, expected: None }
}

pub(crate) fn by_redirect() -> Scenario {
    Scenario { by_redirect: true, ..out_of_band() }
}

impl Scenario {
    /// The login is handed an app rather than registering one.
    pub(crate) fn given_app(self) -> Self {
        Self { given_app: true, ..self }
    }

    pub(crate) fn expecting(self, account: &'static str) -> Self {
        Self { expected: Some(account), ..self }
    }

    pub(crate) fn registration(self) -> RegisterApp {
        let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
        if self.by_redirect {
            let callback = "http://127.0.0.1:7777/callback".parse().unwrap();
            let scopes = "read write".parse().unwrap();
            register.redirect_uri(callback).scopes(scopes)
        } else {
            register
        }
    }

    pub(crate) fn app_answer(self) -> Answer {
        let body = if self.by_redirect { APP_BY_REDIRECT } else { APP_OUT_OF_BAND };
        answer(200, body)
    }

    pub(crate) fn app(self) -> App {
        self.registration().parse(&self.app_answer()).unwrap()
    }

    pub(crate) fn token_answer(self) -> Answer {
        let body = if self.by_redirect { TOKEN_READ_WRITE } else { TOKEN_READ };
        answer(200, body)
    }

    /// A login that skips discovery, and begins with registering its app.
    pub(crate) fn register(self) -> Login {
        let mut login = self.discover();
        login.skip_discovery();
        login
    }

    pub(crate) fn discover(self) -> Login {
        assert!(!self.given_app, "a login with an app skips its stage");
        let login = Login::new(self.registration(), counted_entropy());
        login.expect_account(self.expected_account())
    }

    fn expected_account(self) -> Option<ExpectedAccount> {
        self.expected.map(|account| account.parse().unwrap())
    }

    pub(crate) fn authorize(self) -> Login {
        if self.given_app {
            let login = Login::with_app(self.app(), counted_entropy());
            return login.expect_account(self.expected_account());
        }
        let mut login = self.register();
        login.handle_response(&self.app_answer()).unwrap();
        login
    }

    pub(crate) fn exchange(self) -> Login {
        let mut login = self.authorize();
        let reply = allowed(&login, CODE);
        login.handle_reply(reply).unwrap();
        login
    }

    pub(crate) fn verify(self) -> Login {
        let mut login = self.exchange();
        login.handle_response(&self.token_answer()).unwrap();
        login
    }

    pub(crate) fn done(self) -> Login {
        let mut login = self.verify();
        login.handle_response(&answer(200, ALICE)).unwrap();
        login
    }

    /// One login at each stage from registration on, in their order.
    pub(crate) fn every_stage(self) -> [Login; 5] {
        let [register, authorize] = [self.register(), self.authorize()];
        [register, authorize, self.exchange(), self.verify(), self.done()]
    }
}

/// The bytes 0, 1, 2, … 95.
pub(crate) fn counted_entropy() -> Entropy {
    let count = |bytes: &mut [u8]| {
        for (byte, count) in bytes.iter_mut().zip(0..) {
            *byte = count;
        }
        Ok::<(), Infallible>(())
    };
    Entropy::from_fn(count).unwrap()
}

/// Where a login stands, as its step tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Discover,
    Register,
    Authorize,
    Exchange,
    Verify,
    Done,
}

/// A login with these options.
pub(crate) fn with_options(mut login: Login, options: AuthorizeOptions) -> Login {
    login.set_options(options).unwrap();
    login
}

pub(crate) fn at(login: &Login) -> At {
    match login.step() {
        Step::Authorize { .. } => At::Authorize,
        Step::Done(_) => At::Done,
        Step::Send { request, .. } => match request.uri().path() {
            "/api/v1/apps" => At::Register,
            "/oauth/token" => At::Exchange,
            "/api/v1/accounts/verify_credentials" => At::Verify,
            path if path.starts_with("/.well-known/") => At::Discover,
            "/nodeinfo/2.0" => At::Discover,
            other => panic!("no login sends a request to {other}"),
        },
    }
}

/// A step as something to compare: every byte of a request, the address to open, or the result.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Send(Box<(Method, Uri, HeaderMap, Vec<u8>)>),
    Visit(String),
    Done(Box<LoggedIn>),
}

pub(crate) fn told(login: &Login) -> Told {
    match login.step() {
        Step::Send { request, .. } => {
            let (head, body) = request.into_parts();
            Told::Send(Box::new((head.method, head.uri, head.headers, body)))
        }
        Step::Authorize { url, .. } => Told::Visit(url.to_owned()),
        Step::Done(logged_in) => Told::Done(Box::new(logged_in.clone())),
    }
}

/// The problem that is shown to the user now.
pub(crate) fn problem(login: &Login) -> Option<&Error> {
    match login.step() {
        Step::Authorize { problem, .. } => problem,
        other => panic!("nobody is asked: {other:?}"),
    }
}

/// What a finished login ended with.
pub(crate) fn logged_in(login: &Login) -> &LoggedIn {
    match login.step() {
        Step::Done(logged_in) => logged_in,
        other => panic!("the login is not done: {other:?}"),
    }
}

/// A field of the form that the login sends, or of the address that it would have opened.
pub(crate) fn field(login: &Login, name: &str) -> Option<String> {
    let form = match login.step() {
        Step::Send { request, .. } => request.into_body(),
        Step::Authorize { url, .. } => Url::parse(url).unwrap().query().unwrap().into(),
        Step::Done(_) => panic!("a finished login asks for nothing"),
    };
    let mut pairs = url::form_urlencoded::parse(&form);
    pairs.find_map(|(found, value)| (found == name).then(|| value.into_owned()))
}

pub(crate) fn state(login: &Login) -> String {
    field(login, "state").unwrap()
}

/// What GoToSocial redirects to when the person allowed the app.
pub(crate) fn allowed(login: &Login, code: &str) -> Callback {
    callback(&format!("code={code}&state={}", state(login)))
}

pub(crate) fn callback(query: &str) -> Callback {
    Callback::from_query(query).unwrap()
}

/// Hands the answer in, and sees to it that it is an error that changes nothing: the same
/// request goes again.
pub(crate) fn stays(login: &mut Login, answer: &Answer) -> Error {
    let (before, revision) = (told(login), login.revision());
    let error = login.handle_response(answer).unwrap_err();
    assert_eq!(told(login), before, "the login moved");
    assert_eq!(login.revision(), revision, "the revision moved");
    error
}

/// Hands in the first rejection of a new token: an error that changes the revision, but not the
/// request.
pub(crate) fn rejected_once(login: &mut Login, answer: &Answer) -> Error {
    let (before, revision) = (told(login), login.revision());
    let error = login.handle_response(answer).unwrap_err();
    assert_eq!(error.cause(), Cause::NewTokenRejected, "{error}");
    assert_eq!(told(login), before, "the login moved");
    assert_eq!(login.revision(), revision + 1, "the rejection is not stored");
    error
}

/// Hands in an answer that leads back to the user, and returns the problem they are shown.
pub(crate) fn asks_again<'a>(login: &'a mut Login, answer: &Answer) -> &'a Error {
    let revision = login.revision();
    login.handle_response(answer).unwrap();
    assert_eq!(at(login), At::Authorize);
    assert!(login.revision() > revision, "the revision stayed");
    problem(login).expect("a problem")
}

/// As [`stays`], where no answer comes at all.
pub(crate) fn stays_without_an_answer(login: &mut Login) {
    let (before, revision) = (told(login), login.revision());
    let silence = |_: Request<Vec<u8>>| Err::<Answer, _>(Silence);
    let error = login.run(&silence, nobody).unwrap_err();
    match &error {
        Error::Transport(failed) => assert!(failed.error.is::<Silence>(), "{}", failed.error),
        other => panic!("{other:?}"),
    }
    assert_eq!(told(login), before, "the login moved");
    assert_eq!(login.revision(), revision, "the revision moved");
}

/// A transport's own error.
#[derive(Debug)]
pub(crate) struct Silence;

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("timed out")
    }
}

impl std::error::Error for Silence {}

/// For logins that have no reason to ask anybody.
pub(crate) fn nobody(_: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
    panic!("nobody was to be asked")
}

/// A server that gives these answers in turn, and then falls silent.
pub(crate) struct Server {
    answers: RefCell<VecDeque<Answer>>,
    asked: RefCell<Vec<String>>,
}

impl Server {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), asked: RefCell::default() }
    }

    /// The paths it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }
}

impl Transport for Server {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let path = request.uri().path().to_owned();
        self.asked.borrow_mut().push(path);
        let next = self.answers.borrow_mut().pop_front();
        next.ok_or_else(|| Silence.into())
    }
}
