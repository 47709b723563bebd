//! A server's profile: one value with all differences from others.

use serde_json::Value;

use super::rejection::Rejection;
use crate::http::{ErrorResponse, Fields, Response};
use crate::state::{AccountRecord, App, CodeRules, State, Token, TokenRules};

/// Everything that differs between servers.
pub(crate) struct Profile {
    /// Name and version in nodeinfo.
    pub(crate) software: (&'static str, &'static str),
    /// The version in `/api/v1/instance`.
    pub(crate) version: &'static str,
    /// The `uri` in `/api/v1/instance`.
    pub(crate) uri: fn(&State) -> String,
    pub(crate) apps: Apps,
    pub(crate) consent: Consent,
    pub(crate) codes: CodeRules,
    pub(crate) tokens: TokenRequests,
    pub(crate) issuing: TokenRules,
    /// `None` if the server has no revocation endpoint.
    pub(crate) revocation: Option<Revocation>,
    /// Whether the granted scopes permit an endpoint's required scope.
    pub(crate) permits: fn(granted: &str, required: &str) -> bool,
    /// Checks the scopes of a token before its account.
    pub(crate) scopes_first: bool,
    /// For how many seconds an `Idempotency-Key` returns the status that was posted with it;
    /// `None` if the header is ignored.
    pub(crate) idempotency: Option<u64>,
    /// `/.well-known/oauth-authorization-server` (RFC 8414).
    pub(crate) metadata: Option<fn(&State) -> Value>,
    /// Adapts the user's own account entity.
    pub(crate) account: fn(&State, &AccountRecord, &mut Value),
    /// The error response to each rejection.
    pub(crate) reject: fn(&Rejection<'_>) -> ErrorResponse,
}

impl Profile {
    /// Whether the app registered this redirect URI.
    pub(crate) fn is_registered(&self, app: &App, uri: &str) -> bool {
        (self.consent.accepts_uri)(&app.redirect_uris, uri)
    }
}

/// App registration.
pub(crate) struct Apps {
    pub(crate) uris: UriSyntax,
    pub(crate) lists: UriLists,
    /// Checks the fields of a registration, before all other checks.
    pub(crate) check_request: fn(&Fields) -> Option<ErrorResponse>,
    /// Required fields.
    pub(crate) required: &'static [&'static str],
    /// Required fields may be empty.
    pub(crate) accepts_blank: bool,
    /// Fields that may be missing in JSON, but not `null`.
    pub(crate) rejects_null: &'static [&'static str],
    /// The maximum lengths of fields.
    pub(crate) max_lengths: &'static [(&'static str, usize)],
    /// Whether this scope can be registered.
    pub(crate) scope: fn(&str) -> bool,
    /// Whether this redirect URI can be registered.
    pub(crate) uri: fn(&str) -> bool,
    /// Allows five registrations in ten minutes.
    pub(crate) rate_limited: bool,
    /// Generates the app's id, client id and secret.
    pub(crate) generate: fn(&mut State) -> [String; 3],
    pub(crate) response: fn(&State, &App) -> Value,
}

/// The syntax of `redirect_uris`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UriSyntax {
    /// One per line, normalized.
    Lines,
    /// One per line, unchanged.
    PlainLines,
    /// Separated by white space.
    Words,
    /// A single URI; the text is not split.
    Whole,
}

/// Support for lists of redirect URIs: an array in JSON, or `redirect_uris[]` in a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum UriLists {
    Rejected,
    Accepted,
    /// Only the first is kept.
    First,
}

/// The authorization endpoint and its consent page.
pub(crate) struct Consent {
    /// Sends `iss` with the callback (RFC 9207).
    pub(crate) iss: bool,
    pub(crate) sign_in: SignIn,
    pub(crate) force_login: ForceLogin,
    pub(crate) prior_consent: PriorConsent,
    /// The page has a *Deny* button.
    pub(crate) can_deny: bool,
    /// Whether the requested redirect URI is a registered one.
    pub(crate) accepts_uri: fn(registered: &[String], requested: &str) -> bool,
    /// Redirects even to unregistered URIs, with an error.
    pub(crate) redirects_unregistered: bool,
    /// The scopes to grant; `None` if the requested ones are rejected.
    pub(crate) grants: fn(registered: &str, requested: &str) -> Option<String>,
    pub(crate) errors: ConsentErrors,
    pub(crate) callback: CallbackQuery,
    /// The `state` to return if the request had none.
    pub(crate) default_state: Option<&'static str>,
    pub(crate) out_of_band: fn(&App) -> OutOfBand,
}

/// How long users stay signed in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// For one authorization request, and two minutes at most. Other authorization URLs opened
    /// in this time show the same app.
    Once,
    /// Until they sign out.
    Persistent,
    /// Not at all: the consent page itself asks for name and password.
    EveryTime,
}

/// The effect of `force_login`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForceLogin {
    Ignored,
    /// The consent page is shown even if prior consent would skip it.
    Consent,
    /// Users must enter their password again.
    Password,
}

/// Which prior consent of a signed-in user skips the consent page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PriorConsent {
    Ignored,
    /// A token of this app with the same scopes.
    SameScopes,
    /// Any token of this app.
    AnyToken,
    /// Any token of this app: the user's first code is returned again. A token in the browser's
    /// own session is returned at once.
    FirstCode,
}

/// Where invalid scopes and code challenges are reported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConsentErrors {
    /// To the app, by redirect (RFC 6749 section 4.1.2.1).
    Redirected,
    /// To the app, without its `state`; invalid challenges on an HTML page.
    RedirectedWithoutState,
    /// To the user, on an HTML page.
    Displayed,
}

/// How the query of the callback URL is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackQuery {
    /// Sorted, together with the redirect URI's own query.
    Sorted,
    /// Appended to the redirect URI's own query.
    Appended,
    /// As [`Appended`](Self::Appended), with the redirect URI's own query twice.
    Doubled,
    /// As [`Appended`](Self::Appended), without encoding delimiters.
    Unencoded,
}

/// How a code reaches an app without a redirect URI.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutOfBand {
    /// On an HTML page.
    Page,
    /// In a JSON response.
    Json,
    /// By a redirect that no browser can follow.
    Redirect,
}

/// The token endpoint.
pub(crate) struct TokenRequests {
    /// Checks the fields of a token request.
    pub(crate) check_request: fn(&Fields) -> Option<ErrorResponse>,
    /// Checks the redirect URI of a token request, before the code.
    pub(crate) check_redirect_uri: fn(&App, &str) -> Option<ErrorResponse>,
    /// The scopes of an app token; `None` if the requested ones are rejected.
    pub(crate) app_token_scope: fn(registered: &str, requested: Option<&str>) -> Option<String>,
    /// Accepts `Authorization: Basic` (RFC 6749 section 2.3.1).
    pub(crate) http_basic: bool,
    /// Finds the app by its secret alone.
    pub(crate) by_secret: bool,
    /// Treats unknown grant types as authorization codes.
    pub(crate) any_grant: bool,
    /// Token responses set a session cookie.
    pub(crate) sets_session: bool,
    pub(crate) response: fn(&State, &Token) -> Value,
    /// Has the APIs that list tokens and apps.
    pub(crate) listed: bool,
}

/// Token revocation (RFC 7009).
pub(crate) struct Revocation {
    /// Accepts JSON besides forms.
    pub(crate) json: bool,
    /// The name of the token field in a form; in JSON it is `token`.
    pub(crate) field: &'static str,
    /// Requires no client authentication.
    pub(crate) unauthenticated: bool,
    /// Unknown tokens count as revoked.
    pub(crate) accepts_unknown: bool,
    pub(crate) revokes: Revokes,
    pub(crate) response: fn() -> Response,
}

/// What a revocation revokes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revokes {
    Token,
    /// All tokens of the app, of all users.
    App,
}
