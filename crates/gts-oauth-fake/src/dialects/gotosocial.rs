//! GoToSocial 0.18, 0.20 and 0.22, as recorded. All other profiles are defined by their differences
//! from 0.20.

use http::StatusCode;
use serde_json::{Value, json};

use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, Entities, ForceLogin, Idempotency, Instance,
    OutOfBand, PriorConsent, Profile, Revocation, Revokes, SignIn, TokenRequests, UriLists,
    UriSyntax,
};
use super::rejection::{FieldError, Rejection};
use crate::entities;
use crate::http::uri;
use crate::http::{ErrorResponse, Fields, Framework, json};
use crate::state::pkce::Pkce;
use crate::state::scopes::all_or_nothing;
use crate::state::scopes::permits;
use crate::state::{
    App, AppTokens, CodeError, CodeReuse, CodeRules, Refresh, Reissue, State, Token, TokenRules,
};

pub(super) const GOTOSOCIAL: Profile = Profile {
    software: ("gotosocial", "0.20.0+git-57cb4fe"),
    version: "0.20.0+git-57cb4fe",
    uri: |state| state.account_domain().to_owned(),
    framework: Framework::Gin,
    numeric_ids: false,
    instance: Instance { v1: |_, _| {}, v2: |_, _| {}, v1_deprecation: None, intents: &[] },
    apps: Apps {
        uris: UriSyntax::Lines,
        lists: UriLists::Rejected,
        check_request: |_| None,
        required: &["client_name"],
        accepts_blank: false,
        rejects_null: &[],
        max_lengths: &[
            ("client_name", 1024),
            ("redirect_uris", 2056),
            ("scopes", 1024),
            ("website", 1024),
        ],
        // Unknown scopes are registered and granted, to no effect.
        scope: |_| true,
        uri: |_| Ok(()),
        website: |_| true,
        generate,
        response: |state, app| entities::app_with_secret(state, app),
        verified: None,
    },
    consent: Consent {
        iss: false,
        sign_in: SignIn::Once,
        force_login: ForceLogin::Ignored,
        prior_consent: PriorConsent::Ignored,
        can_deny: false,
        check_request: |_| None,
        accepts_uri: |registered, requested| {
            uri::normalized(requested).is_ok_and(|uri| registered.contains(&uri))
        },
        redirects_unregistered: true,
        grants: all_or_nothing,
        errors: ConsentErrors::Redirected,
        callback: CallbackQuery::Sorted,
        default_state: None,
        out_of_band: |_| OutOfBand::Page,
        code_page: "/oauth/oob",
        sign_in_fields: ["username", "password"],
        unconfirmed_page: "",
    },
    codes: CodeRules {
        pkce: Pkce::Ignored,
        single_login: false,
        token_at_consent: false,
        // The source intends ten minutes.
        lifetime: Some(300),
        generate: |state, _| state.ids.token(),
        reuse: CodeReuse::Rejected,
        well_formed: |_| true,
        same_redirect_uri: |_, sent, requested| sent == requested,
    },
    tokens: TokenRequests {
        check_request,
        check_redirect_uri,
        app_token_scope: |registered, requested| {
            all_or_nothing(registered, requested.unwrap_or("read"))
        },
        http_basic: false,
        by_secret: false,
        any_grant: false,
        sets_session: false,
        response: token_response,
        pragma: true,
        listed: true,
    },
    issuing: TokenRules {
        // App tokens expire after 60 minutes, although the response reports 120.
        lifetimes: (None, Some(3600)),
        reissue: Reissue::NewToken,
        app_tokens: AppTokens::Issued,
        refresh: Refresh::None,
        generate: |state, _| state.ids.token(),
    },
    revocation: Some(REVOCATION),
    permits,
    scopes_first: false,
    default_visibility: "unlisted",
    idempotency: Idempotency::Ignored,
    metadata: None,
    userinfo: None,
    entities: Entities {
        account: entities::public_account,
        status: entities::status,
        notification: entities::notification,
    },
    account: |_, _, _| {},
    reject,
};

pub(super) const REVOCATION: Revocation = Revocation {
    json: false,
    field: "token",
    unauthenticated: false,
    accepts_unknown: true,
    revokes: Revokes::Token,
    response: || json(StatusCode::OK, &json!({})),
};

pub(super) const GOTOSOCIAL_022: Profile = Profile {
    software: ("gotosocial", "0.22.0-rc2"),
    version: "0.22.0-rc2",
    // Not the account domain, as before.
    uri: |state| state.host().to_owned(),
    ..GOTOSOCIAL
};

pub(super) const GOTOSOCIAL_018: Profile = Profile {
    software: ("gotosocial", "0.18.3"),
    version: "0.18.3",
    apps: Apps {
        // Several lines are one URI, which no request can match.
        uris: UriSyntax::Whole,
        check_request: check_registration_018,
        response: |state, app| {
            let mut entity = entities::app_with_secret(state, app);
            entities::without(&mut entity, &["created_at", "redirect_uris", "scopes"]);
            entity
        },
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        accepts_uri: |registered, requested| {
            registered.iter().any(|uri| uri::has_host_of(requested, uri).is_ok())
        },
        grants: |_, requested| Some(requested.to_owned()),
        ..GOTOSOCIAL.consent
    },
    tokens: TokenRequests {
        check_redirect_uri: |app, uri| {
            let error = uri::has_host_of(uri, &app.redirect_uris_text).err()?;
            Some(no_token(&error))
        },
        app_token_scope: |_, requested| Some(requested.unwrap_or("read").to_owned()),
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: None,
    permits: |_, _| true,
    reject: reject_018,
    ..GOTOSOCIAL
};

pub(super) fn generate(state: &mut State) -> [String; 3] {
    let now = state.now;
    let ids = &mut state.ids;
    [ids.ulid(now), ids.random_ulid(), ids.uuid()]
}

pub(super) fn token_response(state: &State, issued: &Token) -> Value {
    let mut entity = entities::token_response(issued);
    if issued.account_id.is_none() && state.dialect.is_gotosocial() {
        entity["expires_in"] = json!(7200);
    }
    entity
}

/// Reports all missing fields at once. App tokens require `redirect_uri` too.
fn check_request(fields: &Fields) -> Option<ErrorResponse> {
    let grant = fields.get("grant_type");
    let mut help = Vec::new();
    if grant.is_none() {
        help.push("grant_type was not set in the token request form, but must be set to authorization_code or client_credentials".to_owned());
    }
    for name in ["client_id", "client_secret", "redirect_uri"] {
        if fields.get(name).is_none() {
            help.push(format!("{name} was not set in the token request form"));
        }
    }
    let by_code = grant == Some("authorization_code");
    match fields.get("code") {
        Some(_) if !by_code => help.push("a code was provided in the token request form, but grant_type was not set to authorization_code".to_owned()),
        None if by_code => help.push("code was not set in the token request form, but must be set since grant_type is authorization_code".to_owned()),
        _ => {}
    }
    if !help.is_empty() {
        return Some(ErrorResponse::invalid_request(help.join(": ")));
    }
    let empty = |name| fields.non_empty(name).is_none();
    let error = match by_code {
        _ if empty("client_id") => "invalid_client",
        true if empty("code") || empty("redirect_uri") => "invalid_request",
        _ => return None,
    };
    let help = format!("could not validate token request: {error}: {ADVICE}");
    Some(ErrorResponse::oauth(StatusCode::BAD_REQUEST, error, help))
}

fn check_redirect_uri(app: &App, uri: &str) -> Option<ErrorResponse> {
    if uri.is_empty() {
        return Some(no_token(
            "sqlite3: constraint failed: NOT NULL constraint failed: tokens.redirect_uri (code=19 extended=1299)",
        ));
    }
    if GOTOSOCIAL.is_registered(app, uri) {
        return None;
    }
    let help =
        format!("requested redirect URI {uri} was not covered by client redirect URIs: {ADVICE}");
    let error = "invalid redirect uri";
    Some(ErrorResponse::oauth(StatusCode::FORBIDDEN, error, help))
}

/// The text that GoToSocial appends to errors about grant types.
const ADVICE_GRANT: &str = "If you arrived at this error during a sign in/oauth flow, your client \
     is trying to use an unsupported OAuth grant type. Supported grant types are: \
     authorization_code, client_credentials; please reach out to developer of your client";

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(field, ref error) => {
            ErrorResponse::bad_request(field_error(field, error))
        }
        Rejection::UnsupportedGrantType => {
            let error = "unsupported_grant_type";
            let help = format!("could not validate token request: {error}: {ADVICE_GRANT}");
            ErrorResponse::oauth(StatusCode::BAD_REQUEST, error, help)
        }
        // Used codes and unknown apps result in the same error.
        Rejection::UnknownClient { by_code: true, .. } => no_token(NO_ROWS),
        Rejection::UnknownClient { id, .. } => {
            no_token(&format!("func5: no application found with client id {id}"))
        }
        Rejection::WrongSecret => no_token("invalid_client"),
        Rejection::AppTokenScope(scope) => {
            let help = format!("requested scope {scope} was not covered by client scope: {ADVICE}");
            ErrorResponse::oauth(StatusCode::FORBIDDEN, "invalid_scope", help)
        }
        Rejection::Code(CodeError::Unknown | CodeError::Spent) => no_token(NO_ROWS),
        Rejection::Code(_) | Rejection::RefreshToken => no_token("invalid_grant"),
        Rejection::InvalidToken | Rejection::RevokedToken | Rejection::MissingToken => {
            unauthorized("token not supplied")
        }
        Rejection::AppToken => unauthorized("user not supplied or not authorized"),
        // The server does not look for the application of a disabled account.
        Rejection::DeletedApp | Rejection::UnusableAccount(_) => {
            unauthorized("application not supplied")
        }
        Rejection::InsufficientScope(_) => {
            let help = "token has insufficient scope permission".to_owned();
            ErrorResponse::Plain(StatusCode::FORBIDDEN, help)
        }
        Rejection::MissingRevocationField(field) => {
            ErrorResponse::invalid_request(format!("{field} not set"))
        }
        Rejection::OtherAppsToken => ErrorResponse::oauth(
            StatusCode::FORBIDDEN,
            "unauthorized_client",
            "You are not authorized to revoke this token",
        ),
        Rejection::DeletedAppsToken => ErrorResponse::oauth(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "db error loading client, check logs",
        ),
        Rejection::UnsupportedResponseType
        | Rejection::UnknownApp
        | Rejection::UnregisteredRedirectUri
        | Rejection::InvalidScope
        | Rejection::CodeChallenge(_) => unauthorized(ADVICE),
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "rate limit reached")
        }
    }
}

const NO_ROWS: &str = "sql: no rows in result set";

fn no_token(error: &str) -> ErrorResponse {
    let help = format!("could not get access token: {error}: {ADVICE}");
    ErrorResponse::oauth(StatusCode::BAD_REQUEST, error, help)
}

pub(super) fn unauthorized(help: &str) -> ErrorResponse {
    ErrorResponse::Plain(StatusCode::UNAUTHORIZED, help.to_owned())
}

fn field_error(field: &str, error: &FieldError) -> String {
    match error {
        FieldError::TooLong(max, length) => format!(
            "{field} must be less than {max} characters, provided {field} was {length} \
             characters"
        ),
        _ => required("ClientName"),
    }
}

fn required(field: &str) -> String {
    format!(
        "Key: 'ApplicationCreateRequest.{field}' Error:Field validation for '{field}' failed on \
         the 'required' tag"
    )
}

/// Reports all missing fields at once.
fn check_registration_018(fields: &Fields) -> Option<ErrorResponse> {
    let all = [("client_name", "ClientName"), ("redirect_uris", "RedirectURIs")];
    let missing = all.into_iter().filter(|(field, _)| fields.non_empty(field).is_none());
    let help: Vec<String> = missing.map(|(_, name)| required(name)).collect();
    (!help.is_empty()).then(|| ErrorResponse::bad_request(help.join("\n")))
}

fn reject_018(rejection: &Rejection<'_>) -> ErrorResponse {
    match rejection {
        Rejection::InvalidField(field, FieldError::TooLong(max, _)) => {
            ErrorResponse::bad_request(format!("{field} must be less than {max} characters"))
        }
        other => reject(other),
    }
}

/// The text that GoToSocial appends to every error of a login.
pub(crate) const ADVICE: &str = "If you arrived at this error during a sign in/oauth flow, please \
     try clearing your session cookies and signing in again; if problems persist, make sure \
     you're using the correct credentials";
