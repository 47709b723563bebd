//! Mastodon, which uses the OAuth library Doorkeeper.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::profile::{
    Apps, CallbackQuery, Consent, ConsentErrors, ForceLogin, PriorConsent, Profile, Revocation,
    SignIn, TokenRequests, UriLists, UriSyntax,
};
use super::rejection::Rejection;
use crate::entities;
use crate::http::ErrorResponse;
use crate::state::pkce::Pkce;
use crate::state::scopes;
use crate::state::{App, CodeRules, Reissue, State, TokenRules};

pub(super) const MASTODON: Profile = Profile {
    software: ("mastodon", "4.4.2"),
    version: "4.4.2",
    apps: Apps {
        uris: UriSyntax::Words,
        lists: UriLists::Accepted,
        required: &["client_name", "redirect_uris"],
        max_lengths: &[("client_name", 60), ("redirect_uris", 2000), ("website", 2000)],
        scope: scopes::is_known,
        uri: |uri| Url::parse(uri).is_ok(),
        rate_limited: true,
        response: app_response,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Persistent,
        force_login: ForceLogin::Consent,
        prior_consent: PriorConsent::SameScopes,
        can_deny: true,
        accepts_uri: doorkeeper::accepts_uri,
        redirects_unregistered: false,
        grants: doorkeeper::grants,
        errors: ConsentErrors::Displayed,
        callback: CallbackQuery::Appended,
        ..GOTOSOCIAL.consent
    },
    codes: CodeRules {
        pkce: Pkce::Enforced,
        lifetime: Some(600),
        same_redirect_uri: |_, sent, requested| {
            doorkeeper::accepts_uri(&[sent.to_owned()], requested)
        },
        ..GOTOSOCIAL.codes
    },
    tokens: TokenRequests {
        check_request: doorkeeper::check_request,
        check_redirect_uri: |_, _| None,
        app_token_scope: |registered, requested| {
            doorkeeper::grants(registered, requested.unwrap_or("read"))
        },
        http_basic: true,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    issuing: TokenRules {
        lifetimes: (None, None),
        reissue: Reissue::SameScopes,
        ..GOTOSOCIAL.issuing
    },
    revocation: Some(Revocation { json: true, ..REVOCATION }),
    // A disabled account's token without the scope gets the error of the scope.
    scopes_first: true,
    idempotency: Some(3600),
    // Mastodon's issuer ends in a slash.
    metadata: Some(|state| entities::metadata(state, &format!("{}/", state.origin))),
    account: entities::without_gotosocial_fields,
    reject,
    ..GOTOSOCIAL
};

pub(super) const MASTODON_42: Profile = Profile {
    software: ("mastodon", "4.2.9"),
    version: "4.2.9",
    apps: Apps {
        lists: UriLists::Rejected,
        scope: scopes::is_known_to_mastodon_42,
        rate_limited: false,
        response: |state, app| {
            let mut entity = app_response(state, app);
            let new = ["client_secret_expires_at", "redirect_uris", "scopes"];
            entities::without(&mut entity, &new);
            entity
        },
        ..MASTODON.apps
    },
    consent: Consent { ..MASTODON.consent },
    codes: CodeRules { pkce: Pkce::Ignored, ..MASTODON.codes },
    metadata: None,
    ..MASTODON
};

fn app_response(state: &State, app: &App) -> Value {
    let mut entity = entities::app_with_secret(state, app);
    entities::without(&mut entity, &["created_at"]);
    entity["redirect_uri"] = json!(app.redirect_uris_text);
    entity["website"] = json!(app.website);
    entity["client_secret_expires_at"] = json!(0);
    entity
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match rejection {
        Rejection::AppToken => ErrorResponse::Plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This method requires an authenticated user".to_owned(),
        ),
        other => doorkeeper::reject(other),
    }
}
