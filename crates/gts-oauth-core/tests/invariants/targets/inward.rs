//! Requests of discovery, which other servers can lead to any host.

use std::net::Ipv4Addr;

use gts_oauth_core::http::Request;
use gts_oauth_core::http::header::AUTHORIZATION;
use url::{Host, Url};

use super::request::assert_sent_to;

/// Asserts that a request of discovery is encrypted, has no secret, and is sent to the internet.
pub fn assert_outward(request: &Request<Vec<u8>>) {
    let origin = origin(request);
    assert!(origin.starts_with("https://"), "discovery leads to {origin}");
    assert!(!is_inward(&origin), "discovery leads to {origin}");
    assert_harmless(request);
}

/// Asserts that a request has no secret.
pub fn assert_harmless(request: &Request<Vec<u8>>) {
    assert_sent_to(request, &[&origin(request)]);
    assert!(request.body().is_empty() && !request.headers().contains_key(AUTHORIZATION));
}

/// Whether the origin is inside a network that a public server must not choose: this machine, a
/// private network, or a link.
pub fn is_inward(origin: &str) -> bool {
    match Url::parse(origin).unwrap().host() {
        Some(Host::Domain(name)) => {
            let inside = [".localhost", ".local", ".internal", ".home.arpa"];
            !name.contains('.') || inside.iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(address)) => is_inward_v4(address),
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4().is_some_and(is_inward_v4)
        }
        None => true,
    }
}

/// Whether the origin is one of this machine, where `http` is allowed.
pub fn is_loopback(origin: &str) -> bool {
    match Url::parse(origin).unwrap().host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_inward_v4(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_private()
        || address.is_link_local()
}

pub fn origin(request: &Request<Vec<u8>>) -> String {
    let uri = request.uri();
    format!("{}://{}", uri.scheme_str().unwrap(), uri.authority().unwrap())
}
