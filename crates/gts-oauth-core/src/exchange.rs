//! One request, and how to read its response.

use http::{Request, Response};

use crate::error::{Error, Operation};
use crate::transport::Transport;
use crate::wire::drop_response;

/// One request and how to read its response. Both are pure and can be called any number of times.
///
/// With a [`Transport`], [`send`](Self::send) does both. With your own HTTP stack, sync or async:
///
/// ```
/// use gts_oauth_core::{BoxError, Exchange};
/// # use http::{Request, Response};
/// # async fn my_stack(_: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> { unimplemented!() }
///
/// async fn drive<X: Exchange>(exchange: &X) -> Result<X::Output, BoxError> {
///     let response = my_stack(exchange.request()).await?;
///     Ok(exchange.parse(&response)?)
/// }
/// ```
///
/// It is meant to be implemented, too: for a call with a typed response of your own.
pub trait Exchange {
    /// The result of a successful response.
    type Output;

    /// What the request is for.
    fn operation(&self) -> Operation;

    /// The request: an absolute URI, all headers except those of the connection (`Host`,
    /// `Content-Length`, …), and the whole body. It can contain secrets: do not print it.
    fn request(&self) -> Request<Vec<u8>>;

    /// Reads the response, whatever its status.
    ///
    /// # Errors
    /// [`Error::ErrorResponse`], [`Error::UnexpectedResponse`] or [`Error::Unavailable`]. After
    /// each of them the exchange can be sent again.
    fn parse(&self, response: &Response<impl AsRef<[u8]>>) -> Result<Self::Output, Error>;

    /// Sends the request and reads the response.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`Error::Transport`] with the transport's own error.
    fn send(&self, http: &dyn Transport) -> Result<Self::Output, Error> {
        let request = self.request();
        // A second request would leave the secrets of its headers in memory.
        let (method, uri) = (request.method().clone(), request.uri().clone());
        match http.send(request) {
            Ok(response) => {
                let parsed = self.parse(&response);
                drop_response(response, self.operation());
                parsed
            }
            Err(error) => Err(Error::transport_at(self.operation(), &method, &uri, error)),
        }
    }
}
