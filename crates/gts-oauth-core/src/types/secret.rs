//! Client secrets (RFC 6749 section 2.3.1), codes, PKCE verifiers (RFC 7636 section 4.1), tokens.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A client secret, a code, a PKCE verifier or a token.
///
/// It prints as `Secret(..)`, wipes its bytes when dropped, and compares in constant time. The
/// caller must protect everything made from it: requests, copies of what
/// [`expose`](Self::expose) returns, and its serialized form, which contains the secret.
///
/// No exchange accepts or sends one of more than 64 KiB: no server issues them, and not every server
/// accepts a header that long.
///
/// ```
/// use gts_oauth_core::Secret;
///
/// let token = Secret::new("M2I1M2Y3YJQTMTJLMY0ZNZJK");
/// assert_eq!(format!("{token:?}"), "Secret(..)");
/// assert_eq!(token.expose(), "M2I1M2Y3YJQTMTJLMY0ZNZJK");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// The longest client id, client secret, code or token that is accepted, in bytes.
pub(crate) const MAX_CREDENTIAL: usize = 64 * 1024;

impl Secret {
    /// Takes ownership of the text. The original of a borrowed text stays with the caller.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it is longer than any that is accepted.
    pub(crate) fn is_too_long(&self) -> bool {
        self.0.len() > MAX_CREDENTIAL
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}
