//! Requests in the one form that all servers accept: exactly `Accept: application/json`, and
//! always a `User-Agent`.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::uri::PathAndQuery;
use http::{Method, Request};

use crate::types::{EndpointUrl, Instance, Secret, UserAgent};

pub(crate) const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request as every server accepts it. GoToSocial drops the connection on media types that
/// extend `application/json`, and responds with 418 if there is no `User-Agent`.
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
    headers.insert(USER_AGENT, user_agent.0.clone());
    headers.insert(ACCEPT, JSON);
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, authorization(token));
    }
    request
}

/// `Bearer`, with a capital B and one space (RFC 6750 section 2.1), in a header that is marked
/// sensitive so that logs omit it.
pub(crate) fn authorization(token: &Secret) -> HeaderValue {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
        .expect("tokens are checked to be visible ASCII");
    value.set_sensitive(true);
    value
}

/// A body posted to one of the protocol's endpoints.
#[inline]
pub(crate) fn post(
    url: &EndpointUrl,
    user_agent: &UserAgent,
    content_type: HeaderValue,
    body: impl Into<Vec<u8>>,
) -> Request<Vec<u8>> {
    let path = url.path.clone();
    let mut request = request(Method::POST, &url.instance, path, user_agent, None);
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    *request.body_mut() = body.into();
    request
}
