//! Redirect URIs: registered, compared, used.

use crate::facts::client::{OUT_OF_BAND, authorize, exchange, post, register, server};

#[test]
fn a_redirect_uri_is_written_anew() {
    for (sent, registered) in [
        ("HTTPS://A.Example/%7Ex?y=%7E#frag", "https://A.Example/%7Ex?y=%7E#frag"),
        ("https://a.example/?a=b c&d", "https://a.example/?a=b c&d"),
        ("https://a.example/ü?q=ü", "https://a.example/%C3%BC?q=ü"),
        ("https://a.example/[x]", "https://a.example/[x]"),
        ("https://a.example/[x]{y}", "https://a.example/%5Bx%5D%7By%7D"),
        ("https://a.example/#", "https://a.example/"),
        ("https://a.example/ https://b.example/", "https://a.example/%20https://b.example/"),
        ("  org.example.app:/cb  ", "org.example.app:/cb"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("foo", "foo"),
        ("", OUT_OF_BAND),
    ] {
        let fields = [("client_name", "Odd"), ("redirect_uris", sent)];
        let app = post(&server(), "/api/v1/apps", &fields).json();
        assert_eq!(app["redirect_uri"], registered, "{sent}");
    }
}

#[test]
fn of_several_lines_each_counts_once_and_of_several_fields_the_first() {
    let lines = "\nhttps://a.example/\r\nhttps://b.example/\n\nhttps://a.example/\n";
    let fields =
        [("client_name", "Odd"), ("redirect_uris", lines), ("redirect_uris", "https://c.example/")];
    let app = post(&server(), "/api/v1/apps", &fields).json();
    assert_eq!(app["redirect_uri"], "https://a.example/\nhttps://b.example/");
}

#[test]
fn a_redirect_uri_that_cannot_be_read_is_told_with_the_reason() {
    for (sent, reason) in [
        (":foo", "missing protocol scheme"),
        ("1a:b", "first path segment in URL cannot contain colon"),
        ("http://a.example:port/", "invalid port \":port\" after host"),
        ("http://a b/", "invalid character \" \" in host name"),
        ("http://a%20b/", "invalid URL escape \"%20\""),
        ("http://[::1/", "missing ']' in host"),
        ("http://a.example/%zz", "invalid URL escape \"%zz\""),
        ("https://a.example/#%zz", "invalid URL escape \"%zz\""),
        ("http://a.example/\u{1}", "net/url: invalid control character in URL"),
    ] {
        let fields = [("client_name", "Odd"), ("redirect_uris", sent)];
        let refused = post(&server(), "/api/v1/apps", &fields);
        let error = "Bad Request: error parsing redirect URI: parse";
        let sent = sent.replace('\u{1}', "\\x01");
        assert_eq!(refused.error(), format!("{error} \"{sent}\": {reason}"));
        assert_eq!(refused.status(), 400);
    }
}

#[test]
fn a_redirect_uri_is_looked_up_written_anew_and_a_code_is_exchanged_as_it_came() {
    let server = server();
    let app = register(&server, "read", "http://127.0.0.1:7777/callback");
    let alice = server.account("alice");
    let in_capitals = "HTTP://127.0.0.1:7777/callback";
    let sent_to = |address: &str| alice.visit(address).expect("allowed");
    let code = |target: &str| {
        let code = target.strip_prefix("http://127.0.0.1:7777/callback?code=");
        code.expect("a code").to_owned()
    };
    let address = authorize(&server, &app, "read", in_capitals);
    let first = code(&sent_to(&address));
    let anew = exchange(&server, &app, &first, "http://127.0.0.1:7777/callback");
    assert_eq!((anew.status(), anew.error().as_str()), (400, "invalid_grant"));
    assert_eq!(exchange(&server, &app, &first, in_capitals).status(), 200);
}

#[test]
fn what_is_added_to_a_redirect_uri_goes_before_its_fragment() {
    let server = server();
    let app = register(&server, "read", "http://127.0.0.1:7777/cb?b=1&a=2#here");
    let address = authorize(&server, &app, "read", "http://127.0.0.1:7777/cb?b=1&a=2#here");
    let target = server.account("alice").visit(&address).expect("allowed");
    let start = "http://127.0.0.1:7777/cb?a=2&b=1&code=";
    assert!(target.starts_with(start) && target.ends_with("#here"), "{target}");
}

#[test]
fn a_redirect_uri_that_cannot_be_read_is_found_out_only_when_alice_allows_it() {
    let server = server();
    let app = register(&server, "read", OUT_OF_BAND);
    let address = authorize(&server, &app, "read", "http://127.0.0.1:7777/%zz");
    let alice = server.account("alice");
    let page = alice.open(&address).expect("the consent page");
    assert!(page.contains("Allow"));
    let error = alice.visit(&address).expect_err("an error").to_string();
    assert!(error.starts_with("500: Internal Server Error: If you"), "{error}");
}
