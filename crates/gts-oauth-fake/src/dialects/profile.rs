//! A server's profile: one value with all differences from others.

use serde_json::Value;

use super::rejection::{FieldError, Rejection};
use crate::http::{ErrorResponse, Fields, Framework, Response, Software};
use crate::state::{
    AccountRecord, App, AuthorizationRequest, CodeRules, Notification, State, Status, Token,
    TokenRules,
};

/// Everything that differs between servers.
pub(crate) struct Profile {
    /// Name and version in nodeinfo.
    pub(crate) software: Software,
    /// The version in `/api/v1/instance`.
    pub(crate) version: &'static str,
    /// The `uri` in `/api/v1/instance`.
    pub(crate) uri: fn(&State) -> String,
    pub(crate) framework: Framework,
    /// Ids of entities are numbers in strings.
    pub(crate) numeric_ids: bool,
    pub(crate) instance: Instance,
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
    pub(crate) default_visibility: &'static str,
    pub(crate) idempotency: Idempotency,
    /// `/.well-known/oauth-authorization-server` (RFC 8414).
    pub(crate) metadata: Option<fn(&State) -> Value>,
    /// `/oauth/userinfo` (OpenID Connect Core section 5.3).
    pub(crate) userinfo: Option<fn(&State, &AccountRecord) -> Value>,
    pub(crate) entities: Entities,
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

/// The entities of the API.
pub(crate) struct Entities {
    /// An account as others see it.
    pub(crate) account: fn(&State, &AccountRecord) -> Value,
    pub(crate) status: fn(&State, &Status) -> Value,
    /// `None` if the notification's status does not exist.
    pub(crate) notification: fn(&State, &Notification) -> Option<Value>,
}

/// Instance information.
pub(crate) struct Instance {
    /// Adapts `/api/v1/instance`.
    pub(crate) v1: fn(&State, &mut Value),
    /// Adapts `/api/v2/instance`.
    pub(crate) v2: fn(&State, &mut Value),
    /// Since when `/api/v1/instance` is deprecated (RFC 9745).
    pub(crate) v1_deprecation: Option<&'static str>,
    /// Relations and paths of WebFinger links to pages for remote users, on Rails.
    pub(crate) intents: &'static [(&'static str, &'static str)],
}

/// The effect of an `Idempotency-Key`, for a number of seconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idempotency {
    Ignored,
    /// The key returns the status that was posted with it.
    Kept(u64),
    /// A post with a used key fails with 500.
    Fails(u64),
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
    /// Checks a redirect URI.
    pub(crate) uri: fn(&str) -> Result<(), FieldError>,
    /// Whether this website can be registered.
    pub(crate) website: fn(&str) -> bool,
    /// Generates the app's id, client id and secret.
    pub(crate) generate: fn(&mut State) -> [String; 3],
    pub(crate) response: fn(&State, &App) -> Value,
    /// `/api/v1/apps/verify_credentials`.
    pub(crate) verified: Option<fn(&State, &App) -> Value>,
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
    /// Checks the parameters of an authorization request.
    pub(crate) check_request: fn(&AuthorizationRequest) -> Option<ErrorResponse>,
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
    /// The path of the HTML page that shows a code.
    pub(crate) code_page: &'static str,
    /// The field names of the sign-in form: e-mail address and password.
    pub(crate) sign_in_fields: [&'static str; 2],
    /// The page for users who have not confirmed their e-mail address, on Rails.
    pub(crate) unconfirmed_page: &'static str,
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
    /// Token responses have `Pragma: no-cache`.
    pub(crate) pragma: bool,
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
