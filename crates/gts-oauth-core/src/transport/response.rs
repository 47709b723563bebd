//! Responses of HTTP stacks with types of their own.

use http::{HeaderName, HeaderValue, Response, StatusCode};

/// The response of an HTTP stack that does not use the types of the `http` crate.
///
/// Repeated headers are kept. A header that cannot be one (a name with a space) is skipped, because
/// the rest of the response has a meaning without it.
///
/// ```
/// use gts_oauth_core::transport::response;
///
/// let headers = [("content-type", "application/json"), ("set-cookie", "a=b")];
/// let response = response(200, headers, *b"{}")?;
/// assert_eq!(response.headers()["content-type"], "application/json");
/// # Ok::<(), gts_oauth_core::http::Error>(())
/// ```
///
/// # Errors
/// [`http::Error`] if the status does not have three digits, or if there are too many headers.
pub fn response<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    status: u16,
    headers: impl IntoIterator<Item = (N, V)>,
    body: impl Into<Vec<u8>>,
) -> Result<Response<Vec<u8>>, http::Error> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status)?;
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_ref());
        let value = HeaderValue::from_bytes(value.as_ref().trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().try_append(name, value)?;
        }
    }
    Ok(response)
}
