//! The effects of `Accept`.

use crate::facts::client::{Parts, Received, ask, server, token, try_ask};

const VERIFY: &str = "/api/v1/accounts/verify_credentials";

fn accepting(path: &str, accept: &str, token: &str) -> Option<Received> {
    let parts = Parts { accept, token, ..Parts::default() };
    try_ask(&server(), "GET", path, parts)
}

#[test]
fn errors_are_pages_for_whoever_names_html_first_whatever_its_weight() {
    for accept in ["text/html", "text/*", "text/html;q=0.1, application/json"] {
        let refused = accepting(VERIFY, accept, "").expect("a response");
        assert!(refused.status() == 401 && refused.is_page(), "{accept}");
        let unknown = accepting("/api/v1/nope", accept, "").expect("a response");
        assert!(unknown.status() == 404 && unknown.is_page(), "{accept}");
    }
    let refused = accepting(VERIFY, "application/json, text/html", "").expect("a response");
    assert_eq!(refused.error(), "Unauthorized: token not supplied");
}

#[test]
fn a_media_type_that_goes_on_after_json_breaks_the_connection_on_every_path() {
    for path in [VERIFY, "/api/v1/nope", "/nodeinfo/2.0", "/oauth/authorize"] {
        let broken = accepting(path, "application/jsonx", "").is_none();
        assert!(broken, "{path}");
    }
}

#[test]
fn a_media_type_that_breaks_off_is_taken_for_the_whole() {
    let server = server();
    let token = token(&server, "profile");
    let parts = Parts { accept: "application/jso", token: &token, ..Parts::default() };
    let me = ask(&server, "GET", VERIFY, parts);
    assert_eq!(me.json()["username"], "alice");
}

#[test]
fn discovery_is_json_only() {
    let webfinger = "/.well-known/webfinger?resource=acct:alice@gts.example";
    for path in ["/nodeinfo/2.0", "/.well-known/nodeinfo", webfinger] {
        let page = accepting(path, "text/html", "").expect("a response");
        assert!(page.status() == 406 && page.is_page(), "{path}");
    }
    let response = accepting(webfinger, "text/plain", "").expect("a response");
    let error = "Not Acceptable: no format can be offered for requested Accept header(s) \
                 [text/plain]; this endpoint offers [application/jrd+json application/json]";
    assert_eq!(response.error(), error);
}
