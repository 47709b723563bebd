//! The boundary between this crate and the network.

mod no_proxy;
pub mod proxies;

use std::time::Duration;

use http::{Request, Response};

use crate::error::BoxError;
pub use crate::error::MAX_BODY;

/// The limit of this project's adapters for one request as a whole, unless their caller sets
/// another one. Core itself measures no time.
///
/// Working servers respond faster, and users give up sooner.
pub const TIMEOUT: Duration = Duration::from_secs(30);

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
/// - **Give up in finite time**, even if the server is silent or sends a byte now and then.
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
