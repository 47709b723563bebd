//! HTTP stacks.

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::transport::BodyLimit;
use gts_oauth_core::{BoxError, Transport};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::{Builder, Runtime};

/// An async stack, as in `examples/stacks/async_loop.rs`, without TLS.
pub(crate) struct Hyper(Client<HttpConnector, Full<Bytes>>);

impl Hyper {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    pub(crate) async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = BodyLimit::of(&request);
        let response = self.0.request(request.map(Full::from)).await?;
        let (head, mut body) = response.into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            bytes.extend(frame?.into_data().unwrap_or_default());
            limit.check(bytes.len())?;
        }
        Ok(Response::from_parts(head, bytes))
    }
}

/// The same, for exchanges one by one.
pub(crate) struct Blocking {
    pub(crate) http: Hyper,
    pub(crate) runtime: Runtime,
}

impl Blocking {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        Self { http: Hyper::new(), runtime: runtime.expect("a runtime") }
    }
}

impl Transport for Blocking {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        self.runtime.block_on(self.http.send(request))
    }
}
