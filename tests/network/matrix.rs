//! Proxies of the environment, over real proxies: each kind, for a loopback name and another host,
//! over both adapters, and curl itself where it is installed.

use std::process::Command;

use gts_oauth_tests::environment::{NETWORK_VARIABLES, skip};

use super::UNUSED;
use super::environment::reported;
use super::proxy_server::{CREDENTIALS, ProxyServer};
use super::server::Server;

/// A name that only a proxy could resolve, and an address without a server (RFC 5737).
const NAME: &str = "http://example.invalid/";
const ADDRESS: &str = "http://192.0.2.1/";

/// What reached the proxy: through ureq, isahc and curl.
type Seen = [&'static str; 3];

const NOTHING: Seen = ["", "", ""];

/// The same for all three.
const fn by_all(request: &'static str) -> Seen {
    [request, request, request]
}

/// ureq asks for a tunnel, libcurl for the URL (RFC 9112 section 3.2.2).
const HTTP_NAME: Seen =
    ["CONNECT example.invalid:80", "GET http://example.invalid/", "GET http://example.invalid/"];
const HTTP_ADDRESS: Seen =
    ["CONNECT 192.0.2.1:80", "GET http://192.0.2.1/", "GET http://192.0.2.1/"];

/// The scheme of the proxy, the URL, and what reaches the proxy.
const KINDS: [(&str, &str, Seen); 14] = [
    ("", NAME, HTTP_NAME),
    ("http://", NAME, HTTP_NAME),
    ("HTTP://", NAME, HTTP_NAME),
    ("http://", ADDRESS, HTTP_ADDRESS),
    ("socks://", ADDRESS, by_all("SOCKS4 192.0.2.1:80")),
    ("socks4://", ADDRESS, by_all("SOCKS4 192.0.2.1:80")),
    ("socks4a://", NAME, by_all("SOCKS4a example.invalid:80")),
    ("socks5h://", NAME, by_all("SOCKS5 example.invalid:80")),
    ("http://", "https://example.invalid/", by_all("CONNECT example.invalid:443")),
    ("socks5h://", "https://example.invalid/", by_all("SOCKS5 example.invalid:443")),
    ("socks5h://", "http://[2001:db8::1]/", by_all("SOCKS5 [2001:db8::1]:80")),
    ("socks5://", ADDRESS, by_all("SOCKS5 192.0.2.1:80")),
    // These two resolve the name here.
    ("socks4://", NAME, NOTHING),
    ("socks5://", NAME, NOTHING),
];

#[test]
fn each_kind_of_proxy_is_used() {
    for (scheme, url, seen) in KINDS {
        // There is no TLS behind the proxy: an HTTPS request ends there.
        let proxy = ProxyServer::open();
        let value = format!("{scheme}{}", proxy.address());
        assert_seen(&proxy, url, &[("ALL_PROXY", &value)], seen);
    }
}

#[test]
fn passwords_are_sent_to_the_proxy() {
    let cases = [
        ("http://", NAME, HTTP_NAME),
        ("socks5://", ADDRESS, by_all("SOCKS5 192.0.2.1:80")),
        ("socks5h://", NAME, by_all("SOCKS5 example.invalid:80")),
    ];
    for (scheme, url, seen) in cases {
        let proxy = ProxyServer::with_password();
        let address = proxy.address();
        let value = format!("{scheme}{CREDENTIALS}@{address}");
        assert_seen(&proxy, url, &[("ALL_PROXY", &value)], seen);
        let value = format!("{scheme}{address}");
        assert_seen(&proxy, url, &[("ALL_PROXY", &value)], NOTHING);
    }
}

#[test]
fn variables_choose_the_proxy() {
    let dead = format!("http://{UNUSED}");
    let list = "other.test, invalid";
    for scheme in ["http://", "socks5h://"] {
        let proxy = ProxyServer::open();
        let value = format!("{scheme}{}", proxy.address());
        let through = match scheme {
            "http://" => HTTP_NAME,
            _ => by_all("SOCKS5 example.invalid:80"),
        };
        let cases: [(&[(&str, &str)], Seen); 13] = [
            (&[("http_proxy", &value)], through),
            (&[("HTTP_PROXY", &value)], NOTHING),
            (&[("https_proxy", &value)], NOTHING),
            (&[("HTTPS_PROXY", &value)], NOTHING),
            (&[("all_proxy", &value)], through),
            (&[("ALL_PROXY", &value)], through),
            (&[("all_proxy", &value), ("ALL_PROXY", &dead)], through),
            (&[("http_proxy", &value), ("all_proxy", &dead)], through),
            (&[("http_proxy", &dead), ("ALL_PROXY", &value)], NOTHING),
            (&[("http_proxy", "not a url"), ("ALL_PROXY", &value)], NOTHING),
            (&[("ALL_PROXY", &value), ("NO_PROXY", list)], NOTHING),
            (&[("ALL_PROXY", &value), ("no_proxy", "other.test"), ("NO_PROXY", list)], through),
            (&[("ALL_PROXY", &value), ("no_proxy", list), ("NO_PROXY", "other.test")], NOTHING),
        ];
        for (environment, seen) in cases {
            assert_seen(&proxy, NAME, environment, seen);
        }
    }
}

/// curl uses the proxy.
#[test]
fn loopback_names_are_never_sent_through_a_proxy() {
    let origin = Server::sending("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect");
    let port = origin.address().port();
    for host in ["localhost", "127.0.0.1", "LOCALHOST"] {
        let url = format!("http://{host}:{port}/");
        for scheme in ["http://", "socks4a://", "socks5h://", "garbage://"] {
            let proxy = ProxyServer::open();
            let value = format!("{scheme}{}", proxy.address());
            for variable in ["ALL_PROXY", "all_proxy", "http_proxy"] {
                let environment = [(variable, &*value)];
                let results = reported("environment::report", &url, &environment);
                assert_eq!(results, ["direct", "direct"], "{environment:?}");
            }
            assert!(proxy.requests().is_empty());
        }
    }
}

/// Asserts what reaches the proxy in this environment. If nothing does, there is no response.
fn assert_seen(proxy: &ProxyServer, url: &str, environment: &[(&str, &str)], seen: Seen) {
    let [ureq, isahc, curl] = seen;
    let results = reported("environment::report", url, environment);
    let requests = proxy.requests();
    let expected: Vec<_> = [ureq, isahc].into_iter().filter(|it| !it.is_empty()).collect();
    assert_eq!(requests, expected, "{url}, {environment:?}: {results:?}");
    if url.starts_with("http://") {
        let responses = results.map(|result| result == "{}");
        assert_eq!(responses, [!ureq.is_empty(), !isahc.is_empty()], "{url}, {environment:?}");
    }
    if run_curl(url, environment) {
        let expected: Vec<_> = [curl].into_iter().filter(|it| !it.is_empty()).collect();
        assert_eq!(proxy.requests(), expected, "curl {url}, {environment:?}");
    }
}

/// Whether curl is installed. If so, it has requested the URL. If not, there is a message.
fn run_curl(url: &str, environment: &[(&str, &str)]) -> bool {
    let mut command = Command::new("curl");
    for variable in NETWORK_VARIABLES {
        command.env_remove(variable);
    }
    let command = command.args(["--silent", "--max-time", "10", url]);
    let installed = command.envs(environment.iter().copied()).output().is_ok();
    if !installed {
        skip("a comparison with curl, which is not installed");
    }
    installed
}
