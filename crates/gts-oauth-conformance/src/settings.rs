//! Settings of a check.

use std::time::Duration;

/// The settings with which the suite has a transport built.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The time limit of one request, including its response. After that the transport must fail.
    pub timeout: Duration,
    /// The only certificate authorities to trust, in DER. Empty outside the checks of TLS.
    pub roots: Vec<Vec<u8>>,
}

impl Default for Settings {
    /// Five seconds, enough for slow machines. A correct transport does not wait that long.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), roots: Vec::new() }
    }
}

/// What a transport claims in addition to its obligations. All false by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// It supports `https`, and trusts the authorities in [`Settings::roots`].
    pub tls: bool,
    /// It sends the requests of one login over one connection.
    pub connection_reuse: bool,
    /// It requests gzip, and decompresses it.
    pub gzip: bool,
}
