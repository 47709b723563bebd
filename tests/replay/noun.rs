//! From a recorded request to the value of ours that makes the same one.

use std::collections::BTreeMap;

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{
    Account, App, AppToken, Call, ClientCredentials, Entropy, Error, Exchange, ExchangeCode,
    Instance, PendingLogin, RegisterApp, Reply, Revocation, RevokeToken, Secret, Session,
    VerifyCredentials,
};
use gts_oauth_tests::{Recording, recording};

pub(crate) const AGENT: &str = "gts-oauth-probe/0.1";

/// One of the library's exchanges.
pub(crate) enum Noun {
    Register(RegisterApp),
    Code(ExchangeCode),
    App(ClientCredentials),
    Verify(VerifyCredentials),
    Revoke(RevokeToken),
    Call(Call),
}

/// What one of them yields.
#[derive(Debug)]
pub(crate) enum Outcome {
    App(App),
    Session(Session),
    AppToken(AppToken),
    Account(Account),
    Revocation(Revocation),
    Reply(Box<Reply>),
}

impl Noun {
    /// The exchange that meets the recorded answer. What the recorded request lacks, because
    /// it was meant to be refused, stand-ins fill.
    pub(crate) fn of(recording: &Recording) -> Self {
        let asked = &recording.request;
        let fields = Fields(asked.fields());
        let path = asked.path.split('?').next().unwrap_or_default();
        let token = asked.bearer().unwrap_or("NO-TOKEN-WAS-RECORDED");
        match (asked.method.as_str(), path.trim_end_matches('/')) {
            ("POST", "/api/v1/apps") => Self::Register(registration(&fields)),
            (_, "/oauth/token") if fields.or("grant_type", "") == "client_credentials" => {
                Self::App(client_credentials(&fields))
            }
            (_, "/oauth/token") => Self::Code(exchange(&fields)),
            (_, "/oauth/revoke") => {
                let session = session(fields.or("token", token));
                Self::Revoke(app(&fields).revoke(&session).expect("one instance"))
            }
            (_, "/api/v1/accounts/verify_credentials") => Self::Verify(session(token).verify()),
            _ => Self::Call(call(recording, token)),
        }
    }

    pub(crate) fn request(&self) -> Request<Vec<u8>> {
        match self {
            Self::Register(noun) => noun.request(),
            Self::Code(noun) => noun.request(),
            Self::App(noun) => noun.request(),
            Self::Verify(noun) => noun.request(),
            Self::Revoke(noun) => noun.request(),
            Self::Call(noun) => noun.request(),
        }
    }

    pub(crate) fn parse(&self, answer: &Response<Vec<u8>>) -> Result<Outcome, Error> {
        match self {
            Self::Register(noun) => noun.parse(answer).map(Outcome::App),
            Self::Code(noun) => noun.parse(answer).map(Outcome::Session),
            Self::App(noun) => noun.parse(answer).map(Outcome::AppToken),
            Self::Verify(noun) => noun.parse(answer).map(Outcome::Account),
            Self::Revoke(noun) => noun.parse(answer).map(Outcome::Revocation),
            Self::Call(noun) => noun.parse(answer).map(Box::new).map(Outcome::Reply),
        }
    }
}

struct Fields(BTreeMap<String, String>);

impl Fields {
    fn or<'a>(&'a self, name: &str, stand_in: &'a str) -> &'a str {
        self.0.get(name).map_or(stand_in, String::as_str)
    }
}

pub(crate) fn instance() -> Instance {
    "http://127.0.0.1:8085".parse().expect("an instance")
}

pub(crate) fn session(token: &str) -> Session {
    let session = Session::from_token(instance(), Secret::new(token)).expect("a token");
    session.user_agent(AGENT).expect("a user agent")
}

/// The registration that was recorded, or one with stand-ins where the library refuses it.
fn registration(fields: &Fields) -> RegisterApp {
    let register = RegisterApp::new(instance(), fields.or("client_name", ""))
        .or_else(|_| RegisterApp::new(instance(), "Probe"));
    let mut register = register
        .expect("a name")
        .user_agent(AGENT)
        .expect("a user agent");
    let uris = fields.or("redirect_uris", "").lines();
    for (position, uri) in uris.filter_map(|uri| uri.parse().ok()).enumerate() {
        register = match position {
            0 => register.redirect_uri(uri),
            _ => register.also_redirect_uri(uri),
        };
    }
    if let Some(website) = fields.0.get("website") {
        register = register.website(website).expect("a website");
    }
    register.scopes(fields.or("scopes", "").parse().expect("scopes"))
}

/// The app whose credentials were sent, with the one redirect URI that was.
fn app(fields: &Fields) -> App {
    let registration = RegisterApp::new(instance(), "Probe").expect("a name");
    let uri = fields.or("redirect_uri", "urn:ietf:wg:oauth:2.0:oob");
    let registration = registration
        .user_agent(AGENT)
        .expect("a user agent")
        .redirect_uri(uri.parse().expect("a redirect URI"));
    let secret = Secret::new(fields.or("client_secret", "NO-SECRET-WAS-RECORDED"));
    App::from_credentials(registration, fields.or("client_id", "NONE"), secret).expect("an app")
}

/// An attempt whose `state` and verifier are those of the tests, not the recording's.
fn exchange(fields: &Fields) -> ExchangeCode {
    let pending = app(fields).authorize(entropy()).start();
    let code = fields.or("code", "NO-CODE-WAS-RECORDED");
    pending.pasted(&reply(&pending, code)).expect("a code")
}

/// What a person would paste: the code where it is shown, else the address with the code.
fn reply(pending: &PendingLogin, code: &str) -> String {
    let uri = pending.redirect_uri();
    match uri.is_out_of_band() {
        true => code.to_owned(),
        false => format!("{uri}?code={code}&state={}", pending.state()),
    }
}

fn entropy() -> Entropy {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, Error>(())
    })
    .expect("sevens never run out")
}

fn client_credentials(fields: &Fields) -> ClientCredentials {
    let credentials = app(fields).client_credentials();
    credentials.scopes(fields.or("scope", "").parse().expect("scopes"))
}

/// A call with a person's token, or with the app's where that was used.
fn call(recording: &Recording, token: &str) -> Call {
    let asked = &recording.request;
    let method: Method = asked.method.parse().expect("a method");
    let call = match app_token() {
        app_token if app_token.access_token().expose() == token => {
            app_token.call(method, &asked.path)
        }
        _ => session(token).call(method, &asked.path),
    };
    let call = call.expect("a path");
    match asked.body {
        Some(_) => call.json(&asked.fields()).expect("JSON"),
        None => call,
    }
}

/// The only way to an app's token: from the answer that gave it.
fn app_token() -> AppToken {
    let given = recording(27);
    let credentials = client_credentials(&Fields(given.request.fields()));
    credentials
        .parse(&given.response())
        .expect("an app's token")
}
