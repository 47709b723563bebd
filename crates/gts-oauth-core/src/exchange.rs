//! One request, and how to read its answer.

use http::{Request, Response};

use crate::error::{Endpoint, Error};
use crate::transport::Transport;

/// One request and how to read its answer. Both are pure: call them as often as you like.
///
/// With a [`Transport`], [`send`](Self::send) does it all. With a stack of your own, of any
/// colour:
///
/// ```
/// use gts_oauth_core::{BoxError, Exchange};
/// # use http::{Request, Response};
/// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
///
/// async fn drive<X: Exchange>(exchange: &X) -> Result<X::Output, BoxError> {
///     let answer = my_stack(exchange.request()).await?;
///     Ok(exchange.parse(&answer)?)
/// }
/// ```
pub trait Exchange {
    /// What a good answer holds.
    type Output;

    /// What the request is for.
    fn endpoint(&self) -> Endpoint;

    /// The request: absolute URI, all headers but those that belong to the connection (`Host`,
    /// `Content-Length`, …), the whole body. It may hold secrets: do not print it.
    fn request(&self) -> Request<Vec<u8>>;

    /// Reads the answer, whatever its status.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unexpected`] or [`Error::Busy`]. This value is unharmed by
    /// any of them, and may be sent again.
    fn parse(&self, answer: &Response<impl AsRef<[u8]>>) -> Result<Self::Output, Error>;

    /// Sends the request and reads the answer.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`Error::NoAnswer`] for the transport's own errors.
    fn send(&self, http: &dyn Transport) -> Result<Self::Output, Error> {
        match http.send(self.request()) {
            Ok(answer) => self.parse(&answer),
            Err(error) => Err(Error::no_answer(self.endpoint(), error)),
        }
    }
}
