//! A fake server with accounts, and requests like the recorded ones.

use gts_oauth_core::Transport as _;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_fake::Server;
use serde_json::Value;
use url::form_urlencoded;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";
pub(crate) const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// The parts of a request other than method and path.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts<'a> {
    pub(crate) accept: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) body: &'a str,
    pub(crate) token: &'a str,
    pub(crate) cookie: &'a str,
}

/// A response.
pub(crate) struct Received(Response<Vec<u8>>);

/// A registered app.
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A server with the accounts alice and bob.
pub(crate) fn server() -> Server {
    let server = Server::builder(20).rate_limit(None).build();
    server.account("alice");
    server.account("bob");
    server
}

/// Sends a request. `None` if the connection was closed.
pub(crate) fn try_ask(
    server: &Server,
    method: &str,
    path: &str,
    ask: Parts<'_>,
) -> Option<Received> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.instance().origin()))
        .header("user-agent", "a test");
    let token = format!("Bearer {}", ask.token);
    let headers = [
        ("accept", ask.accept),
        ("content-type", ask.kind),
        ("cookie", ask.cookie),
        ("authorization", token.trim_end_matches("Bearer ")),
    ];
    for (name, value) in headers.into_iter().filter(|(_, value)| !value.is_empty()) {
        request = request.header(name, value);
    }
    let request = request.body(ask.body.as_bytes().to_vec());
    server.send(request.expect("a request")).ok().map(Received)
}

pub(crate) fn ask(server: &Server, method: &str, path: &str, parts: Parts<'_>) -> Received {
    try_ask(server, method, path, parts).expect("a response")
}

pub(crate) fn get(server: &Server, path: &str, token: &str) -> Received {
    let parts = Parts { token, ..Parts::default() };
    ask(server, "GET", path, parts)
}

pub(crate) fn post(server: &Server, path: &str, fields: &[(&str, &str)]) -> Received {
    let parts = Parts { kind: FORM, body: &form(fields), ..Parts::default() };
    ask(server, "POST", path, parts)
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

/// Registers an app, with these redirect URIs.
pub(crate) fn register(server: &Server, scopes: &str, redirect_uris: &str) -> App {
    let fields = [("client_name", "Odd"), ("scopes", scopes), ("redirect_uris", redirect_uris)];
    let app = post(server, "/api/v1/apps", &fields).json();
    App { id: text(&app["client_id"]), secret: text(&app["client_secret"]) }
}

/// The authorization URL.
pub(crate) fn authorize(server: &Server, app: &App, scope: &str, redirect_uri: &str) -> String {
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &app.id),
        ("redirect_uri", redirect_uri),
        ("scope", scope),
    ]);
    format!("{}/oauth/authorize?{query}", server.instance().origin())
}

/// An out-of-band code of alice for this app.
pub(crate) fn code(server: &Server, app: &App, scope: &str) -> String {
    let address = authorize(server, app, scope, OUT_OF_BAND);
    server.account("alice").visit(&address).expect("a code")
}

/// Exchanges a code.
pub(crate) fn exchange(server: &Server, app: &App, code: &str, redirect_uri: &str) -> Received {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", &app.id),
        ("client_secret", &app.secret),
        ("redirect_uri", redirect_uri),
    ];
    post(server, "/oauth/token", &fields)
}

/// A token of alice.
pub(crate) fn token(server: &Server, scope: &str) -> String {
    let app = register(server, scope, OUT_OF_BAND);
    let code = code(server, &app, scope);
    text(&exchange(server, &app, &code, OUT_OF_BAND).json()["access_token"])
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Received {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.0.headers().get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn is_page(&self) -> bool {
        self.header("content-type") == "text/html; charset=utf-8"
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8(self.0.body().clone()).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), JSON, "{}", self.body());
        serde_json::from_slice(self.0.body()).expect("JSON")
    }

    pub(crate) fn error(&self) -> String {
        text(&self.json()["error"])
    }

    pub(crate) fn description(&self) -> String {
        text(&self.json()["error_description"])
    }
}
