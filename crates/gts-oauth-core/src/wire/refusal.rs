//! What a refusal means. Servers say no with any status and in any words, or in none at all.

use std::fmt;

use http::StatusCode;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::lenient;
use crate::error::{Error, Why};
use crate::text::snippet;

/// `{"error": "…"}`; or, as the servers of Misskey's family say it, `{"error": {"code": "…"}}`.
#[derive(Deserialize)]
pub(crate) struct Body {
    #[serde(deserialize_with = "said")]
    error: Said,
    #[serde(default, deserialize_with = "lenient::text")]
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default, deserialize_with = "lenient::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    message: Option<String>,
}

fn said<'de, D: Deserializer<'de>>(field: D) -> Result<Said, D::Error> {
    field.deserialize_any(Either)
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error's code, or an object that has one")
    }

    fn visit_str<E>(self, code: &str) -> Result<Said, E> {
        Ok(Said {
            code: Some(code.to_owned()),
            message: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Said, A::Error> {
        Said::deserialize(MapAccessDeserializer::new(map))
    }
}

impl Body {
    /// The code, and a description that adds something: Mitra says everything twice.
    pub(crate) fn told(self) -> Option<(String, Option<String>)> {
        let Said { code, message } = self.error;
        let code = code?;
        let description = self.error_description.or(message);
        let description = description.filter(|text| *text != code);
        Some((code, description))
    }
}

/// What an object says that is no error of OAuth's: `{"message": "Unauthenticated."}` (Laravel).
pub(crate) fn message(object: &str) -> Option<String> {
    let said = serde_json::from_str::<Said>(object).ok();
    said.filter(|_| object.trim_start().starts_with('{'))?
        .message
}

/// The code of an OAuth error, printable. Those of the RFC are no secret, even to somebody whose
/// secret is a word in them.
pub(crate) fn error_code(code: &str, secrets: &[&str]) -> Option<String> {
    match is_a_word_of_the_rfc(code) {
        true => Some(code.to_owned()),
        false => snippet(code, secrets),
    }
}

pub(crate) fn is_a_word_of_the_rfc(code: &str) -> bool {
    is_refusal_of_a_code(code) || is_refusal_of_a_person(code)
}

/// RFC 6749 §5.2.
fn is_refusal_of_a_code(code: &str) -> bool {
    matches!(
        code,
        "invalid_request"
            | "invalid_client"
            | "invalid_grant"
            | "unauthorized_client"
            | "unsupported_grant_type"
            | "invalid_scope"
    )
}

/// RFC 6749 §4.1.2.1, but for those that are in §5.2 too.
fn is_refusal_of_a_person(code: &str) -> bool {
    matches!(
        code,
        "access_denied" | "unsupported_response_type" | "server_error" | "temporarily_unavailable"
    )
}

/// Words for what will pass, whatever the status.
pub(crate) fn is_trouble(code: &str) -> bool {
    matches!(code, "server_error" | "temporarily_unavailable")
}

/// Whether the token endpoint said no, rather than nothing of worth. A web page is some proxy's,
/// 408, 418 and 425 are about the request and not the code, and a 5xx is a refusal only in the
/// words of RFC 6749 §5.2.
pub(crate) fn is_refusal(error: &Error) -> bool {
    let about_the_code = |status: u16| status < 500 && !matches!(status, 408 | 418 | 425);
    match error {
        Error::Refused(no) if is_trouble(&no.code) => false,
        Error::Refused(no) => {
            is_refusal_of_a_code(&no.code)
                || no
                    .status
                    .is_none_or(|status| about_the_code(status.as_u16()))
        }
        Error::Unexpected(odd) => {
            matches!(odd.why, Why::Empty | Why::Text)
                && odd.status.is_some_and(|status| {
                    status.is_client_error() && about_the_code(status.as_u16())
                })
        }
        _ => false,
    }
}

/// Whether the server does not know the app, or not by this secret. RFC 6749 §5.2 has a word for
/// it, and a status that stands for nothing else; GoToSocial says the word with a 400, snac the
/// status without a word.
pub(crate) fn is_unknown_client(error: &Error) -> bool {
    match error {
        // The second is Takahē's.
        Error::Refused(no) => matches!(&*no.code, "invalid_client" | "invalid_client_id"),
        Error::Unexpected(odd) => {
            odd.why == Why::Empty && odd.status == Some(StatusCode::UNAUTHORIZED)
        }
        _ => false,
    }
}

/// Whether the server knows the token, but does not let it tell whose it is.
pub(crate) fn is_forbidden(error: &Error) -> bool {
    let page = matches!(error, Error::Unexpected(odd) if odd.why == Why::Html);
    !page && error.status() == Some(StatusCode::FORBIDDEN)
}
