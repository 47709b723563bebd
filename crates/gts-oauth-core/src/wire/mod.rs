//! Every rule of the wire in one place: how requests are written and answers are read.
//!
//! Requests are sent in the one form that all servers accept: forms, credentials in the body,
//! exactly `Accept: application/json` (GoToSocial drops the connection on media types that
//! extend it) and always a `User-Agent` (it answers 418 without). Answers are read whatever
//! their `Content-Type` says, and a JSON error is never required.

mod form;
pub(crate) mod lenient;
mod refusal;
mod repair;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::address::Address;
use crate::error::{Busy, Endpoint, Error, Refused, Unexpected, Why};
use crate::instance::Instance;
use crate::limits::Retry;
use crate::secret::Secret;
use crate::text::{html_title, looks_like_html, snippet};
use crate::user_agent::UserAgent;

pub(crate) use form::{Form, encoded, pairs, plain_bytes};
pub(crate) use refusal::{
    Body, error_code, is_a_word_of_the_rfc, is_forbidden, is_refusal, is_trouble,
    is_unknown_client, message,
};

/// The longest answer that is read, in bytes (4 MiB). A transport stops there with
/// [`TooLong`](crate::TooLong).
pub const MAX_BODY: usize = 4 * 1024 * 1024;

pub(crate) const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request as every server takes it. With a token it is signed: `Bearer` with a capital B and
/// one space, in a header that logs are told to leave out (RFC 6750 §2.1).
pub(crate) fn request(
    method: Method,
    instance: &Instance,
    path: PathAndQuery,
    user_agent: &UserAgent,
    token: Option<&Secret>,
) -> Request<Vec<u8>> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = instance.uri(path);
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, user_agent.header());
    headers.insert(ACCEPT, JSON);
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, bearer(token));
    }
    request
}

pub(crate) fn bearer(token: &Secret) -> HeaderValue {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .expect("tokens are checked to be of visible ASCII");
    value.set_sensitive(true);
    value
}

/// A form posted to one of the protocol's own endpoints.
pub(crate) fn post(address: &Address, user_agent: &UserAgent, form: Form) -> Request<Vec<u8>> {
    let path = address.path.clone();
    let mut request = request(Method::POST, &address.instance, path, user_agent, None);
    request.headers_mut().insert(CONTENT_TYPE, FORM);
    *request.body_mut() = form.into_string().into_bytes();
    request
}

/// An answer on its way to being read, and what must not be repeated of it.
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    endpoint: Endpoint,
    secrets: &'a [&'a str],
}

impl<'a> Answer<'a> {
    pub(crate) fn new(
        answer: &'a Response<impl AsRef<[u8]>>,
        endpoint: Endpoint,
        secrets: &'a [&'a str],
    ) -> Self {
        Self {
            status: answer.status(),
            headers: answer.headers(),
            body: answer.body().as_ref(),
            endpoint,
            secrets,
        }
    }

    /// The body of a good answer as a JSON object. Without the look at its first character, a
    /// list would do, for serde reads structs from either; and some text could be the beginning
    /// of a `null`.
    pub(crate) fn object<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let text = self.text().trim_ascii_start();
        if text.is_empty() || text.starts_with(b"{") {
            return self.json();
        }
        self.good()?;
        let why = match serde_json::from_slice::<IgnoredAny>(text) {
            Ok(_) => Why::OtherShape(1, 1),
            Err(_) if text.starts_with(b"<") => Why::Html,
            Err(_) => Why::NotJson(1, 1),
        };
        Err(self.unexpected(why, None))
    }

    /// The body of a good answer as JSON of any shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.good()?;
        repair::read(self.text()).map_err(|error| match self.oauth_error() {
            Some(refused) => Error::Refused(refused),
            None => self.unexpected(self.why_not_json(&error), None),
        })
    }

    /// The body without the byte order mark that some put before it.
    pub(crate) fn text(&self) -> &'a [u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.body)
    }

    /// The field `name` of a good answer is missing or unusable. A 200 that holds an `error`
    /// is a refusal all the same.
    pub(crate) fn lacks(&self, name: &'static str) -> Error {
        match self.oauth_error() {
            Some(refused) => Error::Refused(refused),
            None => self.unexpected(Why::Field(name), None),
        }
    }

    /// An error for every answer that is not 2xx, or is too long.
    pub(crate) fn good(&self) -> Result<(), Error> {
        if self.body.len() > MAX_BODY {
            return Err(self.unexpected(Why::TooLong, None));
        }
        if self.status.is_success() {
            return Ok(());
        }
        Err(self.bad())
    }

    fn bad(&self) -> Error {
        if matches!(self.status.as_u16(), 429 | 503) {
            return Error::Busy(Busy {
                endpoint: self.endpoint,
                status: self.status,
                retry: Retry::of(self.headers),
            });
        }
        if self.status.is_redirection() {
            let target = self.headers.get(LOCATION).map(HeaderValue::as_bytes);
            let target = String::from_utf8_lossy(target.unwrap_or_default());
            let target = target.split(['?', '#']).next().unwrap_or_default();
            let target = snippet(target, self.secrets).unwrap_or_else(|| "nowhere".to_owned());
            return self.unexpected(Why::Redirect(target), None);
        }
        if let Some(refused) = self.oauth_error() {
            return Error::Refused(refused);
        }
        let text = String::from_utf8_lossy(self.body);
        // snac refuses with `{}`.
        if matches!(text.trim(), "" | "{}" | "[]") {
            return self.unexpected(Why::Empty, None);
        }
        if looks_like_html(&text) {
            let title = html_title(&text).and_then(|title| snippet(title, self.secrets));
            return self.unexpected(Why::Html, title);
        }
        let shown = !(self.endpoint.gives_secrets() && may_hold_secrets(&text));
        // Some servers send a bare JSON string, some one that they call a message.
        let said = serde_json::from_str(&text).ok();
        let text = said
            .or_else(|| message(&text))
            .unwrap_or_else(|| text.into_owned());
        let snippet = snippet(&text, self.secrets).filter(|_| shown);
        self.unexpected(Why::Text, snippet)
    }

    /// A good answer that is a web page, or says no all the same.
    pub(crate) fn denial(&self) -> Option<Error> {
        if self.text().trim_ascii_start().starts_with(b"<") {
            return Some(self.unexpected(Why::Html, None));
        }
        self.oauth_error().map(Error::Refused)
    }

    /// The body as one of an OAuth error, whatever else it holds.
    fn oauth_error(&self) -> Option<Refused> {
        let object = self.text().trim_ascii_start().starts_with(b"{");
        let body: Body = serde_json::from_slice(self.text())
            .ok()
            .filter(|_| object)?;
        let (code, description) = body.told()?;
        let mut refused = Refused {
            endpoint: self.endpoint,
            status: Some(self.status),
            code: error_code(&code, self.secrets)?,
            description: description.and_then(|text| snippet(without_advice(&text), self.secrets)),
        };
        if self.status.is_success() && self.endpoint.gives_secrets() {
            // Whoever says yes and no at once may have put a secret anywhere.
            if !is_a_word_of_the_rfc(&refused.code) {
                refused.code = "an error of its own".to_owned();
            }
            refused.description = None;
        }
        Some(refused)
    }

    fn why_not_json(&self, error: &serde_json::Error) -> Why {
        let (line, column) = (error.line(), error.column());
        let text = String::from_utf8_lossy(self.body);
        match error.classify() {
            _ if text.trim().is_empty() => Why::Empty,
            _ if looks_like_html(&text) => Why::Html,
            Category::Eof => Why::CutOff(line, column),
            Category::Data => Why::OtherShape(line, column),
            Category::Syntax | Category::Io => Why::NotJson(line, column),
        }
    }

    /// An error that repeats nothing but `snippet`.
    pub(crate) fn unexpected(&self, why: Why, snippet: Option<String>) -> Error {
        Error::Unexpected(Unexpected {
            endpoint: self.endpoint,
            status: Some(self.status),
            why,
            snippet,
        })
    }
}

/// Whether a refusal holds what only a good answer should: some servers mean well with a 500.
fn may_hold_secrets(text: &str) -> bool {
    ["access_token", "refresh_token", "client_secret"]
        .iter()
        .any(|name| text.contains(name))
}

/// GoToSocial ends every description with advice for people at its own pages, to clear their
/// cookies; here it would only stand in the way of ours.
fn without_advice(description: &str) -> &str {
    let advice = description.find(": If you arrived at this error");
    &description[..advice.unwrap_or(description.len())]
}

/// Whether the text can stand in an `Authorization` header and a form as it is: visible ASCII.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
