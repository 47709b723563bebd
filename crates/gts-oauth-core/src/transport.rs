//! The boundary between this crate and the network.

mod no_proxy;
pub mod proxies;

use std::time::Duration;

use http::{Request, Response};

use crate::error::BoxError;
pub use crate::error::MAX_BODY;

/// The longest time in which this project's adapters connect, including the host name and TLS,
/// unless their caller sets another limit. Core itself measures no time.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time for which this project's adapters wait without progress: for the beginning of
/// the response, or while fewer than [`MIN_SPEED`] bytes a second are sent or received. They have
/// no limit for a request as a whole, unless their caller sets one.
///
/// Working servers respond faster, and users give up sooner.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The fewest bytes a second that this project's adapters accept as progress.
///
/// Slow mobile networks are faster. Without it, a server that sends a byte now and then could keep
/// a request alive for ever. With it, an adapter gives up on such a server after about
/// [`TIMEOUT`], and on a faster one at the latest after [`allowed_time`] for the longest body.
pub const MIN_SPEED: usize = 1024;

/// The longest time in which this many bytes are sent or received: [`TIMEOUT`], and a second for
/// each [`MIN_SPEED`] bytes. A response of [`MAX_BODY`] bytes ends after 69 minutes.
///
/// ```
/// use gts_oauth_core::transport::{TIMEOUT, allowed_time};
/// use std::time::Duration;
///
/// assert_eq!(allowed_time(64 * 1024), TIMEOUT + Duration::from_secs(64));
/// ```
pub const fn allowed_time(bytes: usize) -> Duration {
    Duration::from_secs(TIMEOUT.as_secs() + (bytes / MIN_SPEED) as u64)
}

/// Sends one request and returns its whole response, blocking until then.
///
/// Closures implement it. Implementations must:
///
/// - **Send exactly what is given**: method, URI, headers, body. The stack can add `Host`,
///   `Connection`, `Content-Length` and `Accept-Encoding`.
/// - **Return every status as a response**, 3xx, 4xx and 5xx too. An `Err` means that no response
///   was received.
/// - **Follow no redirect**: it would send a secret wherever the server points.
/// - **Stop reading after [`MAX_BODY`]** bytes, counted after decompression, and fail with
///   [`ResponseTooLong`](crate::error::ResponseTooLong).
/// - **Give up in finite time**, even if the server is silent or sends a byte now and then: see
///   [`TIMEOUT`] and [`MIN_SPEED`].
/// - **Keep no cookies.** Some servers set them on `/oauth/token`.
/// - **Check TLS certificates** against the host of the URI.
/// - **Report what failed**, if the stack does: as a
///   [`NetworkError`](crate::error::NetworkError), or with an [`io::Error`](std::io::Error) among
///   the causes.
///
/// ```
/// use gts_oauth_core::{BoxError, Transport};
/// use http::{Request, Response};
///
/// let canned = |_: Request<Vec<u8>>| Ok::<_, BoxError>(Response::new(b"{}".to_vec()));
/// let http: &dyn Transport = &canned;
/// assert_eq!(http.send(Request::default())?.body(), b"{}");
/// # Ok::<(), BoxError>(())
/// ```
///
/// It is meant to be implemented.
pub trait Transport {
    /// Sends the request and reads the whole response.
    ///
    /// # Errors
    /// Only if there is no whole response. The error should contain nothing of the request's
    /// headers and body, which can hold secrets.
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError>;
}

impl<F, E> Transport for F
where
    F: Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, E>,
    E: Into<BoxError>,
{
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        self(request).map_err(Into::into)
    }
}
