//! The exchange of core that makes the same request as a recording.

use std::collections::BTreeMap;

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{
    Account, App, AuthorizeOptions, Entropy, Error, Exchange, Instance, PendingAuthorization,
    RegisterApp, Secret, Session,
    authorization::ExchangeCode,
    discovery::{Discover, DiscoverStep},
    renewal::{AppToken, RefreshSession, RequestAppToken, Revocation, RevokeToken},
    session::{ApiResponse, Call, VerifyCredentials},
};
use url::form_urlencoded;

use crate::recording::Recording;

/// Any exchange of core.
#[derive(Debug)]
pub enum AnyExchange {
    /// A step of discovery.
    Discover(Box<Discover>),
    /// Registering an app.
    Register(Box<RegisterApp>),
    /// Exchanging a code.
    Code(ExchangeCode),
    /// Requesting a token for the app.
    App(RequestAppToken),
    /// Refreshing a session.
    Refresh(RefreshSession),
    /// Requesting the account of a token.
    Verify(VerifyCredentials),
    /// Revoking a token.
    Revoke(RevokeToken),
    /// Any other call.
    Call(Call),
}

/// The output of any exchange.
#[derive(Debug)]
pub enum Outcome {
    /// Of [`AnyExchange::Discover`].
    DiscoverStep(Box<DiscoverStep>),
    /// Of [`AnyExchange::Register`].
    App(App),
    /// Of [`AnyExchange::Code`] and [`AnyExchange::Refresh`].
    Session(Session),
    /// Of [`AnyExchange::App`].
    AppToken(AppToken),
    /// Of [`AnyExchange::Verify`].
    Account(Account),
    /// Of [`AnyExchange::Revoke`].
    Revocation(Revocation),
    /// Of [`AnyExchange::Call`].
    Response(Box<ApiResponse>),
}

impl AnyExchange {
    /// The exchange that reads the recorded response. Placeholders replace what is missing in a
    /// request that was recorded for its error response.
    ///
    /// # Panics
    /// If core has no exchange for the recorded request.
    pub fn of(recording: &Recording) -> Self {
        let request = &recording.request;
        let sent = Sent::of(recording);
        let path = request.path.split('?').next().unwrap_or_default();
        let token = request.bearer().unwrap_or("NO-TOKEN-WAS-RECORDED");
        let session = || session(&sent.instance, &sent.agent, sent.or("token", token));
        match (request.method.as_str(), path.trim_end_matches('/')) {
            ("GET", path) if path.starts_with("/.well-known/") || path.contains("nodeinfo") => sent
                .discover(&request.path)
                .unwrap_or_else(|| Self::Call(sent.call(recording, token))),
            ("POST", "/api/v1/apps") => Self::Register(Box::new(sent.registration())),
            (_, "/oauth/token") => match sent.or("grant_type", "") {
                "client_credentials" => Self::App(sent.request_token()),
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

    /// The request of core.
    pub fn request(&self) -> Request<Vec<u8>> {
        match self {
            Self::Discover(exchange) => exchange.request(),
            Self::Register(exchange) => exchange.request(),
            Self::Code(exchange) => exchange.request(),
            Self::App(exchange) => exchange.request(),
            Self::Refresh(exchange) => exchange.request(),
            Self::Verify(exchange) => exchange.request(),
            Self::Revoke(exchange) => exchange.request(),
            Self::Call(exchange) => exchange.request(),
        }
    }

    /// Parses a response.
    ///
    /// # Errors
    /// As the exchange.
    pub fn parse(&self, response: &Response<Vec<u8>>) -> Result<Outcome, Error> {
        let discovered = |it| Outcome::DiscoverStep(Box::new(it));
        match self {
            Self::Discover(exchange) => exchange.parse(response).map(discovered),
            Self::Register(exchange) => exchange.parse(response).map(Outcome::App),
            Self::Code(exchange) => exchange.parse(response).map(Outcome::Session),
            Self::App(exchange) => exchange.parse(response).map(Outcome::AppToken),
            Self::Refresh(exchange) => exchange.parse(response).map(Outcome::Session),
            Self::Verify(exchange) => exchange.parse(response).map(Outcome::Account),
            Self::Revoke(exchange) => exchange.parse(response).map(Outcome::Revocation),
            Self::Call(exchange) => exchange.parse(response).map(Box::new).map(Outcome::Response),
        }
    }
}

/// The recorded request.
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

    /// The field, or a placeholder.
    fn or<'a>(&'a self, name: &str, placeholder: &'a str) -> &'a str {
        let field = self.fields.get(name).filter(|it| !it.is_empty());
        field.map_or(placeholder, String::as_str)
    }

    /// The step of discovery that requests this path.
    fn discover(&self, path: &str) -> Option<AnyExchange> {
        let name = path.split("acct:").nth(1).and_then(|it| it.split('@').next());
        let discover = Discover::new(self.instance.clone());
        let discover = discover.account_name(name.unwrap_or("nobody")).ok()?;
        let mut discover = discover.user_agent(&self.agent).ok()?;
        // A document is requested after links to it, anything else after a 404.
        let links = format!(
            r#"{{"links":[{{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"{path}"}}]}}"#
        );
        let leading_here = match path.starts_with("/.well-known/") {
            true => response(404, ""),
            false => response(200, &links),
        };
        for _ in 0..3 {
            if same_path(&discover.request().uri().to_string(), path) {
                return Some(AnyExchange::Discover(Box::new(discover)));
            }
            match discover.parse(&leading_here) {
                Ok(DiscoverStep::Next(next)) => discover = next,
                _ => return None,
            }
        }
        None
    }

    /// The recorded registration, with placeholders for what core rejects.
    fn registration(&self) -> RegisterApp {
        let named = |name| RegisterApp::new(self.instance.clone(), name);
        let register = named(self.or("client_name", "")).or_else(|_| named("Probe"));
        let mut register = register.expect("a name").user_agent(&self.agent).expect("a user agent");
        let uris = self.or("redirect_uris", "").lines();
        for (position, uri) in uris.filter_map(|uri| uri.parse().ok()).enumerate() {
            register = match position {
                0 => register.redirect_uri(uri),
                _ => register.add_redirect_uri(uri),
            };
        }
        if let Some(website) = self.fields.get("website") {
            register = register.clone().website(website).unwrap_or(register);
        }
        register.scopes(self.or("scopes", "").parse().expect("scopes"))
    }

    /// The app with the recorded credentials and redirect URI.
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

    /// An exchange with the `state` and verifier of the tests, not of the recording.
    fn exchange(&self) -> ExchangeCode {
        let pending = self.app().authorize(AuthorizeOptions::new(), sevens());
        let pending = pending.expect("the default options");
        let code = self.or("code", "NO-CODE-WAS-RECORDED");
        pending.code_from_text(&pasted(&pending, code)).expect("a code")
    }

    /// The refresh of a session with the recorded refresh token.
    fn refresh(&self) -> RefreshSession {
        let issued = serde_json::json!({
            "access_token": "AN-OLD-TOKEN",
            "refresh_token": self.or("refresh_token", "NO-REFRESH-TOKEN-WAS-RECORDED"),
        });
        let session = self.exchange().parse(&response(200, &issued.to_string()));
        let session = session.expect("a token");
        self.app().refresh(&session).expect("a refresh token")
    }

    fn request_token(&self) -> RequestAppToken {
        let credentials = self.app().request_token().unwrap();
        credentials.scopes(self.or("scope", "").parse().expect("scopes"))
    }

    fn call(&self, recording: &Recording, token: &str) -> Call {
        let request = &recording.request;
        let method: Method = request.method.parse().expect("a method");
        let session = session(&self.instance, &self.agent, token);
        let call = session.call(method, &request.path).expect("a path");
        match request.body {
            Some(_) => call.json(&request.fields()).expect("JSON"),
            None => call,
        }
    }
}

/// A session with this token.
///
/// # Panics
/// If the token or the user agent is not valid.
pub fn session(instance: &Instance, agent: &str, token: &str) -> Session {
    let session = Session::from_token(instance.clone(), Secret::new(token)).expect("a token");
    session.user_agent(agent).expect("a user agent")
}

/// The same entropy every time.
///
/// # Panics
/// Never.
pub fn sevens() -> Entropy {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, Error>(())
    })
    .expect("no error")
}

/// What a user would paste: the code, or the callback URL.
fn pasted(pending: &PendingAuthorization, code: &str) -> String {
    let uri = pending.redirect_uri();
    match uri.is_out_of_band() {
        true => code.to_owned(),
        false => format!("{uri}?code={code}&state={}", pending.state()),
    }
}

fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().expect("a status");
    response
}

/// Whether a URL has this path and query, in any encoding.
pub fn same_path(url: &str, path: &str) -> bool {
    let decoded = |text: &str| {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let query: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        (path.to_owned(), query)
    };
    let ours = url.splitn(4, '/').nth(3).unwrap_or_default();
    decoded(&format!("/{ours}")) == decoded(path)
}
