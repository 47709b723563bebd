//! Errors: what they report, and that they contain no secret.

mod calls;
pub(crate) mod causes;
mod error_responses;
mod http_status;
mod missing_scopes;
mod network;
mod redirects;
mod repeating;
mod secrets;
mod secrets_encoded;
mod secrets_long;
pub(crate) mod secrets_shown;
mod unavailable;
