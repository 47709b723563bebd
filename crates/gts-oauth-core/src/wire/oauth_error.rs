//! Error responses (RFC 6749 section 5.2). Servers send them with any status, with other content,
//! or without any.

use serde::de::{Deserialize, Deserializer};

use super::fields::{self, Value};
use super::json;
use crate::error::is_registered_code;
use crate::types::snippet;

fields::lenient_struct! {
    /// `{"error": "…"}`; or, from servers of the Misskey family, `{"error": {"code": "…"}}`.
    pub(crate) struct Body {
        error: Option<ErrorBody> = error_body,
        error_description: Option<String> = fields::text,
    }
}

fields::lenient_struct! {
    struct ErrorBody {
        code: Option<String> = fields::text,
        message: Option<String> = fields::text,
    }
}

/// The code of an error, or an object that has one. `None` if it is anything else.
fn error_body<'de, D: Deserializer<'de>>(field: D) -> Result<Option<ErrorBody>, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Text(code) => Some(ErrorBody { code: Some(code.into_owned()), message: None }),
        Value::Object(body) => Some(body),
        _ => None,
    })
}

fields::lenient_struct! {
    /// Whether there is an error in any form, for responses whose other fields have no meaning.
    pub(crate) struct AnyError {
        error: bool = fields::is_set,
        errors: bool = fields::is_set,
    }
}

impl AnyError {
    pub(crate) fn is_set(&self) -> bool {
        self.error || self.errors
    }
}

impl Body {
    /// The code, and the description unless it repeats the code (Mitra).
    pub(crate) fn into_parts(self) -> Option<(String, Option<String>)> {
        let ErrorBody { code, message } = self.error?;
        let code = code?;
        let description = self.error_description.or(message);
        let description = description.filter(|text| *text != code);
        Some((code, description))
    }
}

/// The `message` of an error that is not OAuth's: `{"message": "Unauthenticated."}` (Laravel).
pub(crate) fn message_field(object: &[u8]) -> Option<String> {
    json::value::<ErrorBody>(object)?.message
}

/// The error code, printable. Registered codes are never redacted, even if a secret is part of one.
pub(crate) fn error_code(code: &str, secrets: &[&str]) -> Option<String> {
    if is_registered_code(code) { Some(code.to_owned()) } else { snippet(code, secrets) }
}
