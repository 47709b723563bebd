//! Iceshrimp.NET 2024.1.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, Profile, Revocation, SignIn, TokenRequests,
    UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use super::strict;
use crate::entities;
use crate::http::ErrorResponse;
use crate::state::scopes;
use crate::state::{App, AppTokens, CodeError, CodeRules, State, Token, TokenRules};

pub(super) const ICESHRIMP: Profile = Profile {
    software: ("Iceshrimp.NET", "2024.1-beta4.security2"),
    version: "4.2.1 (compatible; Iceshrimp.NET/2024.1-beta4.security2)",
    apps: Apps {
        uris: UriSyntax::PlainLines,
        required: &["client_name", "redirect_uris"],
        max_lengths: &[],
        scope: scopes::is_known_to_iceshrimp,
        uri: |uri| {
            let forbidden = ["javascript", "file", "data", "mailto", "tel"];
            let accepted = Url::parse(uri).is_ok_and(|uri| !forbidden.contains(&uri.scheme()));
            accepted.then_some(()).ok_or(FieldError::Invalid)
        },
        generate: |state| {
            let now = state.now;
            let ids = &mut state.ids;
            let id = ids.ulid(now).to_ascii_lowercase();
            [id, ids.alphanumeric(32), ids.alphanumeric(32)]
        },
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::EveryTime,
        accepts_uri: strict::exactly,
        redirects_unregistered: false,
        grants: scopes::all_expanded,
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Doubled,
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        lifetime: None,
        generate: |state, _| state.ids.alphanumeric(32),
        same_redirect_uri: |_, _, _| true,
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: |fields| {
            let required = ["redirect_uri", "grant_type", "client_id", "client_secret"];
            let missing = required.iter().any(|name| fields.non_empty(name).is_none());
            missing.then(invalid)
        },
        check_redirect_uri: |_, _| None,
        app_token_scope: |registered, requested| {
            scopes::all_expanded(registered, requested.unwrap_or(registered))
        },
        response: token_response,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        app_tokens: AppTokens::Single,
        generate: |state, _| state.ids.alphanumeric(32),
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation {
        json: true,
        // The server reads `code`, although `token` was intended.
        field: "code",
        accepts_unknown: false,
        ..REVOCATION
    }),
    permits: |granted, required| scopes::all_expanded(granted, required).is_some(),
    account: entities::without_gotosocial_fields,
    reject,
    ..GOTOSOCIAL
};

fn app_response(state: &State, app: &App) -> Value {
    json!({
        "id": app.id,
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes.split(' ').collect::<Vec<_>>(),
        "redirect_uri": app.redirect_uris_text,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "vapid_key": state.vapid_key,
    })
}

/// App tokens have the creation date of the app.
fn token_response(state: &State, issued: &Token) -> Value {
    let mut issued = issued.clone();
    let app = state.app(&issued.client_id);
    if let (None, Some(app)) = (&issued.account_id, app) {
        issued.created = app.created;
    }
    entities::token_response(&issued)
}

fn invalid() -> ErrorResponse {
    ErrorResponse::bad_request("One or more validation errors occurred.")
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    let unauthorized = |help: &str| ErrorResponse::Plain(StatusCode::UNAUTHORIZED, help.to_owned());
    let forbidden = |help: &str| ErrorResponse::Plain(StatusCode::FORBIDDEN, help.to_owned());
    match *rejection {
        Rejection::InvalidField("redirect_uris", _) => {
            ErrorResponse::bad_request("redirect_uris parameter contains invalid protocols")
        }
        Rejection::InvalidField("scopes", _) => {
            ErrorResponse::bad_request("Invalid scopes parameter")
        }
        Rejection::InvalidField(..) | Rejection::MissingRevocationField(_) => invalid(),
        Rejection::UnsupportedGrantType | Rejection::RefreshToken => {
            ErrorResponse::bad_request("Invalid grant_type")
        }
        Rejection::Code(CodeError::Spent) => ErrorResponse::bad_request(doorkeeper::BAD_GRANT),
        // Unknown codes and unknown apps result in the same error.
        Rejection::UnknownClient { .. } | Rejection::WrongSecret | Rejection::Code(_) => {
            unauthorized(doorkeeper::BAD_CLIENT)
        }
        Rejection::AppTokenScope(_) => ErrorResponse::bad_request(doorkeeper::BAD_SCOPE),
        Rejection::InvalidToken
        | Rejection::RevokedToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken => unauthorized("This method requires an authenticated user"),
        Rejection::UnusableAccount(_) => {
            forbidden("Your access has been suspended by the instance administrator.")
        }
        Rejection::InsufficientScope(_) => {
            forbidden("This action is outside the authorized scopes")
        }
        Rejection::OtherAppsToken | Rejection::DeletedAppsToken => {
            forbidden("You are not authorized to revoke this token")
        }
        Rejection::UnsupportedResponseType => ErrorResponse::bad_request("Invalid response_type"),
        Rejection::UnknownApp => ErrorResponse::bad_request("Invalid client_id"),
        Rejection::UnregisteredRedirectUri => ErrorResponse::bad_request(
            "Cannot request redirect_uri not sent during app registration",
        ),
        Rejection::InvalidScope | Rejection::CodeChallenge(_) => {
            ErrorResponse::bad_request("Cannot request more scopes than app")
        }
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
        }
    }
}
