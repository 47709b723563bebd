//! Proof Key for Code Exchange (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::AuthorizationRequest;
use super::code::CodeError;

/// A server's support for PKCE.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pkce {
    Ignored,
    /// A code issued for a challenge requires the verifier.
    Enforced,
    /// As [`Enforced`](Self::Enforced), and accepts the method `plain`.
    EnforcedOrPlain,
    /// As [`Enforced`](Self::Enforced), and issues no code without a challenge.
    Required,
}

/// The challenge to bind the code to, if any.
///
/// # Errors
/// With the error description, if no code is issued. The error code is `invalid_request`
/// (RFC 7636 section 4.4.1).
pub(crate) fn challenge(
    pkce: Pkce,
    authorization: &AuthorizationRequest,
) -> Result<Option<String>, &'static str> {
    // A missing method means `plain` (RFC 7636 section 4.3).
    let method = authorization.challenge_method.as_deref();
    let hashed = method == Some("S256");
    let plain = matches!(method, None | Some("plain"));
    match (pkce, &authorization.challenge) {
        (Pkce::Ignored, _) | (Pkce::Enforced | Pkce::EnforcedOrPlain, None) => Ok(None),
        (Pkce::Required, None) => Err("Code challenge required."),
        (Pkce::EnforcedOrPlain, Some(challenge)) if plain => Ok(Some(hash(challenge))),
        (_, Some(_)) if !hashed => Err("The code_challenge_method must be S256."),
        (_, Some(challenge)) => Ok(Some(challenge.clone())),
    }
}

/// Checks the verifier against the challenge that the code is bound to, if any.
pub(crate) fn check_verifier(
    pkce: Pkce,
    challenge: Option<&str>,
    verifier: Option<&str>,
) -> Result<(), CodeError> {
    if pkce == Pkce::Ignored || challenge == verifier.map(hash).as_deref() {
        return Ok(());
    }
    Err(match verifier {
        None => CodeError::NoVerifier,
        Some(_) => CodeError::WrongVerifier,
    })
}

/// The transformation `S256` (RFC 7636 section 4.2).
fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(text.as_bytes()))
}
