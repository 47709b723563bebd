//! Where `state` and the PKCE verifier come from.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::{HMAC, Hash};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::error::Error;
use crate::secret::Secret;

/// 96 secret random bytes for one login.
///
/// Core draws no randomness: its caller does, from the operating system. The bytes become the
/// `state` (32), the PKCE verifier (32), and the seed of later attempts (32). The value can be
/// neither copied nor used twice, and wipes itself when dropped.
///
/// ```
/// # fn os_random(_: &mut [u8]) -> Result<(), std::io::Error> { Ok(()) }
/// use gts_oauth_core::Entropy;
///
/// // In a program: Entropy::from_fn(getrandom::fill)
/// let entropy = Entropy::from_fn(|bytes| os_random(bytes))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Entropy([u8; 96]);

impl Entropy {
    /// Has `fill` fill the bytes from a cryptographically secure source.
    ///
    /// # Errors
    /// Whatever `fill` returns.
    pub fn from_fn<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut entropy = Self([0; 96]);
        fill(&mut entropy.0)?;
        Ok(entropy)
    }

    /// What the only attempt, or the first of several, is made of.
    pub(crate) fn nonces(&self) -> Nonces {
        Nonces {
            state: encode(&self.0[..32]),
            verifier: Secret::new(encode(&self.0[32..64])),
        }
    }
}

impl Drop for Entropy {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}

/// What makes one attempt unlike every other: `state` (RFC 6749 §10.12) and the PKCE verifier
/// (RFC 7636 §4.1), 43 characters of base64url each. Some servers echo `state` unencoded, so
/// it must be URL-safe as it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "StoredNonces")]
pub(crate) struct Nonces {
    pub(crate) state: String,
    pub(crate) verifier: Secret,
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces(..)")
    }
}

#[derive(Deserialize)]
struct StoredNonces {
    state: String,
    verifier: Secret,
}

impl TryFrom<StoredNonces> for Nonces {
    type Error = Error;

    fn try_from(StoredNonces { state, verifier }: StoredNonces) -> Result<Self, Error> {
        for text in [state.as_str(), verifier.expose()] {
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if !(43..=128).contains(&text.len()) || !text.bytes().all(safe) {
                let fault = "its state or its verifier is not 43 to 128 characters of base64url";
                return Err(Error::input("stored login", fault));
            }
        }
        Ok(Self { state, verifier })
    }
}

/// The attempts a login has left to make.
///
/// The first uses the entropy as it came. Each later one is derived from the seed, which its
/// own successor then replaces: who reads a stored login learns of the current and later
/// attempts, never of earlier ones.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Attempts {
    first: Option<Nonces>,
    seed: [u8; 32],
}

impl Attempts {
    pub(crate) fn new(entropy: &Entropy) -> Self {
        let mut seed = [0; 32];
        seed.copy_from_slice(&entropy.0[64..]);
        Self {
            first: Some(entropy.nonces()),
            seed,
        }
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
}

impl Drop for Attempts {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}

/// `BASE64URL-ENCODE(SHA256(verifier))`: the S256 challenge of RFC 7636 §4.2, written into
/// `space`.
pub(crate) fn challenge<'a>(verifier: &str, space: &'a mut [u8; 43]) -> &'a str {
    let hash = Hash::hash(verifier.as_bytes());
    let length = URL_SAFE_NO_PAD.encode_slice(hash, space);
    debug_assert_eq!(length, Ok(43));
    std::str::from_utf8(space).unwrap_or_default()
}

/// The mark by which a login knows a code again without keeping it.
pub(crate) fn sha256(text: &str) -> String {
    encode(&Hash::hash(text.as_bytes()))
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
