//! TLS that fails, and certificates that are not valid.

use gts_oauth_core::Transport;
use gts_oauth_core::error::{CertificateFault, NetworkFault};
use gts_oauth_core::http::Request;
use gts_oauth_tests::certificates::{Authority, Identity};
use gts_oauth_ureq::BoxError;

use super::certificates::{ROOT, server};
use super::server::Server;
use super::{Adapters, error};

/// libcurl has one error code for every certificate that is not valid.
const BY_ISAHC: NetworkFault = NetworkFault::Certificate(CertificateFault::Other);

#[test]
fn certificate_of_the_authority_is_accepted() -> Result<(), BoxError> {
    let server = server(&ROOT.valid());
    // They are dropped before the server, which waits until they close their connections.
    let adapters = Adapters::new();
    let all: [&dyn Transport; 2] = [&adapters.ureq, &adapters.isahc];
    for http in all {
        let request = Request::get(server.https()).body(Vec::new())?;
        assert_eq!(http.send(request)?.body(), b"{}");
    }
    Ok(())
}

#[test]
fn certificate_that_is_not_valid() {
    let cases = [
        (ROOT.expired(), CertificateFault::Expired),
        (ROOT.not_yet_valid(), CertificateFault::NotYetValid),
        (ROOT.valid_for("example.org"), CertificateFault::WrongHost),
        (Authority::new("private root").valid(), CertificateFault::UnknownIssuer),
        (ROOT.intermediate().valid(), CertificateFault::UnknownIssuer),
        (Identity::self_signed(), CertificateFault::UnknownIssuer),
        (Identity::self_signed_authority(), CertificateFault::UnknownIssuer),
        (ROOT.for_clients(), CertificateFault::Other),
    ];
    let adapters = Adapters::new();
    for (identity, fault) in &cases {
        let server = server(identity);
        adapters.assert_faults(&server.https(), NetworkFault::Certificate(*fault), BY_ISAHC);
    }
}

#[test]
fn certificate_for_a_name_is_not_valid_for_an_ip_address() {
    let server = server(&ROOT.valid());
    let url = format!("https://{}/", server.address());
    let fault = NetworkFault::Certificate(CertificateFault::WrongHost);
    Adapters::new().assert_faults(&url, fault, BY_ISAHC);
}

/// If this fails, isahc returns libcurl's messages: the faults of its adapter can be more precise.
#[test]
fn isahc_returns_no_message_of_libcurl() {
    let server = server(&ROOT.expired());
    let error = error(&Adapters::new().isahc, &server.https());
    let by_isahc = error.source().map(ToString::to_string);
    assert_eq!(by_isahc.as_deref(), Some("the server certificate could not be validated"));
}

#[test]
fn port_without_tls() {
    let other_protocols: [&[u8]; 3] = [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"H",
    ];
    for sent in other_protocols {
        let server = Server::sending_to_tls(sent);
        let by_isahc = NetworkFault::Tls; // one error code for both
        Adapters::new().assert_faults(&server.https(), NetworkFault::NotTls, by_isahc);
    }
}

#[test]
fn other_failures_of_tls() {
    let messages: [&[u8]; 3] = [
        b"\x15\x03\x03\x00\x02\x02\x28", // a fatal alert: handshake_failure
        b"\x15\x03\x03\x00\x02\x02\x70", // a fatal alert: unrecognized_name
        b"\x16\x03\x03\x00\x04\x02\x00\x00\x00", // a ServerHello without a body
    ];
    for sent in messages {
        let server = Server::sending_to_tls(sent);
        Adapters::new().assert_fault(&server.https(), NetworkFault::Tls);
    }
}

#[test]
fn connection_closed_before_tls() {
    let server = Server::sending_to_tls(b"");
    let by_isahc = NetworkFault::Tls; // one error code for both
    Adapters::new().assert_faults(&server.https(), NetworkFault::Closed, by_isahc);
}
