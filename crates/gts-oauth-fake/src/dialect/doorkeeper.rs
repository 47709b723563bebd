//! What Mastodon's OAuth library says, and whoever follows it.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;

use super::complaint::{CodeFault, Complaint, FieldFault};
use crate::body::Fields;
use crate::reply::{self, Refusal};

/// A request for a token without one of these comes to nothing.
pub(super) fn lacks(fields: &Fields) -> Option<Refusal> {
    let wanted = ["grant_type", "client_id", "client_secret"];
    let missing = wanted.iter().find(|name| fields.filled(name).is_none())?;
    Some(refuse(&Complaint::Lacks(missing)))
}

pub(super) fn refuse(complaint: &Complaint<'_>) -> Refusal {
    match *complaint {
        Complaint::Field(field, ref fault) => {
            let fault = format!("Validation failed: {} {}", label(field), told(fault));
            Refusal::Plain(StatusCode::UNPROCESSABLE_ENTITY, fault)
        }
        Complaint::Lacks(field) => {
            Refusal::invalid_request(format!("Missing required parameter: {field}."))
        }
        Complaint::Grant => bad_request(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Complaint::UnknownApp { .. } | Complaint::Secret => Refusal::oauth(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication \
             included, or unsupported authentication method.",
        ),
        Complaint::AppScope(_) => bad_request(
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed.",
        ),
        Complaint::Code(CodeFault::NoVerifier) => {
            Refusal::invalid_request("Missing required parameter: code_verifier.")
        }
        Complaint::Code(_) | Complaint::RefreshToken => bad_request(
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the \
             redirection URI used in the authorization request, or was issued to another client.",
        ),
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
        Complaint::NoSuchApp => Refusal::Plain(
            StatusCode::UNAUTHORIZED,
            "Client authentication failed due to unknown client, no client authentication \
             included, or unsupported authentication method."
                .to_owned(),
        ),
        Complaint::RedirectUri => Refusal::bad_request(
            "The requested redirect URI is malformed or doesn't match the client redirect URI.",
        ),
        Complaint::TooMany => Refusal::told(StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
    }
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
    Refusal::Ready(Box::new(reply))
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

fn told(fault: &FieldFault) -> String {
    match fault {
        FieldFault::Blank => "can't be blank".to_owned(),
        FieldFault::TooLong(longest, _) => {
            format!("is too long (maximum is {longest} characters)")
        }
        FieldFault::NotAbsolute => "must be an absolute URI.".to_owned(),
        FieldFault::Unknown => "doesn't match configured on the server.".to_owned(),
    }
}
