//! Calls to the API: where a token may go, and what goes with it.

use gts_oauth_core::http::Method;
use gts_oauth_core::http::header::AUTHORIZATION;
use gts_oauth_core::{Error, Exchange};
use serde_json::json;

use crate::sample::{TOKEN, session};

#[test]
fn a_path_that_could_lead_elsewhere_is_refused() {
    for path in [
        "",
        "api/v1/x",
        "//evil.example/x",
        "/\\evil.example",
        "/x\\y",
        "\\\\evil.example",
        "/x#y",
        "https://evil.example/x",
        "@evil.example/",
        "?x=1",
        "/a b",
        "/a\nb",
        "/a\u{7}",
    ] {
        let error = session().get(path).expect_err(path);
        assert!(matches!(error, Error::Input(_)), "{path:?}: {error:?}");
    }
}

#[test]
fn a_path_that_is_not_percent_encoded_is_refused() {
    let error = session().get("/api/v1/timelines/tag/bücher").unwrap_err();
    assert!(error.to_string().contains("percent-encoded"), "{error}");
}

/// `url` removes these segments and encodes these characters; `http` does neither.
#[test]
fn path_that_stacks_read_differently_is_rejected() {
    for path in ["/api/v1/../../oauth/revoke", "/./x", "/x/..", "/x/%2E%2e/y", "/\"x", "/{id}"] {
        let error = session().get(path).expect_err(path);
        assert!(error.to_string().contains("segment . or .."), "{path}: {error}");
    }
    for path in ["/..x/y...", "/api/v2/search?q=../it's", "/x?q={a:[]}"] {
        assert_eq!(session().get(path).unwrap().request().uri().path_and_query().unwrap(), path);
    }
}

#[test]
fn a_call_carries_its_query_and_its_token_to_its_own_origin() {
    let call = session().get("/api/v2/search?type=a").unwrap();
    let call = call.query("q", "a&b=ü ?#").unwrap();
    let request = call.query("limit", "3").unwrap().request();
    let uri = "https://example.org/api/v2/search?type=a&q=a%26b%3D%C3%BC+%3F%23&limit=3";
    assert_eq!(request.uri(), uri);
    let token = &request.headers()[AUTHORIZATION];
    assert_eq!(token, &*format!("Bearer {TOKEN}"));
    assert!(token.is_sensitive());
    let bare = session().get("/x").unwrap().query("q", "1").unwrap();
    let bare = bare.query("q", "2").unwrap();
    assert_eq!(bare.request().uri(), "https://example.org/x?q=1&q=2");
}

#[test]
fn a_query_longer_than_a_uri_may_be_is_refused() {
    // `http` takes no URI beyond 65534 bytes.
    let call = session().get("/x").unwrap();
    let refused = call.query("q", &"x".repeat(70_000)).unwrap_err();
    assert!(refused.to_string().contains("longer than a URI"), "{refused}");
}

#[test]
fn a_call_posts_a_form_or_json() {
    let post = || session().post("/api/v1/statuses").unwrap();
    let form = post().form("status", "a&b ü").form("media_ids[]", "1").request();
    assert_eq!(form.body(), b"status=a%26b+%C3%BC&media_ids%5B%5D=1");
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(form.headers()["content-type"], kind);
    let body = json!({"status": "ü"});
    let sent = post().form("x", "1").json(&body).unwrap().request();
    assert_eq!(sent.body(), "{\"status\":\"ü\"}".as_bytes());
    assert_eq!(sent.headers()["content-type"], "application/json");
    let back = post().json(&body).unwrap().form("status", "x").request();
    assert_eq!(back.body(), b"status=x");
    assert_eq!(back.headers()["content-type"], kind);
    let bare = session().call(Method::DELETE, "/x").unwrap().request();
    assert!(bare.body().is_empty() && !bare.headers().contains_key("content-type"));
}

#[test]
fn a_call_sends_any_body_under_its_own_type() {
    let call = session().post("/api/v2/media").unwrap();
    let call = call.form("lost", "x").body("image/png", b"\x89PNG".as_slice()).unwrap();
    let request = call.request();
    assert_eq!(request.headers()["content-type"], "image/png");
    assert_eq!(request.body(), b"\x89PNG");
    // A form again takes its place.
    let request = call.form("status", "hi").request();
    assert_eq!(request.body(), b"status=hi");
    assert!(session().post("/x").unwrap().body("a\nb", "").is_err());
}

#[test]
fn a_call_carries_headers_of_the_callers_but_none_that_say_who_asks() {
    let call = session().post("/api/v1/statuses").unwrap();
    let call = call.header("Idempotency-Key", "one").unwrap();
    let call = call.header("idempotency-key", "two").unwrap();
    let call = call.header("Accept", "text/html").unwrap();
    let request = call.request();
    let keys: Vec<_> = request.headers().get_all("idempotency-key").iter().collect();
    assert_eq!(keys, ["two"]);
    assert_eq!(request.headers()["accept"], "text/html");
    let reserved = ["Authorization", "cookie", "Host", "Content-Type", "Content-Length"];
    for name in reserved.iter().chain(&["Transfer-Encoding", "Connection"]) {
        let error = call.clone().header(name, "x").unwrap_err().to_string();
        assert!(error.starts_with(&format!("invalid header: `{name}` cannot be set")), "{error}");
    }
}

#[test]
fn headers_of_connection_and_proxy_cannot_be_set() {
    let call = session().get("/x").unwrap();
    for name in [
        "TE",
        "Trailer",
        "upgrade",
        "Keep-Alive",
        "Expect",
        "HTTP2-Settings",
        "Proxy-Connection",
        "Proxy-Authorization",
    ] {
        let error = call.clone().header(name, "x").unwrap_err().to_string();
        assert!(error.starts_with(&format!("invalid header: `{name}` cannot be set")), "{error}");
    }
}

#[test]
fn blank_user_agent_is_rejected() {
    let call = session().get("/x").unwrap();
    for blank in ["", " "] {
        assert!(call.clone().header("User-Agent", blank).is_err(), "{blank:?}");
    }
    let request = call.header("user-agent", "my-bot/1").unwrap().request();
    assert_eq!(request.headers()["user-agent"], "my-bot/1");
}

#[test]
fn methods_without_a_call_are_rejected() {
    for method in [Method::CONNECT, Method::TRACE] {
        let error = session().call(method.clone(), "/x").unwrap_err().to_string();
        assert_eq!(error, format!("invalid method: {method} is not a call to the API"));
    }
}

#[test]
fn invalid_header_is_named_without_its_value() {
    let call = session().post("/api/v1/statuses").unwrap();
    for (name, value, expected) in [
        ("X-A", "SECRET\r\nb: c", "the value of `X-A` has a control character"),
        ("Bearer SECRET", "x", "the name `Bearer…` has the invalid character ' '"),
        ("X-\u{e9}: SECRET", "x", "the name `X-…` has the invalid character '\u{e9}'"),
        ("", "SECRET", "not a valid name"),
    ] {
        let error = call.clone().header(name, value).unwrap_err();
        assert_eq!(error.to_string(), format!("invalid header: {expected}"));
    }
}

#[test]
fn values_that_are_not_json_are_rejected() {
    let map = std::collections::BTreeMap::from([(vec![1], 2)]);
    let error = session().post("/x").unwrap().json(&map).unwrap_err();
    assert!(error.to_string().contains("cannot be serialized as JSON"), "{error}");
}

#[test]
fn response_has_its_headers() {
    let response = http::Response::builder().header("deprecation", "@1767225600");
    let response = response.body(b"[]".to_vec()).unwrap();
    let response = session().get("/api/v1/suggestions").unwrap().parse(&response).unwrap();
    assert_eq!(response.headers["deprecation"], "@1767225600");
}
