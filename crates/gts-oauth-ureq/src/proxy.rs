//! The proxy of a request, and its name in an error.

use std::env;

use gts_oauth_core::http::Uri;
use ureq::config::Config;
use ureq::{Proxy, ProxyProtocol};

/// The variables that ureq reads, in its order. It uses the first that is a URL of a proxy.
const VARIABLES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// The proxy through which the agent sends requests to this URI.
pub(crate) fn in_use<'a>(agent: &'a Config, uri: &Uri) -> Option<&'a Proxy> {
    agent.proxy().filter(|proxy| !is_skipped(proxy) && !proxy.is_no_proxy(uri))
}

/// Whether ureq connects without this proxy, because its feature `socks-proxy` is disabled.
fn is_skipped(proxy: &Proxy) -> bool {
    let is_http = matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https);
    proxy.is_from_env() && !is_http
}

/// `ALL_PROXY (http://127.0.0.1:3128)`, or only the address if the caller configured the proxy.
pub(crate) fn named(proxy: &Proxy) -> String {
    let address = address(proxy.uri());
    match VARIABLES.iter().find(|name| is_proxy(name)) {
        Some(name) if proxy.is_from_env() => format!("{name} ({address})"),
        _ => address,
    }
}

fn is_proxy(variable: &str) -> bool {
    env::var(variable).is_ok_and(|value| Proxy::new(&value).is_ok())
}

/// The URL without its user name and password.
fn address(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    format!("{}://{host_and_port}", uri.scheme_str().unwrap_or("http"))
}
