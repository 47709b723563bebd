//! Whether a code is good only for whoever began (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::dialect::{CodeFault, Pkce};
use crate::world::{AuthorizeForm, Code};

/// The challenge that the code will be bound to, if any.
///
/// # Errors
/// With the error's description, where there can be no code. Its name is `invalid_request`
/// (RFC 7636 §4.4.1).
pub(crate) fn challenge(pkce: Pkce, form: &AuthorizeForm) -> Result<Option<String>, &'static str> {
    // No method at all means `plain` (RFC 7636 §4.3).
    let hashed = form.challenge_method.as_deref() == Some("S256");
    let plain = matches!(form.challenge_method.as_deref(), None | Some("plain"));
    match (pkce, &form.challenge) {
        (Pkce::Ignored, _) | (Pkce::Enforced | Pkce::EnforcedOrPlain, None) => Ok(None),
        (Pkce::Required, None) => Err("Code challenge required."),
        (Pkce::EnforcedOrPlain, Some(challenge)) if plain => Ok(Some(hash(challenge))),
        (_, Some(_)) if !hashed => Err("The code challenge method must be S256."),
        (_, Some(challenge)) => Ok(Some(challenge.clone())),
    }
}

/// What is wrong with the verifier, if the code is bound to one.
pub(crate) fn fault(pkce: Pkce, code: &Code, verifier: Option<&str>) -> Option<CodeFault> {
    if pkce == Pkce::Ignored || code.challenge == verifier.map(hash) {
        return None;
    }
    Some(match verifier {
        None => CodeFault::NoVerifier,
        Some(_) => CodeFault::WrongVerifier,
    })
}

/// What `S256` makes of a verifier (RFC 7636 §4.2).
fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(text.as_bytes()))
}
