//! Generated certificates.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An authority that signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    /// A new authority, which no client trusts.
    pub(crate) fn new() -> Self {
        let mut params = params("gts-oauth-conformance test authority", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a generated key");
        let certificate = params.self_signed(&key).expect("a signed authority");
        Self { der: certificate.der().to_vec(), issuer: Issuer::new(params, key) }
    }

    /// Its own certificate, for clients that must trust it.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.der.clone()
    }

    /// A server for this host, with a certificate that is valid for a month.
    pub(crate) fn server(&self, host: &str) -> Arc<ServerConfig> {
        self.sign(params(host, vec![host.to_owned()]))
    }

    /// A server for this host, with a certificate that expired yesterday.
    pub(crate) fn expired(&self, host: &str) -> Arc<ServerConfig> {
        let mut params = params(host, vec![host.to_owned()]);
        params.not_after = (SystemTime::now() - DAY).into();
        self.sign(params)
    }

    fn sign(&self, mut params: CertificateParams) -> Arc<ServerConfig> {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a generated key");
        let certificate = params.signed_by(&key, &self.issuer);
        let chain = vec![certificate.expect("a signed certificate").der().clone()];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions that ring supports")
            .with_no_client_auth()
            .with_single_cert(chain, key);
        Arc::new(config.expect("the key of the certificate"))
    }
}

/// Valid for two months, because platforms reject certificates valid for more than 825 days.
fn params(name: &str, hosts: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).expect("an ASCII name");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = (SystemTime::now() - 30 * DAY).into();
    params.not_after = (SystemTime::now() + 30 * DAY).into();
    params
}
