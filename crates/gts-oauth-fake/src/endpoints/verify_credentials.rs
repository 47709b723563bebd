//! `GET /api/v1/accounts/verify_credentials`, and `/oauth/userinfo` (OpenID Connect Core
//! section 5.3).

use super::bearer_auth;
use crate::entities;
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, ok};
use crate::state::State;

/// `GET /api/v1/accounts/verify_credentials`
pub(crate) fn verify_credentials(
    state: &mut State,
    request: &IncomingRequest,
    _: &str,
) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "profile|read:accounts")?;
    let account = state.account(&account_id).ok_or_else(ErrorResponse::not_found)?;
    let mut entity = entities::own_account(state, account);
    (state.profile().account)(state, account, &mut entity);
    ok(&entity)
}

/// `GET /oauth/userinfo`, where the dialect has it.
pub(crate) fn userinfo(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "profile")?;
    let account = state.account(&account_id).ok_or_else(ErrorResponse::not_found)?;
    let claims = state.profile().userinfo.ok_or_else(ErrorResponse::not_found)?;
    ok(&claims(state, account))
}
