//! The requests of an app that was registered between the recordings.

use serde_json::Value;
use url::form_urlencoded;

/// The redirect URI of these apps.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:7777/callback";
/// The content type of their requests.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A registered app.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Registered {
    /// The app in the response to [`registration`].
    pub(crate) fn new(response: &Value) -> Self {
        Self { id: text(response, "client_id"), secret: text(response, "client_secret") }
    }

    /// The form that exchanges a code.
    pub(crate) fn code_exchange(&self, code: &str) -> String {
        form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", &self.id),
            ("client_secret", &self.secret),
            ("redirect_uri", CALLBACK),
        ])
    }
}

/// The form that registers an app.
pub(crate) fn registration(redirect_uri: &str, scopes: &str) -> String {
    form(&[("client_name", "Probe"), ("redirect_uris", redirect_uri), ("scopes", scopes)])
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The text in this field of a response.
pub(crate) fn text(json: &Value, field: &str) -> String {
    json[field].as_str().expect("a text").to_owned()
}

/// The code in the query of this URL.
pub(crate) fn code_at(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    pairs.find(|(name, _)| name == "code").map(|(_, value)| value)
}
