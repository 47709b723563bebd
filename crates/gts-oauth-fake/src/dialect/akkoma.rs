//! Akkoma 3.15, and Pleroma where it is the same.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{CodeFault, Complaint, FieldFault};
use super::gotosocial::{self, GOTOSOCIAL, REVOCATION};
use super::manner::{
    Again, Apps, Callback, Codes, Consent, Errors, ForceLogin, Manner, Refresh, Revocation, SignIn,
    Spared, Tokens, Uris,
};
use super::strict;
use crate::reply::{self, Refusal};
use crate::shapes;
use crate::world::{Issued, Registered, Resident, World};

/// Seconds in a hundred years: how long codes live, too.
const A_CENTURY: u64 = 3_153_600_000;

pub(super) const AKKOMA: Manner = Manner {
    software: ("akkoma", "3.15.2"),
    version: "2.7.2 (compatible; Akkoma 3.15.2)",
    uri: |world| world.origin.clone(),
    apps: Apps {
        uris: Uris::Words,
        wanted: &["client_name", "redirect_uris"],
        never_null: &["client_name", "redirect_uris", "scopes"],
        longest: &[],
        draw: |world| {
            let now = world.now;
            let ids = &mut world.ids;
            [ids.ulid(now), ids.base64url(), ids.base64url()]
        },
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::EveryTime,
        // What it is good for is told where the page is spared.
        force_login: ForceLogin::Page,
        spared: Spared::OldCode,
        knows_uri: strict::exactly,
        redirects_anywhere: false,
        grants,
        errors: Errors::Shown,
        callback: Callback::Appended,
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: Some(A_CENTURY),
        draw: |world, _| world.ids.base64url(),
        again: Again::OldToken,
        well_formed: |code| !code.is_empty() && URL_SAFE_NO_PAD.decode(code).is_ok(),
        same_uri: |_, _, _| true,
    },
    tokens: Tokens {
        lacks: |fields| fields.get("grant_type").is_none().then(bad_request),
        uri_fault: |_, _| None,
        // It is not asked what for.
        app_scope: |registered, _| Some(registered.to_owned()),
        basic: true,
        sets_session: true,
        lives: (Some(A_CENTURY), Some(A_CENTURY)),
        draw: |world, _| world.ids.base64url(),
        refresh: Refresh::Kept,
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        for_anybody: true,
        ..REVOCATION
    }),
    account,
    refuse,
    ..GOTOSOCIAL
};

/// The page has a box for each scope that the app registered, ticked if just that is asked for;
/// whatever else is asked for is not there to be allowed.
fn grants(registered: &str, asked: &str) -> Option<String> {
    let is_asked = |scope: &&str| asked.split_whitespace().any(|it| it == *scope);
    let ticked: Vec<&str> = registered.split_whitespace().filter(is_asked).collect();
    (!ticked.is_empty()).then(|| ticked.join(" "))
}

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = shapes::app_with_secret(world, app);
    shapes::without(&mut shape, &["created_at", "redirect_uris", "scopes"]);
    shape["redirect_uri"] = json!(app.uris_asked);
    shape["website"] = json!(app.website);
    shape
}

fn account(world: &World, resident: &Resident, shape: &mut Value) {
    shapes::without_gotosocials_own(world, resident, shape);
    shapes::without(shape, &["role"]);
    shape["fqn"] = json!(format!("{}@{}", resident.name, world.account_domain()));
    shape["pleroma"] = json!({ "is_admin": false, "is_moderator": false });
}

fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut shape = shapes::token_reply(issued);
    let person = issued.resident.as_deref().and_then(|id| world.resident(id));
    shape["id"] = json!(world.tokens.len() + 1);
    if let Some(person) = person {
        shape["me"] = json!(format!("{}/users/{}", world.origin, person.name));
    }
    shape["expires_in"] = json!(shapes::seconds_left(world, issued));
    shape["refresh_token"] = json!(issued.refresh);
    shape
}

/// The answer to whatever it cannot make sense of.
fn bad_request() -> Refusal {
    Refusal::Plain(StatusCode::INTERNAL_SERVER_ERROR, "Bad request".to_owned())
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => field_fault(field, fault),
        Complaint::Grant | Complaint::CannotRevoke(_) => bad_request(),
        Complaint::Code(CodeFault::Malformed) => {
            let body = json!({ "errors": { "detail": "Internal server error" } });
            Refusal::ready(reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body))
        }
        Complaint::UnknownApp { .. }
        | Complaint::Secret
        | Complaint::AppScope(_)
        | Complaint::Code(_)
        | Complaint::RefreshToken => Refusal::bad_request("Invalid credentials"),
        Complaint::Token | Complaint::NoToken | Complaint::Nobody => {
            Refusal::Plain(StatusCode::FORBIDDEN, "Invalid credentials.".to_owned())
        }
        Complaint::Insufficient(wanted) => {
            let wanted = wanted.split('|').next_back().unwrap_or_default();
            let help = format!("Insufficient permissions: {wanted}.");
            Refusal::Plain(StatusCode::FORBIDDEN, help)
        }
        Complaint::Scope => {
            gotosocial::unauthorized("This action is outside the authorized scopes")
        }
        Complaint::NotYours
        | Complaint::ResponseType
        | Complaint::NoSuchApp
        | Complaint::RedirectUri
        | Complaint::Challenge(_) => gotosocial::unauthorized("Invalid Username/Password"),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Throttled"),
    }
}

fn field_fault(field: &str, fault: &FieldFault) -> Refusal {
    let help = match fault {
        FieldFault::Missing => format!("Missing field: {field}."),
        FieldFault::NoText => format!("{field} - Invalid string. Got: array."),
        FieldFault::Null => format!("{field} - null value where string expected."),
        _ => {
            let help = "can't be blank".to_owned();
            return Refusal::Plain(StatusCode::UNPROCESSABLE_ENTITY, help);
        }
    };
    let error = json!({
        "title": "Invalid value",
        "source": { "pointer": format!("/{field}") },
        "message": help,
    });
    let body = json!({ "error": help, "errors": [error] });
    Refusal::ready(reply::json(StatusCode::BAD_REQUEST, &body))
}
