//! Doorkeeper, Mastodon's OAuth library, and the servers that follow it.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};
use url::{Host, Url};

use super::rejection::{FieldError, Rejection};
use crate::http::{ErrorResponse, Fields, json, set_header};
use crate::state::{AuthorizationRequest, CodeError};

/// A token request must have these parameters. A missing client is reported as an unknown one.
pub(super) fn check_request(fields: &Fields) -> Option<ErrorResponse> {
    let required: &[&str] = match fields.non_empty("grant_type") {
        None => &["grant_type"],
        Some("authorization_code") => &["code", "redirect_uri"],
        Some(_) => &[],
    };
    let missing = required.iter().find(|name| fields.non_empty(name).is_none())?;
    Some(missing_parameter(missing))
}

/// An authorization request must have these parameters. A missing redirect URI is reported as an
/// unregistered one.
pub(super) fn check_authorization(request: &AuthorizationRequest) -> Option<ErrorResponse> {
    let required = [("client_id", &request.client_id), ("response_type", &request.response_type)];
    let (missing, _) = required.into_iter().find(|(_, value)| value.is_empty())?;
    Some(ErrorResponse::bad_request(missing_text(missing)))
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
            invalid_fields(&format!("{} {}", label(field), message(field, error)))
        }
        Rejection::UnsupportedGrantType => bad_request(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ),
        Rejection::UnknownClient { .. } | Rejection::WrongSecret => {
            oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", BAD_CLIENT)
        }
        Rejection::AppTokenScope(_) => bad_request("invalid_scope", BAD_SCOPE),
        Rejection::Code(CodeError::NoVerifier) => missing_parameter("code_verifier"),
        Rejection::Code(_) | Rejection::RefreshToken => invalid_grant(),
        Rejection::InvalidToken
        | Rejection::DeletedApp
        | Rejection::MissingToken
        | Rejection::AppToken => bad_token("The access token is invalid"),
        Rejection::RevokedToken => bad_token("The access token was revoked"),
        Rejection::UnusableAccount(_) => {
            ErrorResponse::exact(StatusCode::FORBIDDEN, "Your login is currently disabled")
        }
        Rejection::InsufficientScope(_) => {
            ErrorResponse::Plain(StatusCode::FORBIDDEN, OUTSIDE.to_owned())
        }
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
        Rejection::UnregisteredRedirectUri => {
            ErrorResponse::bad_request("The redirect uri included is not valid.")
        }
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

pub(super) const OUTSIDE: &str = "This action is outside the authorized scopes";

pub(super) const BAD_CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or \
     unsupported authentication method.";

pub(super) const BAD_GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection \
     URI used in the authorization request, or was issued to another client.";

pub(super) const BAD_SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";

fn missing_parameter(name: &str) -> ErrorResponse {
    bad_request("invalid_request", &missing_text(name))
}

fn missing_text(name: &str) -> String {
    format!("Missing required parameter: {name}.")
}

pub(super) fn invalid_grant() -> ErrorResponse {
    bad_request("invalid_grant", BAD_GRANT)
}

fn bad_request(error: &str, help: &str) -> ErrorResponse {
    oauth_error(StatusCode::BAD_REQUEST, error, help)
}

/// An error of the token endpoint.
fn oauth_error(status: StatusCode, error: &str, help: &str) -> ErrorResponse {
    challenged(status, &json!({ "error": error, "error_description": help }), error, help)
}

fn bad_token(help: &str) -> ErrorResponse {
    challenged(StatusCode::UNAUTHORIZED, &json!({ "error": help }), "invalid_token", help)
}

/// An error response with this body and a `WWW-Authenticate` header (RFC 6750 section 3).
pub(super) fn challenged(
    status: StatusCode,
    body: &Value,
    error: &str,
    help: &str,
) -> ErrorResponse {
    let mut response = json(status, body);
    let challenge =
        format!("Bearer realm=\"Doorkeeper\", error=\"{error}\", error_description=\"{help}\"");
    set_header(&mut response, WWW_AUTHENTICATE, &challenge);
    ErrorResponse::finished(response)
}

/// The error of a registration with invalid fields.
pub(super) fn invalid_fields(help: &str) -> ErrorResponse {
    let help = format!("Validation failed: {help}");
    ErrorResponse::Plain(StatusCode::UNPROCESSABLE_ENTITY, help)
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
        FieldError::Invalid => match field {
            "redirect_uris" => "must be an absolute URI.".to_owned(),
            "website" => "is not a valid URL".to_owned(),
            _ => "doesn't match those configured on the server.".to_owned(),
        },
        FieldError::Fragment => "cannot contain a fragment.".to_owned(),
        FieldError::ForbiddenScheme => {
            "is forbidden by the server., Redirect URI must specify a scheme.".to_owned()
        }
    }
}
