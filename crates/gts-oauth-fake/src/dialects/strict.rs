//! A strict server that does not exist: rejects all invalid input and supports all that its
//! metadata lists.

use serde_json::{Value, json};

use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::gotosocial::REVOCATION;
use super::mastodon::MASTODON;
use super::profile::{
    Apps, Consent, ConsentErrors, ForceLogin, PriorConsent, Profile, TokenRequests,
};
use super::rejection::Rejection;
use crate::entities;
use crate::http::ErrorResponse;
use crate::state::pkce::Pkce;
use crate::state::{App, CodeRules, Reissue, State, TokenRules};

pub(super) const STRICT: Profile = Profile {
    software: ("strict", "1.0.0"),
    version: "strict 1.0.0",
    apps: Apps { rate_limited: false, response: app_response, ..MASTODON.apps },
    consent: Consent {
        iss: true,
        force_login: ForceLogin::Password,
        prior_consent: PriorConsent::Ignored,
        accepts_uri: exactly,
        grants: GOTOSOCIAL.consent.grants,
        errors: ConsentErrors::Redirected,
        ..MASTODON.consent
    },
    codes: CodeRules { pkce: Pkce::Required, ..GOTOSOCIAL.codes },
    tokens: TokenRequests { app_token_scope: GOTOSOCIAL.tokens.app_token_scope, ..MASTODON.tokens },
    issuing: TokenRules { reissue: Reissue::NewToken, ..MASTODON.issuing },
    revocation: Some(REVOCATION),
    permits: GOTOSOCIAL.permits,
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
