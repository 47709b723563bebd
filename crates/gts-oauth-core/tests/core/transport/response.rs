//! Responses from the parts that other HTTP stacks have.

use gts_oauth_core::transport::response;

#[test]
fn parts_become_a_response() {
    let headers = [(&b"Link"[..], &b" <a> "[..]), (b"link", b"<b>"), (b"x-odd", b"\xfc")];
    let response = response(418, headers, "body").unwrap();
    assert_eq!(response.status(), 418);
    let links: Vec<_> = response.headers().get_all("link").iter().collect();
    assert_eq!(links, ["<a>", "<b>"]);
    assert_eq!(response.headers()["x-odd"].as_bytes(), b"\xfc");
    assert_eq!(response.body(), b"body");
}

#[test]
fn invalid_headers_are_skipped() {
    let headers = [("two words", "a"), ("", "b"), ("line", "a\r\nx: b"), ("good", "c")];
    let response = response(200, headers, "").unwrap();
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.headers()["good"], "c");
}

#[test]
fn invalid_statuses_are_refused() {
    let none: [(&str, &str); 0] = [];
    assert!(response(99, none, "").is_err());
    assert!(response(1000, none, "").is_err());
}
