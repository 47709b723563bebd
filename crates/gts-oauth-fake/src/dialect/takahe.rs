//! Takahē 0.11.

use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{CodeFault, Complaint};
use super::gotosocial::{GOTOSOCIAL, REVOCATION};
use super::manner::{
    Again, Apps, Callback, Codes, Consent, Errors, Manner, Own, Revocation, SignIn, Tokens, Uris,
};
use crate::reply::{self, Refusal, Reply};
use crate::scopes;
use crate::shapes;
use crate::world::{Registered, World};

pub(super) const TAKAHE: Manner = Manner {
    software: ("takahe", "0.11.0"),
    version: "takahe/0.11.0",
    apps: Apps {
        uris: Uris::Whole,
        wanted: &["client_name", "redirect_uris"],
        blank: true,
        never_null: &["client_name", "redirect_uris"],
        longest: &[],
        draw: |world| {
            let ids = &mut world.ids;
            let client_id = format!("tk-{}", &ids.base64url()[..22]);
            [ids.number().to_string(), client_id, ids.base64url()]
        },
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Stays,
        // Whatever is anywhere in the text that was registered; anything if that is empty.
        knows_uri: |registered, asked| {
            let anywhere = |text: &String| text.is_empty() || text.contains(asked);
            registered.iter().any(anywhere)
        },
        redirects_anywhere: false,
        grants: |_, asked| Some(asked.to_owned()),
        errors: Errors::Shown,
        callback: Callback::Unencoded,
        // What the page's form makes of no state at all.
        stateless: Some("None"),
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: Some(60),
        draw: |world, _| world.ids.base64url(),
        again: Again::Good,
        well_formed: |code| !code.is_empty(),
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks: |_| None,
        uri_fault: |_, _| None,
        own: Own::Everybodys,
        basic: true,
        lives: (None, None),
        draw: |world, own| match own {
            true => "__app__".to_owned(),
            false => world.ids.base64url(),
        },
        reply: |_, issued| shapes::token_reply(issued),
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: Some(Revocation {
        json: true,
        unknown_too: false,
        answer: || text(StatusCode::OK, ""),
        ..REVOCATION
    }),
    permits: scopes::permit_the_whole,
    account: shapes::without_gotosocials_own,
    refuse,
    ..GOTOSOCIAL
};

fn app_reply(world: &World, app: &Registered) -> Value {
    json!({
        "id": app.id,
        "name": app.name,
        "website": app.website,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.uris_asked,
        "vapid_key": world.vapid_key,
    })
}

/// Called HTML, whatever it is.
fn text(status: StatusCode, body: &str) -> Reply {
    reply::reply(status, "text/html; charset=utf-8", body)
}

fn crashed() -> Refusal {
    let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n\
                </head>\n<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n";
    Refusal::ready(text(StatusCode::INTERNAL_SERVER_ERROR, page))
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, _) => {
            let detail = json!({ "loc": [field], "msg": "field required", "type": "missing" });
            let body = json!({ "error": "invalid_input", "error_details": [detail] });
            Refusal::ready(reply::json(StatusCode::BAD_REQUEST, &body))
        }
        Complaint::Grant => Refusal::told(StatusCode::BAD_REQUEST, "invalid_grant_type"),
        Complaint::Code(CodeFault::Malformed) => Refusal::invalid_request("Required param : code"),
        // Whoever looks for a code that is not there falls over.
        Complaint::Code(CodeFault::Unknown) => crashed(),
        Complaint::UnknownApp { .. }
        | Complaint::Secret
        | Complaint::AppScope(_)
        | Complaint::Code(_)
        | Complaint::RefreshToken => Refusal::told(StatusCode::UNAUTHORIZED, "access_denied"),
        Complaint::Token => Refusal::ready(text(StatusCode::BAD_REQUEST, "Invalid Bearer token")),
        Complaint::NoToken | Complaint::Nobody => {
            Refusal::told(StatusCode::UNAUTHORIZED, "identity_token_required")
        }
        Complaint::Insufficient(_) => {
            Refusal::told(StatusCode::FORBIDDEN, "out_of_scope_for_token")
        }
        Complaint::CannotRevoke("token") => crashed(),
        Complaint::CannotRevoke(_) | Complaint::NotYours => {
            Refusal::ready(text(StatusCode::FORBIDDEN, ""))
        }
        Complaint::ResponseType => Refusal::bad_request("Invalid response type"),
        Complaint::NoSuchApp => Refusal::bad_request("Invalid client_id"),
        Complaint::RedirectUri | Complaint::Scope | Complaint::Challenge(_) => Refusal::Plain(
            StatusCode::UNAUTHORIZED,
            "Invalid application redirect URI".to_owned(),
        ),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
    }
}
