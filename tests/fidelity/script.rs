//! The story of the recordings: what happened between them, so that each recorded request finds the
//! same state.

use std::collections::BTreeMap;
use std::time::Duration;

use gts_oauth_core::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, USER_AGENT};
use gts_oauth_core::http::request::Builder;
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_tests::Recording;
use serde_json::Value;

use crate::fidelity::client::{CALLBACK, FORM, Registered, code_at, form, registration, text};
use crate::fidelity::learnt::{Learnt, cookies};
use crate::fidelity::stage::{Setup, Stage};

/// The host of the recorded server.
const HOST: &str = "127.0.0.1:8085";
/// The recorded server with a split domain, and its account domain.
const SPLIT: (&str, &str) = ("gts.localhost:8085", "localhost:8085");
/// The password of alice there.
const PASSWORD: &str = "correct-horse-battery-staple-9";

/// The client id of an app that does not exist.
const UNKNOWN: &str = "01AAAAAAAAAAAAAAAAAAAAAAAA";

/// A replay of recordings on another server.
pub(crate) struct Script<'a, S> {
    /// All recordings, in order.
    story: &'a [Recording],
    pub(crate) stage: S,
    pub(crate) learnt: Learnt,
    /// Whether the server has the rate limit, or the split domain, of the recordings that follow.
    is_limited: bool,
    is_split: bool,
}

impl<'a, S: Stage> Script<'a, S> {
    /// A story on a server with the accounts alice and bob and without a rate limit.
    pub(crate) fn new(story: &'a [Recording], stage: S) -> Self {
        let mut learnt = Learnt::default();
        learnt.remember_sent(PASSWORD, &stage.credentials("alice").1);
        for name in ["alice", "bob"] {
            learnt.remember(&format!("{name}@example.org"), &stage.credentials(name).0);
        }
        learnt.remember_host(HOST, &stage.host());
        Self { story, stage, learnt, is_limited: false, is_split: false }
    }

    /// Plays one recording: what happened before it, and its request. `None` if the server cannot be
    /// prepared for it.
    pub(crate) fn play(&mut self, recording: &Recording) -> Option<Response<Vec<u8>>> {
        let number = recording.number();
        self.before(number);
        let is_possible = match number {
            58..=60 | 158..=160 => self.is_limited,
            161.. => self.is_split,
            _ => !recording.is_from_browser() || !self.stage.has_own_pages(),
        };
        if !is_possible {
            return None;
        }
        let played = self.stage.send(self.request(recording));
        self.learnt.learn(&recording.response(), &played);
        Some(played)
    }

    fn before(&mut self, number: u16) {
        match number {
            // Alice allowed the app, on pages that were not recorded.
            17 if self.stage.has_own_pages() => self.learn_code_of(19, "read", &[]),
            54 if self.stage.has_own_pages() => self.learn_code_of(54, "read write", &[]),
            87 if self.stage.has_own_pages() => {
                let scopes = "read:directory read:relays admin:read:custom_emojis";
                self.learn_code_of(87, scopes, &[]);
            }
            // The server was restarted with a limit of six requests in five minutes.
            58 => self.is_limited = self.stage.prepare(Setup::SixRequests),
            // Of eight requests the first and the last two were recorded.
            59 if self.is_limited => (1..=5).for_each(|_| self.send_again(58)),
            // Restarted without a limit. An app was registered, and alice allowed it.
            61 => {
                self.stage.prepare(Setup::Unlimited);
                self.allow_app(number, "read:accounts read:notifications");
            }
            // Bob mentioned alice five times, from an app of his own.
            62 => {
                self.mention_alice(5);
                // Until all notifications are there.
                self.stage.wait(Duration::from_secs(1));
            }
            65 => self.allow_app(number, "profile"),
            68 => self.allow_app(number, "read:statuses"),
            // Another app, and its token.
            81 => {
                let app = self.register("read");
                let token = self.log_in("alice", &app, "read");
                let fields = self.fields(number);
                self.learn_app(number, &app);
                self.learnt.remember(&fields["token"], &token);
            }
            // Alice signed in.
            85 if !self.stage.has_own_pages() => {
                let authorize = self.learnt.translate(&self.recording(84).request.path);
                let cookie = self.sign_in("alice", &authorize);
                self.learn_cookie(number, &cookie);
            }
            91 => {
                let app = self.register("read");
                self.learn_app(113, &app);
                self.show_consent(number, &[("scope", "read write")]);
            }
            93 => self.show_consent(number, &[("scope", "banana")]),
            95 => self.show_consent(number, &[("client_id", UNKNOWN)]),
            96 => self.show_consent(number, &[("redirect_uri", "http://127.0.0.1:7778/callback")]),
            98 => self.show_consent(number, &[("response_type", "token")]),
            102 => self.show_consent(number, &challenge("banana")),
            104 => self.show_consent(number, &challenge("plain")),
            106 => self.show_consent(number, &[("scope", "read:accounts")]),
            108 => self.show_consent(number, &[("scope", "")]),
            // The user is not signed in.
            110 if !self.stage.has_own_pages() => {
                let authorize = self.authorize(&self.known_app(), &[]);
                let (_, cookie) = cookie(&self.browse(&authorize, None)).expect("a session");
                self.learn_cookie(number, &cookie);
            }
            113 | 114 => self.learn_code(number, &self.known_app(), &challenge("S256")),
            115 => self.learn_code(number, &self.known_app(), &[]),
            // Codes expire after five minutes.
            118 => {
                let app = self.register("read");
                self.learn_app(number, &app);
                self.learn_code(number, &app, &[]);
                self.stage.prepare(Setup::ExpiredCodes);
            }
            119 => self.learn_code(number, &self.known_app(), &[]),
            // Three tokens; the second one was used a second after the first, the third never.
            122 => {
                let app = self.register("read write");
                let [first, second, _] =
                    ["read write", "read", "read"].map(|scope| self.log_in("alice", &app, scope));
                self.use_token(&first);
                self.stage.wait(Duration::from_secs(1));
                self.use_token(&second);
                self.learn_bearer(number, &first);
                self.learn_bearer(141, &second);
                // The order by last use depends on the database, the order of creation does not.
                let created = self.stage.send(self.request(self.recording(123)));
                let recorded = self.recording(123).response();
                self.learnt.learn(&recorded, &created);
            }
            // Restarted with the limit that is the default.
            158 => self.is_limited = self.stage.prepare(Setup::DefaultLimit),
            // Another server, with an account domain.
            161 => {
                self.is_split = self.stage.prepare(Setup::SplitDomain);
                self.learnt = Learnt::default();
                self.learnt.remember_host(SPLIT.0, &self.stage.host());
                self.learnt.remember_host(SPLIT.1, &self.stage.account_domain());
            }
            167 if self.is_split => {
                let app = self.register("read");
                let token = self.log_in("alice", &app, "read");
                self.learn_bearer(number, &token);
            }
            _ => {}
        }
    }

    /// A recorded request with the fake's counterparts.
    fn request(&self, recording: &Recording) -> Request<Vec<u8>> {
        self.learnt.request(&recording.request, &self.stage.origin())
    }

    fn recording(&self, number: u16) -> &Recording {
        let found = self.story.iter().find(|it| it.number() == number);
        found.unwrap_or_else(|| panic!("no recording has the number {number}"))
    }

    fn fields(&self, number: u16) -> BTreeMap<String, String> {
        self.recording(number).request.fields()
    }

    fn learn_app(&mut self, number: u16, app: &Registered) {
        let fields = self.fields(number);
        self.learnt.remember(&fields["client_id"], &app.id);
        self.learnt.remember(&fields["client_secret"], &app.secret);
    }

    fn learn_bearer(&mut self, number: u16, token: &str) {
        let recorded = self.recording(number).request.bearer().expect("a token").to_owned();
        self.learnt.remember(&recorded, token);
    }

    fn learn_cookie(&mut self, number: u16, cookie: &str) {
        let header = self.recording(number).request.header("cookie").expect("a cookie");
        let (_, recorded) = header.split_once('=').expect("a value");
        let recorded = recorded.to_owned();
        self.learnt.remember(&recorded, cookie);
    }

    /// Has alice allow the app, and learns the code from the recorded exchange of it.
    fn learn_code(&mut self, number: u16, app: &Registered, more: &[(&str, &str)]) {
        let code = self.allow("alice", app, "read", more);
        let fields = self.fields(number);
        assert_eq!(fields["redirect_uri"], CALLBACK);
        self.learnt.remember(&fields["code"], &code);
    }

    /// Registers an app, has alice allow it, and learns its ids from the recorded exchange.
    fn allow_app(&mut self, number: u16, scopes: &str) {
        let app = self.register(scopes);
        self.learn_app(number, &app);
        let code = self.allow("alice", &app, scopes, &[]);
        let fields = self.fields(number);
        self.learnt.remember(&fields["code"], &code);
    }

    /// The app that most recordings from 91 on are about.
    fn known_app(&self) -> Registered {
        let fields = self.fields(113);
        let known = |name: &str| self.learnt.translate(&fields[name]);
        Registered { id: known("client_id"), secret: known("client_secret") }
    }

    /// Has alice allow the recorded app, and learns the code.
    fn learn_code_of(&mut self, number: u16, scopes: &str, more: &[(&str, &str)]) {
        let fields = self.fields(number);
        let known = |name: &str| self.learnt.translate(&fields[name]);
        let app = Registered { id: known("client_id"), secret: known("client_secret") };
        let uri = fields["redirect_uri"].clone();
        let mut parameters = vec![("redirect_uri", uri.as_str())];
        parameters.extend(more);
        let code = self.allow("alice", &app, scopes, &parameters);
        self.learnt.remember(&fields["code"], &code);
    }

    /// Opens an authorization URL and signs in.
    fn show_consent(&mut self, number: u16, more: &[(&str, &str)]) {
        if self.stage.has_own_pages() {
            return;
        }
        let authorize = self.authorize(&self.known_app(), more);
        let cookie = self.sign_in("alice", &authorize);
        self.learn_cookie(number, &cookie);
    }

    /// Signs in at this authorization request. Returns the cookie of the session.
    fn sign_in(&self, person: &str, authorize: &str) -> String {
        let (name, value) = cookie(&self.browse(authorize, None)).expect("a session");
        let (email, password) = self.stage.credentials(person);
        let fields = [("username", email.as_str()), ("password", &password)];
        let sent = format!("{name}={value}");
        let response = self.submit("/auth/sign_in", &sent, &fields);
        assert_eq!(response.status(), StatusCode::FOUND, "{person} can sign in");
        cookie(&response).map_or(value, |(_, value)| value)
    }

    fn browse(&self, path: &str, cookie: Option<&str>) -> Response<Vec<u8>> {
        let mut request = self.a_request(Method::GET, path).header(ACCEPT, "text/html");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.stage.send(request.body(Vec::new()).expect("a request"))
    }

    /// Sends a form of a page.
    fn submit(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Response<Vec<u8>> {
        let request = self
            .a_request(Method::POST, path)
            .header(ACCEPT, "text/html")
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, FORM);
        self.stage.send(request.body(form(fields).into_bytes()).expect("a request"))
    }

    fn a_request(&self, method: Method, path: &str) -> Builder {
        let uri = format!("{}{path}", self.stage.origin());
        Request::builder().method(method).uri(uri).header(USER_AGENT, "gts-oauth-recorder")
    }

    /// Path and query of an authorization request. `more` replaces parameters.
    fn authorize(&self, app: &Registered, more: &[(&str, &str)]) -> String {
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &app.id),
            ("redirect_uri", CALLBACK),
            ("scope", "read"),
            ("state", "st4te"),
        ];
        parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        parameters.extend(more);
        format!("/oauth/authorize?{}", form(&parameters))
    }

    /// Sends a recorded request again.
    fn send_again(&self, number: u16) {
        let status = self.stage.send(self.request(self.recording(number))).status();
        assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "it is within the limit");
    }

    fn mention_alice(&self, times: u8) {
        let app = self.register("write:statuses");
        let token = self.log_in("bob", &app, "write:statuses");
        for nth in 1..=times {
            let status = format!("@alice hello {nth}");
            self.post("/api/v1/statuses", &token, form(&[("status", &status)]));
        }
    }

    fn register(&self, scopes: &str) -> Registered {
        Registered::new(&self.post("/api/v1/apps", "", registration(CALLBACK, scopes)))
    }

    /// The code that this person's browser returns with.
    fn allow(&self, person: &str, app: &Registered, scopes: &str, more: &[(&str, &str)]) -> String {
        let mut parameters = vec![("scope", scopes)];
        parameters.extend(more);
        let path = self.authorize(app, &parameters);
        let url = format!("{}{path}", self.stage.origin());
        if let Some(callback) = self.stage.allow(person, &url) {
            return code_at(&callback).unwrap_or(callback);
        }
        let cookie = self.sign_in(person, &path);
        let host = self.stage.host();
        let host = host.rsplit_once(':').map_or(host.as_str(), |(host, _)| host);
        let cookie = format!("gotosocial-{host}={cookie}");
        self.browse("/oauth/authorize", Some(&cookie));
        let allowed = self.submit("/oauth/authorize", &cookie, &[]);
        let location = allowed.headers().get("location").expect("a redirect");
        let location = location.to_str().expect("visible ASCII");
        code_at(location).unwrap_or_else(|| panic!("no code in {location}"))
    }

    /// A token of this person.
    fn log_in(&self, person: &str, app: &Registered, scopes: &str) -> String {
        let code = self.allow(person, app, scopes, &[]);
        let token = self.post("/oauth/token", "", app.code_exchange(&code));
        text(&token, "access_token")
    }

    fn use_token(&self, token: &str) {
        let request = self
            .a_request(Method::GET, "/api/v1/accounts/verify_credentials")
            .header(AUTHORIZATION, format!("Bearer {token}"));
        let response = self.stage.send(request.body(Vec::new()).expect("a request"));
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Posts a form, with a token unless that is empty.
    fn post(&self, path: &str, token: &str, form: String) -> Value {
        let mut request = self.a_request(Method::POST, path).header(CONTENT_TYPE, FORM);
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(form.into_bytes());
        let response = self.stage.send(request.expect("a request"));
        let body = String::from_utf8_lossy(response.body());
        assert_eq!(response.status(), StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }
}

/// The challenge of a verifier of 50 times `v`, by this method.
fn challenge(method: &str) -> [(&str, &str); 2] {
    let challenge = "CrlVwe1WSHWuTQYh3iczmx3aS-faRx6C92k9_hNxl4A";
    [("code_challenge", challenge), ("code_challenge_method", method)]
}

/// Name and value of the cookie that the response sets.
fn cookie(response: &Response<Vec<u8>>) -> Option<(String, String)> {
    let (name, value) = cookies(response).into_iter().next()?;
    Some((name.trim_end_matches('=').to_owned(), value))
}
