//! Requests as servers parse them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Request, header};
use url::form_urlencoded;

use super::body::{BodyError, Fields, Schema};
use super::framework::Framework;

/// A parsed request.
pub(crate) struct IncomingRequest {
    pub(crate) framework: Framework,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl IncomingRequest {
    pub(crate) fn new(request: Request<Vec<u8>>, framework: Framework) -> Self {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let path = match (framework, path.strip_suffix('/')) {
            (Framework::Rails, Some(bare)) if !bare.is_empty() => bare,
            _ => path,
        };
        Self {
            framework,
            path: path.to_owned(),
            method: head.method,
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

    /// All query parameters with these names, including repeated ones.
    pub(crate) fn query_pairs(&self, names: &[&str]) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).into_owned();
        pairs.filter(|(name, _)| names.contains(&name.as_str())).collect()
    }

    /// The fields of the body and of the query. JSON requires the exact content type; bodies of
    /// other types are ignored. Secrets in a query are accepted, as on GoToSocial.
    pub(crate) fn fields(&self) -> Result<Fields, BodyError> {
        let whole = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let kind = media_type(whole);
        let is_rails = self.framework == Framework::Rails;
        let mut fields = match kind.to_ascii_lowercase().as_str() {
            _ if is_rails && (kind.is_empty() || self.body.is_empty()) => {
                Fields::from_pairs(&String::from_utf8_lossy(&self.body))
            }
            _ if kind == "application/json" => return Fields::from_json(&self.body),
            "multipart/form-data" => return Fields::from_multipart(whole, &self.body),
            "application/x-www-form-urlencoded" => {
                Fields::from_form(&String::from_utf8_lossy(&self.body))?
            }
            _ => Fields::default(),
        };
        fields.add(Fields::from_form(&self.query)?);
        Ok(fields)
    }

    /// As [`fields`](Self::fields).
    ///
    /// # Errors
    /// With the message of GoToSocial's parser.
    pub(crate) fn read(&self, schema: &Schema) -> Result<Fields, String> {
        let fields = self.fields().map_err(|error| error.message(schema))?;
        match schema.type_error(&fields) {
            None => Ok(fields),
            Some((_, message)) => Err(message),
        }
    }

    /// As [`fields`](Self::fields), but joins lists of strings: arrays in JSON, and repeated
    /// `name[]` in a form.
    pub(crate) fn fields_and_lists(
        &self,
        joined: fn(&[&str]) -> String,
    ) -> Result<Fields, BodyError> {
        let mut fields = self.fields()?;
        fields.join_lists(joined);
        Ok(fields)
    }

    pub(crate) fn is_json(&self) -> bool {
        let kind = self.header(header::CONTENT_TYPE).unwrap_or_default();
        media_type(kind) == "application/json"
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header(header::COOKIE)?;
        cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// Sets client id and secret from `Authorization: Basic`, which overrides the body (RFC 6749
    /// section 2.3.1). Returns whether the header has them.
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

    /// The bearer token: in a header, or on Rails also in the query.
    pub(crate) fn bearer(&self) -> Option<String> {
        if let Some(token) = self.bearer_in_header() {
            return Some(token.to_owned());
        }
        let in_query = self.framework == Framework::Rails;
        let token = self.query_fields().non_empty("access_token").map(str::to_owned);
        token.filter(|_| in_query)
    }

    /// The bearer token in the header (RFC 6750 section 2.1): exactly `Bearer`, or in any case on
    /// Rails, and exactly one space.
    pub(crate) fn bearer_in_header(&self) -> Option<&str> {
        // Trailing white space is not part of a header's value.
        let header = self.header(header::AUTHORIZATION)?.trim_end();
        let (scheme, token) = header.split_once(' ')?;
        let is_bearer = match self.framework {
            Framework::Gin => scheme == "Bearer",
            Framework::Rails => scheme.eq_ignore_ascii_case("Bearer"),
        };
        (is_bearer && !token.is_empty() && !token.starts_with(' ')).then_some(token)
    }
}

fn form_decoded(text: &str) -> String {
    let whole = text.replace(['&', '='], "");
    form_urlencoded::parse(whole.as_bytes()).map(|(text, _)| text.into_owned()).collect()
}

/// The media type of a content type, without parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
