//! A whole login with any responses, replies, failures and changes, stored and read again after each.
//! Whatever happened, a correct server completes it.

use std::cell::RefCell;
use std::collections::HashSet;

use arbitrary::Arbitrary;
use gts_oauth_core::discovery::{Discover, Discovery};
use gts_oauth_core::error::Operation;
use gts_oauth_core::http::Request;
use gts_oauth_core::{
    AuthorizeOptions, AuthorizeStep, Callback, Error, Exchange, Instance, Login, RedirectUri,
    RegisterApp, Step, UserReply,
};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::canary::{
    CODE, assert_debug, assert_error, assert_hidden, is_canary, secrets_of, texts,
};
use super::inward::{assert_harmless, is_inward, origin};
use super::request::{assert_sent_to, secrets};
use super::response::AnyResponse;
use super::sample::{CALLBACK, app, entropy, instance, registration};
use super::text::{List, Text};
use super::{server, twin};

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    start: Start,
    events: List<Event, 20>,
}

#[derive(Arbitrary, Clone, Debug)]
struct Start {
    seed: u8,
    by_redirect: bool,
    has_app: bool,
    skips_discovery: bool,
    expects_alice: bool,
    /// The token endpoint can be at another origin.
    allows_endpoints: bool,
    /// The steps before the first event.
    steps: u8,
}

#[derive(Arbitrary, Clone, Debug)]
enum Event {
    Response(AnyResponse),
    /// A correct server responds, or the user allows the app.
    Advance {
        has_nodeinfo: bool,
    },
    Reply(Reply),
    Other(Change),
}

/// What the user returns with.
#[derive(Arbitrary, Clone, Debug)]
enum Reply {
    /// The code again.
    Code,
    Denied(Text),
    Query(Text),
    ArrivedAt(Text),
    Pasted(Text),
    StartOver,
    NewApp,
}

#[derive(Arbitrary, Clone, Debug)]
enum Change {
    TransportError,
    SkipDiscovery,
    Register(u8),
    Options(u8),
    Expect(u8),
    AllowReregistration,
    Run(List<AnyResponse, 6>),
}

const AUTH_ORIGIN: &str = "https://auth.example.org";

pub fn check(input: &Input) {
    let mut login = input.start.login();
    let [mut twin, _] = twin::stored(&login);
    let mut typed = vec![instance()];
    let mut states = HashSet::new();
    let advance = Event::Advance { has_nodeinfo: input.start.seed % 2 == 0 };
    let steps = std::iter::repeat_n(&advance, usize::from(input.start.steps % 8));
    for (number, event) in steps.chain(&input.events.0).enumerate() {
        if let Event::Other(Change::Register(choice)) = event {
            typed.push(typed_instance(*choice));
        }
        let before = Before::of(&login);
        let (result, sent) = event.apply(&mut login);
        let (again, _) = event.apply(&mut twin);
        assert_eq!(outcome(&result), outcome(&again), "{event:?}");
        if let Err(error) = &result {
            let sent = sent.iter().map(String::as_str).filter(|secret| is_canary(secret));
            assert_error(error, &sent.collect::<Vec<_>>());
        }
        before.assert_revised(&login);
        let [json, postcard] = twin::stored(&login);
        assert_eq!(value(&twin), value(&json));
        twin = if number % 2 == 0 { json } else { postcard };
        before.assert_new_attempt(&login, &mut states);
        assert_step(&login, &typed, input);
    }
    complete(login);
}

impl Start {
    fn login(&self) -> Login {
        let mut register = registration(self.by_redirect);
        if self.allows_endpoints {
            register = register.allow_endpoints_at(AUTH_ORIGIN.parse().unwrap());
        }
        let mut login = match self.has_app {
            true => Login::with_app(app(register), entropy(self.seed)),
            false => Login::new(register, entropy(self.seed)),
        };
        if self.skips_discovery {
            login.skip_discovery();
        }
        match self.expects_alice {
            true => login.expect_account(Some("@alice@gts.example.org".parse().unwrap())),
            false => login,
        }
    }
}

/// The instances of [`Change::Register`].
fn typed_instance(choice: u8) -> Instance {
    match choice % 4 {
        0 => instance(),
        1 => "example.org".parse().unwrap(),
        2 => "http://localhost:8080".parse().unwrap(),
        _ => Instance::insecure_http("http://old.example").unwrap(),
    }
}

impl Event {
    /// Applies the event. Returns the secrets that the server can repeat, too.
    fn apply(&self, login: &mut Login) -> (Result<(), Error>, Vec<String>) {
        if let Self::Other(Change::Run(responses)) = self {
            return run(login, &responses.0);
        }
        let (known, request) = match login.step() {
            Step::Send { request, .. } => (secrets(&request), request),
            _ => (secrets_of(login), login.registration().request()),
        };
        (self.handle(login, &request, &texts(&known)), known)
    }

    fn handle(
        &self,
        login: &mut Login,
        request: &Request<Vec<u8>>,
        known: &[&str],
    ) -> Result<(), Error> {
        match self {
            Self::Response(response) => login.handle_response(&response.build(request, known)),
            Self::Advance { has_nodeinfo } => match (login.step(), login.pending()) {
                (Step::Authorize { .. }, Some(pending)) => {
                    login.handle_reply(server::allowed(pending))
                }
                _ => login.handle_response(&server::respond(request, *has_nodeinfo)),
            },
            Self::Reply(reply) => {
                let reply = reply.build(login, known)?;
                login.handle_reply(reply)
            }
            Self::Other(change) => change.apply(login),
        }
    }
}

impl Reply {
    fn build(&self, login: &Login, known: &[&str]) -> Result<UserReply, Error> {
        let state = login.pending().map(|it| it.state()).unwrap_or_default();
        Ok(match self {
            Self::Code => CODE.into(),
            Self::Denied(text) => {
                let description = with_state(login, text, known);
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs([("error", "access_denied"), ("state", state)]);
                query.append_pair("error_description", &description);
                Callback::from_query(&query.finish())?.into()
            }
            Self::Query(text) => Callback::from_query(&with_state(login, text, known))?.into(),
            Self::ArrivedAt(text) => {
                let uri = login.pending().map(|it| it.redirect_uri().to_string());
                let query = with_state(login, text, known);
                let url = format!("{}?{query}", uri.unwrap_or_default());
                Callback::at_redirect_uri(&url)?.into()
            }
            Self::Pasted(text) => with_state(login, text, known).into(),
            Self::StartOver => UserReply::StartOver,
            Self::NewApp => UserReply::NewApp,
        })
    }
}

impl Change {
    fn apply(&self, login: &mut Login) -> Result<(), Error> {
        match self {
            Self::TransportError => return login.handle_transport_error("connection reset"),
            Self::SkipDiscovery => login.skip_discovery(),
            Self::Register(choice) => return login.register_with(other_registration(*choice)),
            Self::Options(choice) => return login.set_options(options(*choice)),
            Self::Expect(choice) => {
                let account = match choice % 3 {
                    0 => None,
                    1 => Some("alice".parse().unwrap()),
                    _ => Some("@alice@gts.example.org".parse().unwrap()),
                };
                replace(login, |login| login.expect_account(account));
            }
            Self::AllowReregistration => replace(login, Login::allow_reregistration),
            Self::Run(_) => unreachable!("it has an outcome of its own"),
        }
        Ok(())
    }
}

/// The text, with `state`, the code and other secrets where it has marks.
fn with_state(login: &Login, text: &Text, known: &[&str]) -> String {
    let state = login.pending().map(|it| it.state().to_owned()).unwrap_or_default();
    let secrets: Vec<&str> = [&*state, CODE].into_iter().chain(known.iter().copied()).collect();
    text.string(&secrets)
}

fn other_registration(choice: u8) -> RegisterApp {
    let mut register = RegisterApp::new(typed_instance(choice), "other-bot").unwrap();
    if choice & 4 != 0 {
        let callback: RedirectUri = CALLBACK.parse().unwrap();
        register = register.redirect_uri(callback.for_instance(&typed_instance(choice)));
    }
    if choice & 8 != 0 {
        register = register.scopes("profile write".parse().unwrap());
    }
    if choice & 16 != 0 {
        register = register.add_redirect_uri("https://app.example/callback".parse().unwrap());
    }
    if choice & 32 != 0 {
        let found: Discovery = Discover::new(typed_instance(choice)).skip();
        register = register.with_discovery(&found);
    }
    register
}

fn options(choice: u8) -> AuthorizeOptions {
    let options = AuthorizeOptions::new()
        .force_login(choice & 1 != 0)
        .allow_missing_iss(choice & 2 != 0)
        .lang(if choice & 4 != 0 { "pt-BR" } else { "de" })
        .unwrap();
    let options = match choice & 24 {
        8 => options.scopes("read".parse().unwrap()),
        16 => options.scopes("read:accounts profile".parse().unwrap()),
        _ => options,
    };
    match choice & 96 {
        32 => options.redirect_uri(CALLBACK.parse().unwrap()),
        64 => options.redirect_uri("https://app.example/callback".parse().unwrap()),
        _ => options,
    }
}

/// Applies a method that takes the login.
fn replace(login: &mut Login, change: impl FnOnce(Login) -> Login) {
    let other = Login::with_app(app(registration(false)), entropy(0));
    *login = change(std::mem::replace(login, other));
}

/// The outcome to compare, without the text of its error: a stored login does not redact the secrets that
/// it no longer has.
fn outcome(result: &Result<(), Error>) -> String {
    match result {
        Ok(()) => "Ok".to_owned(),
        Err(error) => {
            format!("{:?} {:?} {:?}", error.operation(), error.cause(), error.status())
        }
    }
}

/// Runs the login. Returns the secrets of the last request, too.
fn run(login: &mut Login, responses: &[AnyResponse]) -> (Result<(), Error>, Vec<String>) {
    let mut sent = Vec::new();
    let left = RefCell::new((responses.iter(), &mut sent));
    let http = |request: Request<Vec<u8>>| {
        let (responses, sent) = &mut *left.borrow_mut();
        **sent = secrets(&request);
        let response = responses.next().map(|it| it.build(&request, &texts(sent)));
        response.ok_or("connection reset")
    };
    let mut asked = 0;
    let ask = |_: AuthorizeStep<'_>| {
        asked += 1;
        if asked > 3 { Err("the input has ended".into()) } else { Ok(CODE.into()) }
    };
    let result = login.run(&http, ask).map(drop);
    (result, sent)
}

/// The login as it is stored.
fn value(login: &Login) -> Value {
    serde_json::to_value(login).unwrap()
}

/// A login before an event.
struct Before {
    revision: u64,
    /// As it is stored, without the revision.
    contents: Value,
}

impl Before {
    fn of(login: &Login) -> Self {
        let mut contents = value(login);
        contents["data"]["revision"].take();
        Self { revision: login.revision(), contents }
    }

    /// Asserts that the revision grows with each change.
    fn assert_revised(&self, login: &Login) {
        let after = Self::of(login);
        assert!(after.revision >= self.revision);
        let is_same = after.contents == self.contents;
        assert!(is_same || after.revision > self.revision, "changed without a new revision");
    }

    /// Asserts that no attempt has the `state` of an earlier one, which might have been revealed.
    fn assert_new_attempt(&self, login: &Login, states: &mut HashSet<String>) {
        let stage = &self.contents["data"]["stage"];
        let had = ["/Authorize/nonces/state", "/Exchange/pending/nonces/state"];
        let had = had.into_iter().find_map(|it| stage.pointer(it)).and_then(Value::as_str);
        let has = login.pending().map(|it| it.state());
        if let (Some(state), true) = (has, has != had) {
            assert!(states.insert(state.to_owned()), "the state is used again");
        }
    }
}

fn assert_step(login: &Login, typed: &[Instance], input: &Input) {
    let held = secrets_of(login);
    let held = texts(&held);
    let own = login.registration().instance().origin();
    let mut origins = vec![own];
    if input.start.allows_endpoints {
        origins.push(AUTH_ORIGIN);
    }
    match login.step() {
        Step::Send { operation: Operation::Discover, request } => assert_led(&request, typed),
        Step::Send { operation, request } => {
            let only_own = matches!(operation, Operation::Register | Operation::VerifyCredentials);
            assert_sent_to(&request, if only_own { &origins[..1] } else { &origins });
        }
        Step::Authorize { url, problem } => {
            let parsed = Url::parse(url).unwrap();
            assert!(origins.contains(&&*parsed.origin().ascii_serialization()), "{url}");
            assert_query(&parsed);
            let state = parsed.query_pairs().find(|(name, _)| name == "state").unwrap().1;
            let others: Vec<&str> = held.iter().copied().filter(|it| *it != state).collect();
            assert_hidden(url, &others);
            if let Some(problem) = problem {
                // The secrets of an attempt are made from the seed, so an input can contain those of
                // a later one.
                let text = problem.to_string();
                let is_guessed = |it: &&str| {
                    it.len() == 43 && text.contains(*it) && format!("{input:?}").contains(*it)
                };
                let held: Vec<&str> = held.iter().copied().filter(|it| !is_guessed(it)).collect();
                assert_error(problem, &held);
            }
        }
        Step::Done(me) => {
            assert_eq!(me.app.instance(), me.session.instance());
            assert_debug(&me, &held);
        }
    }
    assert_debug(login, &held);
    assert_debug(&login.step(), &held);
    assert_debug(&(login.pending(), login.session(), login.superseded_sessions()), &held);
}

/// Asserts that each parameter of an authorization URL is there once.
fn assert_query(url: &Url) {
    const NAMES: [&str; 7] = [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ];
    let query = url.query().unwrap_or_default();
    for name in NAMES {
        let pairs = form_urlencoded::parse(query.as_bytes());
        assert_eq!(pairs.filter(|(it, _)| it == name).count(), 1, "{name} in {url}");
    }
}

/// Asserts that discovery leads to no origin with less protection than one that was typed.
fn assert_led(request: &Request<Vec<u8>>, typed: &[Instance]) {
    assert_harmless(request);
    let origin = origin(request);
    let is_typed = typed.iter().any(|it| it.origin() == origin);
    let from_inward = typed.iter().any(|it| is_inward(it.origin()));
    assert!(is_typed || !is_inward(&origin) || from_inward, "discovery leads to {origin}");
    let is_encrypted = origin.starts_with("https://");
    assert!(is_typed || is_encrypted || from_inward, "discovery leads to {origin}");
}

/// Completes the login with a correct server and a user who allows the app.
fn complete(mut login: Login) {
    let mut errors = Vec::new();
    for _ in 0..40 {
        let handled = match login.step() {
            Step::Done(_) => break,
            Step::Send { request, .. } => login.handle_response(&server::respond(&request, true)),
            Step::Authorize { .. } => {
                let reply = server::allowed(login.pending().unwrap());
                login.handle_reply(reply)
            }
        };
        errors.extend(handled.err().map(|error| error.to_string()));
    }
    let is_done = matches!(login.step(), Step::Done(_));
    assert!(is_done, "a correct server does not complete it: {errors:?}\n{}", value(&login));
    let _ = twin::stored(&login);
}
