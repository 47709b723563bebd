//! ureq, with its adapter: the agent is configured with certificate authorities and a time limit.

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The adapter around an agent with this time limit and these certificate authorities.
///
/// # Errors
/// None. Other clients can fail here.
pub fn transport(timeout: Duration, roots: &[Vec<u8>]) -> Result<Ureq, BoxError> {
    let tls = TlsConfig::builder().root_certs(trust(roots)).build();
    let config = Agent::config_builder().tls_config(tls).timeout_global(Some(timeout));
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
