//! What a token is good for: the account, notifications page by page, posts, tokens.

use http::header::LINK;
use serde_json::{Value, json};

use crate::auth;
use crate::incoming::Incoming;
use crate::reply::{Outcome, Refusal, Reply, ok, set};
use crate::shapes;
use crate::world::World;

/// `GET /api/v1/accounts/verify_credentials`
pub(crate) fn verify(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "profile|read:accounts")?;
    let resident = world.resident(&resident).ok_or_else(Refusal::not_found)?;
    ok(&shapes::own_account(world, resident))
}

/// `GET /api/v1/notifications`: newest first.
pub(crate) fn notifications(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:notifications")?;
    let own = world.notifications.iter().filter(|it| it.to == resident);
    let items = own.filter_map(|notification| {
        let status = world
            .statuses
            .iter()
            .find(|it| it.id == notification.status)?;
        let author = world.resident(&status.author)?;
        let shape = json!({
            "id": notification.id,
            "type": "mention",
            "created_at": shapes::moment(notification.created),
            "account": shapes::account(world, author),
            "status": shapes::status(world, status),
        });
        Some((notification.id.clone(), shape))
    });
    paged(world, incoming, items.collect(), 20, 80)
}

/// `GET /api/v1/timelines/home`: one's own posts, for nobody follows anybody here.
pub(crate) fn home(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:statuses")?;
    let own = world.statuses.iter().filter(|it| it.author == resident);
    let items = own.map(|status| (status.id.clone(), shapes::status(world, status)));
    paged(world, incoming, items.collect(), 20, 40)
}

/// `POST /api/v1/statuses`
pub(crate) fn post(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let token = incoming.bearer().and_then(|token| auth::find(world, token));
    let app = token.and_then(|token| world.app(&token.client_id));
    let app = app.map(|app| (app.name.clone(), app.website.clone()));
    let resident = auth::person(world, incoming, "write:statuses")?;
    let fields = incoming.fields().unwrap_or_default();
    let text = fields
        .filled("status")
        .ok_or_else(|| Refusal::bad_request("no text, media attachments, or poll provided"))?;
    let visibility = fields.filled("visibility").unwrap_or("public");
    let status = world.post(&resident, text, visibility, app);
    ok(&shapes::status(world, &status))
}

/// `GET /api/v1/tokens`: this person's, newest first; never the tokens themselves.
pub(crate) fn tokens(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:accounts")?;
    let own = world
        .tokens
        .iter()
        .filter(|it| it.resident.as_deref() == Some(&resident));
    let items = own.map(|token| (token.id.clone(), shapes::token(world, token)));
    paged(world, incoming, items.collect(), 25, 100)
}

/// `GET /api/v1/tokens/{id}`
pub(crate) fn token(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:accounts")?;
    let own = |it: &&crate::world::Issued| it.id == id && it.resident.as_deref() == Some(&resident);
    let token = world
        .tokens
        .iter()
        .find(own)
        .ok_or_else(Refusal::not_found)?;
    ok(&shapes::token(world, token))
}

/// `POST /api/v1/tokens/{id}/invalidate`
pub(crate) fn invalidate(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "write:accounts")?;
    let own = |it: &crate::world::Issued| it.id == id && it.resident.as_deref() == Some(&resident);
    let position = world
        .tokens
        .iter()
        .position(own)
        .ok_or_else(Refusal::not_found)?;
    let token = world.tokens.remove(position);
    ok(&shapes::token(world, &token))
}

/// One page of a list that is given oldest first, with its `Link`. Both links are there even
/// on the last page; an empty page has none.
fn paged(
    world: &World,
    incoming: &Incoming,
    mut items: Vec<(String, Value)>,
    usual: usize,
    most: usize,
) -> Outcome {
    let fields = incoming.query_fields();
    let limit = match fields.filled("limit") {
        None => usual,
        Some(text) => text
            .parse::<i64>()
            .map_err(|_| Refusal::bad_request("bad integer limit value"))?
            .clamp(1, most as i64) as usize,
    };
    let older = |id: &str| fields.filled("max_id").is_none_or(|max| id < max);
    let newer = |id: &str| {
        let floor = fields.filled("min_id").or(fields.filled("since_id"));
        floor.is_none_or(|min| id > min)
    };
    items.retain(|(id, _)| older(id) && newer(id));
    if fields.filled("min_id").is_some() {
        items.truncate(limit);
    } else {
        items.drain(..items.len().saturating_sub(limit));
    }
    items.reverse();
    let page: Vec<&Value> = items.iter().map(|(_, shape)| shape).collect();
    let mut reply = ok(&page)?;
    if let (Some((newest, _)), Some((oldest, _))) = (items.first(), items.last()) {
        link(&mut reply, world, incoming, limit, (newest, oldest));
    }
    Ok(reply)
}

/// Built from the configured host, whatever host was asked.
fn link(reply: &mut Reply, world: &World, incoming: &Incoming, limit: usize, ids: (&str, &str)) {
    let (newest, oldest) = ids;
    let page = format!("{}{}?limit={limit}", world.origin, incoming.path);
    let value =
        format!("<{page}&max_id={oldest}>; rel=\"next\", <{page}&min_id={newest}>; rel=\"prev\"");
    set(reply, LINK, &value);
}
