//! What happened between the recordings, repeated with the fake's own API, so that each recorded
//! request finds the same state.

use gts_oauth_core::http::{Method, Request, StatusCode};
use gts_oauth_core::{Instance, Transport as _};
use gts_oauth_fake::Server;
use gts_oauth_tests::recording;
use serde_json::Value;
use url::form_urlencoded;

use crate::fidelity::learnt::{Learnt, code_in};

/// The recorded server.
pub(crate) const ORIGIN: &str = "http://127.0.0.1:8085";
/// The password of its accounts.
pub(crate) const RECORDED_PASSWORD: &str = "correct-horse-battery-staple-9";

/// The redirect URI of the apps that were registered between the recordings.
const CALLBACK: &str = "http://127.0.0.1:7777/callback";

/// The server at the start: two accounts, no rate limit.
pub(crate) fn server() -> Server {
    let instance = Instance::insecure_http(ORIGIN).expect("an address of this machine's own");
    let server = Server::builder(82).instance(&instance).rate_limit(None);
    let server = server.build();
    for name in ["alice", "bob"] {
        server.account(name);
    }
    server
}

/// What happened before this recording.
pub(crate) fn before(number: u8, server: &Server, learnt: &mut Learnt) {
    match number {
        // The server was restarted with a limit of six requests in five minutes.
        58 => server.rate_limit(6),
        // Of eight requests the first and the last two were recorded.
        59 => (1..=5).for_each(|_| ask_again(58, server, learnt)),
        // Restarted without a limit. An app was registered, and alice allowed it.
        61 => {
            server.rate_limit(None);
            allow_app(number, "read:accounts read:notifications", server, learnt);
        }
        // Bob mentioned alice five times, from an app of his own.
        62 => mention_alice(5, server),
        65 => allow_app(number, "profile", server, learnt),
        68 => allow_app(number, "read:statuses", server, learnt),
        // Another app, and its token.
        81 => {
            let app = allow_app_anew("alice", "read", server);
            let token = exchange(&app, server);
            let fields = recording(number).request.fields();
            learnt.remember(&fields["client_id"], &app.id);
            learnt.remember(&fields["client_secret"], &app.secret);
            learnt.remember(&fields["token"], &token);
        }
        _ => {}
    }
}

/// Sends a recorded request again.
fn ask_again(number: u8, server: &Server, learnt: &Learnt) {
    let request = learnt.request(&recording(number).request);
    let response = server.send(request).expect("a response");
    assert_eq!(response.status(), StatusCode::OK, "it is within the limit");
}

fn mention_alice(times: u8, server: &Server) {
    let app = allow_app_anew("bob", "write:statuses", server);
    let token = exchange(&app, server);
    for nth in 1..=times {
        let status = format!("@alice hello {nth}");
        post(server, "/api/v1/statuses", &token, &[("status", &status)]);
    }
}

/// An app that alice allowed.
struct Allowed {
    id: String,
    secret: String,
    code: String,
}

/// Registers an app, has alice allow it, and learns its ids from the recorded exchange of the code.
fn allow_app(number: u8, scopes: &str, server: &Server, learnt: &mut Learnt) {
    let app = allow_app_anew("alice", scopes, server);
    let fields = recording(number).request.fields();
    assert_eq!(fields["redirect_uri"], CALLBACK);
    learnt.remember(&fields["client_id"], &app.id);
    learnt.remember(&fields["client_secret"], &app.secret);
    learnt.remember(&fields["code"], &app.code);
}

fn allow_app_anew(person: &str, scopes: &str, server: &Server) -> Allowed {
    let app = [("client_name", "Probe"), ("redirect_uris", CALLBACK), ("scopes", scopes)];
    let app = post(server, "/api/v1/apps", "", &app);
    let (id, secret) = (text(&app, "client_id"), text(&app, "client_secret"));
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &id),
        ("redirect_uri", CALLBACK),
        ("scope", scopes),
    ]);
    let address = format!("{ORIGIN}/oauth/authorize?{query}");
    let sent_to = server.account(person).visit(&address);
    let sent_to = sent_to.expect("it is allowed");
    let (_, query) = sent_to.split_once('?').expect("a query");
    let code = code_in(query).expect("a code");
    Allowed { id, secret, code }
}

/// The token for an app's code.
fn exchange(app: &Allowed, server: &Server) -> String {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &app.code),
        ("client_id", &app.id),
        ("client_secret", &app.secret),
        ("redirect_uri", CALLBACK),
    ];
    let token = post(server, "/oauth/token", "", &fields);
    text(&token, "access_token")
}

/// Posts a form, with a token unless that is empty.
fn post(server: &Server, path: &str, token: &str, fields: &[(&str, &str)]) -> Value {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{ORIGIN}{path}"))
        .header("user-agent", "a test")
        .header("content-type", "application/x-www-form-urlencoded");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(form(fields).into_bytes());
    let response = server.send(request.expect("a request")).expect("a response");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_slice(response.body()).expect("JSON")
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

fn text(json: &Value, field: &str) -> String {
    json[field].as_str().expect("a text").to_owned()
}
