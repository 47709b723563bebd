//! Akkoma 3.15, and Pleroma in what both share.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use super::gotosocial;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, Entities, ForceLogin, Instance, PriorConsent,
    Profile, Revocation, SignIn, TokenRequests, UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use super::strict;
use crate::entities;
use crate::http::{ErrorResponse, json};
use crate::state::{
    AccountRecord, App, CodeError, CodeReuse, CodeRules, Notification, Refresh, State, Status,
    Token, TokenRules,
};

/// The lifetime of codes and tokens: a hundred years, in seconds.
const A_CENTURY: u64 = 3_153_600_000;

pub(super) const AKKOMA: Profile = Profile {
    software: ("akkoma", "3.15.2"),
    version: "2.7.2 (compatible; Akkoma 3.15.2)",
    uri: |state| state.origin.clone(),
    apps: Apps {
        uris: UriSyntax::Words,
        required: &["client_name", "redirect_uris"],
        rejects_null: &["client_name", "redirect_uris", "scopes"],
        max_lengths: &[],
        generate: |state| {
            let now = state.now;
            let ids = &mut state.ids;
            [ids.ulid(now), ids.base64url(), ids.base64url()]
        },
        response: app_response,
        verified: Some(
            |state, app| json!({ "name": app.name, "website": app.website, "vapid_key": state.vapid_key }),
        ),
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::EveryTime,
        // Its effect depends on the browser's session (see prior consent).
        force_login: ForceLogin::Consent,
        prior_consent: PriorConsent::FirstCode,
        accepts_uri: strict::exactly,
        redirects_unregistered: false,
        grants,
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Appended,
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        lifetime: Some(A_CENTURY),
        generate: |state, _| state.ids.base64url(),
        reuse: CodeReuse::SameToken,
        well_formed: |code| !code.is_empty() && URL_SAFE_NO_PAD.decode(code).is_ok(),
        same_redirect_uri: |_, _, _| true,
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: |fields| fields.get("grant_type").is_none().then(bad_request),
        check_redirect_uri: |_, _| None,
        // The requested scopes are ignored.
        app_token_scope: |registered, _| Some(registered.to_owned()),
        http_basic: true,
        sets_session: true,
        response: token_response,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (Some(A_CENTURY), Some(A_CENTURY)),
        refresh: Refresh::Kept,
        generate: |state, _| state.ids.base64url(),
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation { json: true, unauthenticated: true, ..REVOCATION }),
    instance: Instance { v1: |_, body| add_limits(body), ..GOTOSOCIAL.instance },
    entities: Entities { status, notification, ..GOTOSOCIAL.entities },
    account,
    reject,
    ..GOTOSOCIAL
};

/// The page has a checkbox for each registered scope, checked if requested. Other requested
/// scopes are not shown.
fn grants(registered: &str, requested: &str) -> Option<String> {
    let is_requested = |scope: &&str| requested.split_whitespace().any(|it| it == *scope);
    let ticked: Vec<&str> = registered.split_whitespace().filter(is_requested).collect();
    (!ticked.is_empty()).then(|| ticked.join(" "))
}

fn app_response(state: &State, app: &App) -> Value {
    let mut entity = entities::app_with_secret(state, app);
    entities::without(&mut entity, &["created_at", "redirect_uris", "scopes"]);
    entity["redirect_uri"] = json!(app.redirect_uris_text);
    entity["website"] = json!(app.website);
    entity
}

fn account(state: &State, account: &AccountRecord, entity: &mut Value) {
    entities::without_gotosocial_fields(state, account, entity);
    entities::without(entity, &["role"]);
    entity["fqn"] = json!(format!("{}@{}", account.name, state.account_domain()));
    entity["pleroma"] = json!({ "is_admin": false, "is_moderator": false });
}

/// Limits that only this server reports, beside Mastodon's.
fn add_limits(body: &mut Value) {
    body["poll_limits"] = json!({
        "max_options": 20,
        "max_option_chars": 200,
        "min_expiration": 0,
        "max_expiration": 31_536_000,
    });
    body["upload_limit"] = json!(16_000_000);
}

/// Unlike other servers, this one returns the text and the HTML to all users, not only to the author.
fn status(state: &State, status: &Status) -> Value {
    let mut entity = entities::status(state, status);
    entities::without(&mut entity, &["text", "content_type", "interaction_policy"]);
    entity["pleroma"] = json!({
        "local": true,
        "content": { "text/plain": status.text },
        "spoiler_text": { "text/plain": "" },
        "emoji_reactions": [],
        "thread_muted": false,
    });
    entity
}

fn notification(state: &State, notification: &Notification) -> Option<Value> {
    let mut entity = entities::notification(state, notification)?;
    entity["status"] = status(state, state.status(&notification.status)?);
    entity["pleroma"] = json!({ "is_seen": false, "is_muted": false });
    Some(entity)
}

fn token_response(state: &State, issued: &Token) -> Value {
    let mut entity = entities::token_response(issued);
    let account = issued.account_id.as_deref().and_then(|id| state.account(id));
    entity["id"] = json!(state.tokens.len() + 1);
    if let Some(account) = account {
        entity["me"] = json!(format!("{}/users/{}", state.origin, account.name));
    }
    entity["expires_in"] = json!(entities::seconds_left(state, issued));
    entity["refresh_token"] = json!(issued.refresh);
    entity
}

/// The response to any request that cannot be parsed.
fn bad_request() -> ErrorResponse {
    ErrorResponse::Plain(StatusCode::INTERNAL_SERVER_ERROR, "Bad request".to_owned())
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(field, ref error) => field_error(field, error),
        Rejection::UnsupportedGrantType | Rejection::MissingRevocationField(_) => bad_request(),
        Rejection::Code(CodeError::Malformed) => {
            let body = json!({ "errors": { "detail": "Internal server error" } });
            ErrorResponse::finished(json(StatusCode::INTERNAL_SERVER_ERROR, &body))
        }
        Rejection::UnknownClient { .. }
        | Rejection::WrongSecret
        | Rejection::AppTokenScope(_)
        | Rejection::Code(_)
        | Rejection::RefreshToken => ErrorResponse::bad_request("Invalid credentials"),
        // A deactivated account counts as none.
        Rejection::InvalidToken
        | Rejection::RevokedToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken
        | Rejection::UnusableAccount(_) => {
            ErrorResponse::Plain(StatusCode::FORBIDDEN, "Invalid credentials.".to_owned())
        }
        Rejection::InsufficientScope(required) => {
            let required = required.split('|').next_back().unwrap_or_default();
            let help = format!("Insufficient permissions: {required}.");
            ErrorResponse::Plain(StatusCode::FORBIDDEN, help)
        }
        Rejection::InvalidScope => {
            gotosocial::unauthorized("This action is outside the authorized scopes")
        }
        Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken
        | Rejection::UnsupportedResponseType
        | Rejection::UnknownApp
        | Rejection::UnregisteredRedirectUri
        | Rejection::CodeChallenge(_) => gotosocial::unauthorized("Invalid Username/Password"),
        Rejection::RateLimited => ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "Throttled"),
    }
}

fn field_error(field: &str, error: &FieldError) -> ErrorResponse {
    let help = match error {
        FieldError::Missing => format!("Missing field: {field}."),
        FieldError::NotAString => format!("{field} - Invalid string. Got: array."),
        FieldError::Null => format!("{field} - null value where string expected."),
        _ => {
            let help = "can't be blank".to_owned();
            return ErrorResponse::Plain(StatusCode::UNPROCESSABLE_ENTITY, help);
        }
    };
    let error = json!({
        "title": "Invalid value",
        "source": { "pointer": format!("/{field}") },
        "message": help,
    });
    let body = json!({ "error": help, "errors": [error] });
    ErrorResponse::finished(json(StatusCode::BAD_REQUEST, &body))
}
