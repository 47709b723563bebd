//! Accounts and their statuses (`/api/v1/accounts/{id}`).

use http::StatusCode;

use super::bearer_auth;
use super::paging::{PageLimits, paged};
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, ok};
use crate::state::{AccountRecord, State};

/// `GET /api/v1/accounts/{id}`
pub(crate) fn show(state: &mut State, _: &IncomingRequest, id: &str) -> HandlerResult {
    let account = find(state, id)?;
    ok(&(state.profile().entities.account)(state, account))
}

/// `GET /api/v1/accounts/{id}/statuses`: those that the user of the token may see.
pub(crate) fn statuses(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let reader = bearer_auth::authorize(state, request, "read:statuses")?;
    let author = &find(state, id)?.id;
    let entity = state.profile().entities.status;
    let posted = state.statuses.iter().filter(|it| it.author == *author);
    let visible = posted.filter(|it| it.is_visible_to(&reader));
    let items = visible.map(|status| (status.id.clone(), entity(state, status)));
    paged(state, request, items.collect(), &PageLimits::new(20, 40))
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a AccountRecord, ErrorResponse> {
    let missing = || ErrorResponse::Plain(StatusCode::NOT_FOUND, "Record not found".to_owned());
    state.account(id).ok_or_else(missing)
}
