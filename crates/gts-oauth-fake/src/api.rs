//! What a token is good for: the account, notifications page by page, posts, tokens.

use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::auth;
use crate::body::Wanted;
use crate::incoming::{Incoming, media_type};
use crate::paging::{Limits, paged};
use crate::reply::{Outcome, Refusal, ok};
use crate::shapes;
use crate::world::World;

/// `GET /api/v1/accounts/verify_credentials`
pub(crate) fn verify(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "profile|read:accounts")?;
    let resident = world.resident(&resident).ok_or_else(Refusal::not_found)?;
    ok(&shapes::own_account(world, resident))
}

/// Of notifications.
const TYPES: [&str; 8] = [
    "favourite",
    "follow",
    "follow_request",
    "mention",
    "poll",
    "reblog",
    "status",
    "update",
];

/// `GET /api/v1/notifications`: newest first. All of them are mentions here.
pub(crate) fn notifications(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:notifications")?;
    let mut types = incoming.query_pairs(&["types[]", "exclude_types[]"]);
    // What is none of these is as good as not there.
    types.retain(|(_, kind)| TYPES.contains(&kind.as_str()));
    let wanted = |name| types.iter().filter(move |(it, _)| it == name);
    let mention = |(_, kind): &(String, String)| kind == "mention";
    let none = wanted("types[]").count() > 0 && !wanted("types[]").any(mention);
    let hidden = none || wanted("exclude_types[]").any(mention);
    let own = world.notifications.iter();
    let own = own.filter(|it| it.to == resident && !hidden);
    let items = own.filter_map(|it| Some((it.id.clone(), shapes::notification(world, it)?)));
    let limits = Limits::new(20, 80).repeating(types);
    paged(world, incoming, items.collect(), &limits)
}

/// `GET /api/v1/notifications/{id}`
pub(crate) fn notification(world: &mut World, incoming: &Incoming, id: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:notifications")?;
    let mut all = world.notifications.iter();
    let own = all.find(|it| it.id == id && it.to == resident);
    let shape = own.and_then(|it| shapes::notification(world, it));
    let unknown = || Refusal::Plain(StatusCode::NOT_FOUND, "notification not found".to_owned());
    ok(&shape.ok_or_else(unknown)?)
}

/// `GET /api/v1/timelines/home`: one's own posts, for nobody follows anybody here.
pub(crate) fn home(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:statuses")?;
    let own = world.statuses.iter().filter(|it| it.author == resident);
    let items = own.map(|status| (status.id.clone(), shapes::status(world, status)));
    let limits = Limits::new(20, 40).repeating(vec![("local".to_owned(), "false".to_owned())]);
    paged(world, incoming, items.collect(), &limits)
}

const STATUS: Wanted = Wanted {
    name: "model.StatusCreateRequest",
    fields: &["status"],
};

/// How long a post may be.
const LONGEST: usize = 5000;

/// `POST /api/v1/statuses`
pub(crate) fn post(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let token = incoming.bearer().and_then(|token| auth::find(world, token));
    let app = token.and_then(|token| world.app(&token.client_id));
    let app = app.map(|app| (app.name.clone(), app.website.clone()));
    let resident = auth::person(world, incoming, "write:statuses")?;
    refuse_unknown_type(incoming)?;
    let fields = incoming.read(&STATUS).map_err(Refusal::bad_request)?;
    let none = || Refusal::bad_request("status contains no text, media or poll");
    let text = fields.filled("status").ok_or_else(none)?;
    if text.chars().count() > LONGEST {
        let help = format!("text with spoiler exceed max chars ({LONGEST})");
        return Err(Refusal::bad_request(help));
    }
    let visibility = fields.filled("visibility").unwrap_or("unlisted");
    if !["public", "unlisted", "private", "mutuals_only", "direct"].contains(&visibility) {
        let help = "processVisibility: invalid visibility".to_owned();
        return Err(Refusal::Plain(StatusCode::UNPROCESSABLE_ENTITY, help));
    }
    let status = world.post(&resident, text, visibility, app);
    ok(&shapes::status(world, &status))
}

/// Posts come in three kinds of body, and in no other.
fn refuse_unknown_type(incoming: &Incoming) -> Result<(), Refusal> {
    const KNOWN: [&str; 3] = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ];
    let kind = media_type(incoming.header(CONTENT_TYPE).unwrap_or_default());
    if KNOWN.contains(&kind) {
        return Ok(());
    }
    let help = format!(
        "content-type {kind} not supported for this endpoint; supported content-types are {}",
        KNOWN.join(", ")
    );
    Err(Refusal::Plain(StatusCode::NOT_ACCEPTABLE, help))
}

/// `GET /api/v1/tokens`: this person's, newest first; never the tokens themselves.
pub(crate) fn tokens(world: &mut World, incoming: &Incoming, _: &str) -> Outcome {
    let resident = auth::person(world, incoming, "read:accounts")?;
    let own = world
        .tokens
        .iter()
        .filter(|it| it.resident.as_deref() == Some(&resident));
    let items = own.map(|token| (token.id.clone(), shapes::token(world, token)));
    paged(
        world,
        incoming,
        items.collect(),
        &Limits::unbounded(25, 100),
    )
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
