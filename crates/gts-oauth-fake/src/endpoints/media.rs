//! Media uploads (`/api/v1/media`, `/api/v2/media`).

use http::StatusCode;

use super::bearer_auth;
use crate::entities;
use crate::http::{ErrorResponse, HandlerResult, IncomingRequest, Schema, ok};
use crate::state::{MediaFormat, State};

const ATTACHMENT: Schema =
    Schema { type_name: "model.AttachmentRequest", fields: &["description"], lists: &[] };

/// The maximum length of a description.
pub(super) const LONGEST_DESCRIPTION: usize = 1500;

/// The maximum size of a file: 40 MiB.
pub(super) const LARGEST: usize = 40 * 1024 * 1024;

/// `POST /api/v1/media` and `POST /api/v2/media`: both respond when the file is processed, with 200.
pub(crate) fn upload(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:media")?;
    let fields = request.read(&ATTACHMENT).map_err(ErrorResponse::bad_request)?;
    let file = fields.file("file").ok_or_else(|| no_file(fields.get("file")))?;
    let description = fields.get("description").unwrap_or_default();
    let length = description.chars().count();
    if length > LONGEST_DESCRIPTION {
        let help = format!(
            "image description length must be between 0 and {LONGEST_DESCRIPTION} characters \
             (inclusive), but provided image description was {length} chars"
        );
        return Err(ErrorResponse::bad_request(help));
    }
    if file.len() > LARGEST {
        return Err(ErrorResponse::bad_request("media exceeds configured max size: 40.0MiB"));
    }
    // Empty files and unknown formats.
    let unprocessable = || {
        let help = "error processing media".to_owned();
        ErrorResponse::Plain(StatusCode::UNPROCESSABLE_ENTITY, help)
    };
    let format = MediaFormat::of(file).ok_or_else(unprocessable)?;
    let media = state.add_media(&account_id, format, description);
    ok(&entities::media(state, &media))
}

/// A file without a name counts as a text, which crashes GoToSocial's handler.
fn no_file(text: Option<&str>) -> ErrorResponse {
    match text {
        Some(_) => ErrorResponse::Plain(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        None => ErrorResponse::bad_request(
            "Key: 'AttachmentRequest.File' Error:Field validation for 'File' failed on the \
             'required' tag",
        ),
    }
}

/// `GET /api/v1/media/{id}`: requires the scope for writing, as on the real server.
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:media")?;
    let media = state.own_media(&account_id, id).ok_or_else(ErrorResponse::not_found)?;
    ok(&entities::media(state, media))
}
