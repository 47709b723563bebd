//! A correct transport passes.

use gts_oauth_conformance::{Claims, Settings, check};
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::{Agent, Proxy};

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
    let claims = Claims {
        tls: true,
        connection_reuse: true,
        gzip: true,
        methods: true,
        interim_and_trailers: true,
        proxy: true,
        received_at: true,
    };
    let report = check(adapter, claims);
    println!("{report}");
    report.assert();
}
