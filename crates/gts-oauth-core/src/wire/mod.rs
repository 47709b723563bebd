//! Requests and responses on the wire (RFC 6749, RFC 6750).
//!
//! Requests are sent in the one form that all servers accept: forms, with credentials in the body.
//! Responses are read with any `Content-Type`, and a JSON error is never required.

mod bearer;
pub(crate) mod fields;
mod form;
mod json;
mod link;
mod missing_scopes;
mod new_secrets;
mod oauth_error;
mod page;
mod redacted;
mod request;
mod response;
mod token_response;
mod wipe;

pub(crate) use bearer::Bearer;
pub(crate) use form::{Form, encoded, is_visible_ascii, pairs, plain_bytes};
pub(crate) use link::link;
pub(crate) use missing_scopes::ScopeCheck;
pub(crate) use oauth_error::error_code;
pub(crate) use request::{FORM, JSON, authorization, post, request};
pub(crate) use response::ResponseReader;
pub(crate) use token_response::TokenResponse;
pub(crate) use wipe::drop_response;
