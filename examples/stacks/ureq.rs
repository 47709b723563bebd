//! ureq, by its adapter: a client of one's own, with roots of trust and a time limit.

use std::time::Duration;

use gts_oauth_core::BoxError;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The adapter around an agent that was told these two things.
///
/// # Errors
/// Never: the others of its kind may.
pub fn transport(timeout: Duration, roots: &[Vec<u8>]) -> Result<Ureq, BoxError> {
    let tls = TlsConfig::builder().root_certs(trust(roots)).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(timeout));
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
