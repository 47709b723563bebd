//! Paths and methods.

use crate::facts::client::{Parts, ask, get, server};

#[test]
fn a_slash_too_many_is_sent_on_only_where_the_method_would_do() {
    let server = server();
    let moved = get(&server, "/api/v1/notifications/?limit=2", "");
    let to = (moved.status(), moved.header("location"));
    assert_eq!(to, (301, "/api/v1/notifications?limit=2"));
    assert!(moved.is_page());
    let moved = ask(&server, "POST", "/oauth/token/", Parts::default());
    assert_eq!((moved.status(), moved.header("location")), (307, "/oauth/token"));
    assert_eq!((moved.header("server"), moved.header("content-type")), ("", ""));
    let unknown = get(&server, "/oauth/token/", "");
    assert_eq!((unknown.status(), unknown.error().as_str()), (404, "Not Found"));
}

#[test]
fn other_methods_are_405_in_plain_text_and_head_has_no_body() {
    let server = server();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let refused = ask(&server, method, "/oauth/token", Parts::default());
        let kind = (refused.status(), refused.header("content-type"));
        assert_eq!(kind, (405, "text/plain"), "{method}");
        let body = match method {
            "HEAD" => "",
            _ => "405 method not allowed",
        };
        assert_eq!(refused.body(), body, "{method}");
    }
}

#[test]
fn what_is_not_there_is_404_json() {
    let server = server();
    for path in [
        "/oauth/userinfo",
        "/oauth/introspect",
        "/oauth/Token",
        "//oauth/token",
        "/.well-known/openid-configuration",
        "/.well-known/host-meta.json",
        "/api/v1/verify_credentials",
    ] {
        let unknown = get(&server, path, "");
        assert_eq!((unknown.status(), unknown.error().as_str()), (404, "Not Found"));
    }
}

#[test]
fn webfinger_tells_what_it_cannot_read() {
    let server = server();
    let bad = "Bad Request: bad webfinger request with resource query";
    let foreign = "does not belong to this instance";
    for (resource, told) in [
        ("", "Bad Request: no 'resource' in request query".to_owned()),
        ("banana", format!("{bad} banana: failed to extract domain from: @banana")),
        ("acct:a@b@c", format!("{bad} acct:a@b@c: couldn't match namestring @a@b@c")),
        ("acct:alice@example.net", format!("Bad Request: requested host example.net {foreign}")),
        ("https://example.net/@x", format!("Bad Request: requested host example.net {foreign}")),
    ] {
        let path = format!("/.well-known/webfinger?resource={resource}");
        let refused = get(&server, &path, "");
        assert_eq!((refused.status(), refused.error()), (400, told));
    }
    for resource in ["acct:ALICE@gts.example", "https://gts.example/users/alice"] {
        let path = format!("/.well-known/webfinger?resource={resource}");
        let found = get(&server, &path, "");
        assert_eq!(found.header("content-type"), "application/jrd+json");
        assert!(found.body().contains("acct:alice@gts.example"), "{resource}");
    }
}

#[test]
fn spaces_after_a_token_do_no_harm_and_spaces_before_it_do() {
    let server = server();
    let token = crate::facts::client::token(&server, "profile");
    let path = "/api/v1/accounts/verify_credentials";
    assert_eq!(get(&server, path, &format!("{token} ")).status(), 200);
    let refused = get(&server, path, &format!(" {token}"));
    assert_eq!(refused.error(), "Unauthorized: token not supplied");
}
