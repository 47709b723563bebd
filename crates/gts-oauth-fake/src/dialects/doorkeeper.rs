//! Doorkeeper, Mastodon's OAuth library, and the servers that follow it.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;
use url::{Host, Url};

use super::rejection::{FieldError, Rejection};
use crate::http::{ErrorResponse, Fields, json, set_header};
use crate::state::CodeError;

/// A token request must have these parameters.
pub(super) fn check_request(fields: &Fields) -> Option<ErrorResponse> {
    let required = ["grant_type", "client_id", "client_secret"];
    let missing = required.iter().find(|name| fields.non_empty(name).is_none())?;
    Some(missing_parameter(missing))
}

/// Compares byte for byte, except the port of a loopback address (RFC 8252 section 7.3).
pub(super) fn accepts_uri(registered: &[String], requested: &str) -> bool {
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
    let same = |uri: &String| {
        uri == requested || portless(requested).is_some_and(|it| portless(uri) == Some(it))
    };
    registered.iter().any(same)
}

/// Each requested scope must be a registered one, literally: `read` does not include
/// `read:accounts`.
pub(super) fn grants(registered: &str, requested: &str) -> Option<String> {
    let mut requested_scopes = requested.split_whitespace();
    let known = requested_scopes.all(|scope| registered.split_whitespace().any(|it| it == scope));
    known.then(|| requested.to_owned())
}

pub(super) fn reject(rejection: &Rejection<'_>) -> ErrorResponse {
    match *rejection {
        Rejection::InvalidField(field, ref error) => {
            let help = format!("Validation failed: {} {}", label(field), message(field, error));
            ErrorResponse::Plain(StatusCode::UNPROCESSABLE_ENTITY, help)
        }
        Rejection::UnsupportedGrantType => bad_request(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Rejection::UnknownClient { .. } | Rejection::WrongSecret => {
            ErrorResponse::oauth(StatusCode::UNAUTHORIZED, "invalid_client", BAD_CLIENT)
        }
        Rejection::AppTokenScope(_) => bad_request("invalid_scope", BAD_SCOPE),
        Rejection::Code(CodeError::NoVerifier) => missing_parameter("code_verifier"),
        Rejection::Code(_) | Rejection::RefreshToken => bad_request("invalid_grant", BAD_GRANT),
        Rejection::InvalidToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken => bad_token(),
        Rejection::DisabledAccount => {
            ErrorResponse::exact(StatusCode::FORBIDDEN, "Your login is currently disabled")
        }
        Rejection::InsufficientScope(_) => ErrorResponse::Plain(
            StatusCode::FORBIDDEN,
            "This action is outside the authorized scopes".to_owned(),
        ),
        Rejection::MissingRevocationField(_)
        | Rejection::OtherAppsToken
        | Rejection::DeletedAppsToken => ErrorResponse::oauth(
            StatusCode::FORBIDDEN,
            "unauthorized_client",
            "You are not authorized to revoke this token",
        ),
        Rejection::UnknownApp => {
            ErrorResponse::Plain(StatusCode::UNAUTHORIZED, BAD_CLIENT.to_owned())
        }
        Rejection::UnregisteredRedirectUri => ErrorResponse::bad_request(
            "The requested redirect URI is malformed or doesn't match the client redirect URI.",
        ),
        Rejection::UnsupportedResponseType => ErrorResponse::bad_request(
            "The authorization server does not support this response type.",
        ),
        Rejection::InvalidScope => ErrorResponse::bad_request(BAD_SCOPE),
        Rejection::CodeChallenge(why) => ErrorResponse::bad_request(why),
        Rejection::RateLimited => {
            ErrorResponse::exact(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
        }
    }
}

pub(super) const BAD_CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or \
     unsupported authentication method.";

pub(super) const BAD_GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection \
     URI used in the authorization request, or was issued to another client.";

pub(super) const BAD_SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";

fn missing_parameter(name: &str) -> ErrorResponse {
    ErrorResponse::invalid_request(format!("Missing required parameter: {name}."))
}

fn bad_request(error: &str, help: &str) -> ErrorResponse {
    ErrorResponse::oauth(StatusCode::BAD_REQUEST, error, help)
}

fn bad_token() -> ErrorResponse {
    let body = json!({ "error": "The access token is invalid" });
    let mut response = json(StatusCode::UNAUTHORIZED, &body);
    set_header(
        &mut response,
        WWW_AUTHENTICATE,
        "Bearer realm=\"Doorkeeper\", error=\"invalid_token\", \
         error_description=\"The access token is invalid\"",
    );
    ErrorResponse::finished(response)
}

/// The label of a field in error messages.
fn label(field: &str) -> &str {
    match field {
        "client_name" => "Application name",
        "redirect_uris" => "Redirect URI",
        "scopes" => "Scopes",
        "website" => "Application website",
        other => other,
    }
}

fn message(field: &str, error: &FieldError) -> String {
    match error {
        // Lists count as missing where they are not supported.
        FieldError::Missing | FieldError::Null | FieldError::Blank | FieldError::NotAString => {
            "can't be blank".to_owned()
        }
        FieldError::TooLong(max, _) => {
            format!("is too long (maximum is {max} characters)")
        }
        FieldError::Invalid if field == "redirect_uris" => "must be an absolute URI.".to_owned(),
        FieldError::Invalid => "doesn't match configured on the server.".to_owned(),
    }
}
