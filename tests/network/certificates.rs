//! TLS servers with generated certificates.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::sync::{Arc, LazyLock};

use gts_oauth_tests::certificates::{Authority, Identity};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};

use super::server::Server;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// The authority that all clients of these tests trust.
pub(crate) static ROOT: LazyLock<Authority> = LazyLock::new(|| Authority::new("root"));

/// A server that sends a response to every client that accepts its certificate. It sends no other
/// certificates.
pub(crate) fn server(identity: &Identity) -> Server {
    let key = PrivateKeyDer::Pkcs8(identity.key().serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions that ring supports")
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate().der().clone()], key);
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
