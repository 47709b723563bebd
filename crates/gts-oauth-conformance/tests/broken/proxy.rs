//! Transports that do not use the given proxy.

use gts_oauth_conformance::gts_oauth_core::http::Request;
use gts_oauth_conformance::{Claims, Obligation, check};

use crate::agent::{correct, fetch};
use crate::{CLAIMS, assert_seen, breaks};

#[test]
fn ignored_proxy_is_found_if_claimed() {
    let report = breaks(Obligation::UsesProxy, CLAIMS, |settings| {
        let agent = correct(settings).proxy(None).build().new_agent();
        move |request| fetch(&agent, request)
    });
    for proxy in [
        "a proxy: it was not used",
        "a proxy with a password: it was not used",
        "a proxy for https://: it was not used",
        "a proxy that responds with 403: it was not used",
        "a proxy that closes connections: the request was sent without the proxy",
        "a SOCKS proxy that closes connections: the request was sent without the proxy",
        "a proxy that refuses connections: the request was sent without the proxy",
    ] {
        assert_seen(&report, proxy);
    }
    let claims = Claims { proxy: false, ..CLAIMS };
    let direct = check(
        |settings| {
            let agent = correct(settings).proxy(None).build().new_agent();
            move |request| fetch(&agent, request)
        },
        claims,
    );
    direct.assert();
    assert!(direct.to_string().contains("not claimed: UsesProxy\n"), "{direct}");
}

#[test]
fn direct_connection_after_a_failed_proxy_is_found() {
    let report = breaks(Obligation::UsesProxy, CLAIMS, |settings| {
        let through = correct(settings).build().new_agent();
        let has_proxy = settings.proxy.is_some();
        let direct = correct(settings).proxy(None).build().new_agent();
        move |request: Request<Vec<u8>>| {
            let response = fetch(&through, request.clone());
            match has_proxy && response.is_err() {
                true => fetch(&direct, request),
                false => response,
            }
        }
    });
    assert_seen(&report, "a proxy that closes connections: the request was sent without");
    assert_seen(&report, "a proxy that responds with 403: ");
    assert_eq!(report.failures().len(), 4, "{report}");
}

#[test]
fn ignored_proxy_for_loopback_addresses_is_found() {
    let report = breaks(Obligation::UsesProxy, CLAIMS, |settings| {
        let through = correct(settings).build().new_agent();
        let direct = correct(settings).proxy(None).build().new_agent();
        move |request: Request<Vec<u8>>| match request.uri().host() {
            Some("127.0.0.1") => fetch(&direct, request),
            _ => fetch(&through, request),
        }
    });
    assert_seen(&report, "a proxy: it was not used");
}

#[test]
fn lost_password_of_the_proxy_is_found() {
    let report = breaks(Obligation::UsesProxy, CLAIMS, |settings| {
        let mut settings = settings.clone();
        let proxy = settings.proxy.as_deref().map(|url| url.replace("clark:qwerty@", ""));
        settings.proxy = proxy;
        let agent = correct(&settings).build().new_agent();
        move |request| fetch(&agent, request)
    });
    assert_seen(&report, "a proxy with a password: its Proxy-Authorization was None");
}
