//! JSON entities of the Mastodon API, field by field as recorded from GoToSocial.

mod account;
mod app;
pub(crate) mod mastodon;
mod media;
mod metadata;
mod status;
mod token;

use std::time::SystemTime;

use serde_json::Value;

pub(crate) use account::{own_account, public_account, without_gotosocial_fields};
pub(crate) use app::app;
pub(crate) use app::app_with_secret;
pub(crate) use media::media;
pub(crate) use metadata::metadata;
pub(crate) use status::{notification, status};
pub(crate) use token::{seconds_left, token, token_response};

/// `2026-11-23T10:57:47.437Z`
pub(crate) fn timestamp(at: SystemTime) -> String {
    humantime::format_rfc3339_millis(at).to_string()
}

/// `2026-11-23T10:57:47.437000Z`
pub(crate) fn precise_timestamp(at: SystemTime) -> String {
    humantime::format_rfc3339_micros(at).to_string()
}

/// Removes these fields.
pub(crate) fn without(entity: &mut Value, names: &[&str]) {
    if let Value::Object(fields) = entity {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
}
