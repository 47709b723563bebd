//! Responses of any status and `Content-Type`, and their errors (RFC 6749 section 5.2).

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, LOCATION, PROXY_AUTHENTICATE, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use zeroize::{Zeroize, Zeroizing};

use super::json;
use super::missing_scopes::{ScopeCheck, missing_scopes};
use super::new_secrets::{may_hold_secrets, new_secrets};
use super::oauth_error::{AnyError, Body, error_code, message_field};
use super::page::{is_json, is_page};
use crate::error::{
    Error, ErrorResponse, Operation, Unavailable, UnexpectedReason, UnexpectedResponse, call_name,
    is_registered_code,
};
use crate::transport::BodyLimit;
use crate::types::{MAX_CREDENTIAL, Retry, Secret, html_title, snippet, snippet_of};

/// A response to read, and the secrets that errors must not repeat.
pub(crate) struct ResponseReader<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    operation: Operation,
    call: Option<(&'a Method, &'a str)>,
    host: &'a str,
    secrets: &'a [&'a str],
    scopes: Option<ScopeCheck<'a>>,
    limit: BodyLimit,
}

impl<'a> ResponseReader<'a> {
    pub(crate) fn new(
        response: &'a Response<impl AsRef<[u8]>>,
        operation: Operation,
        host: &'a str,
        secrets: &'a [&'a str],
    ) -> Self {
        Self {
            status: response.status(),
            headers: response.headers(),
            body: response.body().as_ref(),
            operation,
            call: None,
            host,
            secrets,
            scopes: None,
            limit: BodyLimit::PROTOCOL,
        }
    }

    /// Names the call in errors, by its method and path.
    pub(crate) fn with_call(mut self, method: &'a Method, path: &'a str) -> Self {
        self.call = Some((method, path));
        self
    }

    /// Sets the limit of the body, if it is not that of the protocol.
    pub(crate) fn with_limit(mut self, limit: BodyLimit) -> Self {
        self.limit = limit;
        self
    }

    /// Adds what is known of the token's scopes, as evidence for a missing one.
    pub(crate) fn with_scopes(mut self, scopes: ScopeCheck<'a>) -> Self {
        self.scopes = Some(scopes);
        self
    }

    /// The body of a successful response as a JSON object. The first character is checked because
    /// serde also reads structs from lists, and a text can look like the start of `null`.
    #[inline]
    pub(crate) fn object<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let (object, text) = self.object_and_text()?;
        if let Cow::Owned(mut text) = text {
            text.zeroize();
        }
        Ok(object)
    }

    /// As [`object`](Self::object), with its whole text.
    #[inline]
    pub(crate) fn object_and_text<T>(&self) -> Result<(T, Cow<'a, str>), Error>
    where
        T: DeserializeOwned,
    {
        self.check_shape(b'{')?;
        self.json_and_text()
    }

    /// The body of a successful response as a JSON array, checked in the same way.
    pub(crate) fn list<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.check_shape(b'[')?;
        self.json()
    }

    /// Checks the first character. The parser would copy a long text of another shape into its error.
    #[inline]
    fn check_shape(&self, first: u8) -> Result<(), Error> {
        let text = self.text().trim_ascii_start();
        if text.first().is_none_or(|it| *it == first) {
            return Ok(());
        }
        self.other_shape(text)
    }

    #[cold]
    fn other_shape(&self, text: &[u8]) -> Result<(), Error> {
        self.require_success()?;
        let reason = match serde_json::from_slice::<IgnoredAny>(text) {
            Ok(_) => UnexpectedReason::OtherShape(1, 1),
            Err(_) if self.is_page() => UnexpectedReason::Html,
            Err(_) => UnexpectedReason::NotJson(1, 1),
        };
        Err(self.unexpected(reason, None))
    }

    /// The body of a successful response as JSON of any shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.json_and_text().map(|(json, _)| json)
    }

    fn json_and_text<T: DeserializeOwned>(&self) -> Result<(T, Cow<'a, str>), Error> {
        self.require_success()?;
        json::read(self.text()).map_err(|error| self.error_or(self.invalid_json_reason(&error)))
    }

    /// The body without a byte order mark, and without notices before JSON.
    pub(crate) fn text(&self) -> &'a [u8] {
        match self.body.first() {
            Some(b'{' | b'[') => self.body,
            _ => without_preamble(self.body),
        }
    }

    /// The error for a missing or unusable field. A 200 that contains an `error` is an error
    /// response.
    pub(crate) fn missing_field(&self, name: &'static str) -> Error {
        self.error_or(UnexpectedReason::Field(name))
    }

    /// Checks the length of a client id, a client secret or a token.
    pub(crate) fn check_length(&self, name: &'static str, length: usize) -> Result<(), Error> {
        match length > MAX_CREDENTIAL {
            true => Err(self.unexpected(UnexpectedReason::FieldTooLong(name), None)),
            false => Ok(()),
        }
    }

    /// The OAuth error in the body of a successful response, or else this reason.
    fn error_or(&self, reason: UnexpectedReason) -> Error {
        self.oauth_error().unwrap_or_else(|| self.unexpected(reason, None))
    }

    /// Returns an error unless the status is 2xx and the body is within the limit.
    pub(crate) fn require_success(&self) -> Result<(), Error> {
        if self.limit.check(self.body.len()).is_err() {
            return Err(self.unexpected(UnexpectedReason::TooLong(self.limit.bytes()), None));
        }
        if self.status.is_success() {
            return Ok(());
        }
        Err(self.failure())
    }

    fn failure(&self) -> Error {
        if matches!(self.status.as_u16(), 429 | 503) {
            return Error::Unavailable(Unavailable {
                operation: self.operation,
                call: self.call_name(),
                host: self.host.to_owned(),
                status: self.status,
                retry: Retry::from_headers(self.headers),
            });
        }
        if let Some(target) = self.redirect_target() {
            return self.unexpected(UnexpectedReason::Redirect(target), None);
        }
        if let Some(scheme) = self.other_challenge() {
            return self.unexpected(UnexpectedReason::Authentication(scheme), None);
        }
        if let Some(error) = self.oauth_error() {
            return error;
        }
        let text = self.text();
        // snac sends `{}` as its error.
        if matches!(text.trim_ascii(), b"" | b"{}" | b"[]") {
            return self.unexpected(UnexpectedReason::Empty, None);
        }
        if self.is_page() {
            let title = html_title(text).and_then(|title| self.snippet(title));
            return self.unexpected(UnexpectedReason::Html, title);
        }
        // A text says something about a token or a code only if it is one.
        if self.status.is_client_error() && !is_json(text) && !is_short_text(text) {
            return self.unexpected(UnexpectedReason::NotJson(1, 1), None);
        }
        let shown = !(self.operation.returns_secrets() && may_hold_secrets(text));
        // Some servers send a bare JSON string, others a `message`.
        let field: Option<String> = json::value(text);
        let field = field.or_else(|| message_field(text)).map(Zeroizing::new);
        let text = field.as_ref().map_or(text, |field| field.as_bytes());
        let snippet = self.snippet(text).filter(|_| shown);
        self.unexpected(UnexpectedReason::PlainText, snippet)
    }

    /// The beginning of a text of this response, printable and without secrets.
    fn snippet(&self, text: &[u8]) -> Option<String> {
        self.with_secrets(|secrets| snippet_of(text, secrets))
    }

    /// Passes the secrets of the request, and new ones in the response. `None` if the response has too
    /// many of them.
    fn with_secrets<T>(&self, read: impl FnOnce(&[&str]) -> Option<T>) -> Option<T> {
        let new = new_secrets(self.body)?;
        let all: Vec<&str> =
            self.secrets.iter().copied().chain(new.iter().map(Secret::expose)).collect();
        read(&all)
    }

    /// The target of a redirect, without its query.
    fn redirect_target(&self) -> Option<String> {
        let target = self.headers.get(LOCATION).filter(|_| self.status.is_redirection())?;
        let mut parts = target.as_bytes().split(|byte| matches!(byte, b'?' | b'#'));
        self.snippet(parts.next().unwrap_or_default())
    }

    /// The scheme of a challenge that is not for a bearer token: it does not come from the API, but
    /// from a proxy in front of it. A token endpoint can request the client's own credentials (RFC
    /// 6749 section 5.2).
    fn other_challenge(&self) -> Option<String> {
        use Operation::{ExchangeCode, RefreshSession, RequestAppToken};
        let name = match self.status {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => PROXY_AUTHENTICATE,
            StatusCode::UNAUTHORIZED => match self.operation {
                ExchangeCode | RefreshSession | RequestAppToken => return None,
                _ => WWW_AUTHENTICATE,
            },
            _ => return None,
        };
        let challenges = self.headers.get_all(name).iter();
        let mut schemes = challenges.map(|challenge| {
            let mut words = challenge.as_bytes().split(|byte| matches!(byte, b' ' | b','));
            words.next().unwrap_or_default()
        });
        let first = schemes.next()?;
        let is_bearer = |scheme: &[u8]| scheme.eq_ignore_ascii_case(b"bearer");
        let other = !is_bearer(first) && !schemes.any(is_bearer);
        self.snippet(first).filter(|_| other)
    }

    /// Why a successful response without content confirms nothing: it is a web page, cut off, or an
    /// error in any form. `None` if it is none of these.
    pub(crate) fn error_in_success(&self) -> Option<Error> {
        if let Some(error) = self.require_no_page().err().or_else(|| self.oauth_error()) {
            return Some(error);
        }
        let text = self.text().trim_ascii();
        let reason = match text {
            // Friendica sends `[]`.
            b"" | b"[]" | b"null" | b"true" => return None,
            [b'{', ..] => match json::read::<AnyError>(text) {
                Ok((error, _)) if !error.is_set() => return None,
                Ok(_) => UnexpectedReason::OtherShape(1, 1),
                Err(error) => self.invalid_json_reason(&error),
            },
            _ if is_json(text) => UnexpectedReason::OtherShape(1, 1),
            _ if self.headers.contains_key(CONTENT_TYPE) && is_short_text(text) => return None,
            _ => UnexpectedReason::NotJson(1, 1),
        };
        Some(self.unexpected(reason, None))
    }

    /// Returns an error if the body is an HTML page, as of a captive portal.
    pub(crate) fn require_no_page(&self) -> Result<(), Error> {
        if self.is_page() {
            return Err(self.unexpected(UnexpectedReason::Html, None));
        }
        Ok(())
    }

    fn is_page(&self) -> bool {
        is_page(self.headers, self.body, self.text())
    }

    /// The body as an OAuth error, with any other content. `None` if it is not one.
    fn oauth_error(&self) -> Option<Error> {
        let object = self.text().trim_ascii_start().starts_with(b"{");
        let body: Body = json::value(self.text()).filter(|_| object)?;
        let (code, description) = body.into_parts()?;
        // Servers repeat secrets of the request in them.
        let (code, description) = (Zeroizing::new(code), description.map(Zeroizing::new));
        let redacted = |secrets: &[&str]| {
            let code = error_code(&code, secrets)?;
            let text = description.as_deref().map(|text| without_browser_advice(text));
            Some((code, text.and_then(|text| snippet(text, secrets))))
        };
        let (code, description) = self.with_secrets(redacted)?;
        let text = [&*code, description.as_deref().unwrap_or_default()].join(" ");
        let mut error_response = ErrorResponse {
            operation: self.operation,
            call: self.call_name(),
            status: Some(self.status),
            missing_scopes: self.missing_scopes(&code, &text).map(Into::into),
            code,
            description,
            is_new_token: false,
        };
        if self.status.is_success() && self.operation.returns_secrets() {
            // Such a response could contain a secret in any field.
            if !is_registered_code(&error_response.code) {
                error_response.code = "an error of its own".to_owned();
            }
            error_response.description = None;
        }
        Some(Error::ErrorResponse(error_response))
    }

    fn invalid_json_reason(&self, error: &serde_json::Error) -> UnexpectedReason {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            _ if self.text().trim_ascii().is_empty() => UnexpectedReason::Empty,
            Category::Eof => UnexpectedReason::CutOff(line, column),
            Category::Data => UnexpectedReason::OtherShape(line, column),
            Category::Syntax | Category::Io => UnexpectedReason::NotJson(line, column),
        }
    }

    /// An error that repeats only `snippet`.
    pub(crate) fn unexpected(&self, reason: UnexpectedReason, snippet: Option<String>) -> Error {
        let missing_scopes = match reason {
            UnexpectedReason::Empty | UnexpectedReason::PlainText => {
                let text = snippet.as_deref().unwrap_or_default();
                self.missing_scopes(text, text)
            }
            _ => None,
        };
        Error::UnexpectedResponse(UnexpectedResponse {
            operation: self.operation,
            call: self.call_name(),
            status: Some(self.status),
            reason,
            snippet,
            missing_scopes: missing_scopes.map(Into::into),
            is_new_token: false,
        })
    }

    fn call_name(&self) -> Option<Box<str>> {
        self.call.map(|(method, path)| call_name(method, path))
    }

    fn missing_scopes(&self, whole: &str, text: &str) -> Option<String> {
        let redacted = |text: &str| self.snippet(text.as_bytes());
        missing_scopes(self.status, self.headers, (whole, text), self.scopes.as_ref(), redacted)
    }
}

/// The longest text that is an error of an API, in bytes.
const MAX_TEXT: usize = 2000;

fn is_short_text(text: &[u8]) -> bool {
    text.len() <= MAX_TEXT && std::str::from_utf8(text).is_ok()
}

#[cold]
fn without_preamble(body: &[u8]) -> &[u8] {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    without_php_notices(text).unwrap_or(text)
}

/// The JSON after the notices that PHP prints before it (WordPress with `WP_DEBUG_DISPLAY`). `None`
/// if it is not JSON: some HTML pages start like a notice.
fn without_php_notices(mut text: &[u8]) -> Option<&[u8]> {
    const END: &[u8] = b"<br />\n";
    while let Some(notice) = text.trim_ascii_start().strip_prefix(b"<br />\n<b>") {
        let end = notice.windows(END.len()).position(|it| it == END)?;
        text = &notice[end + END.len()..];
    }
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')).then_some(text)
}

/// The description without the advice at its end. GoToSocial advises users of its own pages to
/// clear their cookies, which does not apply here.
fn without_browser_advice(description: &str) -> &str {
    let advice = description.find(": If you arrived at this error");
    &description[..advice.unwrap_or(description.len())]
}
