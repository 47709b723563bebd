//! Proxies of the environment.

use std::ffi::OsString;

use gts_oauth_core::transport::proxies::Proxies;

/// What is chosen: a URL of a proxy, `direct`, or the variable that is not valid.
pub(super) fn choice(url: &str, environment: &[(&str, &str)]) -> String {
    let proxies = Proxies::from_vars(|name| {
        let found = environment.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    });
    match proxies.of(&url.parse().unwrap()) {
        Ok(Some(proxy)) => format!("{} {}", proxy.variable(), proxy.url()),
        Ok(None) => "direct".to_owned(),
        Err(error) => format!("{:?}", error.fault()),
    }
}

pub(super) const A: &str = "http://192.0.2.1:1";
const B: &str = "http://192.0.2.2:2";

/// As the program curl 7.88.1 reported with `--verbose`.
#[test]
fn variables_are_read_as_by_curl() {
    type Variables = &'static [(&'static str, &'static str)];
    let cases: [(&str, Variables, &str); 13] = [
        ("http", &[("http_proxy", A)], "http_proxy"),
        ("http", &[("HTTP_PROXY", A)], ""),
        ("http", &[("https_proxy", A)], ""),
        ("https", &[("http_proxy", A)], ""),
        ("https", &[("https_proxy", A), ("HTTPS_PROXY", B)], "https_proxy"),
        ("https", &[("HTTPS_PROXY", A)], "HTTPS_PROXY"),
        ("https", &[("https_proxy", ""), ("HTTPS_PROXY", A)], "HTTPS_PROXY"),
        ("https", &[("https_proxy", ""), ("ALL_PROXY", A)], "ALL_PROXY"),
        ("https", &[("HTTPS_PROXY", A), ("all_proxy", B)], "HTTPS_PROXY"),
        ("http", &[("all_proxy", A), ("ALL_PROXY", B)], "all_proxy"),
        ("http", &[("all_proxy", ""), ("ALL_PROXY", A)], "ALL_PROXY"),
        ("http", &[("ALL_PROXY", A)], "ALL_PROXY"),
        ("http", &[("http_proxy", A), ("ALL_PROXY", B)], "http_proxy"),
    ];
    for (scheme, environment, variable) in cases {
        let expected = match variable {
            "" => "direct".to_owned(),
            variable => format!("{variable} {A}"),
        };
        let url = format!("{scheme}://example.org/");
        assert_eq!(choice(&url, environment), expected, "{environment:?}");
    }
}

#[test]
fn values_are_read_as_by_curl() {
    let cases = [
        ("192.0.2.1:9", "http://192.0.2.1:9"),
        ("http://192.0.2.1", "http://192.0.2.1:1080"),
        ("http://192.0.2.1:80", "http://192.0.2.1:80"),
        ("https://192.0.2.1", "https://192.0.2.1:443"),
        ("localhost", "http://localhost:1080"),
        ("garbage", "http://garbage:1080"),
        ("HTTP://192.0.2.1:9/path?x", "http://192.0.2.1:9"),
        ("http://[2001:db8::1]:9", "http://[2001:db8::1]:9"),
        ("socks://192.0.2.1", "socks4://192.0.2.1:1080"),
        ("socks4://192.0.2.1:9", "socks4://192.0.2.1:9"),
        ("socks4a://proxy.test:9", "socks4a://proxy.test:9"),
        ("SOCKS5://192.0.2.1:9", "socks5://192.0.2.1:9"),
        ("socks5h://u:p%40ss@192.0.2.1:9", "socks5h://u:p%40ss@192.0.2.1:9"),
        ("http://u:p@ss@192.0.2.1:9", "http://u:p%40ss@192.0.2.1:9"),
        ("u@192.0.2.1:9", "http://u@192.0.2.1:9"),
    ];
    for (value, url) in cases {
        let expected = format!("ALL_PROXY {url}");
        assert_eq!(choice("https://example.org/", &[("ALL_PROXY", value)]), expected);
    }
}

#[test]
fn value_that_is_no_proxy_is_an_error() {
    let values = [
        "not a url",
        " http://192.0.2.1:9",
        "http://192.0.2.1:9 ",
        "http://192.0.2.1:9\u{1}",
        "ftp://192.0.2.1:9",
        "http://",
        "http://:9",
        "://x",
        "::1",
        "192.0.2.1:99999",
        "http://192.0.2.1:x",
    ];
    for value in values {
        let environment = [("https_proxy", value), ("ALL_PROXY", A)];
        let expected = r#"Proxy("https_proxy")"#;
        assert_eq!(choice("https://example.org/", &environment), expected, "{value}");
        assert_eq!(choice("https://localhost/", &environment), "direct", "{value}");
        assert_eq!(choice("http://example.org/", &environment), format!("ALL_PROXY {A}"));
    }
}

#[test]
fn loopback_names_have_no_proxy() {
    let loopback = [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]",
    ];
    for host in loopback {
        assert_eq!(choice(&format!("http://{host}/"), &[("ALL_PROXY", A)]), "direct");
    }
    for host in ["notlocalhost", "localhost.example.org", "128.0.0.1", "[::2]"] {
        let choice = choice(&format!("http://{host}/"), &[("ALL_PROXY", A)]);
        assert_eq!(choice, format!("ALL_PROXY {A}"));
    }
}

#[test]
fn lower_case_list_of_excluded_hosts_is_first() {
    let all = ("ALL_PROXY", A);
    let cases: [(&[(&str, &str)], bool); 3] = [
        (&[all, ("NO_PROXY", "example.org")], true),
        (&[all, ("no_proxy", "b.test"), ("NO_PROXY", "example.org")], false),
        (&[all, ("no_proxy", ""), ("NO_PROXY", "example.org")], true),
    ];
    for (environment, direct) in cases {
        let choice = choice("http://example.org/", environment);
        assert_eq!(choice == "direct", direct, "{environment:?}");
    }
}

#[test]
fn password_is_not_shown() {
    let value = "http://user:63688859@192.0.2.1:9";
    let proxies = Proxies::from_vars(|name| (name == "http_proxy").then(|| value.into()));
    let shown = format!("{proxies:?}");
    assert!(shown.contains("http_proxy (http://192.0.2.1:9)"), "{shown}");
    assert!(!shown.contains("63688859"), "{shown}");
}
