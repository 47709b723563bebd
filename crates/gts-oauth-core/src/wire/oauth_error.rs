//! Error responses (RFC 6749 section 5.2). Servers send them with any status, with other content,
//! or without any.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::fields;
use crate::error::is_registered_code;
use crate::types::snippet;

/// `{"error": "…"}`; or, from servers of the Misskey family, `{"error": {"code": "…"}}`.
#[derive(Deserialize)]
pub(crate) struct Body {
    #[serde(deserialize_with = "error_body")]
    error: ErrorBody,
    #[serde(default, deserialize_with = "fields::text")]
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    #[serde(default, deserialize_with = "fields::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "fields::text")]
    message: Option<String>,
}

fn error_body<'de, D: Deserializer<'de>>(field: D) -> Result<ErrorBody, D::Error> {
    field.deserialize_any(TextOrObject)
}

struct TextOrObject;

impl<'de> Visitor<'de> for TextOrObject {
    type Value = ErrorBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error's code, or an object that has one")
    }

    fn visit_str<E>(self, code: &str) -> Result<ErrorBody, E> {
        Ok(ErrorBody { code: Some(code.to_owned()), message: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ErrorBody, A::Error> {
        ErrorBody::deserialize(MapAccessDeserializer::new(map))
    }
}

impl Body {
    /// The code, and the description unless it repeats the code (Mitra).
    pub(crate) fn into_parts(self) -> Option<(String, Option<String>)> {
        let ErrorBody { code, message } = self.error;
        let code = code?;
        let description = self.error_description.or(message);
        let description = description.filter(|text| *text != code);
        Some((code, description))
    }
}

/// The `message` of an error that is not OAuth's: `{"message": "Unauthenticated."}` (Laravel).
pub(crate) fn message_field(object: &str) -> Option<String> {
    let error_body = serde_json::from_str::<ErrorBody>(object).ok();
    error_body.filter(|_| object.trim_start().starts_with('{'))?.message
}

/// The error code, printable. Registered codes are never redacted, even if a secret is part of one.
pub(crate) fn error_code(code: &str, secrets: &[&str]) -> Option<String> {
    if is_registered_code(code) { Some(code.to_owned()) } else { snippet(code, secrets) }
}
