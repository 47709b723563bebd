//! Committed samples of everything that can be stored, so that storage format 1 cannot change
//! unnoticed: what an older version of this crate wrote must remain readable.
//!
//! Each value is in `samples/` twice, as JSON and as postcard (in hexadecimal). If a change of the
//! format is intended, `UPDATE_SAMPLES=1 cargo test -p gts-oauth-core samples` writes them again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gts_oauth_core::discovery::Discover;
use gts_oauth_core::http::Response;
use gts_oauth_core::renewal::RenewingSession;
use gts_oauth_core::{
    App, AuthorizeOptions, Exchange, ExpectedAccount, LoggedIn, Login, PendingAuthorization,
    RedirectUri, RegisterApp, Secret, Session, Step, Transport,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::recorded::{
    ALICE, APP_BY_REDIRECT, APP_TOKEN, Answer, CODE, INVALID_CLIENT, OTHER_CODE, TOKEN_READ,
    TOKEN_STATUSES, answer,
};
use crate::scenario::{At, asks_again, at, counted_entropy, logged_in, out_of_band, with_options};
use crate::web::Web;

/// A value in both formats, and how to read and write it again.
struct Sample {
    name: &'static str,
    json: String,
    postcard: String,
    rewritten: fn(&str, &str) -> [(String, String); 2],
}

fn sample<T: Serialize + DeserializeOwned>(name: &'static str, value: &T) -> Sample {
    let (json, postcard) = written(value);
    Sample {
        name,
        json,
        postcard,
        rewritten: |json, postcard| {
            let json: T = serde_json::from_str(json).unwrap();
            let postcard: T = postcard::from_bytes(&from_hex(postcard)).unwrap();
            [written(&json), written(&postcard)]
        },
    }
}

/// A value as JSON and as postcard.
fn written(value: &impl Serialize) -> (String, String) {
    let json = serde_json::to_string_pretty(value).unwrap() + "\n";
    (json, to_hex(&postcard::to_allocvec(value).unwrap()))
}

/// Hexadecimal, with 32 bytes per line.
fn to_hex(bytes: &[u8]) -> String {
    let line = |bytes: &[u8]| -> String {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.chain(["\n".to_owned()]).collect()
    };
    bytes.chunks(32).map(line).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// An account domain whose API is elsewhere, with metadata that says all that is read of it.
fn web() -> Web {
    let gts = "https://gts.example.org";
    let metadata = json!({
        "issuer": gts,
        "authorization_endpoint": "https://gts.example.org/oauth/authorize?realm=a",
        "token_endpoint": "https://auth.example.org/token",
        "revocation_endpoint": "https://gts.example.org/oauth/revoke",
        "app_registration_endpoint": "https://gts.example.org/api/v1/apps",
        "scopes_supported": ["read", "write", "profile"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    });
    let finger = json!({
        "subject": "acct:bob@example.org",
        "links": [{"rel": "self", "href": "https://gts.example.org/users/bob"}],
    });
    Web::default()
        .moved(
            "https://example.org/.well-known/nodeinfo",
            "https://gts.example.org/.well-known/nodeinfo",
        )
        .software(gts, "gotosocial", "0.20.0")
        .json(
            "https://gts.example.org/.well-known/webfinger?resource=acct%3Abob%40gts.example.org",
            &finger.to_string(),
        )
        .metadata(gts, &metadata.to_string())
}

/// A registration with everything that can be set.
fn registration() -> RegisterApp {
    RegisterApp::new("example.org".parse().unwrap(), "my-bot")
        .unwrap()
        .redirect_uri("http://127.0.0.1:7777/callback".parse().unwrap())
        .add_redirect_uri(RedirectUri::out_of_band())
        .scopes("read write".parse().unwrap())
        .website("https://bot.example/")
        .unwrap()
        .user_agent("my-bot/1")
        .unwrap()
        .allow_endpoints_at("https://auth.example.org".parse().unwrap())
}

fn options() -> AuthorizeOptions {
    AuthorizeOptions::new()
        .scopes("read".parse().unwrap())
        .redirect_uri(RedirectUri::out_of_band())
        .force_login(true)
        .lang("pt-BR")
        .unwrap()
        .allow_missing_iss(true)
}

/// A token with everything that a server can report of one.
fn token() -> Answer {
    let body = TOKEN_READ.replace('}', r#","expires_in":7200,"refresh_token":"R4D5"}"#);
    Response::builder().header("Date", "Mon, 23 Nov 2026 10:58:21 GMT").body(body.into()).unwrap()
}

/// A login that expects Bob, before its first request.
fn expecting_bob() -> Login {
    let bob: ExpectedAccount = "@bob@example.org".parse().unwrap();
    let login = Login::new(registration(), counted_entropy()).expect_account(bob);
    with_options(login, options())
}

/// Sends one request of discovery.
fn discover_once(login: &mut Login) {
    let Step::Send { request, .. } = login.step() else { panic!("{login:?}") };
    login.handle_response(&web().send(request).unwrap()).unwrap();
}

/// A login in which everything happens, at all its stages: the app is registered again, and Alice
/// signs in where Bob is expected.
fn logins() -> Vec<(&'static str, Login)> {
    let mut stored = Vec::new();
    let mut login = expecting_bob();
    let mut keep = |name, login: &Login| {
        let copy = serde_json::to_value(login).unwrap();
        stored.push((name, serde_json::from_value(copy).unwrap()));
    };
    keep("login_new", &login);
    discover_once(&mut login);
    discover_once(&mut login);
    keep("login_discover", &login);
    while at(&login) == At::Discover {
        discover_once(&mut login);
    }
    keep("login_register", &login);
    let handle = |login: &mut Login, answer: Answer| login.handle_response(&answer).unwrap();
    handle(&mut login, answer(200, APP_BY_REDIRECT));
    keep("login_authorize", &login);
    login.handle_reply(CODE).unwrap();
    keep("login_exchange", &login);
    handle(&mut login, answer(400, INVALID_CLIENT));
    keep("login_register_again", &login);
    handle(&mut login, answer(200, APP_BY_REDIRECT));
    login.handle_reply(CODE).unwrap();
    handle(&mut login, token());
    keep("login_verify", &login);
    asks_again(&mut login, &answer(200, ALICE));
    keep("login_authorize_again", &login);
    login.handle_reply(OTHER_CODE).unwrap();
    handle(&mut login, answer(200, TOKEN_STATUSES));
    keep("login_verify_again", &login);
    handle(&mut login, answer(200, ALICE.replace("alice", "bob")));
    keep("login_done", &login);
    stored
}

fn done() -> LoggedIn {
    let logins = logins();
    let (_, login) = logins.last().unwrap();
    logged_in(login).clone()
}

fn samples() -> Vec<Sample> {
    let LoggedIn { app, session, .. } = &done();
    let pending: PendingAuthorization = app.authorize(options(), counted_entropy()).unwrap();
    let request_token = app.request_token().unwrap();
    let discover: Discover = "@bob@example.org".parse().unwrap();
    let discover = discover.user_agent("my-bot/1").unwrap();
    let plain: App = out_of_band().app();
    let imported = Session::from_token(plain.instance().clone(), Secret::new("T")).unwrap();
    let imported = imported.user_agent("my-bot/1").unwrap();
    let renewable = session.clone().with_refresh_token(Secret::new("R4D5")).unwrap();
    let unstored = RenewingSession::new(app.clone(), renewable.clone()).unwrap();
    let mut unstored = unstored.leeway(Duration::from_secs(600));
    unstored.handle_response(&token(), SystemTime::UNIX_EPOCH).unwrap();
    let ended_without_account = LoggedIn::new(app.clone(), session.clone(), None).unwrap();
    let mut samples: Vec<_> = logins().iter().map(|(name, login)| sample(name, login)).collect();
    samples.extend([
        sample("app", app),
        sample("register_app", app.registration()),
        sample("register_app_plain", &registration()),
        sample("discovery", app.registration().discovery().unwrap()),
        sample("discover", &discover.allow_endpoints_at(app.instance().clone())),
        sample("pending_authorization", &pending),
        sample("exchange_code", &pending.code_from_text(CODE).unwrap()),
        sample("session", session),
        sample("session_from_token", &imported),
        sample("request_app_token", &request_token),
        sample("request_app_token_scopes", &request_token.clone().scopes("read".parse().unwrap())),
        sample("app_token", &request_token.parse(&answer(200, APP_TOKEN)).unwrap()),
        sample("logged_in", &done()),
        sample("renewing_session", &RenewingSession::new(app.clone(), renewable.clone()).unwrap()),
        sample("renewing_session_unstored", &unstored),
        sample("logged_in_without_account", &ended_without_account),
    ]);
    samples
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/samples")
}

fn committed(name: &str, kind: &str) -> String {
    let file = folder().join(format!("{name}.{kind}"));
    let text = fs::read_to_string(&file);
    text.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Compares two texts, and shows the first line that differs.
#[track_caller]
fn assert_same(found: &str, expected: &str, name: &str) {
    let mut lines = (1..).zip(found.lines().zip(expected.lines()));
    let different = lines.find(|(_, (found, expected))| found != expected);
    assert_eq!(different, None, "{name}, line number and both lines");
    assert_eq!(found.len(), expected.len(), "{name}");
}

#[test]
fn values_are_written_as_in_their_samples() {
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    for sample in samples() {
        for (kind, text) in [("json", &sample.json), ("postcard", &sample.postcard)] {
            if update {
                let file = folder().join(format!("{}.{kind}", sample.name));
                fs::write(file, text).unwrap();
            }
            assert_same(&committed(sample.name, kind), text, sample.name);
        }
    }
}

#[test]
fn samples_are_read_without_loss() {
    for sample in samples() {
        let name = sample.name;
        let (json, postcard) = (committed(name, "json"), committed(name, "postcard"));
        for (json_again, postcard_again) in (sample.rewritten)(&json, &postcard) {
            assert_same(&json_again, &json, name);
            assert_same(&postcard_again, &postcard, name);
        }
    }
}

#[test]
fn every_sample_file_is_tested() {
    let names = samples();
    let names = names
        .iter()
        .flat_map(|sample| ["json", "postcard"].map(|kind| format!("{}.{kind}", sample.name)));
    let files = fs::read_dir(folder()).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.collect::<BTreeSet<_>>(), names.collect());
}

#[test]
fn only_the_outermost_value_has_a_version() {
    for sample in samples() {
        let stored: serde_json::Value = serde_json::from_str(&sample.json).unwrap();
        assert_eq!(stored["version"], 1, "{}", sample.name);
        assert_eq!(stored.as_object().unwrap().len(), 2, "{}", sample.name);
        // Software has a version, too, which is a text.
        let count = sample.json.matches("\"version\": 1").count();
        assert_eq!(count, 1, "{}", sample.name);
    }
}

#[test]
fn a_login_stores_its_registration_once() {
    for (name, login) in logins() {
        if login.superseded_sessions().is_empty() {
            let json = serde_json::to_string(&login).unwrap();
            assert_eq!(json.matches("https://bot.example/").count(), 1, "{name}");
        }
    }
}
