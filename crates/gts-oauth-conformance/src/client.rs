//! The transport that is checked, and the requests that it is sent.

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::{BoxError, Transport};

use crate::settings::Methods;

/// The token, which must be sent only where a check expects it.
const BEARER: &str = "Bearer ZJY5NMIXYTUTMZG0";

/// A transport, with the methods that it claims.
pub(crate) struct Client {
    transport: Box<dyn Transport + Send>,
    methods: Methods,
}

impl Client {
    pub(crate) fn new(transport: impl Transport + Send + 'static, methods: Methods) -> Self {
        Self { transport: Box::new(transport), methods }
    }

    /// Sends this request, which must have a method that is claimed.
    pub(crate) fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        self.transport.send(request)
    }

    /// Requests `/page`, with the token and without a body.
    pub(crate) fn fetch(&self, origin: &str) -> Result<Response<Vec<u8>>, BoxError> {
        self.send(request(self.methods.to_fetch(), &format!("{origin}/page"), b""))
    }

    /// The methods and bodies of two requests: one without a body, and one with this body.
    pub(crate) fn without_and_with<'a>(&self, body: &'a [u8]) -> [(Method, &'a [u8]); 2] {
        [(self.methods.to_fetch(), b""), (Method::POST, body)]
    }

    /// The methods that the transport claims.
    pub(crate) fn methods(&self) -> Methods {
        self.methods
    }
}

/// A request like those of core, with the token if it has no body.
pub(crate) fn request(method: Method, uri: &str, body: &[u8]) -> Request<Vec<u8>> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("user-agent", "gts-oauth-conformance (+https://example.org)")
        .header("accept", "application/json");
    let request = match body {
        [] => request.header("authorization", BEARER),
        _ => request.header("content-type", "application/x-www-form-urlencoded"),
    };
    request.body(body.to_vec()).expect("a valid request")
}
