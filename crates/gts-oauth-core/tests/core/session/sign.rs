//! Signing requests that were made elsewhere.

use gts_oauth_core::{Secret, Session};
use http::Request;

const TOKEN: &str = "Bearer M2I1M2Y3";

fn session(instance: &str) -> Session {
    Session::from_token(instance.parse().unwrap(), Secret::new("M2I1M2Y3")).unwrap()
}

#[test]
fn requests_to_the_instance_are_signed() {
    for (instance, uri) in [
        ("example.org", "https://example.org/api/v1/statuses?limit=1"),
        ("example.org", "HTTPS://EXAMPLE.org:443/"),
        ("example.org", "https://example.org:/"),
        ("http://127.0.0.1:8085", "http://127.0.0.1:8085/api"),
        ("http://[::1]:8085", "http://[::1]:8085/api"),
    ] {
        let mut request = Request::get(uri).body(()).unwrap();
        session(instance).sign(&mut request).unwrap();
        let header = &request.headers()["authorization"];
        assert!(header == TOKEN && header.is_sensitive(), "{uri}");
        assert!(request.headers().contains_key("user-agent"));
    }
}

#[test]
fn own_user_agent_is_kept_and_other_tokens_replaced() {
    let request = Request::get("https://example.org/").header("user-agent", "client/1");
    let request = request.header("authorization", "Basic YTpi").header("authorization", "b");
    let mut request = request.body(()).unwrap();
    session("example.org").sign(&mut request).unwrap();
    assert_eq!(request.headers()["user-agent"], "client/1");
    let tokens: Vec<_> = request.headers().get_all("authorization").iter().collect();
    assert_eq!(tokens, [TOKEN]);
}

#[test]
fn requests_to_other_origins_are_refused() {
    for uri in [
        "https://evil.example/",
        "http://example.org/",
        "https://example.org:8443/",
        "https://example.org.evil.example/",
        "https://example.org@evil.example/",
        "https://me:pw@example.org/",
        "https://sub.example.org/",
        "/api/v1/statuses",
        "example.org:443",
        "https:example.org",
        "*",
    ] {
        let mut request = Request::get(uri).body(()).unwrap();
        let refused = session("example.org").sign(&mut request).unwrap_err();
        assert!(
            refused.to_string().contains("not absolute and on this session's instance"),
            "{uri}"
        );
        assert!(request.headers().is_empty(), "{uri}");
    }
}

/// The crate http accepts other ports than numbers, and HTTP stacks read them in their own ways.
#[test]
fn ports_that_are_no_numbers_are_refused() {
    for port in ["r'", "+443", "443'", "65979", "-1", "a443"] {
        let uri = format!("https://example.org:{port}/");
        let mut request = Request::get(uri).body(()).unwrap();
        assert!(session("example.org").sign(&mut request).is_err(), "{port}");
    }
}

/// HTTP stacks do not resolve these spellings alike.
#[test]
fn other_spellings_of_an_address_are_refused() {
    for uri in ["https://0x7f.1/", "https://127.1/", "https://2130706433/"] {
        let mut request = Request::get(uri).body(()).unwrap();
        assert!(session("https://127.0.0.1").sign(&mut request).is_err(), "{uri}");
    }
}
