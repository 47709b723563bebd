//! Generated certificates, and TLS servers that use them.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};

use super::server::Server;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOST: &str = "localhost";
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// The authority that all clients of these tests trust.
pub(crate) static ROOT: LazyLock<Authority> = LazyLock::new(|| Authority::new("root"));

/// An authority that signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// An authority with this name.
    pub(crate) fn new(name: &str) -> Self {
        let authority = CertifiedIssuer::self_signed(authority(name), key());
        Self(authority.expect("a signed authority"))
    }

    /// An authority with a certificate of this one. Its servers send only their own certificates.
    pub(crate) fn intermediate(&self) -> Self {
        let authority = CertifiedIssuer::signed_by(authority("intermediate"), key(), &self.0);
        Self(authority.expect("a signed authority"))
    }

    /// Its own certificate.
    pub(crate) fn der(&self) -> &[u8] {
        self.0.der()
    }

    /// A server at `localhost` with a valid certificate.
    pub(crate) fn server(&self) -> Server {
        self.signed(params(HOST))
    }

    /// With a certificate that expired yesterday.
    pub(crate) fn expired(&self) -> Server {
        let mut params = params(HOST);
        params.not_after = (SystemTime::now() - DAY).into();
        self.signed(params)
    }

    /// With a certificate that is valid from tomorrow.
    pub(crate) fn not_yet_valid(&self) -> Server {
        let mut params = params(HOST);
        params.not_before = (SystemTime::now() + DAY).into();
        self.signed(params)
    }

    /// With a certificate of another host.
    pub(crate) fn of_another_host(&self) -> Server {
        self.signed(params("example.org"))
    }

    /// With a certificate for clients.
    pub(crate) fn for_clients(&self) -> Server {
        let mut params = params(HOST);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signed(params)
    }

    fn signed(&self, params: CertificateParams) -> Server {
        let key = key();
        let certificate = params.signed_by(&key, &self.0);
        server(&certificate.expect("a signed certificate"), &key)
    }
}

/// A server at `localhost` with a self-signed certificate.
pub(crate) fn self_signed() -> Server {
    let key = key();
    let certificate = params(HOST).self_signed(&key);
    server(&certificate.expect("a signed certificate"), &key)
}

/// With a self-signed certificate of an authority, as `openssl req -x509` makes them.
pub(crate) fn self_signed_authority() -> Server {
    let key = key();
    let mut params = params(HOST);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key);
    server(&certificate.expect("a signed certificate"), &key)
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

/// A server that sends a response to every client that accepts its certificate.
fn server(certificate: &Certificate, key: &KeyPair) -> Server {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions that ring supports")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    let config = Arc::new(config.expect("the key of the certificate"));
    Server::start(move |connection| {
        let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a configuration");
        let mut stream = Stream::new(&mut tls, connection);
        stream.read_exact(&mut [0; 1])?;
        stream.write_all(RESPONSE)?;
        stream.conn.send_close_notify();
        stream.flush()?;
        connection.shutdown(Shutdown::Write)?;
        // Otherwise the system could reset the connection before the client has read the response.
        connection.read_to_end(&mut Vec::new()).map(drop)
    })
}
