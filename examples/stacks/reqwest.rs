//! reqwest: asynchronous, so no [`Transport`](gts_oauth_core::Transport). Whoever awaits needs
//! none: `examples/stacks/run/async.rs` has an `.await` behind each exchange's request.

use std::time::Duration;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, MAX_BODY, TooLong};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

/// What a transport is, but for the waiting.
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: Client,
}

impl Reqwest {
    /// With the time that one request may take, and the authorities to trust.
    ///
    /// # Errors
    /// If an authority cannot be read.
    pub fn new(timeout: Duration, roots: &[Vec<u8>]) -> Result<Self, BoxError> {
        let mut client = Client::builder().redirect(Policy::none()).timeout(timeout);
        if !roots.is_empty() {
            let roots = roots.iter().map(|der| Certificate::from_der(der));
            client = client.tls_certs_only(roots.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self {
            client: client.build()?,
        })
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// Only when there is no whole answer.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        let mut answer = self.client.execute(request.try_into()?).await?;
        let mut response = Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        while let Some(chunk) = answer.chunk().await? {
            response.body_mut().extend_from_slice(&chunk);
            if response.body().len() > MAX_BODY {
                return Err(TooLong.into());
            }
        }
        Ok(response)
    }
}
