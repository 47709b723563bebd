//! What happened between the recordings, repeated with the fake's own API, so that each recorded
//! request finds the same state.

use std::time::Duration;

use gts_oauth_core::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use gts_oauth_core::http::{Method, Request, Response, StatusCode};
use gts_oauth_core::{Instance, Transport as _};
use gts_oauth_fake::{Dialect, Server};
use gts_oauth_tests::Recording;
use serde_json::Value;
use url::form_urlencoded;

use crate::fidelity::learnt::{Learnt, code_in};

/// The recorded server.
const ORIGIN: &str = "http://127.0.0.1:8085";
/// The recorded server with a split domain, and its account domain.
const SPLIT: (&str, &str) = ("http://gts.localhost:8085", "localhost:8085");
/// The password of its accounts.
pub(crate) const RECORDED_PASSWORD: &str = "correct-horse-battery-staple-9";

/// The redirect URI of the apps that were registered between the recordings.
const CALLBACK: &str = "http://127.0.0.1:7777/callback";
/// The client id of an app that does not exist.
const UNKNOWN: &str = "01AAAAAAAAAAAAAAAAAAAAAAAA";

/// The server at the start: two accounts, no rate limit.
pub(crate) fn server(dialect: Dialect) -> Server {
    with_accounts(ORIGIN, None, dialect)
}

fn with_accounts(origin: &str, account_domain: Option<&str>, dialect: Dialect) -> Server {
    let instance = Instance::insecure_http(origin).expect("an address of this machine's own");
    let mut server = Server::builder(82).instance(&instance).rate_limit(None).dialect(dialect);
    if let Some(domain) = account_domain {
        server = server.account_domain(domain);
    }
    let server = server.build();
    for name in ["alice", "bob"] {
        server.account(name);
    }
    server
}

/// The state of a replay.
pub(crate) struct Script<'a> {
    /// All recordings, in order.
    pub(crate) story: &'a [Recording],
    pub(crate) dialect: Dialect,
    pub(crate) server: Server,
    pub(crate) learnt: Learnt,
}

impl Script<'_> {
    /// What happened before this recording.
    pub(crate) fn before(&mut self, number: u16) {
        match number {
            // The server was restarted with a limit of six requests in five minutes.
            58 => self.server.rate_limit(6),
            // Of eight requests the first and the last two were recorded.
            59 => (1..=5).for_each(|_| self.send_again(58)),
            // Restarted without a limit. An app was registered, and alice allowed it.
            61 => {
                self.server.rate_limit(None);
                self.allow_app(number, "read:accounts read:notifications");
            }
            // Bob mentioned alice five times, from an app of his own.
            62 => self.mention_alice(5),
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
            85 => {
                let authorize = self.learnt.translate(&self.recording(84).request.path);
                let cookie = self.sign_in(&authorize);
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
            // Nobody signed in.
            110 => {
                let authorize = self.authorize(&self.known_app(), &[]);
                let cookie = cookie(&self.browse(&authorize));
                self.learn_cookie(number, &cookie);
            }
            113 | 114 => self.learn_code(number, &self.known_app(), &challenge("S256")),
            115 => self.learn_code(number, &self.known_app(), &[]),
            // Codes expire after five minutes.
            118 => {
                let app = self.register("read");
                self.learn_app(number, &app);
                self.learn_code(number, &app, &[]);
                self.server.advance(Duration::from_secs(301));
            }
            119 => self.learn_code(number, &self.known_app(), &[]),
            // Three tokens; the second one was used a second after the first, the third never.
            122 => {
                let app = self.register("read write");
                let [first, second, _] =
                    ["read write", "read", "read"].map(|scope| self.log_in("alice", &app, scope));
                self.use_token(&first);
                self.server.advance(Duration::from_secs(1));
                self.use_token(&second);
                self.learn_bearer(number, &first);
                self.learn_bearer(141, &second);
            }
            // Restarted with the limit that is the default.
            158 => self.server.rate_limit(300),
            // Another server.
            161 => self.server = with_accounts(SPLIT.0, Some(SPLIT.1), self.dialect),
            167 => {
                let app = self.register("read");
                let token = self.log_in("alice", &app, "read");
                self.learn_bearer(number, &token);
            }
            _ => {}
        }
    }

    /// A recorded request with the fake's counterparts.
    pub(crate) fn request(&self, recording: &Recording) -> Request<Vec<u8>> {
        self.learnt.request(&recording.request, self.server.instance().origin())
    }

    fn recording(&self, number: u16) -> &Recording {
        let found = self.story.iter().find(|it| it.number() == number);
        found.unwrap_or_else(|| panic!("no recording has the number {number}"))
    }

    fn fields(&self, number: u16) -> std::collections::BTreeMap<String, String> {
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

    /// Opens an authorization URL and signs in.
    fn show_consent(&mut self, number: u16, more: &[(&str, &str)]) {
        let authorize = self.authorize(&self.known_app(), more);
        let cookie = self.sign_in(&authorize);
        self.learn_cookie(number, &cookie);
    }

    /// Returns the cookie of the session.
    fn sign_in(&self, authorize: &str) -> String {
        let first = self.browse(authorize);
        let cookie = cookie(&first);
        let name = cookie_name(&first);
        let password = self.server.account("alice").password().to_owned();
        let fields = [("username", "alice@example.org"), ("password", &password)];
        let request = self
            .a_request(Method::POST, "/auth/sign_in")
            .header(COOKIE, format!("{name}={cookie}"))
            .header(CONTENT_TYPE, FORM);
        let request = request.body(form(&fields).into_bytes()).expect("a request");
        let response = self.server.send(request).expect("a response");
        assert_eq!(response.status(), StatusCode::FOUND, "alice can sign in");
        cookie
    }

    fn browse(&self, path: &str) -> Response<Vec<u8>> {
        let request = self.a_request(Method::GET, path).header("accept", "text/html");
        let request = request.body(Vec::new()).expect("a request");
        self.server.send(request).expect("a response")
    }

    fn a_request(&self, method: Method, path: &str) -> gts_oauth_core::http::request::Builder {
        let origin = self.server.instance().origin().to_owned();
        Request::builder()
            .method(method)
            .uri(format!("{origin}{path}"))
            .header(USER_AGENT, "a test")
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
        let response = self.server.send(self.request(self.recording(number)));
        let status = response.expect("a response").status();
        assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "it is within the limit");
    }

    fn mention_alice(&self, times: u8) {
        let app = self.register("write:statuses");
        let token = self.log_in("bob", &app, "write:statuses");
        for nth in 1..=times {
            let status = format!("@alice hello {nth}");
            self.post("/api/v1/statuses", &token, &[("status", &status)]);
        }
    }

    fn register(&self, scopes: &str) -> Registered {
        let app = [("client_name", "Probe"), ("redirect_uris", CALLBACK), ("scopes", scopes)];
        let app = self.post("/api/v1/apps", "", &app);
        Registered { id: text(&app, "client_id"), secret: text(&app, "client_secret") }
    }

    /// The code that this person's browser returns with.
    fn allow(&self, person: &str, app: &Registered, scopes: &str, more: &[(&str, &str)]) -> String {
        let mut parameters = vec![("scope", scopes)];
        parameters.extend(more);
        let path = self.authorize(app, &parameters);
        let address = format!("{}{path}", self.server.instance().origin());
        let sent_to = self.server.account(person).visit(&address).expect("it is allowed");
        let (_, query) = sent_to.split_once('?').expect("a query");
        code_in(query).expect("a code")
    }

    /// A token of this person.
    fn log_in(&self, person: &str, app: &Registered, scopes: &str) -> String {
        let code = self.allow(person, app, scopes, &[]);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", &app.id),
            ("client_secret", &app.secret),
            ("redirect_uri", CALLBACK),
        ];
        let token = self.post("/oauth/token", "", &fields);
        text(&token, "access_token")
    }

    fn use_token(&self, token: &str) {
        let request = self
            .a_request(Method::GET, "/api/v1/accounts/verify_credentials")
            .header("authorization", format!("Bearer {token}"));
        let request = request.body(Vec::new()).expect("a request");
        let response = self.server.send(request).expect("a response");
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Posts a form, with a token unless that is empty.
    fn post(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Value {
        let mut request = self.a_request(Method::POST, path).header(CONTENT_TYPE, FORM);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(form(fields).into_bytes());
        let response = self.server.send(request.expect("a request")).expect("a response");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        serde_json::from_slice(response.body()).expect("JSON")
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// An app that was registered between the recordings.
struct Registered {
    id: String,
    secret: String,
}

/// The challenge of a verifier of 50 times `v`, by this method.
fn challenge(method: &str) -> [(&str, &str); 2] {
    let challenge = "CrlVwe1WSHWuTQYh3iczmx3aS-faRx6C92k9_hNxl4A";
    [("code_challenge", challenge), ("code_challenge_method", method)]
}

fn cookie(response: &Response<Vec<u8>>) -> String {
    pair(response).1
}

fn cookie_name(response: &Response<Vec<u8>>) -> String {
    pair(response).0
}

fn pair(response: &Response<Vec<u8>>) -> (String, String) {
    let header = response.headers()[SET_COOKIE].to_str().expect("visible ASCII");
    let (pair, _) = header.split_once(';').expect("attributes");
    let (name, value) = pair.split_once('=').expect("a value");
    (name.to_owned(), value.to_owned())
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

fn text(json: &Value, field: &str) -> String {
    json[field].as_str().expect("a text").to_owned()
}
