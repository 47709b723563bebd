//! The seam between this crate and the network.

use std::time::Duration;

use http::{Request, Response};

use crate::error::BoxError;

/// How long one request may take as a whole in this project's adapters, unless their caller
/// sets a limit. A server that answers at all answers faster; a person who waits gives up
/// sooner. Core itself keeps no time.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Sends one request and returns its answer, blocking until it is whole.
///
/// Closures are transports. Whoever writes one owes the caller, and the person whose token it
/// carries, this much:
///
/// - **Send exactly what is given**: method, URI, headers, body. The stack may add `Host`,
///   `Connection`, `Content-Length` and `Accept-Encoding`.
/// - **Every status is an answer**, 3xx, 4xx and 5xx too: an `Err` says that no answer came.
/// - **Follow no redirect**: a secret would be sent to whatever place the server names.
/// - **Stop reading at [`MAX_BODY`](crate::MAX_BODY)** bytes, after decompression, and fail with
///   [`TooLong`](crate::TooLong).
/// - **Give up in finite time**, on a server that is silent or drips, too.
/// - **Keep no cookies.** Some servers set them on `/oauth/token`.
/// - **Check TLS certificates**, against the host of the URI.
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
pub trait Transport {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// Only when there is no whole answer. The error should say no more than the stack knows
    /// without the request's headers and body: those hold secrets.
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
