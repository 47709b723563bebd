//! Client authentication (RFC 6749 section 2.3).

use super::metadata::patched;
use crate::dialects::Rejection;
use crate::http::{ErrorResponse, Fields, IncomingRequest};
use crate::state::State;

/// Adds client id and secret from the `Authorization` header, on servers that accept it.
pub(crate) fn authenticate(
    state: &State,
    request: &IncomingRequest,
    fields: &mut Fields,
) -> Result<(), ErrorResponse> {
    let read = state.profile().tokens.http_basic;
    let added = read && request.add_basic(fields);
    match added || !read || accepts_secret_in_body(state) {
        true => Ok(()),
        false => Err(state.reject(Rejection::WrongSecret)),
    }
}

/// Whether the client secret is accepted in the body; only metadata can exclude it.
fn accepts_secret_in_body(state: &State) -> bool {
    let metadata = patched(state).unwrap_or_default();
    let methods = metadata["token_endpoint_auth_methods_supported"].as_array();
    methods.is_none_or(|methods| methods.iter().any(|it| it == "client_secret_post"))
}
