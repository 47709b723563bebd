//! Friendica 2024.09: one token per app and user, and 403 for every error.

use http::StatusCode;
use serde_json::{Value, json};

use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, OutOfBand, PriorConsent, Profile, Revocation,
    Revokes, SignIn, TokenRequests, UriLists, UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use crate::entities;
use crate::http::{ErrorResponse, json};
use crate::state::scopes;
use crate::state::{
    AccountRecord, App, CodeReuse, CodeRules, OUT_OF_BAND, Reissue, State, Token, TokenRules,
};

pub(super) const FRIENDICA: Profile = Profile {
    software: ("friendica", "2024.09-rc"),
    version: "2.8.0 (compatible; Friendica 2024.09-rc)",
    apps: Apps {
        uris: UriSyntax::Whole,
        lists: UriLists::First,
        required: &["client_name", "redirect_uris"],
        max_lengths: &[],
        generate: |state| {
            let ids = &mut state.ids;
            [ids.number().to_string(), ids.hex(), ids.hex()]
        },
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        prior_consent: PriorConsent::AnyToken,
        accepts_uri,
        redirects_unregistered: false,
        // The registered scopes are ignored.
        grants: |_, requested| Some(requested.to_owned()),
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Appended,
        default_state: Some(""),
        // Depends on the registered URI, not on the requested one.
        out_of_band: |app| match app.redirect_uris_text.as_str() {
            OUT_OF_BAND => OutOfBand::Page,
            _ => OutOfBand::Redirect,
        },
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        token_at_consent: true,
        lifetime: Some(300),
        generate: |state, _| state.ids.hex(),
        reuse: CodeReuse::NewToken,
        // Compared with the whole registration, so apps with several URIs cannot exchange a code.
        same_redirect_uri: |app, _, requested| app.redirect_uris_text == without_query(requested),
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: |fields| {
            let missing = |name| fields.non_empty(name).is_none();
            let any = missing("client_id") || missing("client_secret");
            any.then(|| bad_client("Incomplete request data"))
        },
        check_redirect_uri: |app, uri| {
            let known = accepts_uri(&app.redirect_uris, uri);
            (!known).then(|| bad_client("Invalid data or unknown client"))
        },
        app_token_scope: |_, _| Some(String::new()),
        http_basic: true,
        response: token_response,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        reissue: Reissue::Replace,
        generate: |state, _| state.ids.hex(),
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation {
        json: true,
        accepts_unknown: false,
        revokes: Revokes::App,
        response: || json(StatusCode::OK, &json!([])),
        ..REVOCATION
    }),
    permits: scopes::permits_substring,
    account,
    reject,
    ..GOTOSOCIAL
};

/// Registered URIs are separated by spaces. The query of the requested one is ignored.
fn accepts_uri(registered: &[String], requested: &str) -> bool {
    let known = registered.iter().flat_map(|uris| uris.split(' '));
    known.into_iter().any(|uri| uri == without_query(requested))
}

fn without_query(uri: &str) -> &str {
    uri.split('?').next().unwrap_or_default()
}

fn app_response(state: &State, app: &App) -> Value {
    let mut entity = json!({
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "id": app.id,
        "name": app.name,
        "redirect_uri": app.redirect_uris_text,
        "vapid_key": state.vapid_key,
    });
    if let Some(website) = &app.website {
        entity["website"] = json!(website);
    }
    entity
}

/// The scopes in the response are the app's, not the token's.
fn token_response(state: &State, issued: &Token) -> Value {
    let mut entity = entities::token_response(issued);
    entity["scope"] = json!(state.app(&issued.client_id).map(|app| &app.scopes));
    let account = issued.account_id.as_deref().and_then(|id| state.account(id));
    if let Some(account) = account {
        entity["me"] = json!(format!("{}/profile/{}", state.origin, account.name));
    }
    entity
}

fn account(state: &State, account: &AccountRecord, entity: &mut Value) {
    entities::without_gotosocial_fields(state, account, entity);
    entities::without(entity, &["source", "role"]);
}

/// Every error has status 403.
fn forbidden(error: &str) -> ErrorResponse {
    ErrorResponse::exact(StatusCode::FORBIDDEN, error)
}

fn bad_client(help: &str) -> ErrorResponse {
    let body = json!({ "error": "invalid_client", "error_description": help });
    ErrorResponse::finished(json(StatusCode::FORBIDDEN, &body))
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(_, FieldError::NotAString) => forbidden("Unprocessable Entity"),
        Rejection::InvalidField(..) => forbidden("Missing parameters"),
        Rejection::UnknownClient { .. } | Rejection::WrongSecret => {
            bad_client("Invalid data or unknown client")
        }
        Rejection::UnsupportedGrantType | Rejection::AppTokenScope(_) | Rejection::RefreshToken => {
            forbidden("Unsupported or missing grant type")
        }
        Rejection::Code(_)
        | Rejection::MissingRevocationField(_)
        | Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken => forbidden("Unauthorized"),
        // The response to a disabled account's token is an assumption.
        Rejection::InvalidToken
        | Rejection::RevokedToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken
        | Rejection::UnusableAccount(_)
        | Rejection::InsufficientScope(_) => {
            forbidden("Token is not authorized with a valid user or is missing a required scope")
        }
        Rejection::UnsupportedResponseType => forbidden("Unsupported or missing response type"),
        Rejection::UnknownApp
        | Rejection::UnregisteredRedirectUri
        | Rejection::InvalidScope
        | Rejection::CodeChallenge(_) => forbidden("Unprocessable Entity"),
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
        }
    }
}
