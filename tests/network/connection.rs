//! Connections that cannot be established, or end early.

use gts_oauth_core::Transport;
use gts_oauth_core::error::{NetworkError, NetworkFault};
use gts_oauth_core::http::Request;
use gts_oauth_isahc::isahc;
use gts_oauth_ureq::ureq::tls::TlsConfig;
use gts_oauth_ureq::{CertificatesUnchecked, Ureq, ureq};

use super::server::{Server, head};
use super::{Adapters, UNUSED, agent, error, fault};

#[test]
fn host_name_that_does_not_resolve() {
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://nonexistent.invalid/");
        Adapters::new().assert_fault(&url, NetworkFault::UnknownHost);
    }
}

#[test]
fn port_without_a_server_refuses() {
    for scheme in ["http", "https"] {
        Adapters::new().assert_fault(&format!("{scheme}://{UNUSED}/"), NetworkFault::Refused);
    }
}

/// Linux rejects this address itself: it sends nothing.
#[cfg(target_os = "linux")]
#[test]
fn address_without_a_route_is_unreachable() {
    let by_isahc = NetworkFault::Refused; // one error code for both
    let url = "http://255.255.255.255/";
    Adapters::new().assert_faults(url, NetworkFault::Unreachable, by_isahc);
}

#[test]
fn connection_closed_before_the_response_ends() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let cut_off = [
        String::new(),
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_owned(),
        format!("{chunked}10\r\n{{\"id\":"),
        format!("{chunked}3\r\n{{}} \r\n"),
    ];
    for sent in cut_off {
        let server = Server::sending(sent);
        Adapters::new().assert_fault(&server.http(), NetworkFault::Closed);
    }
}

#[test]
fn connection_closed_before_the_request_is_read() {
    let server = Server::start(|_| Ok(()));
    Adapters::new().assert_fault(&server.http(), NetworkFault::Closed);
}

#[test]
fn connection_closed_while_the_request_is_sent() {
    let server = Server::start(|connection| head(connection).map(drop));
    let adapters = Adapters::new();
    let all: [&dyn Transport; 2] = [&adapters.ureq, &adapters.isahc];
    for http in all {
        let request = Request::post(server.http()).body(vec![b' '; 32 * 1024 * 1024]);
        let error = http.send(request.expect("a valid request")).expect_err("no response");
        let fault = error.downcast_ref().map(NetworkError::fault);
        assert_eq!(fault, Some(&NetworkFault::Closed), "{error:?}");
    }
}

#[test]
fn response_that_is_not_http() {
    let other_protocols = [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "220 mail.example.org ESMTP\r\n",
        "<html>hello</html>",
        "\x15\x03\x01\x00\x02\x02\x16",
        "HTTP/1.1 99999 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: long\r\n\r\n",
    ];
    for sent in other_protocols {
        let server = Server::sending(sent);
        Adapters::new().assert_fault(&server.http(), NetworkFault::NotHttp);
    }
}

#[test]
fn fault_without_a_name_is_unknown() {
    let longest = "x".repeat(700 * 1024);
    let server = Server::sending(format!("HTTP/1.1 200 OK\r\nX-Longest: {longest}\r\n\r\n"));
    Adapters::new().assert_fault(&server.http(), NetworkFault::Unknown);
}

#[test]
fn error_of_the_stack_is_the_source() {
    let adapters = Adapters::new();
    let cut_off = Server::sending("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":");
    for url in [format!("http://{UNUSED}/"), cut_off.http()] {
        let by_ureq = error(&adapters.ureq, &url);
        assert!(by_ureq.source().is_some_and(|it| it.is::<ureq::Error>()), "{by_ureq:?}");
        let by_isahc = error(&adapters.isahc, &url);
        assert!(by_isahc.source().is_some_and(|it| it.is::<isahc::Error>()), "{by_isahc:?}");
    }
}

#[test]
fn unsafe_configuration_sends_nothing() {
    let unchecked = TlsConfig::builder().disable_verification(true).build();
    let http = Ureq::from(agent().tls_config(unchecked).build().new_agent());
    let url = format!("https://{UNUSED}/");
    let unchecked = error(&http, &url);
    let source = unchecked.source().and_then(|source| source.downcast_ref());
    assert_eq!(source, Some(&CertificatesUnchecked));
    let message = unchecked.source().map(ToString::to_string).unwrap_or_default();
    assert!(message.contains("does not check certificates"), "{message}");
    assert_eq!(fault(&http, &url), NetworkFault::Configuration);

    let http = Ureq::from(agent().https_only(true).build().new_agent());
    assert_eq!(fault(&http, &format!("http://{UNUSED}/")), NetworkFault::Configuration);
}
