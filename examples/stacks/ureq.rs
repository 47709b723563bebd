//! ureq, with its adapter: the agent is configured with certificate authorities, a time limit and a
//! proxy.

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::{Agent, Proxy};

/// The adapter around an agent with this time limit, these certificate authorities, and this proxy.
///
/// # Errors
/// If the URL of the proxy is not valid.
pub fn transport(
    timeout: Duration,
    roots: &[Vec<u8>],
    proxy: Option<&str>,
) -> Result<Ureq, BoxError> {
    let tls = TlsConfig::builder().root_certs(trust(roots)).build();
    let mut config = Agent::config_builder().tls_config(tls).timeout_global(Some(timeout));
    if let Some(proxy) = proxy {
        config = config.proxy(Some(Proxy::new(proxy)?));
    }
    Ok(Ureq::with_agent(config.build().new_agent()))
}

fn trust(roots: &[Vec<u8>]) -> RootCerts {
    if roots.is_empty() {
        return RootCerts::PlatformVerifier;
    }
    let certificate = |der: &Vec<u8>| Certificate::from_der(der).to_owned();
    let certificates: Vec<_> = roots.iter().map(certificate).collect();
    RootCerts::new_with_certs(&certificates)
}
