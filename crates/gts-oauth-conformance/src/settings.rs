//! What goes into a check.

use std::time::Duration;

/// What the suite asks a transport to be built with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// How long one request may take as a whole: the transport is to fail then.
    pub timeout: Duration,
    /// The certificate authorities to trust, in DER, besides nothing else. Empty outside the
    /// checks of TLS.
    pub roots: Vec<Vec<u8>>,
}

impl Default for Settings {
    /// Time enough for the slowest machine: where nothing is to be waited for, nothing is.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            roots: Vec::new(),
        }
    }
}

/// What a transport claims beyond its obligations, and is held to. All false by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// It speaks `https`, and trusts the authorities that it is told to.
    pub tls: bool,
    /// It sends the requests of one login over one connection.
    pub connection_reuse: bool,
    /// It asks for gzip, and unpacks it.
    pub gzip: bool,
}
