//! Evidence that a token lacks a scope (RFC 6750 section 3.1).

use http::StatusCode;
use http::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::error::rejects_token;
use crate::types::{Scope, Scopes};

/// The scope that a call requires, and the scopes that its token has.
pub(crate) struct ScopeCheck<'a> {
    /// Looked up only for an error.
    pub(crate) required: &'a dyn Fn() -> Option<&'static str>,
    /// Empty if they are not known.
    pub(crate) granted: &'a Scopes,
}

impl ScopeCheck<'_> {
    /// Whether the token is known to lack the scope.
    fn lacks_required(&self) -> bool {
        let required = (self.required)().map(Scope::known);
        !self.granted.is_empty()
            && required.is_some_and(|it| !self.granted.clone().expand_follow().permits(&it))
    }
}

/// Texts that servers send for a missing scope and for nothing else.
const KNOWN: [&str; 7] = [
    "insufficient_scope",            // RFC 6750; Hollo
    "insufficient scope",            // GoToSocial
    "outside the authorized scopes", // Mastodon, Iceshrimp.NET
    "insufficient permissions",      // Akkoma, Pleroma, which name it
    "insufficient-permissions",      // WordPress, with a 401
    "out_of_scope_for_token",        // Takahē
    "invalid scope(s) provided",     // Pixelfed
];

/// The scopes that the token lacks, separated by spaces; empty if it is not known which. `None`
/// without evidence. `text` is the response's own text, which begins with its `whole` error code or
/// message. `redacted` shortens a text and removes secrets of the request.
pub(crate) fn missing_scopes(
    status: StatusCode,
    headers: &HeaderMap,
    (whole, text): (&str, &str),
    check: Option<&ScopeCheck<'_>>,
    redacted: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let challenge = headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
        let challenge = value.to_str().ok()?;
        challenge.contains("insufficient_scope").then_some(challenge)
    });
    let lower = text.to_ascii_lowercase();
    // Sharkey's ROLE_PERMISSION_DENIED is about the account, not the token.
    let is_known =
        || lower.starts_with("permission_denied") || KNOWN.iter().any(|it| lower.contains(it));
    // Friendica has one text for an invalid token and a missing scope.
    let is_silent =
        || !rejects_token(status.as_u16(), whole) || lower.contains("missing a required scope");
    let by_grant = || {
        status == StatusCode::FORBIDDEN
            && is_silent()
            && check.is_some_and(ScopeCheck::lacks_required)
    };
    // Other statuses can repeat the response of another server.
    let is_about_token = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if !is_about_token || !(challenge.is_some() || is_known() || by_grant()) {
        return None;
    }
    let in_challenge = challenge.and_then(scopes_in_challenge).and_then(redacted);
    let named = in_challenge.as_deref().and_then(narrowest).or_else(|| of_text(&lower));
    let required = check.and_then(|check| (check.required)());
    Some(named.or(required.map(str::to_owned)).unwrap_or_default())
}

/// The scopes in a challenge: `scope="read:accounts"` (RFC 6750 section 3), or Mastodon's
/// `error_description="Access to this resource requires scope _profile read read:accounts_."`
fn scopes_in_challenge(challenge: &str) -> Option<&str> {
    let quoted = |start: &str, end: char| {
        let (_, rest) = challenge.split_once(start)?;
        Some(rest.split_once(end)?.0)
    };
    quoted("requires scope _", '_').or_else(|| quoted("scope=\"", '"'))
}

/// Akkoma: `Insufficient permissions: read:accounts.`
fn of_text(lower: &str) -> Option<String> {
    let (_, rest) = lower.split_once("insufficient permissions: ")?;
    narrowest(rest.split(['.', '(']).next()?)
}

/// The narrowest of these scopes, any of which is enough. Not `profile`, which older servers do not
/// know. `None` if they have unusual characters: a redacted secret, or what a shell would run.
fn narrowest(scopes: &str) -> Option<String> {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || ":_.-".contains(c);
    let scopes: Scopes = scopes.parse().ok()?;
    let mut scopes = scopes.iter().map(|it| it.as_str()).filter(|it| it.chars().all(is_usual));
    let narrow = scopes.clone().filter(|it| *it != "profile");
    let narrow = narrow.max_by_key(|it| it.matches(':').count());
    narrow.or(scopes.next()).map(str::to_owned)
}
