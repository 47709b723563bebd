//! What the server was asked.

use std::fmt;

use http::{HeaderMap, Method, Request};
use url::form_urlencoded;

/// A request that the server got. Its `Debug` tells method and path, and the names of fields
/// without their values, which may be secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, as it came; empty if there was none.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl Asked {
    pub(crate) fn new(request: &Request<Vec<u8>>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            body: request.body().clone(),
        }
    }

    /// A field of the form, or else of the query.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn fields(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let form = form_urlencoded::parse(&self.body);
        let query = form_urlencoded::parse(self.query.as_bytes());
        form.into_owned().chain(query.into_owned())
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let names: Vec<String> = self.fields().map(|(name, _)| name).collect();
        if !names.is_empty() {
            write!(f, " ({})", names.join(", "))?;
        }
        Ok(())
    }
}
