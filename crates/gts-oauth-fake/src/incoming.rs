//! A request as the server reads it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Request, header};
use url::form_urlencoded;

use crate::body::{BodyFault, Fields, Wanted};

/// A request, taken apart.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
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

    /// The fields of the query with these names, however often they come.
    pub(crate) fn query_pairs(&self, names: &[&str]) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).into_owned();
        pairs
            .filter(|(name, _)| names.contains(&name.as_str()))
            .collect()
    }

    /// Reads the body by its content type, *exact* where it is JSON; a body of any other type is
    /// ignored. The query's fields count too: secrets in a URL work, sadly.
    pub(crate) fn fields(&self) -> Result<Fields, BodyFault> {
        let whole = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let kind = media_type(whole);
        let body = String::from_utf8_lossy(&self.body);
        let mut fields = match kind.to_ascii_lowercase().as_str() {
            _ if kind == "application/json" => return Fields::from_json(&self.body),
            "multipart/form-data" => return Fields::from_multipart(whole, &body),
            "application/x-www-form-urlencoded" => Fields::from_form(&body)?,
            _ => Fields::default(),
        };
        fields.add(Fields::from_form(&self.query)?);
        Ok(fields)
    }

    /// As [`fields`](Self::fields).
    ///
    /// # Errors
    /// In the words of the server's own reader.
    pub(crate) fn read(&self, wanted: &Wanted) -> Result<Fields, String> {
        let fields = self.fields().map_err(|fault| fault.words(wanted))?;
        match wanted.fault(&fields) {
            None => Ok(fields),
            Some((_, words)) => Err(words),
        }
    }

    /// As [`fields`](Self::fields), but a list of texts is read as one: an array in JSON, or
    /// `name[]` several times in a form.
    pub(crate) fn fields_and_lists(
        &self,
        joined: fn(&[&str]) -> String,
    ) -> Result<Fields, BodyFault> {
        if self.is_json() {
            return Fields::from_json_with_lists(&self.body, joined);
        }
        let mut fields = self.fields()?;
        let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(&self.body) {
            if let Some(name) = name.strip_suffix("[]") {
                let list = lists.entry(name.to_owned()).or_default();
                list.push(value.into_owned());
            }
        }
        for (name, list) in lists {
            let items: Vec<&str> = list.iter().map(String::as_str).collect();
            fields.set(&name, joined(&items));
        }
        Ok(fields)
    }

    pub(crate) fn is_json(&self) -> bool {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        media_type(kind) == "application/json"
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header(header::COOKIE)?;
        cookies
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// An app's id and secret in the header count more than those in the body (RFC 6749 §2.3.1).
    /// Says whether they are there.
    pub(crate) fn add_basic(&self, fields: &mut Fields) -> bool {
        let header = self.header(header::AUTHORIZATION).unwrap_or_default();
        let encoded = header.strip_prefix("Basic ").unwrap_or_default();
        let decoded = STANDARD.decode(encoded).ok();
        let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((id, secret)) = text.as_deref().and_then(|text| text.split_once(':')) else {
            return false;
        };
        fields.set("client_id", form_decoded(id));
        fields.set("client_secret", form_decoded(secret));
        true
    }

    /// The token of an `Authorization` header: exactly `Bearer`, exactly one space.
    pub(crate) fn bearer(&self) -> Option<&str> {
        // Spaces at the end of a header are none of it.
        let header = self.header(header::AUTHORIZATION)?.trim_end();
        let token = header.strip_prefix("Bearer ")?;
        (!token.is_empty() && !token.starts_with(' ')).then_some(token)
    }
}

fn form_decoded(text: &str) -> String {
    let whole = text.replace(['&', '='], "");
    form_urlencoded::parse(whole.as_bytes())
        .map(|(text, _)| text.into_owned())
        .collect()
}

/// Without its parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
