//! Errors: what they report, and that they contain no secret.

mod error_responses;
mod secrets;
mod secrets_encoded;
mod secrets_long;
pub(crate) mod secrets_shown;
mod unavailable;
