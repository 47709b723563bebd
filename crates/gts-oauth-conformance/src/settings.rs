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
    /// The URL of the proxy to use for every request, also to loopback addresses:
    /// `http://127.0.0.1:40123`, or with `socks5://`. `None` outside the checks of proxies. For a
    /// scheme that the stack does not support, build a transport that fails.
    pub proxy: Option<String>,
}

impl Default for Settings {
    /// Five seconds, enough for slow machines. A correct transport does not wait that long.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), roots: Vec::new(), proxy: None }
    }
}

/// What a transport claims in addition to its obligations. All false by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// It supports `https`, and trusts the authorities in [`Settings::roots`].
    pub tls: bool,
    /// It sends the requests of one login over one connection.
    pub connection_reuse: bool,
    /// It requests gzip, and decompresses it. Without this claim, gzip can be an error.
    pub gzip: bool,
    /// It sends every method. Without this claim, only `GET` and `POST` are tested: a login needs
    /// no other.
    pub methods: bool,
    /// It skips interim responses (1xx) and accepts trailers. Without this claim both can be errors:
    /// few servers send them.
    pub interim_and_trailers: bool,
    /// It supports `http://` proxies, and uses the one in [`Settings::proxy`].
    pub proxy: bool,
    /// It adds the time at which it received a response, as a
    /// [`ReceivedAt`](gts_oauth_core::transport::ReceivedAt). Without this claim, the expiry of
    /// tokens depends on the server's clock.
    pub received_at: bool,
}
