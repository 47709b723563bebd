//! Friendica 2024.09: one token for each app and person, and 403 for every error.

use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{Complaint, FieldFault};
use super::gotosocial::{GOTOSOCIAL, REVOCATION};
use super::manner::{
    Again, Apps, Callback, Codes, Consent, Errors, Lists, Manner, OutOfBand, Repeated, Revocation,
    SignIn, Spared, Taken, Tokens, Uris,
};
use crate::apps::OUT_OF_BAND;
use crate::reply::{self, Refusal};
use crate::scopes;
use crate::shapes;
use crate::world::{Issued, Registered, Resident, World};

pub(super) const FRIENDICA: Manner = Manner {
    software: ("friendica", "2024.09-rc"),
    version: "2.8.0 (compatible; Friendica 2024.09-rc)",
    apps: Apps {
        uris: Uris::Whole,
        lists: Lists::First,
        wanted: &["client_name", "redirect_uris"],
        longest: &[],
        draw: |world| {
            let ids = &mut world.ids;
            [ids.number().to_string(), ids.hex(), ids.hex()]
        },
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Stays,
        spared: Spared::AnyToken,
        knows_uri,
        redirects_anywhere: false,
        // What the app registered is not looked at.
        grants: |_, asked| Some(asked.to_owned()),
        errors: Errors::Shown,
        callback: Callback::Appended,
        stateless: Some(""),
        // It looks at what was registered, not at what is asked for.
        out_of_band: |app| match app.uris_asked.as_str() {
            OUT_OF_BAND => OutOfBand::Page,
            _ => OutOfBand::Nowhere,
        },
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: Some(300),
        draw: |world, _| world.ids.hex(),
        again: Again::Good,
        // So an app with several can have no code exchanged.
        same_uri: |app, _, asked| app.uris_asked == without_query(asked),
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks: |fields| {
            let missing = |name| fields.filled(name).is_none();
            let any = missing("client_id") || missing("client_secret");
            any.then(|| bad_client("Incomplete request data"))
        },
        uri_fault: |app, uri| {
            let known = knows_uri(&app.redirect_uris, uri);
            (!known).then(|| bad_client("Invalid data or unknown client"))
        },
        app_scope: |_, _| Some(String::new()),
        basic: true,
        lives: (None, None),
        repeated: Repeated::Replaces,
        at_consent: true,
        draw: |world, _| world.ids.hex(),
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        unknown_too: false,
        taken: Taken::App,
        answer: || reply::json(StatusCode::OK, &json!([])),
        ..REVOCATION
    }),
    permits: scopes::permit_what_is_in_it,
    account,
    refuse,
    ..GOTOSOCIAL
};

/// Several have spaces between them; a query is cut off what is asked for, and so is never found.
fn knows_uri(registered: &[String], asked: &str) -> bool {
    let known = registered.iter().flat_map(|uris| uris.split(' '));
    known.into_iter().any(|uri| uri == without_query(asked))
}

fn without_query(uri: &str) -> &str {
    uri.split('?').next().unwrap_or_default()
}

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = json!({
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "id": app.id,
        "name": app.name,
        "redirect_uri": app.uris_asked,
        "vapid_key": world.vapid_key,
    });
    if let Some(website) = &app.website {
        shape["website"] = json!(website);
    }
    shape
}

/// The scopes that it tells are the app's, not the token's.
fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut shape = shapes::token_reply(issued);
    shape["scope"] = json!(world.app(&issued.client_id).map(|app| &app.scopes));
    let person = issued.resident.as_deref().and_then(|id| world.resident(id));
    if let Some(person) = person {
        shape["me"] = json!(format!("{}/profile/{}", world.origin, person.name));
    }
    shape
}

fn account(world: &World, resident: &Resident, shape: &mut Value) {
    shapes::without_gotosocials_own(world, resident, shape);
    shapes::without(shape, &["source", "role"]);
}

/// Every error has this status.
fn forbidden(error: &str) -> Refusal {
    Refusal::told(StatusCode::FORBIDDEN, error)
}

fn bad_client(help: &str) -> Refusal {
    let body = json!({ "error": "invalid_client", "error_description": help });
    Refusal::ready(reply::json(StatusCode::FORBIDDEN, &body))
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(_, FieldFault::NoText) => forbidden("Unprocessable Entity"),
        Complaint::Field(..) => forbidden("Missing parameters"),
        Complaint::UnknownApp { .. } | Complaint::Secret => {
            bad_client("Invalid data or unknown client")
        }
        Complaint::Grant | Complaint::AppScope(_) | Complaint::RefreshToken => {
            forbidden("Unsupported or missing grant type")
        }
        Complaint::Code(_) | Complaint::CannotRevoke(_) | Complaint::NotYours => {
            forbidden("Unauthorized")
        }
        Complaint::Token | Complaint::NoToken | Complaint::Nobody | Complaint::Insufficient(_) => {
            forbidden("Token is not authorized with a valid user or is missing a required scope")
        }
        Complaint::ResponseType => forbidden("Unsupported or missing response type"),
        Complaint::NoSuchApp
        | Complaint::RedirectUri
        | Complaint::Scope
        | Complaint::Challenge(_) => forbidden("Unprocessable Entity"),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
    }
}
