//! Rejections: why a server returns an error. Each profile maps them to a status and a text.

use crate::state::{AccountState, CodeError};

/// Why a request is rejected.
pub(crate) enum Rejection<'a> {
    /// A registration has an invalid field.
    InvalidField(&'a str, FieldError),
    /// The grant type is missing or not supported.
    UnsupportedGrantType,
    /// No app has this client id. `by_code` is set for the authorization code grant.
    UnknownClient { id: &'a str, by_code: bool },
    /// The client secret is wrong.
    WrongSecret,
    /// An app token was requested with scopes that the app did not register.
    AppTokenScope(&'a str),
    /// The code was rejected.
    Code(CodeError),
    /// The refresh token is unknown or used.
    RefreshToken,
    /// The access token of an API call is unknown or expired.
    InvalidToken,
    /// The access token of an API call was revoked.
    RevokedToken,
    /// The app of the access token was deleted.
    DeletedApp,
    /// An API call has no access token.
    MissingToken,
    /// An API call requires a user token and has an app token.
    AppToken,
    /// The account of the access token is not active.
    UnusableAccount(AccountState),
    /// The access token has none of these scopes, which are separated by `|`.
    InsufficientScope(&'a str),
    /// A revocation lacks this field.
    MissingRevocationField(&'a str),
    /// The token to revoke belongs to another app.
    OtherAppsToken,
    /// The token to revoke belongs to an app that was deleted.
    DeletedAppsToken,
    /// The `response_type` is not `code`.
    UnsupportedResponseType,
    /// The authorization request names an unknown app.
    UnknownApp,
    /// The app did not register the redirect URI.
    UnregisteredRedirectUri,
    /// The app did not register the scope.
    InvalidScope,
    /// The code challenge is missing or not supported (RFC 7636 section 4.4.1), with the reason.
    CodeChallenge(&'static str),
    /// The rate limit is exceeded.
    RateLimited,
}

/// What is wrong with a field.
pub(crate) enum FieldError {
    Missing,
    Null,
    Blank,
    /// The maximum length, and the actual one.
    TooLong(usize, usize),
    /// Another JSON type than a string.
    NotAString,
    /// An unknown scope, or a website or a redirect URI that the server does not accept.
    Invalid,
    /// A redirect URI has a fragment.
    Fragment,
    /// A redirect URI has a forbidden scheme.
    ForbiddenScheme,
}
