//! The tokens API, `/api/v1/tokens`.

use super::bearer_auth;
use super::paging::{PageLimits, linked, paged};
use crate::dialect::ApiVersion;
use crate::entities;
use crate::http::{ErrorResponse, Fields, HandlerResult, IncomingRequest, Schema, ok};
use crate::state::{State, Token};

/// The fields of a change.
const SCHEMA: Schema =
    Schema { type_name: "model.TokenInfoUpdateRequest", fields: &["name"], lists: &[] };

/// `GET /api/v1/tokens`: the account's tokens, without the access tokens themselves. Since 0.22 by
/// their last use, or newest first with `order=created`; before, always newest first.
pub(crate) fn list(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:accounts")?;
    let own = state.tokens.iter().filter(|it| it.account_id.as_deref() == Some(&account_id));
    let limits = PageLimits::unbounded(25, 100);
    let fields = request.query_fields();
    let items = |own: &[&Token]| {
        let items = own.iter().map(|token| (token.id.clone(), entities::token(state, token)));
        items.collect()
    };
    let own: Vec<&Token> = own.collect();
    if state.dialect.api() < ApiVersion::V022 {
        return paged(state, request, items(&own), &limits);
    }
    let limit = limits.read(&fields)?;
    let order = order(&fields)?;
    let limits = limits.repeating(vec![("order".to_owned(), order.to_owned())]);
    if order == "created" {
        return paged(state, request, items(&own), &limits);
    }
    let page = by_last_use(state, own, &fields, limit.unwrap_or(usize::MAX));
    linked(state, request, &items(&page), limit, &limits)
}

fn order(fields: &Fields) -> Result<&'static str, ErrorResponse> {
    let requested = fields.get("order").unwrap_or_default().to_ascii_lowercase();
    match requested.as_str() {
        "" | "last_used" => Ok("last_used"),
        "created" => Ok("created"),
        _ => Err(ErrorResponse::bad_request(
            "invalid value for order, valid values are '', 'last_used' (default), or 'created'",
        )),
    }
}

/// A page in the order of last use, as with SQLite: tokens that were never used are the last of the
/// first page. No later page has them, because the times are compared, and theirs is missing.
/// PostgreSQL returns them first.
fn by_last_use<'a>(
    state: &'a State,
    mut own: Vec<&'a Token>,
    fields: &Fields,
    limit: usize,
) -> Vec<&'a Token> {
    own.sort_by_key(|token| token.last_used);
    let last_use = |id: &str| state.tokens.with_key(id).find(|it| it.id == id)?.last_used;
    if let Some(id) = fields.non_empty("max_id") {
        let before = last_use(id);
        own.retain(|token| token.last_used.is_some() && token.last_used < before);
    }
    let floor = fields.non_empty("min_id").or(fields.non_empty("since_id"));
    if let Some(id) = floor {
        let known = state.tokens.with_key(id).any(|it| it.id == id);
        let after = last_use(id);
        own.retain(|token| known && token.last_used.is_some() && token.last_used > after);
    }
    if fields.non_empty("min_id").is_some() {
        own.truncate(limit);
        own.reverse();
        return own;
    }
    // Not reversed, so that tokens that were never used remain in the order of their creation.
    own.sort_by_key(|token| std::cmp::Reverse(token.last_used));
    own.truncate(limit);
    own
}

/// `GET /api/v1/tokens/{id}`
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:accounts")?;
    let token = owned(state, &account_id, id)?;
    ok(&entities::token(state, token))
}

/// `PUT /api/v1/tokens/{id}`: names a token, or removes its name.
pub(crate) fn rename(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:accounts")?;
    let fields = request.read(&SCHEMA).map_err(ErrorResponse::bad_request)?;
    let token = state.tokens.find_mut(id, |it| is_owned(it, &account_id, id));
    let token = token.ok_or_else(ErrorResponse::not_found)?;
    fields.get("name").unwrap_or_default().clone_into(&mut token.name);
    ok(&entities::token(state, owned(state, &account_id, id)?))
}

/// `POST /api/v1/tokens/{id}/invalidate`
pub(crate) fn invalidate(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:accounts")?;
    let tokens = state.tokens.remove(id, |it| is_owned(it, &account_id, id));
    let token = tokens.first().ok_or_else(ErrorResponse::not_found)?;
    ok(&entities::token(state, token))
}

/// The account's token with this id.
fn owned<'a>(state: &'a State, account_id: &str, id: &str) -> Result<&'a Token, ErrorResponse> {
    let mut tokens = state.tokens.with_key(id);
    tokens.find(|it| is_owned(it, account_id, id)).ok_or_else(ErrorResponse::not_found)
}

fn is_owned(token: &Token, account_id: &str, id: &str) -> bool {
    token.id == id && token.account_id.as_deref() == Some(account_id)
}
