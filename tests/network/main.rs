//! What the adapters report when there is no response: every fault on a loopback socket.

mod certificates;
mod connection;
mod environment;
mod matrix;
mod proxy;
mod proxy_server;
mod reuse;
mod server;
mod timeouts;
mod tls;

use certificates::ROOT;
use gts_oauth_core::error::{NetworkError, NetworkFault, Operation};
use gts_oauth_core::http::Request;
use gts_oauth_core::http::header::USER_AGENT;
use gts_oauth_core::{BoxError, Error, Transport};
use gts_oauth_isahc::Isahc;
use gts_oauth_isahc::isahc::config::Configurable as _;
use gts_oauth_isahc::isahc::tls::{TlsConfig as CurlTls, TrustStore};
use gts_oauth_isahc::isahc::{HttpClient, HttpClientBuilder};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Agent;
use gts_oauth_ureq::ureq::config::ConfigBuilder;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::typestate::AgentScope;

/// A port of 127.0.0.1 where no server listens: no system assigns it to a socket by itself.
const UNUSED: &str = "127.0.0.1:1";

/// Both adapters, with clients that were configured alike.
struct Adapters {
    ureq: Ureq,
    isahc: Isahc,
}

impl Adapters {
    /// With the settings of [`agent`] and [`client`].
    fn new() -> Self {
        let client = client().build().expect("a client");
        Self { ureq: agent().build().new_agent().into(), isahc: client.into() }
    }

    /// Asserts that both report this fault for a request to the URL.
    fn assert_fault(&self, url: &str, fault: NetworkFault) {
        self.assert_faults(url, fault.clone(), fault);
    }

    /// Asserts that each reports its fault: ureq the first, isahc the second.
    fn assert_faults(&self, url: &str, by_ureq: NetworkFault, by_isahc: NetworkFault) {
        assert_eq!(fault(&self.ureq, url), by_ureq, "ureq, {url}");
        assert_eq!(fault(&self.isahc, url), by_isahc, "isahc, {url}");
    }
}

/// Settings of an agent without a proxy. It trusts only [`ROOT`].
fn agent() -> ConfigBuilder<AgentScope> {
    let root = Certificate::from_der(ROOT.der()).to_owned();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root]));
    Agent::config_builder().proxy(None).tls_config(tls.build())
}

/// Settings of a client without a proxy. It trusts only [`ROOT`].
fn client() -> HttpClientBuilder {
    let tls = CurlTls::builder().trust_store(trust_store()).build();
    HttpClient::builder().proxy(None).tls_config(tls)
}

fn trust_store() -> TrustStore {
    TrustStore::builder().certificate_from_der(ROOT.der()).build()
}

/// The transport's error for a request to this URL.
fn error(http: &dyn Transport, url: &str) -> BoxError {
    let request = Request::get(url).header(USER_AGENT, "gts-oauth-tests").body(Vec::new());
    http.send(request.expect("a valid request")).expect_err("no response")
}

/// The fault that core reports for a request to this URL.
fn fault(http: &dyn Transport, url: &str) -> NetworkFault {
    let error = error(http, url);
    assert!(error.is::<NetworkError>(), "{url}: {error:?}");
    let request = Request::get(url).body(()).expect("a valid URL");
    match Error::transport(Operation::Discover, &request, error) {
        Error::Transport(error) => error.fault,
        error => panic!("{url}: {error:?}"),
    }
}
