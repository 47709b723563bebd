//! Random bytes for a login.

use std::fmt;

use zeroize::Zeroize;

use crate::error::{BoxError, Error};

/// 96 secret random bytes for one login.
///
/// Core has no random source: its caller takes the bytes from the operating system. They become
/// the `state` (32), the PKCE verifier (32), and the seed of later attempts (32). The value cannot
/// be copied or used twice, and is wiped when dropped.
///
/// ```
/// # fn os_random(_: &mut [u8]) -> Result<(), std::io::Error> { Ok(()) }
/// use gts_oauth_core::Entropy;
///
/// // In a program: Entropy::from_fn(getrandom::fill)
/// let entropy = Entropy::from_fn(|bytes| os_random(bytes))?;
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
pub struct Entropy(pub(crate) [u8; 96]);

impl Entropy {
    /// Lets `fill` fill the bytes from a cryptographically secure source.
    ///
    /// # Errors
    /// [`Error::Entropy`] with the error of `fill`.
    pub fn from_fn<E: Into<BoxError>>(
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, Error> {
        let mut entropy = Self([0; 96]);
        fill(&mut entropy.0).map_err(|error| Error::Entropy(error.into()))?;
        Ok(entropy)
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
