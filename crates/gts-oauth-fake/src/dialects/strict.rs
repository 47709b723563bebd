//! A strict server that does not exist: rejects all invalid input and supports all that its
//! metadata lists.

use serde_json::{Value, json};

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::mastodon::MASTODON;
use super::profile::{
    Apps, Consent, ConsentErrors, ForceLogin, Idempotency, PriorConsent, Profile, TokenRequests,
};
use super::rejection::Rejection;
use crate::entities;
use crate::http::{ErrorResponse, Framework};
use crate::state::pkce::Pkce;
use crate::state::scopes;
use crate::state::{App, CodeRules, Reissue, State, TokenRules};

pub(super) const STRICT: Profile = Profile {
    software: ("strict", "1.0.0"),
    version: "strict 1.0.0",
    framework: Framework::Gin,
    numeric_ids: false,
    instance: GOTOSOCIAL.instance,
    apps: Apps {
        scope: scopes::is_known,
        generate: GOTOSOCIAL.apps.generate,
        response: app_response,
        verified: None,
        ..MASTODON.apps
    },
    consent: Consent {
        iss: true,
        force_login: ForceLogin::Password,
        prior_consent: PriorConsent::Ignored,
        accepts_uri: exactly,
        grants: GOTOSOCIAL.consent.grants,
        errors: ConsentErrors::Redirected,
        check_request: GOTOSOCIAL.consent.check_request,
        code_page: GOTOSOCIAL.consent.code_page,
        sign_in_fields: GOTOSOCIAL.consent.sign_in_fields,
        ..MASTODON.consent
    },
    codes: CodeRules { pkce: Pkce::Required, ..GOTOSOCIAL.codes },
    tokens: TokenRequests { app_token_scope: GOTOSOCIAL.tokens.app_token_scope, ..MASTODON.tokens },
    issuing: TokenRules {
        reissue: Reissue::NewToken,
        generate: GOTOSOCIAL.issuing.generate,
        ..MASTODON.issuing
    },
    revocation: Some(REVOCATION),
    permits: GOTOSOCIAL.permits,
    default_visibility: GOTOSOCIAL.default_visibility,
    idempotency: Idempotency::Kept(3600),
    userinfo: None,
    entities: GOTOSOCIAL.entities,
    account: entities::without_gotosocial_fields,
    metadata: Some(|state| {
        let mut body = entities::metadata(state, &state.origin);
        body["authorization_response_iss_parameter_supported"] = json!(true);
        body
    }),
    reject,
    ..MASTODON
};

/// Compares byte for byte (RFC 9700 section 2.1).
pub(super) fn exactly(registered: &[String], requested: &str) -> bool {
    registered.iter().any(|uri| uri == requested)
}

fn app_response(state: &State, app: &App) -> Value {
    let mut entity = entities::app_with_secret(state, app);
    entity["website"] = json!(app.website);
    entity
}

fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match rejection {
        Rejection::MissingRevocationField(field) => {
            ErrorResponse::invalid_request(format!("{field} not set"))
        }
        other => doorkeeper::reject(other),
    }
}
