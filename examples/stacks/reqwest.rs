//! reqwest: asynchronous, so it is not a [`Transport`](gts_oauth_core::Transport). Asynchronous code
//! needs none: `async_loop.rs` has `.await` after each request.

use std::time::Duration;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, transport::BodyLimit};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Proxy};

use crate::uncompressed;

/// An asynchronous transport.
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: Client,
}

impl Reqwest {
    /// A client with this time limit for each request, these certificate authorities, and this
    /// proxy.
    ///
    /// # Errors
    /// If a certificate or the URL of the proxy cannot be read.
    pub fn new(
        timeout: Duration,
        roots: &[Vec<u8>],
        proxy: Option<&str>,
    ) -> Result<Self, BoxError> {
        let mut client = Client::builder().redirect(Policy::none()).timeout(timeout);
        if !roots.is_empty() {
            let roots = roots.iter().map(|der| Certificate::from_der(der));
            client = client.tls_certs_only(roots.collect::<Result<Vec<_>, _>>()?);
        }
        if let Some(proxy) = proxy {
            client = client.proxy(Proxy::all(proxy)?);
        }
        Ok(Self { client: client.build()? })
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Errors
    /// If no complete response was received.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let limit = BodyLimit::of(&request);
        let mut received = self.client.execute(request.try_into()?).await?;
        let mut response = Response::new(Vec::new());
        *response.status_mut() = received.status();
        *response.headers_mut() = std::mem::take(received.headers_mut());
        while let Some(chunk) = received.chunk().await? {
            response.body_mut().extend_from_slice(&chunk);
            limit.check(response.body().len())?;
        }
        uncompressed(response)
    }
}
