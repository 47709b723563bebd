//! Recorded requests as JSON, in the fields of [`RecordedRequest`].

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::recorded_request::RecordedRequest;

/// No secrets are hidden: they are those of a fake.
pub(super) fn to_json(request: &RecordedRequest) -> Value {
    let (name, body) = body(&request.body);
    json!({
        "method": request.method.as_str(),
        "origin": request.origin,
        "path": request.path,
        "query": request.query,
        "headers": headers(&request.headers),
        name: body,
    })
}

/// The name of the field for a body, and its value.
pub(super) fn body(body: &[u8]) -> (&'static str, String) {
    match std::str::from_utf8(body) {
        Ok(text) => ("body", text.to_owned()),
        Err(_) => ("body_base64", STANDARD.encode(body)),
    }
}

/// By lower-case name. Repeated headers are joined by commas (RFC 9110 section 5.3).
fn headers(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let joined = texts.entry(name.as_str());
        joined.and_modify(|text| *text = format!("{text}, {value}")).or_insert(value.into_owned());
    }
    texts
}
