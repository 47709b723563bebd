//! Any other call with a token, page by page.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName,
    HeaderValue, LINK, TRANSFER_ENCODING,
};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::{Position, Url};

use crate::error::{Endpoint, Error};
use crate::exchange::Exchange;
use crate::limits::RateLimit;
use crate::secret::Secret;
use crate::session::Bearer;
use crate::wire::{self, Answer, FORM, Form, JSON};

/// One call to the API, signed with a token. Made by [`Session::call`](crate::Session::call).
///
/// ```
/// use gts_oauth_core::{Exchange, Secret, Session};
///
/// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
/// let post = session
///     .post("/api/v1/statuses")?
///     .form("status", "hello, world")
///     .form("visibility", "unlisted");
/// assert_eq!(post.request().body(), b"status=hello%2C+world&visibility=unlisted");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Call {
    bearer: Bearer,
    method: Method,
    path: PathAndQuery,
    body: Vec<u8>,
    content_type: Option<HeaderValue>,
    headers: HeaderMap,
}

/// Headers that no caller sets.
const OURS: [HeaderName; 7] = [
    AUTHORIZATION,
    COOKIE,
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CONNECTION,
    TRANSFER_ENCODING,
];

const ENCODE: &str = "it holds characters that must be percent-encoded, or it is too long";

impl Call {
    pub(crate) fn new(bearer: &Bearer, method: Method, path: &str) -> Result<Self, Error> {
        let fault = |fault| Error::input("path", fault);
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '#']) {
            return Err(fault("it must begin with one /, and hold no \\ and no #"));
        }
        if !path.is_ascii() {
            return Err(fault(ENCODE));
        }
        let path = PathAndQuery::try_from(path).map_err(|_| fault(ENCODE))?;
        Ok(Self::to(bearer, method, path))
    }

    pub(crate) fn to(bearer: &Bearer, method: Method, path: PathAndQuery) -> Self {
        Self {
            bearer: bearer.clone(),
            method,
            path,
            body: Vec::new(),
            content_type: None,
            headers: HeaderMap::new(),
        }
    }

    /// Adds a parameter to the query.
    ///
    /// # Errors
    /// [`Error::Input`] if path and query grow beyond 65534 bytes, more than a URI may have.
    pub fn query(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let mut path = self.path.as_str().to_owned();
        path.push(if path.contains('?') { '&' } else { '?' });
        let path = Form::after(path).field(name, value).into_string();
        self.path = PathAndQuery::try_from(path)
            .map_err(|_| Error::input("query", "it is longer than a URI may be"))?;
        Ok(self)
    }

    /// Adds a field to the body, which becomes (or stays) a form.
    pub fn form(mut self, name: &str, value: &str) -> Self {
        if self.content_type.replace(FORM) != Some(FORM) {
            self.body.clear();
        } else if !self.body.is_empty() {
            self.body.push(b'&');
        }
        let field = Form::with_capacity(0).field(name, value).into_string();
        self.body.extend(field.into_bytes());
        self
    }

    /// Sends this as JSON, in place of any other body.
    ///
    /// # Errors
    /// [`Error::Input`] if it cannot be written as JSON (a map whose keys are not texts).
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body);
        self.body = body.map_err(|_| Error::input("body", "it cannot be written as JSON"))?;
        self.content_type = Some(JSON);
        Ok(self)
    }

    /// Sends these bytes, in place of any other body: a picture in `multipart/form-data`, say.
    ///
    /// # Errors
    /// [`Error::Input`] if that can be no content type.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| Error::input("content type", "a header cannot carry it"))?;
        self.content_type = Some(content_type);
        self.body = body.into();
        Ok(self)
    }

    /// Adds a header, or takes the place of one of the same name: `Idempotency-Key`, say.
    ///
    /// # Errors
    /// [`Error::Input`] if it can be no header, or is one that is not the caller's to set:
    /// `Authorization` and `Cookie`, which say who asks, and those of the connection and the body.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let fault = |fault| Error::input("header", fault);
        let name = HeaderName::try_from(name).map_err(|_| fault("its name is no header's"))?;
        if OURS.contains(&name) {
            return Err(fault(
                "it is set by the session, the body or the connection",
            ));
        }
        let value = HeaderValue::try_from(value);
        let value = value.map_err(|_| fault("its value has characters that no header carries"))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The same with another token for the same instance.
    pub(crate) fn signed_with(&self, bearer: &Bearer) -> Result<Self, Error> {
        if self.bearer.instance != bearer.instance {
            let fault = "it is to another instance than the token's";
            return Err(Error::input("call", fault));
        }
        Ok(Self {
            bearer: bearer.clone(),
            ..self.clone()
        })
    }

    /// The page that a `Link` header names `rel`. Only its path and query count, for servers
    /// behind a proxy name other hosts; and the path must be this call's own.
    fn page(&self, headers: &HeaderMap, rel: &str) -> Option<Call> {
        if self.method != Method::GET {
            return None;
        }
        let target = links(headers).find(|(_, named)| is_named(named, rel))?.0;
        let own = Url::parse(&self.bearer.instance.uri(self.path.clone()).to_string()).ok()?;
        let there = own.join(target.trim()).ok()?;
        if target.is_empty() || there.path() != own.path() {
            return None;
        }
        let path = &there[Position::BeforePath..Position::AfterQuery];
        Some(Self {
            path: PathAndQuery::try_from(path).ok()?,
            ..self.clone()
        })
    }
}

impl Exchange for Call {
    type Output = Reply;

    fn endpoint(&self) -> Endpoint {
        Endpoint::Api
    }

    fn request(&self) -> Request<Vec<u8>> {
        let Bearer {
            instance,
            user_agent,
            token,
        } = &self.bearer;
        let token = Some(&token.access_token);
        let mut request = wire::request(
            self.method.clone(),
            instance,
            self.path.clone(),
            user_agent,
            token,
        );
        if let Some(content_type) = &self.content_type {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, content_type.clone());
            *request.body_mut() = self.body.clone();
        }
        let own = self.headers.clone();
        request.headers_mut().extend(own);
        request
    }

    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Reply, Error> {
        let secrets = [self.bearer.token.access_token.expose()];
        let answer = Answer::new(answer, Endpoint::Api, &secrets);
        answer.good()?;
        Ok(Reply {
            status: answer.status,
            next: self.page(answer.headers, "next"),
            previous: self.page(answer.headers, "prev"),
            rate_limit: RateLimit::of(answer.headers),
            body: answer.body.to_vec(),
            token: self.bearer.token.access_token.clone(),
        })
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the query, which may hold what a person searched for.
        write!(f, "Call({} {})", self.method, self.path.path())
    }
}

/// A good answer (2xx) to a call.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status, from 200 to 299.
    pub status: StatusCode,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The next page of a list: older entries. GoToSocial names one even on the last page, and
    /// none on the empty page after it: go on until there is none.
    pub next: Option<Call>,
    /// The page before: newer entries.
    pub previous: Option<Call>,
    /// How often the server may be asked, where it says.
    pub rate_limit: Option<RateLimit>,
    /// What no error may repeat, should the body hold it.
    token: Secret,
}

impl Reply {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it is not JSON, or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let mut answer = Response::new(&self.body);
        *answer.status_mut() = self.status;
        Answer::new(&answer, Endpoint::Api, &[self.token.expose()]).json()
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the body: some answers hold secrets of the account.
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("next", &self.next)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}

/// The targets and relations of all `Link` headers (RFC 8288 §3).
fn links(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(LINK).iter();
    values
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(|value| value.split('<').skip(1))
        .filter_map(|link| {
            let (target, parameters) = link.split_once('>')?;
            let rel = parameters.split([';', ',']).find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("rel")
                    .then(|| value.trim())
            })?;
            Some((target, rel.trim_matches(['"', '\''])))
        })
}

/// Whether one of the relations in `rel="last next"` is this one; case does not matter.
fn is_named(relations: &str, wanted: &str) -> bool {
    let mut relations = relations.split_whitespace();
    relations.any(|relation| relation.eq_ignore_ascii_case(wanted))
}
