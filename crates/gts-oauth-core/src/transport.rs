//! The boundary between this crate and the network: what an HTTP stack must do.

mod network;
mod no_proxy;
pub mod proxies;
mod response;

use std::time::{Duration, SystemTime};

use http::{Request, Response};

use crate::error::{BoxError, ResponseTooLong};
pub(crate) use network::Network;
pub use network::is_public;
pub use response::response;

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
/// each [`MIN_SPEED`] bytes. A response of 4 MiB ends after 69 minutes.
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
/// - **Send exactly what is given**: method, URI, headers, body. Servers compare redirect URIs and
///   codes byte by byte. The stack can add `Host`, `Connection`, `Content-Length` and
///   `Accept-Encoding`.
/// - **Return every status as a response**, 3xx, 4xx and 5xx too, because the body of an error
///   response contains its code. An `Err` means that no whole response was received.
/// - **Follow no redirect**: it would send a secret wherever the server points.
/// - **Skip interim responses** (1xx, RFC 9110 section 15.2): 103 can precede any response.
/// - **Read no body of a 204 or 304, or after `HEAD`**, even if the response has a
///   `Content-Length` (RFC 9110 section 8.6). Waiting for one blocks until the time limit.
/// - **Fail if a body is shorter than announced**, by `Content-Length` or by the last chunk (RFC
///   9112 section 8). Half of a response can look like a whole one.
/// - **Accept trailers** after the last chunk (RFC 9112 section 7.1.2). They can be discarded.
/// - **Decompress, or fail.** A server can send gzip that was not requested (RFC 9110 section
///   12.5.3), unless the request has `Accept-Encoding: identity`. Gzip that is cut off is an error.
/// - **Stop reading at the [`BodyLimit`]** of the request, counted after decompression, and fail
///   with [`ResponseTooLong`]. Otherwise one response can fill the memory.
/// - **Give up in finite time**, even if the server is silent or sends a byte now and then: see
///   [`TIMEOUT`] and [`MIN_SPEED`].
/// - **Keep no cookies.** Some servers set them on `/oauth/token`, and the next user of this
///   transport would send them.
/// - **Check TLS certificates** against the host of the URI. Without that, any server on the way
///   receives the token.
/// - **Use the proxy that is configured, or fail.** A direct connection instead reveals the user's
///   IP address.
/// - **Report what failed**, if the stack does: as a
///   [`NetworkError`](crate::error::NetworkError), or with an [`io::Error`](std::io::Error) among
///   the causes.
///
/// # Hosts inside a network
///
/// A program that sends requests for other users, such as a web back end, must not reach hosts inside
/// its own network for them. The user can type any host, and its name can resolve to any address, also
/// to another one a moment later. So the transport must check each address between resolving the name
/// and connecting ([`is_public`]); to check a name in advance is not enough. With `gts-oauth-ureq`, a
/// resolver does that: the documentation of its `Ureq` has one. A proxy resolves names itself, and
/// needs such a rule of its own.
///
/// Discovery itself follows no link and no redirect from a public host to an address inside
/// ([`Discover`](crate::discovery::Discover)).
///
/// # Time
///
/// A stack that reads a clock can also add [`ReceivedAt`] to its responses. This project's adapters
/// do.
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

/// The longest response body that a transport reads, in bytes after decompression.
///
/// It is an [extension](http::Extensions) of a request. Requests without one have the limit of the
/// protocol's own exchanges, [`PROTOCOL`](Self::PROTOCOL). Request bodies are not limited.
///
/// A stack of your own reads the limit before it sends the request, and checks the length while it
/// reads the body:
///
/// ```
/// use std::io::Read;
///
/// use gts_oauth_core::BoxError;
/// use gts_oauth_core::transport::BodyLimit;
/// use http::{Request, Response};
///
/// # fn my_stack(_: Request<Vec<u8>>) -> Result<Response<&'static [u8]>, BoxError> {
/// #     Ok(Response::new(b"[1, 2]"))
/// # }
/// fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
///     let limit = BodyLimit::of(&request);
///     let (head, body) = my_stack(request)?.into_parts();
///     let mut bytes = Vec::new();
///     body.take(limit.bytes() + 1).read_to_end(&mut bytes)?;
///     limit.check(bytes.len())?;
///     Ok(Response::from_parts(head, bytes))
/// }
///
/// let mut request = Request::default();
/// assert_eq!(send(request.clone())?.body(), b"[1, 2]");
/// request.extensions_mut().insert(BodyLimit::new(5));
/// assert!(send(request).is_err());
/// # Ok::<(), BoxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BodyLimit(u64);

impl BodyLimit {
    /// The limit of registration, tokens, accounts and discovery: 4 MiB. Their responses have a few
    /// kilobytes; a longer one is not from the API.
    pub const PROTOCOL: Self = Self::new(4 * 1024 * 1024);

    /// The default limit of a [`Call`](crate::session::Call): 64 MiB. It fits a download of media,
    /// and a small computer's memory.
    pub const CALL: Self = Self::new(64 * 1024 * 1024);

    /// A limit of this many bytes, or of `isize::MAX`, the longest that a `Vec` can be.
    pub const fn new(bytes: u64) -> Self {
        let longest = isize::MAX as u64;
        Self(if bytes < longest { bytes } else { longest })
    }

    /// The limit of this request.
    pub fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }

    /// The limit in bytes. One more can be added without overflow.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// Checks the length of a body, or of its beginning.
    ///
    /// # Errors
    /// [`ResponseTooLong`] if it exceeds the limit.
    pub fn check(self, length: usize) -> Result<(), ResponseTooLong> {
        match length as u64 > self.0 {
            true => Err(ResponseTooLong { limit: self.0 }),
            false => Ok(()),
        }
    }
}

/// [`PROTOCOL`](BodyLimit::PROTOCOL)
impl Default for BodyLimit {
    fn default() -> Self {
        Self::PROTOCOL
    }
}

/// When a response was received, by the local clock.
///
/// It is an [extension](http::Extensions) of a response, and optional. A token that expires does so
/// [a number of seconds](crate::Session::expires_in) after it was issued. Counted from this time,
/// the expiry can be compared with the local clock, even if the server's clock is days apart.
/// Without it, the expiry is counted from the response's `Date`.
///
/// A stack of your own adds it to every response:
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use gts_oauth_core::transport::ReceivedAt;
/// use gts_oauth_core::{App, BoxError, Exchange};
/// use http::{Request, Response};
///
/// # fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
/// #     let body = r#"{"access_token":"M2I1M2Y3","expires_in":7200}"#;
/// #     let date = "Mon, 23 Nov 2020 10:58:21 GMT";
/// #     Ok(Response::builder().header("Date", date).body(body.into())?)
/// # }
/// fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
///     let mut response = my_stack(request)?;
///     response.extensions_mut().insert(ReceivedAt::new(SystemTime::now()));
///     Ok(response)
/// }
///
/// # use gts_oauth_core::{AuthorizeOptions, Entropy, RegisterApp, Secret};
/// # let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
/// # let app = App::from_credentials(app, "01ST88WW", Secret::new("63688859"))?;
/// # let entropy = Entropy::from_fn(|bytes| { bytes.fill(7); Ok::<(), BoxError>(()) })?;
/// # let exchange = app.authorize(AuthorizeOptions::new(), entropy)?.code_from_text("MJG4YJRK")?;
/// let session = exchange.parse(&send(exchange.request())?)?;
/// let soon = SystemTime::now() + Duration::from_secs(60);
/// assert!(session.expires_at().is_some_and(|time| time > soon));
/// # Ok::<(), BoxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReceivedAt(SystemTime);

impl ReceivedAt {
    /// This time.
    pub const fn new(time: SystemTime) -> Self {
        Self(time)
    }

    /// When this response was received. `None` if its transport did not report it.
    pub fn of<B>(response: &Response<B>) -> Option<Self> {
        response.extensions().get().copied()
    }

    /// The time.
    pub const fn time(self) -> SystemTime {
        self.0
    }
}
