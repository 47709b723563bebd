//! Iceshrimp.NET 2024.1.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::complaint::{CodeFault, Complaint};
use super::doorkeeper;
use super::gotosocial::{GOTOSOCIAL, REVOCATION};
use super::manner::{
    Apps, Callback, Codes, Consent, Errors, Manner, Own, Revocation, SignIn, Tokens, Uris,
};
use super::strict;
use crate::reply::Refusal;
use crate::scopes;
use crate::shapes;
use crate::world::{Issued, Registered, World};

pub(super) const ICESHRIMP: Manner = Manner {
    software: ("Iceshrimp.NET", "2024.1-beta4.security2"),
    version: "4.2.1 (compatible; Iceshrimp.NET/2024.1-beta4.security2)",
    apps: Apps {
        uris: Uris::PlainLines,
        wanted: &["client_name", "redirect_uris"],
        longest: &[],
        scope: scopes::is_known_to_iceshrimp,
        uri: |uri| {
            let forbidden = ["javascript", "file", "data", "mailto", "tel"];
            Url::parse(uri).is_ok_and(|uri| !forbidden.contains(&uri.scheme()))
        },
        draw: |world| {
            let now = world.now;
            let ids = &mut world.ids;
            let id = ids.ulid(now).to_ascii_lowercase();
            [id, ids.alphanumeric(32), ids.alphanumeric(32)]
        },
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::EveryTime,
        knows_uri: strict::exactly,
        redirects_anywhere: false,
        grants: scopes::all_expanded,
        errors: Errors::Shown,
        callback: Callback::Doubled,
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: None,
        draw: |world, _| world.ids.alphanumeric(32),
        same_uri: |_, _, _| true,
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks: |fields| {
            let wanted = ["redirect_uri", "grant_type", "client_id", "client_secret"];
            let missing = wanted.iter().any(|name| fields.filled(name).is_none());
            missing.then(invalid)
        },
        uri_fault: |_, _| None,
        app_scope: |registered, asked| {
            scopes::all_expanded(registered, asked.unwrap_or(registered))
        },
        own: Own::One,
        lives: (None, None),
        draw: |world, _| world.ids.alphanumeric(32),
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        // A slip: `code` where `token` was meant.
        field: "code",
        unknown_too: false,
        ..REVOCATION
    }),
    permits: |granted, wanted| scopes::all_expanded(granted, wanted).is_some(),
    account: shapes::without_gotosocials_own,
    refuse,
    ..GOTOSOCIAL
};

fn app_reply(world: &World, app: &Registered) -> Value {
    json!({
        "id": app.id,
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes.split(' ').collect::<Vec<_>>(),
        "redirect_uri": app.uris_asked,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "vapid_key": world.vapid_key,
    })
}

/// An app's own token is as old as the app.
fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut issued = issued.clone();
    let app = world.app(&issued.client_id);
    if let (None, Some(app)) = (&issued.resident, app) {
        issued.created = app.created;
    }
    shapes::token_reply(&issued)
}

fn invalid() -> Refusal {
    Refusal::bad_request("One or more validation errors occurred.")
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    let unauthorized = |help: &str| Refusal::Plain(StatusCode::UNAUTHORIZED, help.to_owned());
    let forbidden = |help: &str| Refusal::Plain(StatusCode::FORBIDDEN, help.to_owned());
    match *complaint {
        Complaint::Field("redirect_uris", _) => {
            Refusal::bad_request("redirect_uris parameter contains invalid protocols")
        }
        Complaint::Field("scopes", _) => Refusal::bad_request("Invalid scopes parameter"),
        Complaint::Field(..) | Complaint::CannotRevoke(_) => invalid(),
        Complaint::Grant | Complaint::RefreshToken => Refusal::bad_request("Invalid grant_type"),
        Complaint::Code(CodeFault::Spent) => Refusal::bad_request(doorkeeper::BAD_GRANT),
        // A code that nobody knows is told as an app that nobody knows.
        Complaint::UnknownApp { .. } | Complaint::Secret | Complaint::Code(_) => {
            unauthorized(doorkeeper::BAD_CLIENT)
        }
        Complaint::AppScope(_) => Refusal::bad_request(doorkeeper::BAD_SCOPE),
        Complaint::Token | Complaint::NoToken | Complaint::Nobody => {
            unauthorized("This method requires an authenticated user")
        }
        Complaint::Insufficient(_) => forbidden("This action is outside the authorized scopes"),
        Complaint::NotYours => forbidden("You are not authorized to revoke this token"),
        Complaint::ResponseType => Refusal::bad_request("Invalid response_type"),
        Complaint::NoSuchApp => Refusal::bad_request("Invalid client_id"),
        Complaint::RedirectUri => {
            Refusal::bad_request("Cannot request redirect_uri not sent during app registration")
        }
        Complaint::Scope | Complaint::Challenge(_) => {
            Refusal::bad_request("Cannot request more scopes than app")
        }
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
    }
}
