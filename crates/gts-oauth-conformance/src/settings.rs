//! Settings of a check.

use std::time::Duration;

use gts_oauth_core::http::Method;

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

/// What a transport claims in addition to its obligations. By default, only that it sends `GET` and
/// `POST`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// It supports `https`, and trusts the authorities in [`Settings::roots`].
    pub tls: bool,
    /// It sends the requests of one login over one connection.
    pub connection_reuse: bool,
    /// It requests gzip, and decompresses it. Without this claim, gzip can be an error.
    pub gzip: bool,
    /// The methods that it sends. No other is tested.
    pub methods: Methods,
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

/// The methods that a transport sends. Each includes those before it.
///
/// What is not about a method is checked with those that are claimed:
///
/// ```
/// use gts_oauth_conformance::{Claims, Methods};
///
/// // A stack for scripts and webhooks.
/// let claims = Claims { methods: Methods::Post, ..Claims::default() };
/// assert!(claims.methods < Claims::default().methods);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Methods {
    /// `POST` only. It registers an app, and obtains, renews and revokes tokens. Discovery and the
    /// account need `GET`.
    Post,
    /// `GET` and `POST`: all that a login needs.
    #[default]
    GetAndPost,
    /// Every method.
    All,
}

impl Methods {
    /// The method of a request without a body, if the check does not depend on the method.
    pub(crate) fn to_fetch(self) -> Method {
        if self == Self::Post { Method::POST } else { Method::GET }
    }
}
