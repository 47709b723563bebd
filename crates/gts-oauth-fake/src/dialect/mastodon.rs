//! Mastodon, which stands on the OAuth library doorkeeper.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::complaint::Complaint;
use super::doorkeeper;
use super::gotosocial::{GOTOSOCIAL, REVOCATION};
use super::manner::{
    Apps, Callback, Codes, Consent, Errors, ForceLogin, Lists, Manner, Pkce, Repeated, Revocation,
    SignIn, Spared, Tokens, Uris,
};
use crate::discovery;
use crate::reply::Refusal;
use crate::scopes;
use crate::shapes;
use crate::world::{Registered, World};

pub(super) const MASTODON: Manner = Manner {
    software: ("mastodon", "4.4.2"),
    version: "4.4.2",
    apps: Apps {
        uris: Uris::Words,
        lists: Lists::Taken,
        wanted: &["client_name", "redirect_uris"],
        longest: &[
            ("client_name", 60),
            ("redirect_uris", 2000),
            ("website", 2000),
        ],
        scope: scopes::is_known,
        uri: |uri| Url::parse(uri).is_ok(),
        limited: true,
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        pkce: Pkce::Enforced,
        sign_in: SignIn::Stays,
        force_login: ForceLogin::Page,
        spared: Spared::SameScopes,
        can_deny: true,
        knows_uri: doorkeeper::knows_uri,
        redirects_anywhere: false,
        grants: doorkeeper::grants,
        errors: Errors::Shown,
        callback: Callback::Appended,
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: Some(600),
        same_uri: |_, sent, asked| doorkeeper::knows_uri(&[sent.to_owned()], asked),
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks: doorkeeper::lacks,
        uri_fault: |_, _| None,
        app_scope: |registered, asked| doorkeeper::grants(registered, asked.unwrap_or("read")),
        basic: true,
        lives: (None, None),
        repeated: Repeated::SameScopes,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        ..REVOCATION
    }),
    // Its issuer ends in a slash.
    metadata: Some(|world| discovery::metadata_of(world, &format!("{}/", world.origin))),
    account: shapes::without_gotosocials_own,
    refuse,
    ..GOTOSOCIAL
};

pub(super) const MASTODON_42: Manner = Manner {
    software: ("mastodon", "4.2.9"),
    version: "4.2.9",
    apps: Apps {
        lists: Lists::Refused,
        scope: scopes::is_known_to_42,
        limited: false,
        reply: |world, app| {
            let mut shape = app_reply(world, app);
            let new = ["client_secret_expires_at", "redirect_uris", "scopes"];
            shapes::without(&mut shape, &new);
            shape
        },
        ..MASTODON.apps
    },
    consent: Consent {
        pkce: Pkce::Ignored,
        ..MASTODON.consent
    },
    metadata: None,
    ..MASTODON
};

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = shapes::app_with_secret(world, app);
    shapes::without(&mut shape, &["created_at"]);
    shape["redirect_uri"] = json!(app.uris_asked);
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
