//! Correct transports pass.

use gts_oauth_conformance::gts_oauth_core::Transport as _;
use gts_oauth_conformance::gts_oauth_core::http::{Method, Request};
use gts_oauth_conformance::{Claims, Methods, Settings, check};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::{Agent, Proxy};

const ALL: Claims = Claims {
    tls: true,
    connection_reuse: true,
    gzip: true,
    methods: Methods::All,
    interim_and_trailers: true,
    proxy: true,
    received_at: true,
};

fn adapter(settings: &Settings) -> Ureq {
    let roots = settings.roots.iter();
    let roots: Vec<_> = roots.map(|der| Certificate::from_der(der).to_owned()).collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build();
    let proxy = settings.proxy.as_deref().map(|url| Proxy::new(url).expect("a valid URL"));
    let config =
        Agent::config_builder().proxy(proxy).tls_config(tls).timeout_global(Some(settings.timeout));
    Ureq::with_agent(config.build().new_agent())
}

#[test]
fn the_blocking_adapter_keeps_its_obligations() {
    let report = check(adapter, ALL);
    println!("{report}");
    report.assert();
}

#[test]
fn transport_that_only_posts_keeps_its_obligations() {
    let posting = |settings: &Settings| {
        let http = adapter(settings);
        move |request: Request<Vec<u8>>| {
            assert_eq!(request.method(), Method::POST, "not claimed");
            http.send(request)
        }
    };
    let report = check(posting, Claims { methods: Methods::Post, ..ALL });
    println!("{report}");
    report.assert();
}
