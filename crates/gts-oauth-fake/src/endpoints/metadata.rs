//! Authorization server metadata, `/.well-known/oauth-authorization-server` (RFC 8414).

use serde_json::Value;

use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, merge, ok};
use crate::state::State;

/// `GET /.well-known/oauth-authorization-server` (RFC 8414), where the dialect has it.
pub(crate) fn metadata(state: &mut State, _: &IncomingRequest, _: &str) -> HandlerResult {
    ok(&patched(state).ok_or_else(ErrorResponse::not_found)?)
}

pub(super) fn patched(state: &State) -> Option<Value> {
    let mut body = (state.profile().metadata?)(state);
    merge(&mut body, &state.metadata);
    Some(body)
}
