//! Any other call to the API with a token.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderMap,
    HeaderName, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::{Position, Url};

use super::Multipart;
use super::required_scope::required_scope;
use crate::error::{Error, Operation, call_name};
use crate::exchange::Exchange;
use crate::transport::BodyLimit;
use crate::types::{RateLimit, Secret, UserAgent};
use crate::wire::{Bearer, FORM, Form, JSON, ResponseReader, ScopeCheck, link};

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
    body_limit: BodyLimit,
}

/// Headers that callers cannot set: of the session, of the body, and of the connection or the proxy
/// (RFC 9110 section 7.6.1).
const RESERVED: [HeaderName; 13] = [
    AUTHORIZATION,
    COOKIE,
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CONNECTION,
    EXPECT,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
];

fn is_reserved(name: &HeaderName) -> bool {
    RESERVED.contains(name) || name.as_str().starts_with("proxy-")
}

impl Call {
    pub(crate) fn new(bearer: &Bearer, method: Method, path: &str) -> Result<Self, Error> {
        // A tunnel has no path, and the response to TRACE repeats the token (RFC 9110 section 9.3.8).
        if matches!(method, Method::CONNECT | Method::TRACE) {
            return Err(Error::input("method", format!("{method} is not a call to the API")));
        }
        let fault = |fault| Error::input("path", fault);
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '#']) {
            return Err(fault("must start with exactly one / and contain no \\ or #"));
        }
        let path = PathAndQuery::try_from(path).ok().filter(|_| path.is_ascii());
        let encode = "contains characters that must be percent-encoded, or is too long";
        let path = path.ok_or_else(|| fault(encode))?;
        // HTTP stacks that parse URLs would send another path (RFC 3986 section 5.2.4).
        let url = Url::parse(&bearer.instance.uri(path.clone()).to_string());
        if !url.is_ok_and(|url| url.path() == path.path()) {
            let encode = "contains a segment . or .., or characters that must be percent-encoded";
            return Err(fault(encode));
        }
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
            body_limit: BodyLimit::CALL,
        }
    }

    /// Adds a parameter to the query.
    ///
    /// # Errors
    /// [`Error::Input`] if path and query exceed 65534 bytes, the limit of a URI.
    pub fn query(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let mut path = self.path.as_str().to_owned();
        path.push(if path.contains('?') { '&' } else { '?' });
        let path = Form::after(path).field(name, value).into_string();
        self.path = PathAndQuery::try_from(path)
            .map_err(|_| Error::input("query", "longer than a URI can be"))?;
        Ok(self)
    }

    /// Adds a field to the body, which becomes a form if it is not one already.
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

    /// Sets the body to this value as JSON.
    ///
    /// # Errors
    /// [`Error::Input`] if it cannot be serialized as JSON (a map with keys other than strings).
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body);
        self.body = body.map_err(|_| Error::input("body", "cannot be serialized as JSON"))?;
        self.content_type = Some(JSON);
        Ok(self)
    }

    /// Sets the body to a form with files.
    pub fn multipart(mut self, form: Multipart) -> Self {
        let (content_type, body) = form.encode();
        (self.content_type, self.body) = (Some(content_type), body);
        self
    }

    /// Sets the body to these bytes.
    ///
    /// # Errors
    /// [`Error::Input`] if the content type is not a valid header value.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| Error::input("content type", "not a valid header value"))?;
        self.content_type = Some(content_type);
        self.body = body.into();
        Ok(self)
    }

    /// Sets a header, for example `Idempotency-Key`. It replaces one of the same name.
    ///
    /// # Errors
    /// [`Error::Input`] if it is not a valid header, a blank `User-Agent`, or a header that callers
    /// cannot set: `Authorization`, `Cookie`, and those of the connection, a proxy and the body.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let fault = |fault: String| Error::input("header", fault);
        let parsed = HeaderName::try_from(name).map_err(|_| fault(invalid_name(name)))?;
        if is_reserved(&parsed) {
            let fault = fault(format!(
                "`{name}` cannot be set, because the session, the body or the connection determines it"
            ));
            return Err(fault);
        }
        let value = HeaderValue::try_from(value);
        let value =
            value.map_err(|_| fault(format!("the value of `{name}` has a control character")))?;
        if parsed == USER_AGENT {
            // GoToSocial responds with 418 to a blank one.
            value.to_str().unwrap_or_default().parse::<UserAgent>()?;
        }
        self.headers.insert(parsed, value);
        Ok(self)
    }

    /// Sets the longest response body that is read, in bytes, in place of 64 MiB
    /// ([`BodyLimit::CALL`]). Request bodies are not limited.
    ///
    /// ```
    /// # use gts_oauth_core::{Exchange, Secret, Session};
    /// use gts_oauth_core::transport::BodyLimit;
    ///
    /// # let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3"))?;
    /// let call = session.get("/api/v1/exports/following.csv")?.body_limit(256 * 1024 * 1024);
    /// assert_eq!(BodyLimit::of(&call.request()).bytes(), 268_435_456);
    /// # Ok::<(), gts_oauth_core::Error>(())
    /// ```
    #[must_use = "this returns the call"]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = BodyLimit::new(bytes);
        self
    }

    pub(super) fn uri(&self) -> Uri {
        self.bearer.instance.uri(self.path.clone())
    }

    /// Reads a successful response.
    pub(super) fn read<T>(
        &self,
        response: &Response<impl AsRef<[u8]>>,
        read: impl FnOnce(&ResponseReader<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let secrets = self.bearer.secrets();
        let host = self.bearer.instance.authority();
        let required = || required_scope(&self.method, self.path.path());
        let scopes = ScopeCheck { required: &required, granted: &self.bearer.token.scopes };
        let response = ResponseReader::new(response, self.operation(), host, &secrets)
            .with_call(&self.method, self.path.path())
            .with_scopes(scopes)
            .with_limit(self.body_limit);
        response.require_success()?;
        response.require_no_page()?;
        read(&response)
    }

    /// The same call with another token for the same instance.
    pub(crate) fn signed_with(&self, bearer: &Bearer) -> Result<Self, Error> {
        if self.bearer.instance != bearer.instance {
            let fault = "it is for another instance than the token";
            return Err(Error::input("call", fault));
        }
        Ok(Self { bearer: bearer.clone(), ..self.clone() })
    }

    /// The method and path, for a message.
    pub(super) fn name(&self) -> Box<str> {
        call_name(&self.method, self.path.path())
    }

    /// The page with this relation in the `Link` header. Only its path and query are used, because
    /// servers behind a proxy name other hosts. The path must be this call's own.
    pub(super) fn page(&self, headers: &HeaderMap, rel: &str) -> Option<Call> {
        let has_pages = self.method == Method::GET;
        let target = link(headers, rel).map(str::trim).filter(|it| has_pages && !it.is_empty())?;
        let path = self.absolute_page(target).or_else(|| self.relative_page(target))?;
        Some(Self { path, ..self.clone() })
    }

    /// The path and query of an absolute URL of this path, which needs no URL parser: most servers
    /// send it in this form.
    fn absolute_page(&self, target: &str) -> Option<PathAndQuery> {
        let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"))?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let is_plain = |text: &str, marks: &[u8]| {
            text.bytes().all(|it| it.is_ascii_alphanumeric() || marks.contains(&it))
        };
        let is_own = path.split('?').next() == Some(self.path.path());
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let is_plain = !name.is_empty()
            && is_plain(name, b"-.")
            && port.bytes().all(|it| it.is_ascii_digit())
            && is_plain(path, b"-._~/?&=%");
        PathAndQuery::try_from(path).ok().filter(|_| is_own && is_plain)
    }

    /// The path and query of a reference, resolved as a browser does.
    fn relative_page(&self, target: &str) -> Option<PathAndQuery> {
        let own = Url::parse(&self.bearer.instance.uri(self.path.clone()).to_string()).ok()?;
        let there = own.join(target).ok().filter(|there| there.path() == own.path())?;
        PathAndQuery::try_from(&there[Position::BeforePath..Position::AfterQuery]).ok()
    }
}

impl Exchange for Call {
    type Output = ApiResponse;

    fn operation(&self) -> Operation {
        operation(&self.method)
    }

    fn request(&self) -> Request<Vec<u8>> {
        let mut request = self.bearer.request(self.method.clone(), self.path.clone());
        if let Some(content_type) = &self.content_type {
            request.headers_mut().insert(CONTENT_TYPE, content_type.clone());
            *request.body_mut() = self.body.clone();
        }
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(self.body_limit);
        request
    }

    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<ApiResponse, Error> {
        self.read(response, |response| {
            Ok(ApiResponse {
                status: response.status,
                headers: response.headers.clone(),
                next: self.page(response.headers, "next"),
                previous: self.page(response.headers, "prev"),
                rate_limit: RateLimit::from_headers(response.headers),
                body: response.body.to_vec(),
                method: self.method.clone(),
                path: self.path.clone(),
                token: self.bearer.token.access_token.clone(),
                refresh_token: self.bearer.token.refresh_token.clone(),
                body_limit: self.body_limit,
            })
        })
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the query, which can contain what a user searched for.
        write!(f, "Call({} {})", self.method, self.path.path())
    }
}

/// A successful response (2xx) to a call.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiResponse {
    /// The status, from 200 to 299.
    pub status: StatusCode,
    /// The headers. Mastodon announces the end of an endpoint in `Deprecation` (RFC 9745).
    pub headers: HeaderMap,
    /// The body, unchanged.
    pub body: Vec<u8>,
    /// The next page of a list, with older items. GoToSocial links to one even from the last page,
    /// and to none from the empty page after it: continue until it is `None`.
    pub next: Option<Call>,
    /// The previous page, with newer items.
    pub previous: Option<Call>,
    /// The rate limit. `None` if the server does not report it.
    pub rate_limit: Option<RateLimit>,
    /// Those of the call, which errors name.
    method: Method,
    path: PathAndQuery,
    /// Redacted in errors, if the body contains them.
    token: Secret,
    refresh_token: Option<Secret>,
    body_limit: BodyLimit,
}

impl ApiResponse {
    /// Parses the body as JSON.
    ///
    /// # Errors
    /// [`Error::UnexpectedResponse`] if it is not JSON, or has another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(|response| response.json())
    }

    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&ResponseReader<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut response = Response::new(&self.body);
        *response.status_mut() = self.status;
        let refresh_token = self.refresh_token.as_ref().map_or("", Secret::expose);
        let secrets = [self.token.expose(), refresh_token];
        let reader = ResponseReader::new(&response, operation(&self.method), "", &secrets);
        let reader = reader.with_call(&self.method, self.path.path());
        read(&reader.with_limit(self.body_limit))
    }
}

impl std::fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the body or the headers: some responses contain secrets of the account.
        f.debug_struct("ApiResponse")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("next", &self.next)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}

fn operation(method: &Method) -> Operation {
    match *method {
        Method::GET | Method::HEAD => Operation::Read,
        _ => Operation::Write,
    }
}

/// What is wrong with the name of a header. What follows the invalid character is not shown, because
/// it could be a value.
fn invalid_name(name: &str) -> String {
    let is_invalid = |it: char| HeaderName::try_from(it.to_string()).is_err();
    match name.char_indices().find(|(_, it)| is_invalid(*it)) {
        Some((at, it)) => format!("the name `{}…` has the invalid character {it:?}", &name[..at]),
        None => "not a valid name".to_owned(),
    }
}

/// Implements [`Exchange`] for a struct around a [`Call`] whose response has a type.
macro_rules! typed_call {
    ($($call:ty => $output:ty),*) => {$(
        impl $crate::exchange::Exchange for $call {
            type Output = $output;

            fn operation(&self) -> $crate::error::Operation {
                self.0.operation()
            }

            fn request(&self) -> http::Request<Vec<u8>> {
                self.0.request()
            }

            fn parse(
                &self,
                response: &http::Response<impl AsRef<[u8]>>,
            ) -> Result<$output, $crate::error::Error> {
                self.0.read(response, |response| response.object())
            }
        }
    )*};
}
pub(super) use typed_call;
