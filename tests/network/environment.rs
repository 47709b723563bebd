//! Proxies and certificate authorities of the environment, in a process of their own.

use std::env;
use std::process::Command;

use gts_oauth_isahc::Isahc;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::Proxy;

use super::certificates::Authority;
use super::server::Server;
use super::{UNUSED, agent, client, fault};

/// The URL that the other process requests.
const URL: &str = "GTS_OAUTH_TESTS_URL";

/// What is removed from the environment of the other process.
const VARIABLES: [&str; 10] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

#[test]
#[ignore = "the other tests of this file run it, in a process of its own"]
fn report() {
    print(&Ureq::new(), &Isahc::new());
}

#[test]
#[ignore = "another test of this file runs it, in a process of its own"]
fn report_of_callers_clients() {
    let proxy = Proxy::new(&format!("http://{UNUSED}")).expect("a proxy");
    let agent = agent().proxy(Some(proxy)).build().new_agent();
    print(&agent.into(), &client().build().expect("a client").into());
}

fn print(ureq: &Ureq, isahc: &Isahc) {
    let url = env::var(URL).expect("a URL");
    println!(); // the name of the test can be on this line
    println!("ureq: {:?}", fault(ureq, &url));
    println!("isahc: {:?}", fault(isahc, &url));
}

/// The output of one of the two reports in this environment: of ureq, and of isahc.
fn reported(report: &str, url: &str, environment: &[(&str, &str)]) -> [String; 2] {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args([report, "--exact", "--ignored", "--nocapture"]);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let output = command.env(URL, url).envs(environment.iter().copied()).output();
    let output = output.expect("the other process");
    let stdout = String::from_utf8_lossy(&output.stdout);
    ["ureq: ", "isahc: "].map(|name| {
        let mut lines = stdout.lines();
        let line = lines.find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{output:?}")).to_owned()
    })
}

/// Asserts that each adapter reports its fault in this environment: ureq the first, isahc the
/// second.
fn assert_faults(url: &str, environment: &[(&str, &str)], by_ureq: &str, by_isahc: &str) {
    let reported = reported("environment::report", url, environment);
    assert_eq!(reported, [by_ureq, by_isahc], "{url}, {environment:?}");
}

fn assert_fault(url: &str, environment: &[(&str, &str)], fault: &str) {
    assert_faults(url, environment, fault, fault);
}

/// As `Debug` shows it.
fn proxy(name: &str) -> String {
    format!("Proxy({name:?})")
}

#[test]
fn proxy_is_named_without_its_password() {
    let url = format!("https://{UNUSED}/");
    let value = format!("http://user:63688859@{UNUSED}");
    for variable in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
        let fault = proxy(&format!("{variable} (http://{UNUSED})"));
        assert_fault(&url, &[(variable, &value)], &fault);
    }
    let fault = proxy(&format!("http_proxy (http://{UNUSED})"));
    assert_fault(&format!("http://{UNUSED}/"), &[("http_proxy", &value)], &fault);
}

#[test]
fn proxy_without_a_scheme_is_an_http_proxy() {
    let fault = proxy(&format!("ALL_PROXY (http://{UNUSED})"));
    assert_fault(&format!("https://{UNUSED}/"), &[("ALL_PROXY", UNUSED)], &fault);
}

#[test]
fn proxy_that_does_not_resolve_is_named() {
    let environment = [("ALL_PROXY", "http://nonexistent.invalid:3128")];
    let fault = proxy("ALL_PROXY (http://nonexistent.invalid:3128)");
    assert_fault(&format!("https://{UNUSED}/"), &environment, &fault);
}

#[test]
fn proxy_that_rejects_the_request_is_named() {
    for status in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let server = Server::sending(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        let address = format!("http://{}", server.address());
        let fault = proxy(&format!("ALL_PROXY ({address})"));
        assert_fault(&format!("https://{UNUSED}/"), &[("ALL_PROXY", &address)], &fault);
    }
}

#[test]
fn proxy_that_closes_the_connection_is_named() {
    let server = Server::sending("");
    let address = format!("http://{}", server.address());
    let fault = proxy(&format!("ALL_PROXY ({address})"));
    assert_fault(&format!("https://{UNUSED}/"), &[("ALL_PROXY", &address)], &fault);
}

/// ureq connects without it.
#[test]
fn isahc_names_a_socks_proxy() {
    let address = format!("socks5h://{UNUSED}");
    let by_isahc = proxy(&format!("ALL_PROXY ({address})"));
    assert_faults(&format!("https://{UNUSED}/"), &[("ALL_PROXY", &address)], "Refused", &by_isahc);
}

#[test]
fn variable_that_was_used_is_named() {
    let (all, https) = (format!("http://{UNUSED}"), "http://localhost:1");
    let url = format!("https://{UNUSED}/");
    let environment = [("ALL_PROXY", &*all), ("HTTPS_PROXY", https)];
    let by_ureq = proxy(&format!("ALL_PROXY ({all})"));
    let by_isahc = proxy(&format!("HTTPS_PROXY ({https})"));
    assert_faults(&url, &environment, &by_ureq, &by_isahc);

    // libcurl does not read this variable, ureq reads it for every URL.
    let by_ureq = proxy(&format!("HTTP_PROXY ({all})"));
    assert_faults(&format!("http://{UNUSED}/"), &[("HTTP_PROXY", &all)], &by_ureq, "Refused");
}

#[test]
fn variable_without_a_proxy_is_not_named() {
    let address = format!("http://{UNUSED}");
    let fault = proxy(&format!("all_proxy ({address})"));
    for (variable, value) in [("HTTPS_PROXY", ""), ("ALL_PROXY", "")] {
        let environment = [(variable, value), ("all_proxy", &address)];
        assert_fault(&format!("https://{UNUSED}/"), &environment, &fault);
    }
}

#[test]
fn clients_of_the_caller_have_no_proxy_of_the_environment() {
    let address = format!("http://{UNUSED}");
    let report = "environment::report_of_callers_clients";
    let reported = reported(report, &format!("https://{UNUSED}/"), &[("ALL_PROXY", &address)]);
    assert_eq!(reported, [proxy(&address), "Refused".to_owned()]);
}

#[test]
fn excluded_host_is_not_requested_through_the_proxy() {
    let proxy = proxy("ALL_PROXY (http://localhost:1)");
    // Only libcurl excludes a domain with the hosts below it.
    let cases = [
        ("localhost", "*", "Refused", "Refused"),
        ("localhost", "localhost", "Refused", "Refused"),
        ("localhost", "example.org,localhost", "Refused", "Refused"),
        ("localhost", "host", &proxy, &proxy),
        ("localhost", ".localhost", &proxy, "Refused"),
        ("sub.localhost", "localhost", &proxy, "Refused"),
        ("127.0.0.1", "127.0.0.1", "Refused", "Refused"),
    ];
    for (host, list, by_ureq, by_isahc) in cases {
        for variable in ["NO_PROXY", "no_proxy"] {
            let environment = [("ALL_PROXY", "http://localhost:1"), (variable, list)];
            assert_faults(&format!("https://{host}:1/"), &environment, by_ureq, by_isahc);
        }
    }
}

#[test]
fn system_without_certificate_authorities_is_a_configuration() {
    let server = Authority::new("root").server();
    let environment = [("SSL_CERT_FILE", "/nonexistent/authorities.pem")];
    assert_fault(&server.https(), &environment, "Configuration");
}
