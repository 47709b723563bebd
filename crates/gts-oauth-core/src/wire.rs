//! Every rule of the wire in one place: how requests are written and answers are read.
//!
//! Requests are sent in the one form that all servers accept: forms, credentials in the body,
//! exactly `Accept: application/json` (GoToSocial drops the connection on media types that
//! extend it) and always a `User-Agent` (it answers 418 without). Answers are read whatever
//! their `Content-Type` says, and a JSON error is never required.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::error::Category;
use url::form_urlencoded::byte_serialize;

use crate::error::{Busy, Endpoint, Error, Refused, Unexpected, Why};
use crate::instance::Instance;
use crate::limits::Retry;
use crate::scope::Scopes;
use crate::secret::Secret;
use crate::text::{html_title, looks_like_html, snippet};

/// The longest answer that is read, in bytes (4 MiB). A transport stops there with
/// [`TooLong`](crate::TooLong).
pub const MAX_BODY: usize = 4 * 1024 * 1024;

pub(crate) const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An `application/x-www-form-urlencoded` body or query in the making (RFC 6749 appendix B).
pub(crate) struct Form {
    text: String,
    start: usize,
}

impl Form {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self::after(String::with_capacity(bytes))
    }

    /// A form that goes on behind `text`, as a query does.
    pub(crate) fn after(text: String) -> Self {
        let start = text.len();
        Self { text, start }
    }

    pub(crate) fn pair(mut self, name: &str, value: &str) -> Self {
        self.push(name, [value]);
        self
    }

    /// A pair whose value is made of several words with spaces between them.
    pub(crate) fn words<'a>(
        mut self,
        name: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.push(name, words);
        self
    }

    fn push<'a>(&mut self, name: &str, words: impl IntoIterator<Item = &'a str>) {
        if self.text.len() > self.start {
            self.text.push('&');
        }
        self.text.extend(byte_serialize(name.as_bytes()));
        for (position, word) in words.into_iter().enumerate() {
            self.text.push(if position == 0 { '=' } else { '+' });
            self.text.extend(byte_serialize(word.as_bytes()));
        }
    }

    pub(crate) fn into_string(self) -> String {
        self.text
    }
}

/// A request as every server takes it. With a token it is signed: `Bearer` with a capital B and
/// one space, in a header that logs are told to leave out (RFC 6750 §2.1).
pub(crate) fn request(
    method: Method,
    instance: &Instance,
    path: PathAndQuery,
    user_agent: &HeaderValue,
    token: Option<&Secret>,
) -> Request<Vec<u8>> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = instance.uri(path);
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, user_agent.clone());
    headers.insert(ACCEPT, JSON);
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .expect("tokens are checked to be of visible ASCII");
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    request
}

/// A form posted to one of the protocol's own endpoints.
pub(crate) fn post(
    instance: &Instance,
    path: &'static str,
    user_agent: &HeaderValue,
    token: Option<&Secret>,
    form: Form,
) -> Request<Vec<u8>> {
    let path = PathAndQuery::from_static(path);
    let mut request = request(Method::POST, instance, path, user_agent, token);
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

    /// The body of a good answer as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.good()?;
        serde_json::from_slice(self.body).map_err(|error| match self.oauth_error() {
            Some(refused) => Error::Refused(refused),
            None => self.unexpected(self.why_not_json(&error), None),
        })
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
        if text.trim().is_empty() {
            return self.unexpected(Why::Empty, None);
        }
        if looks_like_html(&text) {
            let title = html_title(&text).and_then(|title| snippet(title, self.secrets));
            return self.unexpected(Why::Html, title);
        }
        // Some servers send a bare JSON string.
        let text = serde_json::from_str::<String>(&text).unwrap_or_else(|_| text.into_owned());
        self.unexpected(Why::Text, snippet(&text, self.secrets))
    }

    /// The body as `{"error": "…"}`, whatever else it holds.
    fn oauth_error(&self) -> Option<Refused> {
        #[derive(serde::Deserialize)]
        struct Body {
            error: String,
            error_description: Option<String>,
        }
        let body: Body = serde_json::from_slice(self.body).ok()?;
        Some(Refused {
            endpoint: self.endpoint,
            status: Some(self.status),
            code: snippet(&body.error, self.secrets)?,
            description: body
                .error_description
                .and_then(|text| snippet(without_advice(&text), self.secrets)),
        })
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

/// GoToSocial ends every description with advice for people at its own pages, to clear their
/// cookies; here it would only stand in the way of ours.
fn without_advice(description: &str) -> &str {
    let advice = description.find(": If you arrived at this error");
    &description[..advice.unwrap_or(description.len())]
}

/// Text that some servers send as a number (Pixelfed's ids).
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A number of seconds that may be whole, broken, in quotes, null, zero, or beyond any reason.
/// Only a positive one means something.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let seconds = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let seconds = seconds.filter(|seconds| *seconds >= 1.0);
    Ok(seconds.map(|seconds| seconds as u64))
}

/// Scopes as a text with spaces or as an array of texts. Absent, empty and unreadable ones are
/// none: the server then gave what was asked for (RFC 6749 §5.1).
pub(crate) fn scopes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Scopes>, D::Error> {
    let scopes: Scopes = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text.parse().unwrap_or_default(),
        serde_json::Value::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str()?.parse().ok())
            .collect(),
        _ => Scopes::default(),
    };
    Ok((!scopes.is_empty()).then_some(scopes))
}

/// Whether the text can stand in an `Authorization` header and a form as it is: visible ASCII.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
