//! Transports over several HTTP clients, each in its own file: how to configure a client so that it
//! does what a [`Transport`](gts_oauth_core::Transport) must.
//!
//! `gts-oauth-conformance` checks each of them, in the tests of this package. A program uses one as
//! it uses an adapter: `login.run(&transport, prompt)`.
//!
//! Most take the time limit of one request, the certificate authorities to trust, in DER, and the
//! URL of a proxy. An empty list means the authorities of the system.

use gts_oauth_core::BoxError;
use gts_oauth_core::http::Response;
use gts_oauth_core::http::header::CONTENT_ENCODING;

pub mod attohttpc;
pub mod curl;
pub mod isahc;
pub mod reqwest;
pub mod std_net;
pub mod ureq;

/// For stacks that do not decompress: an error if a server compressed the body unasked.
fn uncompressed(response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(coding) if coding != "identity" && !response.body().is_empty() => {
            Err(format!("the response is compressed ({coding:?})").into())
        }
        _ => Ok(response),
    }
}
