//! From a recorded request to the value of ours that makes the same one.

use std::collections::BTreeMap;

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{
    Account, App, AppToken, Call, ClientCredentials, Discover, Discovered, Entropy, Error,
    Exchange, ExchangeCode, Instance, PendingLogin, RefreshToken, RegisterApp, Reply, Revocation,
    RevokeToken, Secret, Session, VerifyCredentials,
};
use url::form_urlencoded;

use crate::recording::Recording;

/// One of the library's exchanges.
#[derive(Debug)]
pub enum Noun {
    /// A step of discovery.
    Discover(Box<Discover>),
    /// Registering an app.
    Register(RegisterApp),
    /// A code for a token.
    Code(ExchangeCode),
    /// The app's credentials for a token.
    App(ClientCredentials),
    /// A refresh token for a token.
    Refresh(RefreshToken),
    /// Whose token it is.
    Verify(VerifyCredentials),
    /// Giving a token back.
    Revoke(RevokeToken),
    /// Any other call.
    Call(Call),
}

/// What one of them yields.
#[derive(Debug)]
pub enum Outcome {
    /// Of [`Noun::Discover`].
    Discovered(Box<Discovered>),
    /// Of [`Noun::Register`].
    App(App),
    /// Of [`Noun::Code`] and [`Noun::Refresh`].
    Session(Session),
    /// Of [`Noun::App`].
    AppToken(AppToken),
    /// Of [`Noun::Verify`].
    Account(Account),
    /// Of [`Noun::Revoke`].
    Revocation(Revocation),
    /// Of [`Noun::Call`].
    Reply(Box<Reply>),
}

impl Noun {
    /// The exchange that meets the recorded answer. What the recorded request lacks, because
    /// it was meant to be refused, stand-ins fill.
    ///
    /// # Panics
    /// If the recording holds what the library could not even begin to ask for.
    pub fn of(recording: &Recording) -> Self {
        let asked = &recording.request;
        let sent = Sent::of(recording);
        let path = asked.path.split('?').next().unwrap_or_default();
        let token = asked.bearer().unwrap_or("NO-TOKEN-WAS-RECORDED");
        let session = || session(&sent.instance, &sent.agent, sent.or("token", token));
        match (asked.method.as_str(), path.trim_end_matches('/')) {
            ("GET", path) if path.starts_with("/.well-known/") || path.contains("nodeinfo") => sent
                .discover(&asked.path)
                .unwrap_or_else(|| Self::Call(sent.call(recording, token))),
            ("POST", "/api/v1/apps") => Self::Register(sent.registration()),
            (_, "/oauth/token") => match sent.or("grant_type", "") {
                "client_credentials" => Self::App(sent.client_credentials()),
                "refresh_token" => Self::Refresh(sent.refresh()),
                _ => Self::Code(sent.exchange()),
            },
            (_, "/oauth/revoke") => {
                Self::Revoke(sent.app().revoke(&session()).expect("one instance"))
            }
            (_, "/api/v1/accounts/verify_credentials") => Self::Verify(session().verify()),
            _ => Self::Call(sent.call(recording, token)),
        }
    }

    /// Our request.
    pub fn request(&self) -> Request<Vec<u8>> {
        match self {
            Self::Discover(noun) => noun.request(),
            Self::Register(noun) => noun.request(),
            Self::Code(noun) => noun.request(),
            Self::App(noun) => noun.request(),
            Self::Refresh(noun) => noun.request(),
            Self::Verify(noun) => noun.request(),
            Self::Revoke(noun) => noun.request(),
            Self::Call(noun) => noun.request(),
        }
    }

    /// What we make of an answer.
    ///
    /// # Errors
    /// Of the exchange.
    pub fn parse(&self, answer: &Response<Vec<u8>>) -> Result<Outcome, Error> {
        let discovered = |it| Outcome::Discovered(Box::new(it));
        match self {
            Self::Discover(noun) => noun.parse(answer).map(discovered),
            Self::Register(noun) => noun.parse(answer).map(Outcome::App),
            Self::Code(noun) => noun.parse(answer).map(Outcome::Session),
            Self::App(noun) => noun.parse(answer).map(Outcome::AppToken),
            Self::Refresh(noun) => noun.parse(answer).map(Outcome::Session),
            Self::Verify(noun) => noun.parse(answer).map(Outcome::Account),
            Self::Revoke(noun) => noun.parse(answer).map(Outcome::Revocation),
            Self::Call(noun) => noun.parse(answer).map(Box::new).map(Outcome::Reply),
        }
    }
}

/// What was sent.
struct Sent {
    fields: BTreeMap<String, String>,
    instance: Instance,
    agent: String,
}

impl Sent {
    fn of(recording: &Recording) -> Self {
        let agent = recording.request.header("user-agent");
        Self {
            fields: recording.request.fields(),
            instance: recording.instance(),
            agent: agent.unwrap_or("NO-AGENT-WAS-RECORDED").to_owned(),
        }
    }

    fn or<'a>(&'a self, name: &str, stand_in: &'a str) -> &'a str {
        let field = self.fields.get(name).filter(|it| !it.is_empty());
        field.map_or(stand_in, String::as_str)
    }

    /// The step of discovery that asks for this, after whatever leads there.
    fn discover(&self, path: &str) -> Option<Noun> {
        let name = path
            .split("acct:")
            .nth(1)
            .and_then(|it| it.split('@').next());
        let discover = Discover::new(self.instance.clone());
        let discover = discover.account(name.unwrap_or("nobody")).ok()?;
        let mut discover = discover.user_agent(&self.agent).ok()?;
        // A document is what some links name; everything else is asked for when nothing is known.
        let named = format!(
            r#"{{"links":[{{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"{path}"}}]}}"#
        );
        let led = match path.starts_with("/.well-known/") {
            true => answer(404, ""),
            false => answer(200, &named),
        };
        for _ in 0..3 {
            if same_path(&discover.request().uri().to_string(), path) {
                return Some(Noun::Discover(Box::new(discover)));
            }
            match discover.parse(&led) {
                Ok(Discovered::Next(next)) => discover = next,
                _ => return None,
            }
        }
        None
    }

    /// The registration that was recorded, or one with stand-ins where the library refuses it.
    fn registration(&self) -> RegisterApp {
        let named = |name| RegisterApp::new(self.instance.clone(), name);
        let register = named(self.or("client_name", "")).or_else(|_| named("Probe"));
        let mut register = register
            .expect("a name")
            .user_agent(&self.agent)
            .expect("a user agent");
        let uris = self.or("redirect_uris", "").lines();
        for (position, uri) in uris.filter_map(|uri| uri.parse().ok()).enumerate() {
            register = match position {
                0 => register.redirect_uri(uri),
                _ => register.also_redirect_uri(uri),
            };
        }
        if let Some(website) = self.fields.get("website") {
            register = register.clone().website(website).unwrap_or(register);
        }
        register.scopes(self.or("scopes", "").parse().expect("scopes"))
    }

    /// The app whose credentials were sent, with the one redirect URI that was.
    fn app(&self) -> App {
        let registration = RegisterApp::new(self.instance.clone(), "Probe").expect("a name");
        let uri = self.or("redirect_uri", "urn:ietf:wg:oauth:2.0:oob");
        let registration = registration
            .user_agent(&self.agent)
            .expect("a user agent")
            .redirect_uri(uri.parse().expect("a redirect URI"));
        let secret = Secret::new(self.or("client_secret", "NO-SECRET-WAS-RECORDED"));
        App::from_credentials(registration, self.or("client_id", "NONE"), secret).expect("an app")
    }

    /// An attempt whose `state` and verifier are those of the tests, not the recording's.
    fn exchange(&self) -> ExchangeCode {
        let pending = self.app().authorize(sevens()).start();
        let code = self.or("code", "NO-CODE-WAS-RECORDED");
        pending.pasted(&reply(&pending, code)).expect("a code")
    }

    /// Of a session that somebody was given with this refresh token.
    fn refresh(&self) -> RefreshToken {
        let given = serde_json::json!({
            "access_token": "AN-OLD-TOKEN",
            "refresh_token": self.or("refresh_token", "NO-REFRESH-TOKEN-WAS-RECORDED"),
        });
        let session = self.exchange().parse(&answer(200, &given.to_string()));
        let session = session.expect("a token");
        self.app().refresh(&session).expect("a refresh token")
    }

    fn client_credentials(&self) -> ClientCredentials {
        let credentials = self.app().client_credentials();
        credentials.scopes(self.or("scope", "").parse().expect("scopes"))
    }

    fn call(&self, recording: &Recording, token: &str) -> Call {
        let asked = &recording.request;
        let method: Method = asked.method.parse().expect("a method");
        let session = session(&self.instance, &self.agent, token);
        let call = session.call(method, &asked.path).expect("a path");
        match asked.body {
            Some(_) => call.json(&asked.fields()).expect("JSON"),
            None => call,
        }
    }
}

/// The session that a token is good for.
///
/// # Panics
/// If it is no token, or that no user agent.
pub fn session(instance: &Instance, agent: &str, token: &str) -> Session {
    let session = Session::from_token(instance.clone(), Secret::new(token)).expect("a token");
    session.user_agent(agent).expect("a user agent")
}

/// Entropy that is the same every time.
///
/// # Panics
/// Never.
pub fn sevens() -> Entropy {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, Error>(())
    })
    .expect("sevens never run out")
}

/// What a person would paste: the code where it is shown, else the address with the code.
fn reply(pending: &PendingLogin, code: &str) -> String {
    let uri = pending.redirect_uri();
    match uri.is_out_of_band() {
        true => code.to_owned(),
        false => format!("{uri}?code={code}&state={}", pending.state()),
    }
}

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status.try_into().expect("a status");
    answer
}

/// Whether an address has this path, however its query is encoded.
pub fn same_path(url: &str, path: &str) -> bool {
    let decoded = |text: &str| {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let query: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        (path.to_owned(), query)
    };
    let ours = url.splitn(4, '/').nth(3).unwrap_or_default();
    decoded(&format!("/{ours}")) == decoded(path)
}
