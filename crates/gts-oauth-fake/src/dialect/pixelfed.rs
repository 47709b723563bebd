//! Pixelfed 0.12, which stands on Laravel's Passport; in the shapes of before 2022, which were
//! harder to read: ids are numbers, and a token reply has neither `created_at` nor `scope`.

use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Value, json};

use super::complaint::{CodeFault, Complaint, FieldFault};
use super::doorkeeper;
use super::gotosocial::GOTOSOCIAL;
use super::manner::{
    Apps, Callback, Codes, Consent, Errors, Manner, OutOfBand, Pkce, Refresh, SignIn, Spared,
    Tokens, Uris,
};
use crate::body::Fields;
use crate::reply::{self, Refusal, Reply};
use crate::shapes;
use crate::world::{Issued, Registered, World};

/// Seconds in a year: how long a token lives.
const A_YEAR: u64 = 31_536_000;

pub(super) const PIXELFED: Manner = Manner {
    software: ("pixelfed", "0.12.5"),
    version: "3.5.3 (compatible; Pixelfed 0.12.5)",
    apps: Apps {
        uris: Uris::Whole,
        wanted: &["client_name", "redirect_uris"],
        longest: &[],
        draw: |world| {
            let id = world.ids.number().to_string();
            [id.clone(), id, world.ids.alphanumeric(40)]
        },
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        pkce: Pkce::EnforcedOrPlain,
        sign_in: SignIn::Stays,
        spared: Spared::SameScopes,
        can_deny: true,
        knows_uri: doorkeeper::knows_uri,
        redirects_anywhere: false,
        grants: |_, asked| all_known(asked),
        errors: Errors::SentStateless,
        callback: Callback::Appended,
        out_of_band: |_| OutOfBand::Json,
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: Some(600),
        draw: |world, _| world.ids.sealed(),
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks,
        uri_fault: |app, uri| {
            let known = uri.is_empty() || doorkeeper::knows_uri(&app.redirect_uris, uri);
            (!known).then(bad_client)
        },
        app_scope: |_, asked| all_known(asked.unwrap_or_default()),
        basic: true,
        lives: (Some(A_YEAR), Some(A_YEAR)),
        draw: |world, _| world.ids.jwt(world.now),
        refresh: Refresh::Rotated,
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: None,
    account: shapes::without_gotosocials_own,
    refuse,
    ..GOTOSOCIAL
};

/// What apps register is not looked at; what they ask for must be among these.
fn all_known(asked: &str) -> Option<String> {
    let known = [
        "read",
        "write",
        "follow",
        "push",
        "admin:read",
        "admin:write",
    ];
    let all = asked.split_whitespace().all(|scope| known.contains(&scope));
    all.then(|| asked.to_owned())
}

fn app_reply(_: &World, app: &Registered) -> Value {
    let id: Option<u64> = app.client_id.parse().ok();
    json!({
        "id": id,
        "name": app.name,
        "website": null,
        "redirect_uri": app.uris_asked,
        "client_id": id,
        "client_secret": app.client_secret,
        "vapid_key": null,
    })
}

fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut reply = json!({
        "token_type": "Bearer",
        "expires_in": shapes::seconds_left(world, issued),
        "access_token": issued.token,
    });
    if let Some(refresh) = &issued.refresh {
        reply["refresh_token"] = json!(refresh);
    }
    reply
}

fn lacks(fields: &Fields) -> Option<Refusal> {
    let missing = |name| fields.get(name).is_none();
    let by_code = fields.get("grant_type") == Some("authorization_code");
    match () {
        () if missing("grant_type") => Some(refuse(&Complaint::Grant)),
        () if missing("client_id") || by_code && missing("code") => Some(bad_request()),
        () => None,
    }
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => field_fault(field, fault),
        Complaint::Grant => fault(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Complaint::UnknownApp { .. }
        | Complaint::Secret
        | Complaint::NoSuchApp
        | Complaint::RedirectUri => bad_client(),
        Complaint::AppScope(_) | Complaint::Scope => fault(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed",
        ),
        Complaint::Code(CodeFault::WrongVerifier) => fault(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "The provided authorization grant (e.g., authorization code, resource owner \
             credentials) or refresh token is invalid, expired, revoked, does not match the \
             redirection URI used in the authorization request, or was issued to another client.",
        ),
        Complaint::RefreshToken => fault(
            StatusCode::UNAUTHORIZED,
            "invalid_request",
            "The refresh token is invalid.",
        ),
        Complaint::Code(_)
        | Complaint::CannotRevoke(_)
        | Complaint::NotYours
        | Complaint::ResponseType
        | Complaint::Challenge(_) => bad_request(),
        Complaint::Token | Complaint::NoToken | Complaint::Nobody => {
            by_accept("Unauthenticated.", redirect("/login"))
        }
        Complaint::Insufficient(_) => Refusal::told(StatusCode::FORBIDDEN, ""),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts."),
    }
}

fn bad_client() -> Refusal {
    let told = "Client authentication failed";
    fault(StatusCode::UNAUTHORIZED, "invalid_client", told)
}

fn bad_request() -> Refusal {
    fault(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The request is missing a required parameter, includes an invalid parameter value, \
         includes a parameter more than once, or is otherwise malformed.",
    )
}

/// An OAuth error as it is meant to be; but whoever asks for JSON is told of an internal one.
fn fault(status: StatusCode, error: &str, told: &str) -> Refusal {
    let body = json!({ "error": error, "error_description": told, "message": told });
    by_accept(told, reply::json(status, &body))
}

/// Faults without a status of their own have 500 in JSON.
fn by_accept(told: &str, page: Reply) -> Refusal {
    let body = json!({ "error": told });
    let json = reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body);
    Refusal::by_accept(json, page)
}

fn redirect(target: &str) -> Reply {
    let mut reply = reply::reply(StatusCode::FOUND, "text/html; charset=UTF-8", "");
    reply::set(&mut reply, LOCATION, target);
    reply
}

fn field_fault(field: &str, fault: &FieldFault) -> Refusal {
    if matches!(fault, FieldFault::NoText) {
        let told = "explode(): Argument #2 ($string) must be of type string, array given";
        let page = "<h1>Server Error</h1>";
        let page = reply::html(StatusCode::INTERNAL_SERVER_ERROR, page.to_owned());
        return by_accept(told, page);
    }
    let message = format!("The {} field is required.", field.replace('_', " "));
    let errors = json!({ field: [message] });
    let body = json!({ "message": message, "errors": errors });
    let json = reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body);
    Refusal::by_accept(json, redirect("/"))
}
