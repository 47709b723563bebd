//! The tokens API, `/api/v1/tokens`.

use super::bearer_auth;
use super::paging::{PageLimits, paged};
use crate::entities;
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, ok};
use crate::state::{State, Token};

/// `GET /api/v1/tokens`: the account's tokens, newest first, without the access tokens themselves.
pub(crate) fn list(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:accounts")?;
    let own = state.tokens.iter().filter(|it| it.account_id.as_deref() == Some(&account_id));
    let items = own.map(|token| (token.id.clone(), entities::token(state, token)));
    paged(state, request, items.collect(), &PageLimits::unbounded(25, 100))
}

/// `GET /api/v1/tokens/{id}`
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:accounts")?;
    let own = |it: &&Token| it.id == id && it.account_id.as_deref() == Some(&account_id);
    let token = state.tokens.iter().find(own).ok_or_else(ErrorResponse::not_found)?;
    ok(&entities::token(state, token))
}

/// `POST /api/v1/tokens/{id}/invalidate`
pub(crate) fn invalidate(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:accounts")?;
    let own = |it: &Token| it.id == id && it.account_id.as_deref() == Some(&account_id);
    let position = state.tokens.iter().position(own).ok_or_else(ErrorResponse::not_found)?;
    let token = state.tokens.remove(position);
    ok(&entities::token(state, &token))
}
