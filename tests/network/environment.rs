//! Proxies and certificate authorities of the environment, in a process of their own.

use std::process::Command;
use std::{env, fs};

use gts_oauth_core::Transport;
use gts_oauth_core::error::NetworkError;
use gts_oauth_core::http::Request;
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::environment::NETWORK_VARIABLES;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::{Agent, Proxy};

use super::certificates::{ROOT, server};
use super::server::Server;
use super::{UNUSED, agent, client};

/// The URL that the other process requests.
const URL: &str = "GTS_OAUTH_TESTS_URL";

/// A host that only a proxy could resolve.
const OTHER: &str = "https://example.invalid/";

#[test]
#[ignore = "other tests run it, in a process of its own"]
fn report() {
    print(&Ureq::new(), &Isahc::new());
}

#[test]
#[ignore = "other tests run it, in a process of its own"]
fn report_of_callers_clients() {
    let proxy = Proxy::new(&format!("http://{UNUSED}")).expect("a proxy");
    let agent = agent().proxy(Some(proxy)).build().new_agent();
    print(&agent.into(), &client().build().expect("a client").into());
}

/// An agent that has its proxy from the environment, if any.
#[test]
#[ignore = "other tests run it, in a process of its own"]
fn report_of_a_default_agent() {
    print(&Agent::new_with_defaults().into(), &Isahc::new());
}

/// A second connection, after the file of certificate authorities was removed.
#[test]
#[ignore = "other tests run it, in a process of its own"]
fn report_of_a_second_connection() {
    let ureq = Ureq::new();
    result(&ureq, &env::var(URL).expect("a URL"));
    fs::remove_file(env::var("SSL_CERT_FILE").expect("a path")).expect("a file");
    print(&ureq, &Isahc::new());
}

fn print(ureq: &Ureq, isahc: &Isahc) {
    let url = env::var(URL).expect("a URL");
    println!(); // the name of the test can be on this line
    println!("ureq: {}", result(ureq, &url));
    println!("isahc: {}", result(isahc, &url));
}

/// The body of the response, or the fault.
fn result(http: &dyn Transport, url: &str) -> String {
    match http.send(Request::get(url).body(Vec::new()).expect("a valid request")) {
        Ok(response) => String::from_utf8_lossy(response.body()).into_owned(),
        Err(error) => match error.downcast_ref().map(NetworkError::fault) {
            Some(fault) => format!("{fault:?}"),
            None => panic!("{url}: {error:?}"),
        },
    }
}

/// The output of one of the two reports in this environment: of ureq, and of isahc.
pub(super) fn reported(report: &str, url: &str, environment: &[(&str, &str)]) -> [String; 2] {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args([report, "--exact", "--ignored", "--nocapture"]);
    for variable in NETWORK_VARIABLES {
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
    for scheme in ["http", "socks4", "socks4a", "socks5", "socks5h"] {
        let value = format!("{scheme}://user:63688859@{UNUSED}");
        for variable in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
            let fault = proxy(&format!("{variable} ({scheme}://{UNUSED})"));
            assert_fault("https://192.0.2.1/", &[(variable, &value)], &fault);
        }
        let fault = proxy(&format!("http_proxy ({scheme}://{UNUSED})"));
        assert_fault("http://192.0.2.1/", &[("http_proxy", &value)], &fault);
    }
}

#[test]
fn proxy_without_a_scheme_is_an_http_proxy() {
    let fault = proxy(&format!("ALL_PROXY (http://{UNUSED})"));
    assert_fault(OTHER, &[("ALL_PROXY", UNUSED)], &fault);
}

#[test]
fn proxy_that_does_not_resolve_is_named() {
    for scheme in ["http", "socks5h"] {
        let address = format!("{scheme}://nonexistent.invalid:3128");
        let fault = proxy(&format!("ALL_PROXY ({address})"));
        assert_fault(OTHER, &[("ALL_PROXY", &address)], &fault);
    }
}

#[test]
fn proxy_that_rejects_the_request_is_named() {
    for status in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let server = Server::sending(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        let address = format!("http://{}", server.address());
        let fault = proxy(&format!("ALL_PROXY ({address})"));
        assert_fault(OTHER, &[("ALL_PROXY", &address)], &fault);
    }
}

#[test]
fn proxy_that_closes_the_connection_is_named() {
    let server = Server::sending("");
    let address = format!("http://{}", server.address());
    let fault = proxy(&format!("ALL_PROXY ({address})"));
    assert_fault(OTHER, &[("ALL_PROXY", &address)], &fault);
}

#[test]
fn socks_proxy_that_closes_the_connection_is_named() {
    let server = Server::start(|_| Ok(()));
    let address = format!("socks5h://{}", server.address());
    let fault = proxy(&format!("ALL_PROXY ({address})"));
    assert_fault(OTHER, &[("ALL_PROXY", &address)], &fault);
}

#[test]
fn value_that_is_no_proxy_is_an_error() {
    for value in ["not a url", "ftp://127.0.0.1:1", "http://", "127.0.0.1:99999"] {
        for variable in ["ALL_PROXY", "https_proxy"] {
            let environment = [(variable, value)];
            assert_fault(OTHER, &environment, &proxy(variable));
            assert_fault(&format!("https://{UNUSED}/"), &environment, "Refused");
        }
    }
}

#[test]
fn agent_without_its_invalid_proxy_is_refused() {
    let report = "environment::report_of_a_default_agent";
    for value in ["not a url", "ftp://127.0.0.1:1"] {
        let [by_ureq, _] = reported(report, OTHER, &[("ALL_PROXY", value)]);
        assert_eq!(by_ureq, proxy("ALL_PROXY"));
    }
}

#[test]
fn agent_of_the_environment_follows_the_rules() {
    let report = "environment::report_of_a_default_agent";
    let all = format!("http://{UNUSED}");
    // ureq alone would use the first for each URL.
    let environment = [("ALL_PROXY", &*all), ("HTTPS_PROXY", "socks5h://localhost:1")];
    let [by_ureq, by_isahc] = reported(report, OTHER, &environment);
    assert_eq!(by_ureq, by_isahc);
    assert_eq!(by_ureq, proxy("HTTPS_PROXY (socks5h://localhost:1)"));
    let url = format!("https://{UNUSED}/");
    assert_eq!(reported(report, &url, &environment), ["Refused", "Refused"]);
}

#[test]
fn clients_of_the_caller_have_no_proxy_of_the_environment() {
    let address = format!("http://{UNUSED}");
    let report = "environment::report_of_callers_clients";
    let reported = reported(report, &format!("https://{UNUSED}/"), &[("ALL_PROXY", &address)]);
    assert_eq!(reported, [proxy(&address), "Refused".to_owned()]);
}

#[test]
fn system_without_certificate_authorities_is_a_configuration() {
    let server = server(&ROOT.valid());
    let environment = [("SSL_CERT_FILE", "/nonexistent/authorities.pem")];
    assert_fault(&server.https(), &environment, "Configuration");
}

#[test]
fn certificate_authorities_are_read_once() {
    let server = server(&ROOT.valid());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authorities = folder.path().join("authorities.pem");
    fs::write(&authorities, ROOT.pem()).expect("a written file");
    let environment = [("SSL_CERT_FILE", authorities.to_str().expect("a path in UTF-8"))];
    let report = "environment::report_of_a_second_connection";
    let [by_ureq, _] = reported(report, &server.https(), &environment);
    assert_eq!(by_ureq, "{}");
}
