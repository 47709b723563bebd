//! Sharkey 2025.4, where each app is a Misskey authorization session, good for one login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::gotosocial::GOTOSOCIAL;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, OutOfBand, Profile, SignIn, TokenRequests,
    UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use crate::entities;
use crate::http::{ErrorResponse, json};
use crate::state::{App, AppTokens, CodeRules, State, Token, TokenRules};

pub(super) const SHARKEY: Profile = Profile {
    software: ("sharkey", "2025.4.3"),
    version: "3.0.0 (compatible; Sharkey 2025.4.3; like Akkoma)",
    uri: GOTOSOCIAL.uri,
    apps: Apps {
        uris: UriSyntax::Whole,
        required: &["scopes", "redirect_uris", "client_name"],
        max_lengths: &[],
        generate,
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        accepts_uri: |registered, requested| {
            let mut lines = registered.iter().flat_map(|uris| uris.split('\n'));
            lines.any(|uri| uri == requested)
        },
        redirects_unregistered: false,
        // The requested scopes are ignored.
        grants: |registered, _| Some(registered.to_owned()),
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Appended,
        out_of_band: |_| OutOfBand::Redirect,
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        single_login: true,
        lifetime: None,
        generate: |_, app| session(app),
        same_redirect_uri: |_, _, _| true,
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: |fields| {
            let own = fields.get("grant_type") == Some("client_credentials");
            let missing = fields.non_empty("client_secret").is_none() && !own;
            missing.then(|| bad_request("Missing required query \"client_secret\""))
        },
        check_redirect_uri: |_, _| None,
        by_secret: true,
        any_grant: true,
        response: token_response,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        app_tokens: AppTokens::NotStored,
        generate: |state, own| match own {
            true => state.ids.uuid(),
            false => state.ids.alphanumeric(32),
        },
        ..GOTOSOCIAL.issuing
    },
    revocation: None,
    permits,
    scopes_first: false,
    metadata: Some(metadata),
    account: entities::without_gotosocial_fields,
    reject,
    ..GOTOSOCIAL
};

/// The client id is the URL of the authorization session, in base64.
fn generate(state: &mut State) -> [String; 3] {
    let id = state.ids.number() % 100;
    let session = format!("{}/auth/{}", state.origin, state.ids.uuid());
    let client_id = STANDARD.encode(session);
    [id.to_string(), client_id, state.ids.alphanumeric(32)]
}

/// The session's token, which is the code.
fn session(app: &App) -> String {
    let address = STANDARD.decode(&app.client_id).unwrap_or_default();
    let address = String::from_utf8(address).unwrap_or_default();
    address.rsplit('/').next().unwrap_or_default().to_owned()
}

fn app_response(_: &State, app: &App) -> Value {
    let mut entity = json!({
        "id": app.id,
        "name": app.name,
        "redirect_uri": app.redirect_uris_text,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    });
    if let Some(website) = &app.website {
        entity["website"] = json!(website);
    }
    entity
}

/// The response always has the same scopes.
fn token_response(_: &State, issued: &Token) -> Value {
    let mut entity = entities::token_response(issued);
    if issued.account_id.is_some() {
        entity["scope"] = json!("read write follow push");
    }
    entity
}

/// Any granted scope that begins with `read` permits all reading.
fn permits(granted: &str, required: &str) -> bool {
    let top = required.split(':').next().unwrap_or_default();
    let known = ["read", "write"].contains(&top);
    known && granted.split_whitespace().any(|it| it.starts_with(top))
}

/// The metadata lists PKCE and `iss`, but the server supports neither.
fn metadata(state: &State) -> Value {
    let origin = &state.origin;
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "scopes_supported": [
            "read:account", "write:account", "read:blocks", "write:blocks", "read:favorites",
            "write:favorites", "read:following", "write:following", "read:mutes", "write:mutes",
            "write:notes", "read:notifications", "write:notifications", "read:reactions",
            "write:reactions", "write:votes",
        ],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "service_documentation": "https://misskey-hub.net",
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn bad_request(help: impl Into<String>) -> ErrorResponse {
    ErrorResponse::oauth(StatusCode::BAD_REQUEST, "BAD_REQUEST", help)
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    let unauthorized =
        |code, help: &str| ErrorResponse::oauth(StatusCode::UNAUTHORIZED, code, help);
    match *rejection {
        Rejection::InvalidField(field, FieldError::NotAString) => {
            bad_request(format!("Invalid payload \"{field}\": only one value is allowed"))
        }
        Rejection::InvalidField(field, _) => {
            bad_request(format!("Missing required payload \"{field}\""))
        }
        Rejection::UnknownClient { .. } | Rejection::WrongSecret => {
            unauthorized("NO_SUCH_APP", "No such app.")
        }
        Rejection::Code(_) => unauthorized("NO_SUCH_SESSION", "No such session."),
        Rejection::InvalidToken | Rejection::RevokedToken | Rejection::DeletedApp => unauthorized(
            "AUTHENTICATION_FAILED",
            "Authentication failed. Please ensure your token is correct.",
        ),
        Rejection::MissingToken | Rejection::AppToken => {
            unauthorized("CREDENTIAL_REQUIRED", "Credential required.")
        }
        Rejection::UnusableAccount(_) => {
            let body = json!({ "error": {
                "message": "Your account has been suspended.",
                "code": "YOUR_ACCOUNT_SUSPENDED",
                "id": "a8c724b3-6e9c-4b46-b1a8-bc3ed6258370",
            } });
            ErrorResponse::finished(json(StatusCode::FORBIDDEN, &body))
        }
        Rejection::InsufficientScope(_) => ErrorResponse::oauth(
            StatusCode::FORBIDDEN,
            "PERMISSION_DENIED",
            "Your app does not have the necessary permissions to use this endpoint.",
        ),
        Rejection::UnknownApp
        | Rejection::UnregisteredRedirectUri
        | Rejection::UnsupportedResponseType
        | Rejection::InvalidScope
        | Rejection::CodeChallenge(_) => {
            ErrorResponse::Plain(StatusCode::NOT_FOUND, "An error has occurred".to_owned())
        }
        Rejection::UnsupportedGrantType
        | Rejection::AppTokenScope(_)
        | Rejection::RefreshToken
        | Rejection::MissingRevocationField(_)
        | Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken => bad_request("Bad request"),
        Rejection::RateLimited => ErrorResponse::oauth(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            "Rate limit exceeded. Please try again later.",
        ),
    }
}
