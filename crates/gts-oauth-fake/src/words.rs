//! Refusals for which every family of servers has its own status and words. Where one has none
//! of its own, it says what GoToSocial says.

use http::StatusCode;

use crate::dialect::Dialect;
use crate::reply::Refusal;

/// Pleroma's and Akkoma's answer to whatever they cannot make sense of.
fn bad_request_of_pleroma() -> Refusal {
    Refusal::Plain(StatusCode::INTERNAL_SERVER_ERROR, "Bad request".to_owned())
}

fn unprocessable(help: impl Into<String>) -> Refusal {
    Refusal::Plain(StatusCode::UNPROCESSABLE_ENTITY, help.into())
}

impl Dialect {
    /// A field without which nothing can be done is not there.
    pub(crate) fn lacks(self, field: &str) -> Refusal {
        match self {
            Self::Akkoma => bad_request_of_pleroma(),
            _ => Refusal::invalid_request(format!("Missing required parameter: {field}.")),
        }
    }

    /// A registration is not as it must be; `own` are GoToSocial's words for it.
    pub(crate) fn cannot_register(self, what: &str, fault: &str, own: String) -> Refusal {
        match self {
            Self::GoToSocial | Self::GoToSocial018 => Refusal::bad_request(own),
            Self::Akkoma => Refusal::bad_request(format!("{what} {fault}.")),
            Self::Mastodon | Self::Strict => {
                unprocessable(format!("Validation failed: {what} {fault}"))
            }
        }
    }

    /// A grant that the server does not do; `own` is GoToSocial's help.
    pub(crate) fn unsupported_grant(self, own: String) -> Refusal {
        let help = match self {
            Self::Akkoma => return bad_request_of_pleroma(),
            Self::GoToSocial | Self::GoToSocial018 => own,
            Self::Mastodon | Self::Strict => {
                "The authorization grant type is not supported by the authorization server."
                    .to_owned()
            }
        };
        let error = "unsupported_grant_type".to_owned();
        Refusal::OAuth(StatusCode::BAD_REQUEST, error, help)
    }

    /// More is asked for than the app registered; `own` is GoToSocial's help.
    pub(crate) fn scope_too_wide(self, own: String) -> Refusal {
        let (status, help) = match self {
            Self::GoToSocial | Self::GoToSocial018 => (StatusCode::FORBIDDEN, own),
            _ => (
                StatusCode::BAD_REQUEST,
                "The requested scope is invalid, unknown, or malformed.".to_owned(),
            ),
        };
        Refusal::OAuth(status, "invalid_scope".to_owned(), help)
    }

    /// The token may not do `wanted`.
    pub(crate) fn insufficient(self, wanted: &str) -> Refusal {
        let help = match self {
            Self::GoToSocial | Self::GoToSocial018 => {
                "token has insufficient scope permission".to_owned()
            }
            Self::Akkoma => {
                let wanted = wanted.split('|').next_back().unwrap_or_default();
                format!("Insufficient permissions: {wanted}.")
            }
            Self::Mastodon | Self::Strict => {
                "This action is outside the authorized scopes".to_owned()
            }
        };
        Refusal::Plain(StatusCode::FORBIDDEN, help)
    }

    /// An app's own token, where a person's is wanted.
    pub(crate) fn nobody(self) -> Refusal {
        match self {
            Self::Mastodon => unprocessable("This method requires an authenticated user"),
            _ => Refusal::Token("user not supplied or not authorized"),
        }
    }

    /// A revocation that lacks this field.
    pub(crate) fn cannot_revoke(self, field: &str) -> Refusal {
        match self {
            Self::Mastodon => not_yours(),
            Self::Akkoma => bad_request_of_pleroma(),
            _ => Refusal::invalid_request(format!("{field} not set")),
        }
    }

    /// What a 429 says.
    pub(crate) fn too_many_requests(self) -> &'static str {
        match self {
            Self::GoToSocial | Self::GoToSocial018 => "rate limit reached",
            Self::Akkoma => "Throttled",
            Self::Mastodon | Self::Strict => "Too many requests",
        }
    }
}

/// Somebody else's token was to be revoked.
pub(crate) fn not_yours() -> Refusal {
    Refusal::OAuth(
        StatusCode::FORBIDDEN,
        "unauthorized_client".to_owned(),
        "You are not authorized to revoke this token".to_owned(),
    )
}
