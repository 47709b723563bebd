//! Statuses (`/api/v1/statuses`) and the home timeline.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName};

use super::bearer_auth;
use super::paging::{PageLimits, paged};
use crate::dialects::Idempotency;
use crate::http::{
    ErrorResponse, Framework, HandlerResult, IncomingRequest, Schema, media_type, ok,
};
use crate::state::{KeyedStatus, Media, State};

/// `GET /api/v1/timelines/home`: the account's own statuses, because the fake has no follows.
pub(crate) fn home(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:statuses")?;
    let own = state.statuses.iter().filter(|it| it.author == account_id);
    let entity = state.profile().entities.status;
    let items = own.map(|status| (status.id.clone(), entity(state, status)));
    let repeated = match request.framework {
        Framework::Gin => vec![("local".to_owned(), "false".to_owned())],
        Framework::Rails => Vec::new(),
    };
    let limits = PageLimits::new(20, 40).repeating(repeated);
    paged(state, request, items.collect(), &limits)
}

const STATUS: Schema =
    Schema { type_name: "model.StatusCreateRequest", fields: &["status"], lists: &["media_ids"] };

/// The maximum length of a status.
pub(super) const LONGEST: usize = 5000;

/// The maximum number of files in a status.
pub(super) const MOST_MEDIA: usize = 6;

/// `POST /api/v1/statuses`
pub(crate) fn post(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let token = request.bearer().and_then(|token| state.valid_token(&token));
    let app = token.and_then(|token| state.app(&token.client_id));
    let app = app.map(|app| (app.name.clone(), app.website.clone()));
    let account_id = bearer_auth::authorize(state, request, "write:statuses")?;
    check_content_type(request)?;
    let key = request.header(HeaderName::from_static("idempotency-key")).unwrap_or_default();
    let (profile, entity) = (state.profile(), state.profile().entities.status);
    if let Some(id) = state.posted_with_key(&account_id, key) {
        if matches!(profile.idempotency, Idempotency::Fails(_)) {
            return Err(ErrorResponse::Unhandled(StatusCode::INTERNAL_SERVER_ERROR));
        }
        // The first status is returned, regardless of what the second one would be.
        let gone = || ErrorResponse::Plain(StatusCode::NOT_FOUND, "Record not found".to_owned());
        return ok(&entity(state, state.status(id).ok_or_else(gone)?));
    }
    let fields = request.read(&STATUS).map_err(ErrorResponse::bad_request)?;
    let (text, media) = (fields.get("status").unwrap_or_default(), fields.list("media_ids"));
    check_content(text, media)?;
    for id in media {
        check_media(state, &account_id, id)?;
    }
    let visibility = fields.non_empty("visibility").unwrap_or(profile.default_visibility);
    if !["public", "unlisted", "private", "mutuals_only", "direct"].contains(&visibility) {
        let help = "processVisibility: invalid visibility".to_owned();
        return Err(ErrorResponse::Plain(StatusCode::UNPROCESSABLE_ENTITY, help));
    }
    let status = state.post(&account_id, text, visibility, media, app);
    let entity = entity(state, &status);
    let (Idempotency::Kept(seconds) | Idempotency::Fails(seconds)) = profile.idempotency else {
        return ok(&entity);
    };
    if !key.is_empty() {
        let (author, key, until) = (account_id, key.to_owned(), state.after(seconds));
        state.keyed_statuses.push(KeyedStatus { author, key, until, status: status.id });
    }
    ok(&entity)
}

/// `GET /api/v1/statuses/{id}`
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:statuses")?;
    let missing = |help: &str| ErrorResponse::Plain(StatusCode::NOT_FOUND, help.to_owned());
    let status = state.status(id).ok_or_else(|| missing("target status not found"))?;
    if !status.is_visible_to(&account_id) {
        return Err(missing("target status not visible"));
    }
    ok(&(state.profile().entities.status)(state, status))
}

/// `DELETE /api/v1/statuses/{id}`: returns the status, for those who post it again.
pub(crate) fn delete(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:statuses")?;
    let status = state.status(id).ok_or_else(ErrorResponse::not_found)?;
    if status.author != account_id {
        return Err(ErrorResponse::Plain(StatusCode::FORBIDDEN, String::new()));
    }
    let entity = (state.profile().entities.status)(state, status);
    state.delete_status(id);
    ok(&entity)
}

fn check_content(text: &str, media: &[String]) -> Result<(), ErrorResponse> {
    let help = if text.is_empty() && media.is_empty() {
        "status contains no text, media or poll".to_owned()
    } else if text.chars().count() > LONGEST {
        format!("text with spoiler exceed max chars ({LONGEST})")
    } else if media.len() > MOST_MEDIA {
        format!("media files exceed max count ({MOST_MEDIA})")
    } else {
        return Ok(());
    };
    Err(ErrorResponse::bad_request(help))
}

/// A file that another status has is not available, even after that status was deleted.
fn check_media(state: &State, account_id: &str, id: &str) -> Result<(), ErrorResponse> {
    let help = match state.own_media(account_id, id) {
        None => format!("media not found: {id}"),
        Some(Media { status: Some(_), .. }) => format!("media already attached to status: {id}"),
        Some(_) => return Ok(()),
    };
    Err(ErrorResponse::bad_request(help))
}

/// Statuses accept three content types.
fn check_content_type(request: &IncomingRequest) -> Result<(), ErrorResponse> {
    const KNOWN: [&str; 3] =
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
    let kind = media_type(request.header(CONTENT_TYPE).unwrap_or_default());
    if KNOWN.contains(&kind) {
        return Ok(());
    }
    let help = format!(
        "content-type {kind} not supported for this endpoint; supported content-types are {}",
        KNOWN.join(", ")
    );
    Err(ErrorResponse::Plain(StatusCode::NOT_ACCEPTABLE, help))
}
