//! `state` (RFC 6749 section 10.12) and PKCE (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::{HMAC, Hash};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::error::Error;
use crate::types::Entropy;
use crate::types::Secret;

/// The `state` and the PKCE verifier of one attempt: 43 characters of base64url each. Some servers
/// echo `state` unencoded, so it must be URL-safe as it is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Nonces {
    pub(crate) state: String,
    pub(crate) verifier: Secret,
}

impl Nonces {
    /// The nonces of the only attempt, or of the first one.
    pub(crate) fn first(entropy: &Entropy) -> Self {
        Self { state: encode(&entropy.0[..32]), verifier: Secret::new(encode(&entropy.0[32..64])) }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for text in [self.state.as_str(), self.verifier.expose()] {
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if !(43..=128).contains(&text.len()) || !text.bytes().all(safe) {
                let fault = "the state or the verifier is not 43 to 128 characters of base64url";
                return Err(Error::input("stored login", fault));
            }
        }
        Ok(())
    }
}

/// The nonces of all later attempts of a login.
///
/// The first attempt uses the entropy directly. Each later one is derived from the seed, which is
/// then replaced: a stored login reveals the current and later attempts, never earlier ones.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Attempts {
    first: Option<Nonces>,
    seed: [u8; 32],
}

impl Attempts {
    pub(crate) fn new(entropy: &Entropy) -> Self {
        let mut seed = [0; 32];
        seed.copy_from_slice(&entropy.0[64..]);
        Self { first: Some(Nonces::first(entropy)), seed }
    }

    pub(crate) fn next(&mut self) -> Nonces {
        if let Some(first) = self.first.take() {
            return first;
        }
        let nonces = Nonces {
            state: encode(&HMAC::mac("gts-oauth state", self.seed)),
            verifier: Secret::new(encode(&HMAC::mac("gts-oauth verifier", self.seed))),
        };
        self.seed = HMAC::mac("gts-oauth successor", self.seed);
        nonces
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.first.as_ref().map_or(Ok(()), Nonces::check)
    }
}

impl Drop for Attempts {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}

/// The S256 challenge of RFC 7636 section 4.2, written into `buffer`.
pub(crate) fn challenge<'a>(verifier: &str, buffer: &'a mut [u8; 43]) -> &'a str {
    let hash = Hash::hash(verifier.as_bytes());
    let length = URL_SAFE_NO_PAD.encode_slice(hash, buffer);
    debug_assert_eq!(length, Ok(43));
    std::str::from_utf8(buffer).unwrap_or_default()
}

/// The SHA-256 of a code, by which a login recognizes it without storing it.
pub(crate) fn sha256(text: &str) -> String {
    encode(&Hash::hash(text.as_bytes()))
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
