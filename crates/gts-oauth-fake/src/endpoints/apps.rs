//! App registration, and the apps API (`/api/v1/apps`).

use super::bearer_auth;
use super::paging::{PageLimits, paged};
use crate::dialects::{FieldError, Rejection, UriLists, UriSyntax};
use crate::entities;
use crate::http::uri;
use crate::http::{ErrorResponse, Fields, HandlerResult, IncomingRequest, Schema, negotiate, ok};
use crate::state::scopes::permits;
use crate::state::{App, OUT_OF_BAND, State};

/// The fields of a registration.
const SCHEMA: Schema = Schema {
    type_name: "model.ApplicationCreateRequest",
    fields: &["client_name", "redirect_uris", "scopes", "website"],
    lists: &[],
};

/// `POST /api/v1/apps`
pub(crate) fn register(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let owner = owner(state, request)?;
    negotiate(request, &["application/json"])?;
    let fields = read(state, request)?;
    check_fields(state, &fields)?;
    let field = |name| fields.non_empty(name).map(str::to_owned);
    let scopes = field("scopes").unwrap_or_else(|| "read".to_owned());
    check_scopes(state, &scopes)?;
    let redirect_uris_text = field("redirect_uris").unwrap_or_default();
    let redirect_uris = redirect_uris(state, &redirect_uris_text)?;
    let [id, client_id, client_secret] = (state.profile().apps.generate)(state);
    let app = App {
        id,
        created: state.now,
        name: field("client_name").unwrap_or_default(),
        website: field("website"),
        redirect_uris,
        redirect_uris_text,
        client_id,
        client_secret,
        scopes,
        owner,
        spent: false,
    };
    let entity = (state.profile().apps.response)(state, &app);
    state.apps.push(app);
    ok(&entity)
}

/// The account that registers the app. Invalid tokens are ignored; valid ones require a scope.
fn owner(state: &State, request: &IncomingRequest) -> Result<Option<String>, ErrorResponse> {
    if !state.profile().tokens.listed {
        return Ok(None);
    }
    let token = request.bearer().and_then(|token| state.valid_token(&token));
    match token {
        None => Ok(None),
        Some(token) if permits(&token.scope, "write:applications") => Ok(token.account_id.clone()),
        Some(_) => Err(state.reject(Rejection::InsufficientScope("write:applications"))),
    }
}

/// The fields, or an error in the dialect's own format.
fn read(state: &State, request: &IncomingRequest) -> Result<Fields, ErrorResponse> {
    let fields = match state.profile().apps.lists {
        UriLists::Rejected => request.fields(),
        UriLists::Accepted => request.fields_and_lists(|items| items.join("\n")),
        UriLists::First => {
            request.fields_and_lists(|items| items.first().copied().unwrap_or_default().to_owned())
        }
    };
    let fields = fields.map_err(|it| ErrorResponse::bad_request(it.message(&SCHEMA)))?;
    match SCHEMA.type_error(&fields) {
        None => Ok(fields),
        Some((_, message)) if state.dialect.is_gotosocial() => {
            Err(ErrorResponse::bad_request(message))
        }
        Some((field, _)) => {
            Err(state.reject(Rejection::InvalidField(field, FieldError::NotAString)))
        }
    }
}

fn check_fields(state: &State, fields: &Fields) -> Result<(), ErrorResponse> {
    let profile = &state.profile().apps;
    if let Some(error) = (profile.check_request)(fields) {
        return Err(error);
    }
    let reject = |field, error| Err(state.reject(Rejection::InvalidField(field, error)));
    // Most servers treat `null` as missing.
    if let Some(field) = profile.rejects_null.iter().find(|name| fields.is_null(name)) {
        return reject(field, FieldError::Null);
    }
    for field in profile.required {
        match fields.get(field) {
            None => return reject(field, FieldError::Missing),
            Some("") if !profile.accepts_blank => return reject(field, FieldError::Blank),
            Some(_) => {}
        }
    }
    for (field, max_lengths) in profile.max_lengths {
        let length = fields.get(field).unwrap_or_default().chars().count();
        if length > *max_lengths {
            return reject(field, FieldError::TooLong(*max_lengths, length));
        }
    }
    if fields.non_empty("website").is_some_and(|website| !(profile.website)(website)) {
        return reject("website", FieldError::Invalid);
    }
    Ok(())
}

fn check_scopes(state: &State, scopes: &str) -> Result<(), ErrorResponse> {
    if scopes.split_whitespace().all(state.profile().apps.scope) {
        return Ok(());
    }
    Err(state.reject(Rejection::InvalidField("scopes", FieldError::Invalid)))
}

fn redirect_uris(state: &State, text: &str) -> Result<Vec<String>, ErrorResponse> {
    match state.profile().apps.uris {
        UriSyntax::Lines => normalized(text),
        UriSyntax::PlainLines => plain(state, text.split('\n')),
        UriSyntax::Words => plain(state, text.split_whitespace()),
        UriSyntax::Whole => plain(state, [text].into_iter()),
    }
}

/// One URI per line, normalized, without duplicates.
fn normalized(text: &str) -> Result<Vec<String>, ErrorResponse> {
    let mut uris: Vec<String> = Vec::new();
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let message = |error| format!("error parsing redirect URI: {error}");
        let uri = uri::normalized(line).map_err(|it| ErrorResponse::bad_request(message(it)))?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    if uris.is_empty() {
        uris.push(OUT_OF_BAND.to_owned());
    }
    Ok(uris)
}

/// The redirect URIs, unchanged.
fn plain<'a>(
    state: &State,
    uris: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, ErrorResponse> {
    let reject = |error| state.reject(Rejection::InvalidField("redirect_uris", error));
    let uris: Vec<String> = uris.map(str::to_owned).collect();
    if uris.is_empty() {
        return Err(reject(FieldError::Blank));
    }
    match uris.iter().find_map(|uri| (state.profile().apps.uri)(uri).err()) {
        None => Ok(uris),
        Some(error) => Err(reject(error)),
    }
}

/// `GET /api/v1/apps`: the apps that were registered with this account's tokens.
pub(crate) fn list(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:applications")?;
    let own = state.apps.iter().filter(|app| app.owner.as_deref() == Some(&account_id));
    let items = own.map(|app| (app.id.clone(), entities::app_with_secret(state, app)));
    paged(state, request, items.collect(), &PageLimits::unbounded(20, 80))
}

/// `GET /api/v1/apps/{id}`, which includes the path `verify_credentials`.
pub(crate) fn show(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "read:applications")?;
    let app = owned(state, &account_id, id)?;
    ok(&entities::app_with_secret(state, app))
}

/// `DELETE /api/v1/apps/{id}`: also revokes the app's tokens.
pub(crate) fn delete(state: &mut State, request: &IncomingRequest, id: &str) -> HandlerResult {
    let account_id = bearer_auth::authorize(state, request, "write:applications")?;
    let app = owned(state, &account_id, id)?.clone();
    state.apps.remove(&app.id, |it| it.id == app.id);
    state.tokens.remove(&app.client_id, |token| token.client_id == app.client_id);
    ok(&entities::app_with_secret(state, &app))
}

/// `GET /api/v1/apps/verify_credentials`, with a token of the app or of a user.
pub(crate) fn verify(state: &mut State, request: &IncomingRequest, _: &str) -> HandlerResult {
    let client_id = bearer_auth::token(state, request)?.client_id.clone();
    let entity = state.profile().apps.verified.ok_or_else(ErrorResponse::not_found)?;
    let app = state.app(&client_id).ok_or_else(|| state.reject(Rejection::DeletedApp))?;
    ok(&entity(state, app))
}

fn owned<'a>(state: &'a State, account_id: &str, id: &str) -> Result<&'a App, ErrorResponse> {
    let own = |app: &&App| app.id == id && app.owner.as_deref() == Some(account_id);
    state.apps.with_key(id).find(own).ok_or_else(ErrorResponse::not_found)
}
