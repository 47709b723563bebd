//! Requests by hand, which core would never send.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gts_oauth_core::Transport;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_fake::{Account, Server};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::sample::OUT_OF_BAND;

/// The verifier and the challenge of RFC 7636, Appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Answer(Response<Vec<u8>>);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap()
    }

    /// A field that is a string.
    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap().to_owned()
    }

    /// Status and error code.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status(), self.text("error"))
    }

    /// The names of its fields, sorted.
    pub(crate) fn fields(&self) -> Vec<String> {
        let body = self.json();
        body.as_object().unwrap().keys().cloned().collect()
    }

    pub(crate) fn page(&self) -> String {
        String::from_utf8(self.0.body().clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.0.headers().get(name)?.to_str().unwrap())
    }
}

pub(crate) fn send(server: &Server, request: Request<Vec<u8>>) -> Answer {
    Answer(server.send(request).unwrap())
}

fn request(server: &Server, method: &str, path: &str, kind: &str, body: String) -> Answer {
    let uri = format!("{}{path}", server.instance().origin());
    let request = Request::builder().method(method).uri(uri);
    let request = request.header("User-Agent", "raw/0.1").header("Content-Type", kind);
    send(server, request.body(body.into_bytes()).unwrap())
}

pub(crate) fn query(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn form(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    request(server, "POST", path, kind, query(fields))
}

/// As [`form`], from a client that accepts JSON.
pub(crate) fn asking_json(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = Request::post(format!("{}{path}", server.instance().origin()))
        .header("User-Agent", "raw/0.1")
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded");
    send(server, request.body(query(fields).into_bytes()).unwrap())
}

pub(crate) fn json(server: &Server, path: &str, body: &Value) -> Answer {
    request(server, "POST", path, "application/json", body.to_string())
}

pub(crate) fn get(server: &Server, path: &str) -> Answer {
    request(server, "GET", path, "", String::new())
}

/// A body with this content type.
pub(crate) fn typed(server: &Server, path: &str, kind: &str, body: &str) -> Answer {
    request(server, "POST", path, kind, body.to_owned())
}

/// A call with a token.
pub(crate) fn signed(server: &Server, path: &str, token: &str) -> Answer {
    let request = Request::builder().uri(format!("{}{path}", server.instance().origin()));
    let request =
        request.header("User-Agent", "raw/0.1").header("Authorization", format!("Bearer {token}"));
    send(server, request.body(Vec::new()).unwrap())
}

pub(crate) fn verify(server: &Server, token: &str) -> Answer {
    signed(server, "/api/v1/accounts/verify_credentials", token)
}

/// An app registered by hand.
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) fn app(server: &Server) -> App {
    let fields = [("client_name", "raw"), ("redirect_uris", OUT_OF_BAND), ("scopes", "read")];
    let answer = form(server, "/api/v1/apps", &fields);
    let id = &answer.json()["client_id"];
    App {
        // Pixelfed's ids are numbers.
        id: id.as_str().map_or_else(|| id.to_string(), str::to_owned),
        secret: answer.text("client_secret"),
    }
}

/// The code in a user's reply: bare, or in a URL.
pub(crate) fn code(brought: &str) -> String {
    let query = brought.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let code = pairs.find(|(name, _)| name == "code");
    code.map_or_else(|| brought.to_owned(), |(_, code)| code.into_owned())
}

impl App {
    /// The authorization URL, with a challenge.
    pub(crate) fn challenging(&self, server: &Server) -> String {
        self.address(
            server,
            &[
                ("redirect_uri", OUT_OF_BAND),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
        )
    }

    pub(crate) fn address(&self, server: &Server, more: &[(&str, &str)]) -> String {
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("scope", "read"),
            ("state", "mine"),
        ];
        fields.extend_from_slice(more);
        format!("{}/oauth/authorize?{}", server.instance().origin(), query(&fields))
    }

    /// A token request, with these fields besides the app's credentials.
    pub(crate) fn token(&self, server: &Server, more: &[(&str, &str)]) -> Answer {
        self.token_for(server, OUT_OF_BAND, more)
    }

    /// As [`token`](Self::token), with another redirect URI.
    pub(crate) fn token_for(&self, server: &Server, uri: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("client_id", self.id.as_str()),
            ("client_secret", self.secret.as_str()),
            ("redirect_uri", uri),
        ];
        fields.extend_from_slice(more);
        form(server, "/oauth/token", &fields)
    }

    /// As [`token`](Self::token), but with the credentials in the header.
    pub(crate) fn basic(&self, server: &Server, fields: &[(&str, &str)]) -> Answer {
        let basic = STANDARD.encode(format!("{}:{}", self.id, self.secret));
        let uri = format!("{}/oauth/token", server.instance().origin());
        let request = Request::post(uri)
            .header("User-Agent", "raw/0.1")
            .header("Authorization", format!("Basic {basic}"))
            .header("Content-Type", "application/x-www-form-urlencoded");
        send(server, request.body(query(fields).into_bytes()).unwrap())
    }

    /// Exchanges a code, with or without a verifier.
    pub(crate) fn exchange(&self, server: &Server, code: &str, verifier: Option<&str>) -> Answer {
        let mut more = vec![("grant_type", "authorization_code"), ("code", code)];
        more.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.token(server, &more)
    }
}

/// A browser, request by request.
pub(crate) struct Tab<'a> {
    server: &'a Server,
    cookie: RefCell<String>,
}

impl<'a> Tab<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        let cookie = RefCell::default();
        Self { server, cookie }
    }

    pub(crate) fn get(&self, address: &str) -> Answer {
        self.visit("GET", address, String::new())
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let address = format!("{}{path}", self.server.instance().origin());
        self.visit("POST", &address, query(fields))
    }

    /// Signs in, and follows the redirect.
    pub(crate) fn sign_in(&self, person: &Account) -> Answer {
        let response = self.submit_sign_in(person);
        assert_eq!(response.status(), 302);
        let origin = self.server.instance().origin().to_owned();
        let target = response.header("location").unwrap();
        let path = target.strip_prefix(&origin).unwrap_or(target);
        self.get(&format!("{origin}{path}"))
    }

    /// Submits the form of the sign-in page, which has the same fields in any order.
    pub(crate) fn submit_sign_in(&self, person: &Account) -> Answer {
        let page = self.get(&format!("{}/auth/sign_in", self.server.instance().origin())).page();
        let [email, password] = match page.contains("name=\"username\"") {
            true => ["username", "password"],
            false => ["user[email]", "user[password]"],
        };
        let fields = [(email, &*person.email()), (password, person.password())];
        self.post("/auth/sign_in", &fields)
    }

    fn visit(&self, method: &str, address: &str, form: String) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header("User-Agent", "Mozilla/5.0 (a tab)")
            .header("Accept", "text/html")
            .header("Cookie", &*self.cookie.borrow())
            .header("Content-Type", "application/x-www-form-urlencoded");
        let answer = send(self.server, request.body(form.into_bytes()).unwrap());
        if let Some(cookie) = answer.header("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            pair.clone_into(&mut self.cookie.borrow_mut());
        }
        answer
    }
}
