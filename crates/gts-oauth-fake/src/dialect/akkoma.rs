//! Pleroma and Akkoma.

use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{Complaint, FieldFault};
use super::gotosocial::{self, GOTOSOCIAL};
use super::manner::{Apps, Callback, Consent, Manner, Revocation, SignIn, Tokens, Uris};
use crate::body::Fields;
use crate::reply::Refusal;
use crate::shapes;
use crate::world::{Issued, Registered, Resident, World};

/// Seconds in a hundred years.
const A_CENTURY: u64 = 3_153_600_000;

pub(super) const AKKOMA: Manner = Manner {
    software: ("akkoma", "3.15.2"),
    version: "2.7.2 (compatible; Akkoma 3.15.2)",
    apps: Apps {
        uris: Uris::Words,
        wants_uris: true,
        longest: &[],
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Stays,
        can_deny: true,
        knows_uri: |registered, asked| registered.iter().any(|uri| uri == asked),
        redirects_anywhere: false,
        callback: Callback::Appended,
        ..GOTOSOCIAL.consent
    },
    tokens: Tokens {
        lacks,
        uri_fault: |_, _| None,
        lives: (Some(A_CENTURY), Some(A_CENTURY)),
        refreshes: true,
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        for_anybody: true,
    }),
    account,
    refuse,
    ..GOTOSOCIAL
};

fn app_reply(world: &World, app: &Registered) -> Value {
    let mut shape = shapes::app_with_secret(world, app);
    shapes::without(&mut shape, &["created_at", "redirect_uris", "scopes"]);
    shape["website"] = json!(app.website);
    shape
}

fn account(world: &World, resident: &Resident, shape: &mut Value) {
    shapes::without_gotosocials_own(world, resident, shape);
    shapes::without(shape, &["role"]);
    shape["fqn"] = json!(format!("{}@{}", resident.name, world.host()));
    shape["pleroma"] = json!({ "is_admin": false, "is_moderator": false });
}

fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut shape = shapes::token_reply(issued);
    let person = issued.resident.as_deref().and_then(|id| world.resident(id));
    shape["id"] = json!(world.tokens.len() + 1);
    if let Some(person) = person {
        shape["me"] = json!(format!("{}/users/{}", world.origin, person.name));
    }
    shape["expires_in"] = json!(A_CENTURY);
    shape["refresh_token"] = json!(issued.refresh);
    shape
}

fn lacks(fields: &Fields) -> Option<Refusal> {
    let wanted = ["grant_type", "client_id", "client_secret"];
    let missing = wanted.iter().any(|name| fields.filled(name).is_none());
    missing.then(bad_request)
}

/// The answer to whatever it cannot make sense of.
fn bad_request() -> Refusal {
    Refusal::Plain(StatusCode::INTERNAL_SERVER_ERROR, "Bad request".to_owned())
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => {
            let fault = match fault {
                FieldFault::NotAbsolute => "must be an absolute URI",
                _ => "can't be blank",
            };
            Refusal::bad_request(format!("{field} {fault}."))
        }
        Complaint::Lacks(_) | Complaint::Grant | Complaint::CannotRevoke(_) => bad_request(),
        Complaint::UnknownApp { .. }
        | Complaint::Secret
        | Complaint::Code(_)
        | Complaint::RefreshToken => Refusal::bad_request("Invalid credentials"),
        Complaint::AppScope(_) => Refusal::oauth(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed.",
        ),
        Complaint::Token | Complaint::NoToken | Complaint::Nobody => {
            Refusal::Plain(StatusCode::FORBIDDEN, "Invalid credentials.".to_owned())
        }
        Complaint::Insufficient(wanted) => {
            let wanted = wanted.split('|').next_back().unwrap_or_default();
            let help = format!("Insufficient permissions: {wanted}.");
            Refusal::Plain(StatusCode::FORBIDDEN, help)
        }
        Complaint::NotYours | Complaint::NoSuchApp | Complaint::Scope | Complaint::Challenge(_) => {
            gotosocial::unauthorized("Invalid Username/Password")
        }
        Complaint::RedirectUri => Refusal::bad_request("Unlisted redirect_uri."),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Throttled"),
    }
}
