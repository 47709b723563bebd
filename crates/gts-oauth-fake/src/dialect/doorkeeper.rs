//! What Mastodon's OAuth library says, and whoever follows it.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;
use url::{Host, Url};

use super::complaint::{CodeFault, Complaint, FieldFault};
use crate::body::Fields;
use crate::reply::{self, Refusal};

/// A request for a token without one of these comes to nothing.
pub(super) fn lacks(fields: &Fields) -> Option<Refusal> {
    let wanted = ["grant_type", "client_id", "client_secret"];
    let missing = wanted.iter().find(|name| fields.filled(name).is_none())?;
    Some(missing_parameter(missing))
}

/// Byte for byte, but that a loopback address may have any port (RFC 8252 §7.3).
pub(super) fn knows_uri(registered: &[String], asked: &str) -> bool {
    let portless = |uri: &str| {
        let mut uri = Url::parse(uri).ok()?;
        let loopback = match uri.host()? {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(_) => false,
        };
        uri.set_port(None).ok()?;
        loopback.then_some(uri)
    };
    let same =
        |uri: &String| uri == asked || portless(asked).is_some_and(|it| portless(uri) == Some(it));
    registered.iter().any(same)
}

/// What is asked for must be among what was registered, word for word: below `read` is no
/// `read:accounts`.
pub(super) fn grants(registered: &str, asked: &str) -> Option<String> {
    let mut asked_for = asked.split_whitespace();
    let known = asked_for.all(|scope| registered.split_whitespace().any(|it| it == scope));
    known.then(|| asked.to_owned())
}

pub(super) fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => {
            let fault = format!("Validation failed: {} {}", label(field), told(field, fault));
            Refusal::Plain(StatusCode::UNPROCESSABLE_ENTITY, fault)
        }
        Complaint::Grant => bad_request(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Complaint::UnknownApp { .. } | Complaint::Secret => {
            Refusal::oauth(StatusCode::UNAUTHORIZED, "invalid_client", BAD_CLIENT)
        }
        Complaint::AppScope(_) => bad_request("invalid_scope", BAD_SCOPE),
        Complaint::Code(CodeFault::NoVerifier) => missing_parameter("code_verifier"),
        Complaint::Code(_) | Complaint::RefreshToken => bad_request("invalid_grant", BAD_GRANT),
        Complaint::Token | Complaint::NoToken | Complaint::Nobody => bad_token(),
        Complaint::Insufficient(_) => Refusal::Plain(
            StatusCode::FORBIDDEN,
            "This action is outside the authorized scopes".to_owned(),
        ),
        Complaint::CannotRevoke(_) | Complaint::NotYours => Refusal::oauth(
            StatusCode::FORBIDDEN,
            "unauthorized_client",
            "You are not authorized to revoke this token",
        ),
        Complaint::NoSuchApp => Refusal::Plain(StatusCode::UNAUTHORIZED, BAD_CLIENT.to_owned()),
        Complaint::RedirectUri => Refusal::bad_request(
            "The requested redirect URI is malformed or doesn't match the client redirect URI.",
        ),
        Complaint::ResponseType => {
            Refusal::bad_request("The authorization server does not support this response type.")
        }
        Complaint::Scope => Refusal::bad_request(BAD_SCOPE),
        Complaint::Challenge(why) => Refusal::bad_request(why),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
    }
}

pub(super) const BAD_CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or \
     unsupported authentication method.";

pub(super) const BAD_GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection \
     URI used in the authorization request, or was issued to another client.";

pub(super) const BAD_SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";

fn missing_parameter(name: &str) -> Refusal {
    Refusal::invalid_request(format!("Missing required parameter: {name}."))
}

fn bad_request(error: &str, help: &str) -> Refusal {
    Refusal::oauth(StatusCode::BAD_REQUEST, error, help)
}

fn bad_token() -> Refusal {
    let body = json!({ "error": "The access token is invalid" });
    let mut reply = reply::json(StatusCode::UNAUTHORIZED, &body);
    reply::set(
        &mut reply,
        WWW_AUTHENTICATE,
        "Bearer realm=\"Doorkeeper\", error=\"invalid_token\", \
         error_description=\"The access token is invalid\"",
    );
    Refusal::ready(reply)
}

/// What people call a field.
fn label(field: &str) -> &str {
    match field {
        "client_name" => "Application name",
        "redirect_uris" => "Redirect URI",
        "scopes" => "Scopes",
        "website" => "Application website",
        other => other,
    }
}

fn told(field: &str, fault: &FieldFault) -> String {
    match fault {
        // A list where none is taken is as good as not there.
        FieldFault::Missing | FieldFault::Null | FieldFault::Blank | FieldFault::NoText => {
            "can't be blank".to_owned()
        }
        FieldFault::TooLong(longest, _) => {
            format!("is too long (maximum is {longest} characters)")
        }
        FieldFault::Unusable if field == "redirect_uris" => "must be an absolute URI.".to_owned(),
        FieldFault::Unusable => "doesn't match configured on the server.".to_owned(),
    }
}
