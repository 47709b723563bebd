//! Responses, and the helpers that build them.

use std::time::SystemTime;

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION};
use serde::Serialize;

use super::error_response::HandlerResult;

pub(crate) type Response = http::Response<Vec<u8>>;

/// Marks a response that no handler made, so that it has none of their headers.
#[derive(Clone, Copy)]
pub(crate) struct Unhandled;

/// A response with this content type, or without one if it is empty.
pub(crate) fn response(
    status: StatusCode,
    content_type: &str,
    body: impl Into<Vec<u8>>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if !content_type.is_empty() {
        set_header(&mut response, CONTENT_TYPE, content_type);
    }
    response
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("entities are valid JSON");
    response(status, "application/json", body)
}

/// 200 with this JSON.
pub(crate) fn ok(body: &impl Serialize) -> HandlerResult {
    Ok(json(StatusCode::OK, body))
}

pub(crate) fn html_page(status: StatusCode, page: String) -> Response {
    response(status, "text/html; charset=utf-8", page)
}

pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    let mut response = response(status, "", "");
    set_header(&mut response, LOCATION, location);
    response
}

pub(crate) fn uncached(mut response: Response) -> Response {
    set_header(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// Sets the `Date` header.
pub(crate) fn set_date(mut response: Response, now: SystemTime) -> Response {
    set_header(&mut response, DATE, &httpdate::fmt_http_date(now));
    response
}

pub(crate) fn set_header(response: &mut Response, name: HeaderName, value: &str) {
    // Values from requests can contain control characters, which no header allows.
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    if let Ok(value) = HeaderValue::try_from(clean) {
        response.headers_mut().insert(name, value);
    }
}
