//! Mastodon, which stands on the OAuth library doorkeeper.

use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::Complaint;
use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::manner::{Apps, Consent, Manner, Pkce, Revocation, Tokens, Uris};
use crate::discovery;
use crate::reply::Refusal;
use crate::scopes;
use crate::shapes;
use crate::world::{Registered, World};

pub(super) const MASTODON: Manner = Manner {
    software: ("mastodon", "4.4.2"),
    version: "4.4.2",
    apps: Apps {
        uris: Uris::WordsOrList,
        wants_uris: true,
        longest: &[
            ("client_name", 60),
            ("redirect_uris", 2000),
            ("website", 2000),
        ],
        scope: scopes::is_known,
        limited: true,
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        pkce: Pkce::Enforced,
        remembers_one_app: false,
        can_deny: true,
        knows_uri: |registered, asked| registered.iter().any(|uri| uri == asked),
        redirects_anywhere: false,
        ..GOTOSOCIAL.consent
    },
    tokens: Tokens {
        lacks: doorkeeper::lacks,
        uri_fault: |_, _| None,
        lives: (None, None),
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        for_anybody: false,
    }),
    // Its issuer ends in a slash.
    metadata: Some(|world| discovery::metadata_of(world, &format!("{}/", world.origin))),
    account: shapes::without_gotosocials_own,
    refuse,
    ..GOTOSOCIAL
};

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = shapes::app_with_secret(world, app);
    shapes::without(&mut shape, &["created_at"]);
    shape["website"] = json!(app.website);
    shape["client_secret_expires_at"] = json!(0);
    shape
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match complaint {
        Complaint::Nobody => Refusal::Plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This method requires an authenticated user".to_owned(),
        ),
        other => doorkeeper::refuse(other),
    }
}
