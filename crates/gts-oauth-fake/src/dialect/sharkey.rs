//! Sharkey 2025.4, where an app is an authorisation session of Misskey's: good for one login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{Complaint, FieldFault};
use super::gotosocial::GOTOSOCIAL;
use super::manner::{
    Apps, Callback, Codes, Consent, Errors, Manner, OutOfBand, Own, SignIn, Tokens, Uris,
};
use crate::reply::Refusal;
use crate::shapes;
use crate::world::{Issued, Registered, World};

pub(super) const SHARKEY: Manner = Manner {
    software: ("sharkey", "2025.4.3"),
    version: "3.0.0 (compatible; Sharkey 2025.4.3; like Akkoma)",
    uri: GOTOSOCIAL.uri,
    apps: Apps {
        uris: Uris::Whole,
        wanted: &["scopes", "redirect_uris", "client_name"],
        longest: &[],
        one_login: true,
        draw,
        reply: app_reply,
        ..GOTOSOCIAL.apps
    },
    consent: Consent {
        sign_in: SignIn::Stays,
        knows_uri: |registered, asked| {
            let mut lines = registered.iter().flat_map(|uris| uris.split('\n'));
            lines.any(|uri| uri == asked)
        },
        redirects_anywhere: false,
        // What is asked for is not looked at.
        grants: |registered, _| Some(registered.to_owned()),
        errors: Errors::Shown,
        callback: Callback::Appended,
        out_of_band: |_| OutOfBand::Nowhere,
        ..GOTOSOCIAL.consent
    },
    codes: Codes {
        lives: None,
        draw: |_, app| session(app),
        same_uri: |_, _, _| true,
        ..GOTOSOCIAL.codes
    },
    tokens: Tokens {
        lacks: |fields| {
            let own = fields.get("grant_type") == Some("client_credentials");
            let missing = fields.filled("client_secret").is_none() && !own;
            missing.then(|| bad_request("Missing required query \"client_secret\""))
        },
        uri_fault: |_, _| None,
        by_secret: true,
        any_grant: true,
        own: Own::Unsaved,
        lives: (None, None),
        draw: |world, own| match own {
            true => world.ids.uuid(),
            false => world.ids.alphanumeric(32),
        },
        reply: token_reply,
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: None,
    permits,
    metadata: Some(metadata),
    account: shapes::without_gotosocials_own,
    refuse,
};

/// The client id is the address of the session, in base64.
fn draw(world: &mut World) -> [String; 3] {
    let id = world.ids.number() % 100;
    let session = format!("{}/auth/{}", world.origin, world.ids.uuid());
    let client_id = STANDARD.encode(session);
    [id.to_string(), client_id, world.ids.alphanumeric(32)]
}

/// The token of the session, which is the code.
fn session(app: &Registered) -> String {
    let address = STANDARD.decode(&app.client_id).unwrap_or_default();
    let address = String::from_utf8(address).unwrap_or_default();
    address.rsplit('/').next().unwrap_or_default().to_owned()
}

fn app_reply(_: &World, app: &Registered) -> Value {
    let mut shape = json!({
        "id": app.id,
        "name": app.name,
        "redirect_uri": app.uris_asked,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    });
    if let Some(website) = &app.website {
        shape["website"] = json!(website);
    }
    shape
}

/// The scopes that it tells are always the same.
fn token_reply(_: &World, issued: &Issued) -> Value {
    let mut shape = shapes::token_reply(issued);
    if issued.resident.is_some() {
        shape["scope"] = json!("read write follow push");
    }
    shape
}

/// Whatever begins with `read` stands for everything that reads.
fn permits(granted: &str, wanted: &str) -> bool {
    let top = wanted.split(':').next().unwrap_or_default();
    let known = ["read", "write"].contains(&top);
    known && granted.split_whitespace().any(|it| it.starts_with(top))
}

/// It promises PKCE and `iss`, and has neither.
fn metadata(world: &World) -> Value {
    let origin = &world.origin;
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "scopes_supported": [
            "read:account", "write:account", "read:blocks", "write:blocks", "read:favorites",
            "write:favorites", "read:following", "write:following", "read:mutes", "write:mutes",
            "write:notes", "read:notifications", "write:notifications", "read:reactions",
            "write:reactions", "write:votes",
        ],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "service_documentation": "https://misskey-hub.net",
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn bad_request(help: impl Into<String>) -> Refusal {
    Refusal::oauth(StatusCode::BAD_REQUEST, "BAD_REQUEST", help)
}

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    let unauthorized = |code, help: &str| Refusal::oauth(StatusCode::UNAUTHORIZED, code, help);
    match *complaint {
        Complaint::Field(field, FieldFault::NoText) => bad_request(format!(
            "Invalid payload \"{field}\": only one value is allowed"
        )),
        Complaint::Field(field, _) => bad_request(format!("Missing required payload \"{field}\"")),
        Complaint::UnknownApp { .. } | Complaint::Secret => {
            unauthorized("NO_SUCH_APP", "No such app.")
        }
        Complaint::Code(_) => unauthorized("NO_SUCH_SESSION", "No such session."),
        Complaint::Token => unauthorized(
            "AUTHENTICATION_FAILED",
            "Authentication failed. Please ensure your token is correct.",
        ),
        Complaint::NoToken | Complaint::Nobody => {
            unauthorized("CREDENTIAL_REQUIRED", "Credential required.")
        }
        Complaint::Insufficient(_) => Refusal::oauth(
            StatusCode::FORBIDDEN,
            "PERMISSION_DENIED",
            "Your app does not have the necessary permissions to use this endpoint.",
        ),
        Complaint::NoSuchApp
        | Complaint::RedirectUri
        | Complaint::ResponseType
        | Complaint::Scope
        | Complaint::Challenge(_) => {
            Refusal::Plain(StatusCode::NOT_FOUND, "An error has occurred".to_owned())
        }
        Complaint::Grant
        | Complaint::AppScope(_)
        | Complaint::RefreshToken
        | Complaint::CannotRevoke(_)
        | Complaint::NotYours => bad_request("Bad request"),
        Complaint::TooMany => Refusal::oauth(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            "Rate limit exceeded. Please try again later.",
        ),
    }
}
