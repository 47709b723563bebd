//! Takahē 0.11.

use http::StatusCode;
use serde_json::{Value, json};

use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, Profile, Revocation, SignIn, TokenRequests,
    UriSyntax,
};
use super::rejection::Rejection;
use crate::entities;
use crate::http::{ErrorResponse, Response, json, response};
use crate::state::scopes;
use crate::state::{App, AppTokens, CodeError, CodeReuse, CodeRules, State, TokenRules};

pub(super) const TAKAHE: Profile = Profile {
    software: ("takahe", "0.11.0"),
    version: "takahe/0.11.0",
    apps: Apps {
        uris: UriSyntax::Whole,
        required: &["client_name", "redirect_uris"],
        accepts_blank: true,
        rejects_null: &["client_name", "redirect_uris"],
        max_lengths: &[],
        generate: |state| {
            let ids = &mut state.ids;
            let client_id = format!("tk-{}", &ids.base64url()[..22]);
            [ids.number().to_string(), client_id, ids.base64url()]
        },
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        // Any substring of the registered text is accepted; anything, if that is empty.
        accepts_uri: |registered, requested| {
            let anywhere = |text: &String| text.is_empty() || text.contains(requested);
            registered.iter().any(anywhere)
        },
        redirects_unregistered: false,
        grants: |_, requested| Some(requested.to_owned()),
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Unencoded,
        // The page's form turns a missing `state` into this text.
        default_state: Some("None"),
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        lifetime: Some(60),
        generate: |state, _| state.ids.base64url(),
        reuse: CodeReuse::NewToken,
        well_formed: |code| !code.is_empty(),
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: |_| None,
        check_redirect_uri: |_, _| None,
        http_basic: true,
        response: |_, issued| entities::token_response(issued),
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        app_tokens: AppTokens::Shared,
        generate: |state, own| match own {
            true => "__app__".to_owned(),
            false => state.ids.base64url(),
        },
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation {
        json: true,
        accepts_unknown: false,
        response: || text(StatusCode::OK, ""),
        ..REVOCATION
    }),
    permits: scopes::permits_top_level,
    account: entities::without_gotosocial_fields,
    reject,
    ..GOTOSOCIAL
};

fn app_response(state: &State, app: &App) -> Value {
    json!({
        "id": app.id,
        "name": app.name,
        "website": app.website,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.redirect_uris_text,
        "vapid_key": state.vapid_key,
    })
}

/// The content type is always HTML.
fn text(status: StatusCode, body: &str) -> Response {
    response(status, "text/html; charset=utf-8", body)
}

fn crashed() -> ErrorResponse {
    let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n\
                </head>\n<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n";
    ErrorResponse::finished(text(StatusCode::INTERNAL_SERVER_ERROR, page))
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(field, _) => {
            let detail = json!({ "loc": [field], "msg": "field required", "type": "missing" });
            let body = json!({ "error": "invalid_input", "error_details": [detail] });
            ErrorResponse::finished(json(StatusCode::BAD_REQUEST, &body))
        }
        Rejection::UnsupportedGrantType => {
            ErrorResponse::exact(StatusCode::BAD_REQUEST, "invalid_grant_type")
        }
        Rejection::Code(CodeError::Malformed) => {
            ErrorResponse::invalid_request("Required param : code")
        }
        // Looking up an unknown code crashes the request. An app's codes are deleted with it.
        Rejection::Code(CodeError::Unknown) | Rejection::UnknownClient { by_code: true, .. } => {
            crashed()
        }
        Rejection::UnknownClient { .. }
        | Rejection::WrongSecret
        | Rejection::AppTokenScope(_)
        | Rejection::Code(_)
        | Rejection::RefreshToken => {
            ErrorResponse::exact(StatusCode::UNAUTHORIZED, "access_denied")
        }
        // The response to a disabled account's token is an assumption.
        Rejection::InvalidToken
        | Rejection::RevokedToken
        | Rejection::DeletedApp
        | Rejection::UnusableAccount(_) => {
            ErrorResponse::finished(text(StatusCode::BAD_REQUEST, "Invalid Bearer token"))
        }
        Rejection::MissingToken | Rejection::AppToken => {
            ErrorResponse::exact(StatusCode::UNAUTHORIZED, "identity_token_required")
        }
        Rejection::InsufficientScope(_) => {
            ErrorResponse::exact(StatusCode::FORBIDDEN, "out_of_scope_for_token")
        }
        Rejection::MissingRevocationField("token") => crashed(),
        Rejection::MissingRevocationField(_)
        | Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken => ErrorResponse::finished(text(StatusCode::FORBIDDEN, "")),
        Rejection::UnsupportedResponseType => ErrorResponse::bad_request("Invalid response type"),
        Rejection::UnknownApp => ErrorResponse::bad_request("Invalid client_id"),
        Rejection::UnregisteredRedirectUri
        | Rejection::InvalidScope
        | Rejection::CodeChallenge(_) => ErrorResponse::Plain(
            StatusCode::UNAUTHORIZED,
            "Invalid application redirect URI".to_owned(),
        ),
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
        }
    }
}
