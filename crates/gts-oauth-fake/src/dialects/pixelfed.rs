//! Pixelfed 0.12, which uses Laravel Passport. Entities are those of before 2022: ids are
//! numbers, and token responses lack `created_at` and `scope`.

use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Value, json};

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, OutOfBand, PriorConsent, Profile, SignIn,
    TokenRequests, UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use crate::entities;
use crate::http::{ErrorResponse, Fields, Response, html_page, json, response, set_header};
use crate::state::pkce::Pkce;
use crate::state::{App, CodeError, CodeRules, Refresh, State, Token, TokenRules};

/// The lifetime of tokens: a year, in seconds.
const A_YEAR: u64 = 31_536_000;

pub(super) const PIXELFED: Profile = Profile {
    software: ("pixelfed", "0.12.5"),
    version: "3.5.3 (compatible; Pixelfed 0.12.5)",
    apps: Apps {
        uris: UriSyntax::Whole,
        required: &["client_name", "redirect_uris"],
        max_lengths: &[],
        generate: |state| {
            let id = state.ids.number().to_string();
            [id.clone(), id, state.ids.alphanumeric(40)]
        },
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        prior_consent: PriorConsent::SameScopes,
        can_deny: true,
        accepts_uri: doorkeeper::accepts_uri,
        redirects_unregistered: false,
        grants: |_, requested| all_known(requested),
        errors: ConsentErrors::RedirectedWithoutState,
        callback: CallbackQuery::Appended,
        out_of_band: |_| OutOfBand::Json,
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        pkce: Pkce::EnforcedOrPlain,
        lifetime: Some(600),
        generate: |state, _| state.ids.sealed(),
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request,
        check_redirect_uri: |app, uri| {
            let known = uri.is_empty() || doorkeeper::accepts_uri(&app.redirect_uris, uri);
            (!known).then(bad_client)
        },
        app_token_scope: |_, requested| all_known(requested.unwrap_or_default()),
        http_basic: true,
        response: token_response,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (Some(A_YEAR), Some(A_YEAR)),
        refresh: Refresh::Rotated,
        generate: |state, _| state.ids.jwt(state.now),
        ..GOTOSOCIAL.issuing
    },
    revocation: None,
    account: entities::without_gotosocial_fields,
    reject,
    ..GOTOSOCIAL
};

/// Registered scopes are ignored; requested ones must be among these.
fn all_known(requested: &str) -> Option<String> {
    let known = ["read", "write", "follow", "push", "admin:read", "admin:write"];
    let all = requested.split_whitespace().all(|scope| known.contains(&scope));
    all.then(|| requested.to_owned())
}

fn app_response(_: &State, app: &App) -> Value {
    let id: Option<u64> = app.client_id.parse().ok();
    json!({
        "id": id,
        "name": app.name,
        "website": null,
        "redirect_uri": app.redirect_uris_text,
        "client_id": id,
        "client_secret": app.client_secret,
        "vapid_key": null,
    })
}

fn token_response(state: &State, issued: &Token) -> Value {
    let mut response = json!({
        "token_type": "Bearer",
        "expires_in": entities::seconds_left(state, issued),
        "access_token": issued.token,
    });
    if let Some(refresh) = &issued.refresh {
        response["refresh_token"] = json!(refresh);
    }
    response
}

fn check_request(fields: &Fields) -> Option<ErrorResponse> {
    let missing = |name| fields.get(name).is_none();
    let by_code = fields.get("grant_type") == Some("authorization_code");
    match () {
        () if missing("grant_type") => Some(reject(&Rejection::UnsupportedGrantType)),
        () if missing("client_id") || by_code && missing("code") => Some(bad_request()),
        () => None,
    }
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(field, ref error) => field_error(field, error),
        Rejection::UnsupportedGrantType => oauth_error(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Rejection::UnknownClient { .. }
        | Rejection::WrongSecret
        | Rejection::UnknownApp
        | Rejection::UnregisteredRedirectUri => bad_client(),
        Rejection::AppTokenScope(_) | Rejection::InvalidScope => oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed",
        ),
        Rejection::Code(CodeError::WrongVerifier) => oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "The provided authorization grant (e.g., authorization code, resource owner \
             credentials) or refresh token is invalid, expired, revoked, does not match the \
             redirection URI used in the authorization request, or was issued to another client.",
        ),
        Rejection::RefreshToken => oauth_error(
            StatusCode::UNAUTHORIZED,
            "invalid_request",
            "The refresh token is invalid.",
        ),
        Rejection::Code(_)
        | Rejection::MissingRevocationField(_)
        | Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken
        | Rejection::UnsupportedResponseType
        | Rejection::CodeChallenge(_) => bad_request(),
        // The response to a disabled account's token is an assumption.
        Rejection::InvalidToken
        | Rejection::RevokedToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken
        | Rejection::UnusableAccount(_) => by_accept("Unauthenticated.", redirect("/login")),
        Rejection::InsufficientScope(_) => ErrorResponse::exact(StatusCode::FORBIDDEN, ""),
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts.")
        }
    }
}

fn bad_client() -> ErrorResponse {
    let message = "Client authentication failed";
    oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", message)
}

fn bad_request() -> ErrorResponse {
    oauth_error(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The request is missing a required parameter, includes an invalid parameter value, \
         includes a parameter more than once, or is otherwise malformed.",
    )
}

/// An OAuth error response; clients that accept JSON get an internal error.
fn oauth_error(status: StatusCode, error: &str, message: &str) -> ErrorResponse {
    let body = json!({ "error": error, "error_description": message, "message": message });
    by_accept(message, json(status, &body))
}

/// Exceptions without a status of their own result in 500 in JSON.
fn by_accept(message: &str, page: Response) -> ErrorResponse {
    let body = json!({ "error": message });
    let json = json(StatusCode::INTERNAL_SERVER_ERROR, &body);
    ErrorResponse::by_accept(json, page)
}

fn redirect(target: &str) -> Response {
    let mut response = response(StatusCode::FOUND, "text/html; charset=UTF-8", "");
    set_header(&mut response, LOCATION, target);
    response
}

fn field_error(field: &str, error: &FieldError) -> ErrorResponse {
    if matches!(error, FieldError::NotAString) {
        let message = "explode(): Argument #2 ($string) must be of type string, array given";
        let page = "<h1>Server Error</h1>";
        let page = html_page(StatusCode::INTERNAL_SERVER_ERROR, page.to_owned());
        return by_accept(message, page);
    }
    let message = format!("The {} field is required.", field.replace('_', " "));
    let errors = json!({ field: [message] });
    let body = json!({ "message": message, "errors": errors });
    let json = json(StatusCode::INTERNAL_SERVER_ERROR, &body);
    ErrorResponse::by_accept(json, redirect("/"))
}
