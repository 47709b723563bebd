//! No server that there is: one that takes nothing sloppy, and promises what it keeps.

use serde_json::{Value, json};

use super::complaint::Complaint;
use super::doorkeeper;
use super::gotosocial::{GOTOSOCIAL, REVOCATION};
use super::manner::{Apps, Consent, Errors, ForceLogin, Manner, Pkce, Repeated, Spared, Tokens};
use super::mastodon::MASTODON;
use crate::discovery;
use crate::reply::Refusal;
use crate::shapes;
use crate::world::{Registered, World};

pub(super) const STRICT: Manner = Manner {
    software: ("strict", "1.0.0"),
    version: "strict 1.0.0",
    apps: Apps {
        limited: false,
        reply: app_reply,
        ..MASTODON.apps
    },
    consent: Consent {
        pkce: Pkce::Required,
        iss: true,
        force_login: ForceLogin::Password,
        spared: Spared::Nobody,
        knows_uri: exactly,
        grants: GOTOSOCIAL.consent.grants,
        errors: Errors::Sent,
        ..MASTODON.consent
    },
    codes: GOTOSOCIAL.codes,
    tokens: Tokens {
        app_scope: GOTOSOCIAL.tokens.app_scope,
        repeated: Repeated::New,
        ..MASTODON.tokens
    },
    revocation: Some(REVOCATION),
    permits: GOTOSOCIAL.permits,
    metadata: Some(|world| {
        let mut body = discovery::metadata_of(world, &world.origin);
        body["authorization_response_iss_parameter_supported"] = json!(true);
        body
    }),
    refuse,
    ..MASTODON
};

/// Byte for byte (RFC 9700 §2.1).
pub(super) fn exactly(registered: &[String], asked: &str) -> bool {
    registered.iter().any(|uri| uri == asked)
}

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = shapes::app_with_secret(world, app);
    shape["website"] = json!(app.website);
    shape
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match complaint {
        Complaint::CannotRevoke(field) => Refusal::invalid_request(format!("{field} not set")),
        other => doorkeeper::refuse(other),
    }
}
