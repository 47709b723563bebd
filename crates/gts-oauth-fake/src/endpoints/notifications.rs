//! `/api/v1/notifications`

use http::StatusCode;

use super::bearer_auth;
use super::paging::{PageLimits, paged};
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, ok};
use crate::state::State;

/// The known types of notifications.
const TYPES: [&str; 8] =
    ["favourite", "follow", "follow_request", "mention", "poll", "reblog", "status", "update"];

/// `GET /api/v1/notifications`: newest first. The fake has mentions only.
pub(crate) fn list(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:notifications")?;
    let mut types = request.query_pairs(&["types[]", "exclude_types[]"]);
    // Unknown types are ignored.
    types.retain(|(_, kind)| TYPES.contains(&kind.as_str()));
    let required = |name| types.iter().filter(move |(it, _)| it == name);
    let mention = |(_, kind): &(String, String)| kind == "mention";
    let none = required("types[]").count() > 0 && !required("types[]").any(mention);
    let hidden = none || required("exclude_types[]").any(mention);
    let own = state.notifications.iter();
    let own = own.filter(|it| it.to == account_id && !hidden);
    let entity = state.profile().entities.notification;
    let items = own.filter_map(|it| Some((it.id.clone(), entity(state, it)?)));
    let limits = PageLimits::new(20, 80).repeating(types);
    paged(state, request, items.collect(), &limits)
}

/// `GET /api/v1/notifications/{id}`
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:notifications")?;
    let mut all = state.notifications.iter();
    let own = all.find(|it| it.id == id && it.to == account_id);
    let entity = own.and_then(|it| (state.profile().entities.notification)(state, it));
    let unknown =
        || ErrorResponse::Plain(StatusCode::NOT_FOUND, "notification not found".to_owned());
    ok(&entity.ok_or_else(unknown)?)
}
