//! A request as the server reads it.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, Request, header};
use url::form_urlencoded;

/// A request, taken apart.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What a form, a query or a JSON body says, by field. The first of several counts.
#[derive(Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, String>);

/// Why a body cannot be read, in the words of the server's own reader.
pub(crate) enum BodyFault {
    /// JSON that breaks off.
    Eof,
    /// JSON of another type: the field, and what stands there.
    Type(String, &'static str),
}

impl Incoming {
    pub(crate) fn new(request: Request<Vec<u8>>) -> Self {
        let (head, body) = request.into_parts();
        Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn query_fields(&self) -> Fields {
        Fields::from_pairs(&self.query)
    }

    /// Reads the body by its *exact* content type; a body of any other type is ignored. The
    /// query's fields count too: secrets in a URL work, sadly.
    pub(crate) fn fields(&self) -> Result<Fields, BodyFault> {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind {
            "application/json" => Fields::from_json(&self.body),
            "application/x-www-form-urlencoded" => {
                let mut fields = Fields::from_pairs(&String::from_utf8_lossy(&self.body));
                fields.add(self.query_fields());
                Ok(fields)
            }
            "multipart/form-data" => Ok(Fields::from_multipart(
                self.header(header::CONTENT_TYPE).unwrap_or_default(),
                &String::from_utf8_lossy(&self.body),
            )),
            _ => Ok(self.query_fields()),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        kind.starts_with("application/json")
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header(header::COOKIE)?;
        cookies
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// The token of an `Authorization` header: exactly `Bearer`, exactly one space.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let token = self
            .header(header::AUTHORIZATION)?
            .strip_prefix("Bearer ")?;
        (!token.is_empty() && !token.starts_with(' ')).then_some(token)
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The field, if it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    fn add(&mut self, other: Fields) {
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
    }

    fn from_pairs(text: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            fields.0.entry(name).or_insert(value);
        }
        fields
    }

    fn from_json(body: &[u8]) -> Result<Self, BodyFault> {
        let value: serde_json::Value = serde_json::from_slice(body).map_err(|_| BodyFault::Eof)?;
        let mut fields = Self::default();
        let serde_json::Value::Object(object) = value else {
            return Err(BodyFault::Type(String::new(), kind(&value)));
        };
        for (name, value) in object {
            match value {
                serde_json::Value::String(text) => {
                    fields.0.insert(name, text);
                }
                serde_json::Value::Null => {}
                other => return Err(BodyFault::Type(name, kind(&other))),
            }
        }
        Ok(fields)
    }

    fn from_multipart(content_type: &str, body: &str) -> Self {
        let mut fields = Self::default();
        let boundary = content_type.split("boundary=").nth(1).unwrap_or_default();
        let boundary = format!("--{}", boundary.trim_matches('"'));
        for part in body.split(boundary.as_str()) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else {
                continue;
            };
            let name = head.split("name=\"").nth(1);
            if let Some(name) = name.and_then(|rest| rest.split('"').next()) {
                let value = value.strip_suffix("\r\n").unwrap_or(value);
                fields.0.entry(name.to_owned()).or_insert(value.to_owned());
            }
        }
        fields
    }
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
        serde_json::Value::Bool(_) => "bool",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Null => "null",
    }
}
