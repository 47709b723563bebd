//! Generated certificates, of authorities that only tests trust.

use std::time::{Duration, SystemTime};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOST: &str = "localhost";

/// An authority that signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Identity {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    /// An authority with this name.
    pub fn new(name: &str) -> Self {
        let authority = CertifiedIssuer::self_signed(authority(name), key());
        Self(authority.expect("a signed authority"))
    }

    /// An authority with a certificate of this one.
    pub fn intermediate(&self) -> Self {
        let authority = CertifiedIssuer::signed_by(authority("intermediate"), key(), &self.0);
        Self(authority.expect("a signed authority"))
    }

    /// Its own certificate.
    pub fn der(&self) -> &[u8] {
        self.0.der()
    }

    /// Its own certificate, as text.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", self.0.der())
    }

    /// A valid certificate of `localhost`.
    pub fn valid(&self) -> Identity {
        self.valid_for(HOST)
    }

    /// A valid certificate of this host.
    pub fn valid_for(&self, host: &str) -> Identity {
        self.signed(params(host))
    }

    /// A certificate that expired yesterday.
    pub fn expired(&self) -> Identity {
        let mut params = params(HOST);
        params.not_after = (SystemTime::now() - DAY).into();
        self.signed(params)
    }

    /// A certificate that is valid from tomorrow.
    pub fn not_yet_valid(&self) -> Identity {
        let mut params = params(HOST);
        params.not_before = (SystemTime::now() + DAY).into();
        self.signed(params)
    }

    /// A certificate for clients.
    pub fn for_clients(&self) -> Identity {
        let mut params = params(HOST);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signed(params)
    }

    fn signed(&self, params: CertificateParams) -> Identity {
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("a signed certificate");
        Identity { certificate, key }
    }
}

impl Identity {
    /// A self-signed certificate of `localhost`.
    pub fn self_signed() -> Self {
        Self::signed_by_itself(params(HOST))
    }

    /// A self-signed certificate of an authority, as `openssl req -x509` makes them.
    pub fn self_signed_authority() -> Self {
        let mut params = params(HOST);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self::signed_by_itself(params)
    }

    fn signed_by_itself(params: CertificateParams) -> Self {
        let key = key();
        let certificate = params.self_signed(&key).expect("a signed certificate");
        Self { certificate, key }
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its key.
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// Its key and certificate, as text.
    pub fn pem(&self) -> String {
        let key = pem("PRIVATE KEY", &self.key.serialize_der());
        key + &pem("CERTIFICATE", self.certificate.der())
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a generated key")
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.subject_alt_names = Vec::new();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).expect("an ASCII name");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = (SystemTime::now() - 30 * DAY).into();
    params.not_after = (SystemTime::now() + 30 * DAY).into();
    params
}

/// A document as text (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for bytes in der.chunks(48) {
        BASE64_STANDARD.encode_string(bytes, &mut text);
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}
