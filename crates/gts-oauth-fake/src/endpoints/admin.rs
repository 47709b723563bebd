//! Endpoints for administrators, of which there are none.

use http::StatusCode;

use super::bearer_auth;
use crate::dialect::ApiVersion;
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest};
use crate::state::State;

/// `GET /api/v1/admin/custom_emojis`: always 403. Since 0.22 there is a scope for it.
pub(crate) fn custom_emojis(
    state: &mut State,
    request: &IncomingRequest,
    _: &str,
) -> HandlerResult {
    let required = match state.dialect.api() >= ApiVersion::V022 {
        true => "admin:read:custom_emojis",
        false => "admin:read",
    };
    let account_id = bearer_auth::authorize(state, request, required)?;
    let help = format!("user {account_id} not an admin");
    Err(ErrorResponse::Plain(StatusCode::FORBIDDEN, help))
}
