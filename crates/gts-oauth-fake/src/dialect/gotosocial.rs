//! GoToSocial 0.20, as recorded, and 0.18. All other dialects are told by how they differ.

use http::StatusCode;
use serde_json::{Value, json};

use super::complaint::{CodeFault, Complaint, FieldFault};
use super::manner::{
    Again, Apps, Callback, Codes, Consent, Errors, ForceLogin, Lists, Manner, OutOfBand, Own, Pkce,
    Refresh, Repeated, Revocation, SignIn, Spared, Taken, Tokens, Uris,
};
use crate::apps;
use crate::authorize::ADVICE;
use crate::body::Fields;
use crate::reply::{self, Refusal};
use crate::shapes;
use crate::uri;
use crate::world::{Issued, Registered, World, permits};

pub(super) const GOTOSOCIAL: Manner = Manner {
    software: ("gotosocial", "0.20.0+git-57cb4fe"),
    version: "0.20.0+git-57cb4fe",
    uri: |world| world.account_domain().to_owned(),
    apps: Apps {
        uris: Uris::Lines,
        lists: Lists::Refused,
        wanted: &["client_name"],
        blank: false,
        never_null: &[],
        longest: &[
            ("client_name", 1024),
            ("redirect_uris", 2056),
            ("scopes", 1024),
            ("website", 1024),
        ],
        // It takes any scope, and grants it, to no effect.
        scope: |_| true,
        uri: |_| true,
        limited: false,
        one_login: false,
        draw,
        reply: |world, app| shapes::app_with_secret(world, app),
    },
    consent: Consent {
        pkce: Pkce::Ignored,
        iss: false,
        sign_in: SignIn::Once,
        force_login: ForceLogin::Ignored,
        spared: Spared::Nobody,
        can_deny: false,
        knows_uri: |registered, asked| {
            uri::written_anew(asked).is_ok_and(|uri| registered.contains(&uri))
        },
        redirects_anywhere: true,
        grants: all_that_is_permitted,
        errors: Errors::Sent,
        callback: Callback::Sorted,
        stateless: None,
        out_of_band: |_| OutOfBand::Page,
    },
    codes: Codes {
        // Half of what was meant.
        lives: Some(300),
        draw: |world, _| world.ids.token(),
        again: Again::Refused,
        well_formed: |_| true,
        same_uri: |_, sent, asked| sent == asked,
    },
    tokens: Tokens {
        lacks,
        uri_fault,
        app_scope: |registered, asked| all_that_is_permitted(registered, asked.unwrap_or("read")),
        // What the server says of an app's token is twice what it keeps.
        lives: (None, Some(3600)),
        repeated: Repeated::New,
        at_consent: false,
        own: Own::Issued,
        draw: |world, _| world.ids.token(),
        refresh: Refresh::None,
        basic: false,
        by_secret: false,
        any_grant: false,
        sets_session: false,
        reply: token_reply,
        listed: true,
    },
    revocation: Some(REVOCATION),
    permits,
    metadata: None,
    account: |_, _, _| {},
    refuse,
};

pub(super) const REVOCATION: Revocation = Revocation {
    json: false,
    field: "token",
    for_anybody: false,
    unknown_too: true,
    taken: Taken::Token,
    answer: || reply::json(StatusCode::OK, &json!({})),
};

pub(super) const GOTOSOCIAL_018: Manner = Manner {
    software: ("gotosocial", "0.18.3+git-e53b4cf"),
    version: "0.18.3+git-e53b4cf",
    apps: Apps {
        uris: Uris::FirstLine,
        reply: |world, app| {
            let mut shape = shapes::app_with_secret(world, app);
            shapes::without(&mut shape, &["created_at", "redirect_uris", "scopes"]);
            shape
        },
        ..GOTOSOCIAL.apps
    },
    tokens: Tokens {
        listed: false,
        ..GOTOSOCIAL.tokens
    },
    revocation: None,
    permits: |_, _| true,
    ..GOTOSOCIAL
};

pub(super) fn draw(world: &mut World) -> [String; 3] {
    let now = world.now;
    let ids = &mut world.ids;
    [ids.ulid(now), ids.random_ulid(), ids.uuid()]
}

/// All of it, or nothing: each scope must be below one that the app registered.
pub(super) fn all_that_is_permitted(registered: &str, asked: &str) -> Option<String> {
    let covered = asked.split(' ').all(|scope| permits(registered, scope));
    covered.then(|| asked.to_owned())
}

pub(super) fn token_reply(world: &World, issued: &Issued) -> Value {
    let mut shape = shapes::token_reply(issued);
    if issued.resident.is_none() && world.dialect.is_gotosocial() {
        shape["expires_in"] = json!(7200);
    }
    shape
}

/// All that is missing, at once. `redirect_uri` is wanted for an app's own token, too.
fn lacks(fields: &Fields) -> Option<Refusal> {
    let grant = fields.get("grant_type");
    let mut help = Vec::new();
    if grant.is_none() {
        help.push("grant_type was not set in the token request form, but must be set to authorization_code or client_credentials".to_owned());
    }
    for name in ["client_id", "client_secret", "redirect_uri"] {
        if fields.get(name).is_none() {
            help.push(format!("{name} was not set in the token request form"));
        }
    }
    let by_code = grant == Some("authorization_code");
    match fields.get("code") {
        Some(_) if !by_code => help.push("a code was provided in the token request form, but grant_type was not set to authorization_code".to_owned()),
        None if by_code => help.push("code was not set in the token request form, but must be set since grant_type is authorization_code".to_owned()),
        _ => {}
    }
    if !help.is_empty() {
        return Some(Refusal::invalid_request(help.join(": ")));
    }
    let empty = |name| fields.filled(name).is_none();
    let error = match by_code {
        _ if empty("client_id") => "invalid_client",
        true if empty("code") || empty("redirect_uri") => "invalid_request",
        _ => return None,
    };
    let help = format!("could not validate token request: {error}: {ADVICE}");
    Some(Refusal::oauth(StatusCode::BAD_REQUEST, error, help))
}

fn uri_fault(app: &Registered, uri: &str) -> Option<Refusal> {
    if uri.is_empty() {
        return Some(no_token(
            "sqlite3: constraint failed: NOT NULL constraint failed: tokens.redirect_uri (code=19 extended=1299)",
        ));
    }
    if apps::has_registered(&GOTOSOCIAL, app, uri) {
        return None;
    }
    let help =
        format!("requested redirect URI {uri} was not covered by client redirect URIs: {ADVICE}");
    let error = "invalid redirect uri";
    Some(Refusal::oauth(StatusCode::FORBIDDEN, error, help))
}

/// What the real server appends where it does not do a grant.
const ADVICE_GRANT: &str = "If you arrived at this error during a sign in/oauth flow, your client \
     is trying to use an unsupported OAuth grant type. Supported grant types are: \
     authorization_code, client_credentials; please reach out to developer of your client";

fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => Refusal::bad_request(field_fault(field, fault)),
        Complaint::Grant => {
            let error = "unsupported_grant_type";
            let help = format!("could not validate token request: {error}: {ADVICE_GRANT}");
            Refusal::oauth(StatusCode::BAD_REQUEST, error, help)
        }
        // A used code and an unknown app look exactly alike.
        Complaint::UnknownApp { by_code: true, .. } => no_token(NO_ROWS),
        Complaint::UnknownApp { id, .. } => {
            no_token(&format!("func5: no application found with client id {id}"))
        }
        Complaint::Secret => no_token("invalid_client"),
        Complaint::AppScope(scope) => {
            let help = format!("requested scope {scope} was not covered by client scope: {ADVICE}");
            Refusal::oauth(StatusCode::FORBIDDEN, "invalid_scope", help)
        }
        Complaint::Code(CodeFault::Unknown | CodeFault::Spent) => no_token(NO_ROWS),
        Complaint::Code(_) | Complaint::RefreshToken => no_token("invalid_grant"),
        Complaint::Token | Complaint::NoToken => unauthorized("token not supplied"),
        Complaint::Nobody => unauthorized("user not supplied or not authorized"),
        Complaint::Insufficient(_) => {
            let help = "token has insufficient scope permission".to_owned();
            Refusal::Plain(StatusCode::FORBIDDEN, help)
        }
        Complaint::CannotRevoke(field) => Refusal::invalid_request(format!("{field} not set")),
        Complaint::NotYours => Refusal::oauth(
            StatusCode::FORBIDDEN,
            "unauthorized_client",
            "You are not authorized to revoke this token",
        ),
        Complaint::ResponseType
        | Complaint::NoSuchApp
        | Complaint::RedirectUri
        | Complaint::Scope
        | Complaint::Challenge(_) => unauthorized(ADVICE),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "rate limit reached"),
    }
}

const NO_ROWS: &str = "sql: no rows in result set";

fn no_token(error: &str) -> Refusal {
    let help = format!("could not get access token: {error}: {ADVICE}");
    Refusal::oauth(StatusCode::BAD_REQUEST, error, help)
}

pub(super) fn unauthorized(help: &str) -> Refusal {
    Refusal::Plain(StatusCode::UNAUTHORIZED, help.to_owned())
}

fn field_fault(field: &str, fault: &FieldFault) -> String {
    match fault {
        FieldFault::TooLong(longest, length) => format!(
            "{field} must be less than {longest} characters, provided {field} was {length} \
             characters"
        ),
        _ => "Key: 'ApplicationCreateRequest.ClientName' Error:Field validation for 'ClientName' \
              failed on the 'required' tag"
            .to_owned(),
    }
}
