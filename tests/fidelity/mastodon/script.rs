//! What happened between the recordings of Mastodon, repeated with the fake's own API, so that
//! each recorded request finds the same state.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gts_oauth_core::http::header::{COOKIE, SET_COOKIE};
use gts_oauth_core::http::request::Builder;
use gts_oauth_core::http::{HeaderName, Request, Response};
use gts_oauth_core::{Instance, Transport as _};
use gts_oauth_fake::{AccountState, Dialect, Server};
use gts_oauth_tests::{Recording, recordings};
use serde_json::Value;
use url::form_urlencoded;

use crate::fidelity::client::{CALLBACK, FORM, Registered, code_at, form, registration, text};
use crate::fidelity::learnt::Learnt;

const RECORDED_PASSWORD: &str = "correct horse battery";
const SESSION: &str = "_mastodon_session";

/// A replay of the recordings of one version.
pub(crate) struct Replay {
    pub(crate) story: Vec<Recording>,
    pub(crate) learnt: Learnt,
    dialect: Dialect,
    server: Server,
    /// The server without the app that was deleted.
    before_deletion: Option<Server>,
    /// The fake's cookie for each recorded session cookie, empty if it has none yet.
    browsers: BTreeMap<String, String>,
    /// The recorded session cookie that was set last.
    last_browser: String,
}

impl Replay {
    pub(crate) fn new(dialect: Dialect, folder: &str, origin: &str) -> Self {
        let server = server(dialect, origin);
        let mut learnt = Learnt::default();
        learnt.remember(RECORDED_PASSWORD, server.account("alice").password());
        if dialect == Dialect::Mastodon {
            // Alice had posted before.
            server.post("alice", "hello");
        }
        Self {
            story: recordings(folder),
            learnt,
            dialect,
            server,
            before_deletion: None,
            browsers: BTreeMap::new(),
            last_browser: String::new(),
        }
    }

    /// Sends a recorded request, after what happened before it. Learns from the response.
    pub(crate) fn play(&mut self, recording: &Recording) -> Response<Vec<u8>> {
        self.before(recording);
        let request = self.request(recording);
        let sent = cookie(request.headers().get(COOKIE));
        let played = self.server.send(request).expect("a response");
        let recorded = recording.response();
        self.learnt.learn(&recorded, &played);
        for value in recorded.headers().get_all(SET_COOKIE) {
            if let Some(theirs) = cookie(Some(value)) {
                let ours = cookie(played.headers().get(SET_COOKIE)).or(sent.clone());
                self.browsers.insert(theirs.clone(), ours.unwrap_or_default());
                self.last_browser = theirs;
            }
        }
        played
    }

    /// The recorded request, with the cookie of the fake's browser and an address of its own.
    fn request(&self, recording: &Recording) -> Request<Vec<u8>> {
        let origin = self.server.instance().origin().to_owned();
        let mut request = self.learnt.request(&recording.request, &origin);
        let headers = request.headers_mut();
        if let Some(theirs) = recording.request.header("cookie").and_then(session_cookie) {
            let ours = &self.browsers[&theirs];
            headers.insert(COOKIE, format!("{SESSION}={ours}").parse().expect("a cookie"));
        }
        // Each recorded request without a token came from an address of its own.
        let forwarded = HeaderName::from_static("x-forwarded-for");
        let address = format!("198.51.100.{}", recording.number());
        headers.entry(forwarded).or_insert(address.parse().expect("an address"));
        request
    }

    /// What happened before this recording.
    fn before(&mut self, recording: &Recording) {
        let number = recording.number();
        let signs_in = recording.request.path == "/auth/sign_in" && number != 176;
        if signs_in && recording.request.method == "POST" {
            self.clear_counters();
        }
        if let Some(header) = recording.request.header("cookie") {
            let theirs = session_cookie(header).expect("a session cookie");
            if !self.browsers.contains_key(&theirs) {
                let ours = self.unknown_browser(recording);
                self.browsers.insert(theirs, ours);
            }
        }
        match number {
            // The app of the first recording is allowed again, with fewer scopes.
            48 => self.learn_code(recording, &self.first_app(), "read"),
            49 | 51..=54 | 56 => self.learn_app_and_code(recording),
            50 => self.learn_basic(recording),
            55 => {
                self.learn_app_and_code(recording);
                self.server.advance(Duration::from_secs(601));
            }
            74 => self.learn_token(recording, "profile"),
            77 => self.learn_token(recording, "read:accounts"),
            78 => self.learn_token(recording, "read:statuses"),
            79 => self.learn_token(recording, "write"),
            80 => self.learn_token(recording, "follow"),
            83 => self.send_again(81, 4),
            85 => self.send_again(61, 1),
            94 | 116 => self.learn_client_id(recording, CALLBACK),
            109 => self.learn_client_id(recording, "http://127.0.0.1/callback"),
            121 => {
                let app = self.register(CALLBACK, "read write");
                let token = self.log_in("alice", &app, "read write");
                self.remember(recording, "client_id", &app.id);
                self.remember(recording, "token", &token);
                // The recorded secret is wrong; the next request but two has the right one.
                let later = self.recording(124).clone();
                self.remember(&later, "client_secret", &app.secret);
            }
            122 => {
                let app = self.register(CALLBACK, "read");
                self.learn_app(recording, &app);
            }
            129 => {
                let app = self.register(CALLBACK, "read");
                self.learn_app(recording, &app);
                let token = self.log_in("alice", &app, "read");
                self.remember(recording, "token", &token);
            }
            131 => self.learn_unusable(recording, "carol", AccountState::Unconfirmed),
            137 => self.learn_unusable(recording, "dave", AccountState::Pending),
            143 => self.learn_unusable(recording, "erin", AccountState::Disabled),
            149 => self.learn_unusable(recording, "erin", AccountState::Suspended),
            // Only one app was deleted: here, on a server that has no other.
            155 => self.delete_app(recording),
            158 => self.server = self.before_deletion.take().expect("another server"),
            169 => self.send_again(168, 3),
            171 => self.learn_token(recording, "read write"),
            172 => self.send_again(171, 298),
            175 => self.send_again(174, 299),
            176 => self.send_again(176, 25),
            _ => {}
        }
    }

    /// The fake's session for a recorded cookie that no recorded response has set.
    fn unknown_browser(&mut self, recording: &Recording) -> String {
        let number = recording.number();
        match number {
            // The sign-in page was opened in the browser of the recording before.
            42 | 46 => self.browsers[&self.last_browser].clone(),
            134 | 140 | 146 | 152 => {
                let target = recording.response_header("location").expect("a redirect");
                let (_, target) = target.split_once("/oauth/").expect("a path");
                let app = self.register(CALLBACK, "read");
                let (_, query) = target.split_once('?').expect("a query");
                let client_id = form_urlencoded::parse(query.as_bytes())
                    .find(|(name, _)| name == "client_id")
                    .expect("a client")
                    .1
                    .into_owned();
                self.learnt.remember(&client_id, &app.id);
                let path = self.learnt.translate(&format!("/oauth/{target}"));
                let response = self.send(self.a_request("GET", &path), "");
                cookie(response.headers().get(SET_COOKIE)).expect("a session")
            }
            113 => String::new(),
            _ => self.signed_in(),
        }
    }

    /// The session of a browser in which alice is signed in.
    fn signed_in(&mut self) -> String {
        self.clear_counters();
        let password = self.server.account("alice").password().to_owned();
        let fields = [("user[email]", "alice@example.org"), ("user[password]", &password)];
        let request = self.a_request("POST", "/auth/sign_in").header("content-type", FORM);
        let response = self.send(request, &form(&fields));
        assert_eq!(response.status(), 302, "alice can sign in");
        cookie(response.headers().get(SET_COOKIE)).expect("a session")
    }

    /// The counters of the rate limits were cleared before each sign-in.
    fn clear_counters(&self) {
        self.server.rate_limit(300);
    }

    fn recording(&self, number: u16) -> &Recording {
        let found = self.story.iter().find(|it| it.number() == number);
        found.unwrap_or_else(|| panic!("no recording has the number {number}"))
    }

    fn remember(&mut self, recording: &Recording, field: &str, ours: &str) {
        let fields = recording.request.fields();
        self.learnt.remember(&fields[field], ours);
    }

    fn learn_app(&mut self, recording: &Recording, app: &Registered) {
        self.remember(recording, "client_id", &app.id);
        self.remember(recording, "client_secret", &app.secret);
    }

    fn learn_app_and_code(&mut self, recording: &Recording) {
        let app = self.register(CALLBACK, "read");
        // Another app presents the code.
        let presenter = match recording.number() {
            54 => &self.register(CALLBACK, "read"),
            _ => &app,
        };
        self.learn_app(recording, presenter);
        self.learn_code(recording, &app, "read");
    }

    /// Has alice allow the app.
    fn learn_code(&mut self, recording: &Recording, app: &Registered, scopes: &str) {
        let fields = recording.request.fields();
        let code = self.allow("alice", app, &fields["redirect_uri"], scopes);
        self.learnt.remember(&fields["code"], &code);
    }

    /// As [`learn_app_and_code`](Self::learn_app_and_code), with the app in the header.
    fn learn_basic(&mut self, recording: &Recording) {
        let app = self.register(CALLBACK, "read");
        self.learn_code(recording, &app, "read");
        let header = recording.request.header("authorization").expect("credentials");
        let theirs = header.strip_prefix("Basic ").expect("Basic");
        self.learnt.remember(theirs, &STANDARD.encode(format!("{}:{}", app.id, app.secret)));
    }

    /// The token of a new app with these scopes.
    fn learn_token(&mut self, recording: &Recording, scopes: &str) {
        let app = self.register(CALLBACK, scopes);
        let token = self.log_in("alice", &app, scopes);
        self.learn_bearer(recording, &token);
    }

    fn learn_bearer(&mut self, recording: &Recording, token: &str) {
        let theirs = recording.request.bearer().expect("a token").to_owned();
        self.learnt.remember(&theirs, token);
    }

    /// A token of an account that then became unusable.
    fn learn_unusable(&mut self, recording: &Recording, name: &str, state: AccountState) {
        self.server.set_account_state(name, AccountState::Active);
        let app = self.register(CALLBACK, "read write");
        let token = self.log_in(name, &app, "read write");
        self.learn_bearer(recording, &token);
        self.server.set_account_state(name, state);
    }

    fn learn_client_id(&mut self, recording: &Recording, redirect_uri: &str) {
        let app = self.register(redirect_uri, "read");
        let (_, query) = recording.request.path.split_once('?').expect("a query");
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, theirs) = pairs.find(|(name, _)| name == "client_id").expect("a client");
        self.learnt.remember(&theirs, &app.id);
    }

    fn delete_app(&mut self, recording: &Recording) {
        let origin = self.server.instance().origin().to_owned();
        let other = server(self.dialect, &origin);
        self.before_deletion = Some(std::mem::replace(&mut self.server, other));
        let app = self.register(CALLBACK, "read");
        let token = self.log_in("alice", &app, "read");
        self.learn_bearer(recording, &token);
        let later = self.recording(157).clone();
        self.learn_app(&later, &app);
        self.server.delete_apps();
    }

    fn first_app(&self) -> Registered {
        let fields = self.recording(32).request.fields();
        let ours = |name: &str| self.learnt.translate(&fields[name]);
        Registered { id: ours("client_id"), secret: ours("client_secret") }
    }

    fn register(&self, redirect_uri: &str, scopes: &str) -> Registered {
        Registered::new(&self.post("/api/v1/apps", &registration(redirect_uri, scopes)))
    }

    /// The code that this person's browser returns with.
    fn allow(&self, person: &str, app: &Registered, redirect_uri: &str, scopes: &str) -> String {
        self.clear_counters();
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &app.id),
            ("redirect_uri", redirect_uri),
            ("scope", scopes),
        ]);
        let url = format!("{}/oauth/authorize?{query}", self.server.instance().origin());
        let returned = self.server.account(person).visit(&url).expect("it is allowed");
        code_at(&returned).unwrap_or(returned)
    }

    /// A token of this person with these scopes.
    fn log_in(&self, person: &str, app: &Registered, scopes: &str) -> String {
        let code = self.allow(person, app, CALLBACK, scopes);
        text(&self.post("/oauth/token", &app.code_exchange(&code)), "access_token")
    }

    /// Sends a recorded request again, within the limit.
    fn send_again(&self, number: u16, times: u16) {
        for _ in 0..times {
            let response = self.server.send(self.request(self.recording(number)));
            assert_eq!(response.expect("a response").status(), 200);
        }
    }

    /// Posts a form, from an address that nothing else came from.
    fn post(&self, path: &str, form: &str) -> Value {
        let address = format!("192.0.2.{}", self.server.requests().len());
        let request = self.a_request("POST", path).header("content-type", FORM);
        let response = self.send(request.header("x-forwarded-for", address), form);
        assert_eq!(response.status(), 200, "{path}");
        serde_json::from_slice(response.body()).expect("JSON")
    }

    fn a_request(&self, method: &str, path: &str) -> Builder {
        let origin = self.server.instance().origin().to_owned();
        Request::builder().method(method).uri(format!("{origin}{path}"))
    }

    fn send(&self, request: Builder, body: &str) -> Response<Vec<u8>> {
        let request = request.body(body.as_bytes().to_vec()).expect("a request");
        self.server.send(request).expect("a response")
    }
}

fn server(dialect: Dialect, origin: &str) -> Server {
    let instance = Instance::insecure_http(origin).expect("a loopback address");
    let server = Server::builder(46).dialect(dialect).instance(&instance).build();
    for name in ["alice", "bob", "carol", "dave", "erin"] {
        server.account(name);
    }
    server
}

/// The value of the session cookie in a header.
fn cookie(header: Option<&gts_oauth_core::http::HeaderValue>) -> Option<String> {
    session_cookie(header?.to_str().ok()?)
}

fn session_cookie(header: &str) -> Option<String> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION).map(|(_, value)| value.to_owned())
}
