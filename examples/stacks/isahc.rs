//! isahc, with its adapter: the client is configured with certificate authorities and a proxy, the
//! adapter with the time limit.

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::HttpClient;
use gts_oauth_isahc::isahc::config::Configurable as _;
use gts_oauth_isahc::isahc::tls::{TlsConfig, TrustStore, TrustStoreBuilder};

/// The adapter around a client with this time limit, these certificate authorities, and this proxy.
///
/// # Errors
/// If the URL of the proxy is not valid, or the client's thread cannot be started.
pub fn transport(
    timeout: Duration,
    roots: &[Vec<u8>],
    proxy: Option<&str>,
) -> Result<Isahc, BoxError> {
    let tls = TlsConfig::builder().trust_store(trust(roots)).build();
    let mut client = HttpClient::builder().tls_config(tls);
    if let Some(proxy) = proxy {
        client = client.proxy(Some(proxy.parse()?));
    }
    Ok(Isahc::from(client.build()?).timeout(timeout))
}

fn trust(roots: &[Vec<u8>]) -> TrustStore {
    if roots.is_empty() {
        return TrustStore::native();
    }
    let store = TrustStore::builder();
    let add = |store: TrustStoreBuilder, der: &Vec<u8>| store.certificate_from_der(der);
    roots.iter().fold(store, add).build()
}
