//! The record of requests.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method, Request};
use url::form_urlencoded;

use crate::http::multipart;

/// A request that the server received. Its `Debug` shows method, path and the names of fields,
/// without their values, which can be secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `GET`, `POST`, …
    pub method: Method,
    /// The requested origin: the server's own, or its account domain's.
    pub origin: String,
    /// The path, without the query.
    pub path: String,
    /// The query, unchanged; empty if there was none.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, unchanged.
    pub body: Vec<u8>,
}

/// Is called with each request.
pub(crate) type Observer = Arc<dyn Fn(&RecordedRequest) + Send + Sync>;

impl RecordedRequest {
    pub(crate) fn new(request: &Request<Vec<u8>>, origin: String) -> Self {
        Self {
            origin,
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            body: request.body().clone(),
        }
    }

    /// A text field of the body (form, multipart form or JSON), or else of the query.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// A header, if it is valid text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn fields(&self) -> Vec<(String, String)> {
        let kind = self.header("content-type").unwrap_or_default();
        let mut fields = match kind.split(';').next().unwrap_or_default() {
            "application/json" => self.fields_of_json(),
            "application/x-www-form-urlencoded" => {
                form_urlencoded::parse(&self.body).into_owned().collect()
            }
            "multipart/form-data" => self.fields_of_multipart(),
            _ => Vec::new(),
        };
        fields.extend(form_urlencoded::parse(self.query.as_bytes()).into_owned());
        fields
    }

    fn fields_of_multipart(&self) -> Vec<(String, String)> {
        let kind = self.header("content-type").unwrap_or_default();
        let parts = multipart::parts(kind, &self.body).unwrap_or_default().into_iter();
        let texts = parts.filter(|part| part.filename.is_none());
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        texts.map(|part| (part.name, text(part.value))).collect()
    }

    fn fields_of_json(&self) -> Vec<(String, String)> {
        let body: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&self.body).unwrap_or_default();
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        body.into_iter().map(|(name, value)| (name, text(value))).collect()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        // Unusual names can be secrets without a name, so they are hidden.
        let of_a_name = |it: char| it.is_ascii_lowercase() || "_[]".contains(it);
        let shown = |(name, _): (String, String)| match name.chars().all(of_a_name) {
            true => name,
            false => "..".to_owned(),
        };
        let names: Vec<String> = self.fields().into_iter().map(shown).collect();
        if !names.is_empty() {
            write!(f, " ({})", names.join(", "))?;
        }
        Ok(())
    }
}
