//! Proxies of the caller's agent or client.

use gts_oauth_core::error::NetworkFault;
use gts_oauth_core::http::{Request, Uri};
use gts_oauth_core::{BoxError, Transport as _};
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::config::Configurable as _;
use gts_oauth_isahc::isahc::tls::TlsConfig as CurlTls;
use gts_oauth_tests::certificates::Authority;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Proxy;

use super::certificates::server;
use super::server::Server;
use super::{Adapters, UNUSED, agent, client, trust_store};

/// A host that only a proxy could resolve.
const URL: &str = "https://example.invalid/";

fn through(proxy: &str) -> Adapters {
    let agent = agent().proxy(Some(Proxy::new(proxy).expect("a proxy"))).build();
    let proxy: Uri = proxy.parse().expect("a URL");
    let client = client().proxy(proxy).build().expect("a client");
    Adapters { ureq: Ureq::from(agent.new_agent()), isahc: Isahc::from(client) }
}

/// The fault of a client's proxy. isahc does not report its address.
fn by_isahc() -> NetworkFault {
    NetworkFault::Proxy("of the HttpClient".to_owned())
}

#[test]
fn proxy_that_is_not_running() {
    let adapters = through(&format!("http://user:63688859@{UNUSED}"));
    let fault = NetworkFault::Proxy(format!("http://{UNUSED}"));
    // isahc does not report that the client has a proxy.
    adapters.assert_faults(URL, fault.clone(), NetworkFault::Refused);
    adapters.assert_faults("http://example.invalid/", fault, NetworkFault::Refused);
}

#[test]
fn proxy_that_does_not_resolve() {
    let adapters = through("http://user:63688859@nonexistent.invalid:3128");
    let fault = NetworkFault::Proxy("http://nonexistent.invalid:3128".to_owned());
    adapters.assert_faults(URL, fault, by_isahc());
}

#[test]
fn proxy_that_rejects_the_request() {
    for status in ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"] {
        let proxy = Server::sending(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        let address = format!("http://{}", proxy.address());
        let fault = NetworkFault::Proxy(address.clone());
        through(&address).assert_faults(URL, fault, NetworkFault::Refused);
    }
}

#[test]
fn proxy_that_closes_the_connection() {
    let proxy = Server::sending("");
    let address = format!("http://{}", proxy.address());
    let fault = NetworkFault::Proxy(address.clone());
    through(&address).assert_faults(URL, fault, NetworkFault::Closed);
}

/// If this fails, isahc checks the certificate: its adapter can support such proxies.
#[test]
fn isahc_accepts_every_certificate_of_a_proxy() -> Result<(), BoxError> {
    let server = server(&Authority::new("private root").valid());
    let proxy: Uri = server.https().parse()?;
    let tls = CurlTls::builder().trust_store(trust_store()).build();
    let client = client().proxy(proxy).proxy_tls_config(tls).build()?;
    let request = Request::get("http://example.invalid/").body(Vec::new())?;
    assert_eq!(Isahc::from(client).send(request)?.body(), b"{}");
    Ok(())
}

#[test]
fn socks_proxy_that_closes_the_connection() {
    let proxy = Server::start(|_| Ok(()));
    let proxy: Uri = format!("socks5h://{}", proxy.address()).parse().expect("a URL");
    let client = client().proxy(proxy).build().expect("a client");
    assert_eq!(super::fault(&Isahc::from(client), URL), by_isahc());
}

#[test]
fn connection_through_a_working_proxy_can_fail_as_any_other() {
    let proxy = Server::sending("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n");
    let adapters = through(&format!("http://{}", proxy.address()));
    adapters.assert_faults(URL, NetworkFault::NotTls, NetworkFault::Tls);
}

#[test]
fn host_without_a_proxy_refuses() {
    let proxy = Proxy::builder(gts_oauth_ureq::ureq::ProxyProtocol::Http).port(1);
    let proxy = proxy.no_proxy("127.0.0.1").build().expect("a proxy");
    let http = Ureq::from(agent().proxy(Some(proxy)).build().new_agent());
    assert_eq!(super::fault(&http, &format!("http://{UNUSED}/")), NetworkFault::Refused);
}
