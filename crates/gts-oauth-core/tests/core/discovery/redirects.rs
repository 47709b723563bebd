//! Redirects on the way to the API: followed one by one, not for ever, and not just anywhere.

use gts_oauth_core::discovery::Discover;
use gts_oauth_core::http::Response;

use crate::discovery::discover::{LINKS, api_of, found};
use crate::recorded::{PAGE, answer};
use crate::web::Web;

#[test]
fn a_redirect_to_a_web_site_does_not_make_it_the_api() {
    let web = Web::default()
        .moved(LINKS, "https://www.example.org/not-found")
        .page("https://www.example.org/not-found", answer(200, PAGE));
    assert_eq!(api_of("example.org", &web), "https://example.org");
}

#[test]
fn five_redirects_are_followed_and_no_more() {
    let hop = |n: u8| format!("https://hop{n}.example/");
    let chain = |length: u8| {
        let web = Web::default().moved(LINKS, &hop(1));
        let web = (1..length).fold(web, |web, n| web.moved(&hop(n), &hop(n + 1)));
        let links =
            r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/n"}]}"#;
        web.json(&hop(length), links)
    };
    assert_eq!(api_of("example.org", &chain(5)), "https://hop5.example");
    assert_eq!(api_of("example.org", &chain(6)), "https://example.org");

    let circle = Web::default().moved(LINKS, LINKS);
    assert_eq!(api_of("example.org", &circle), "https://example.org");
}

#[test]
fn only_a_redirect_redirects() {
    let elsewhere = "https://elsewhere.example/.well-known/nodeinfo";
    let web = |status: u16| {
        let answer = Response::builder().status(status);
        let answer = answer.header("Location", elsewhere).body(Vec::new());
        Web::default().page(LINKS, answer.unwrap()).software("https://elsewhere.example", "x", "1")
    };
    assert_eq!(api_of("example.org", &web(307)), "https://elsewhere.example");
    for status in [200, 201, 404] {
        assert_eq!(api_of("example.org", &web(status)), "https://example.org");
    }
}

/// RFC 8414 §3: it is the server's own, or none.
#[test]
fn metadata_is_not_followed_anywhere() {
    let there = "https://example.org/elsewhere";
    let metadata = "https://example.org/.well-known/oauth-authorization-server";
    let web =
        Web::default().moved(metadata, there).json(there, r#"{"issuer":"https://example.org"}"#);
    assert_eq!(found("example.org", &web).metadata(), None);
    assert!(!web.asked().contains(&there.to_owned()));
}

#[test]
fn no_redirect_leads_from_https_to_http() {
    for target in [
        "http://gts.example.org/.well-known/nodeinfo",
        "http://127.0.0.1:8080/.well-known/nodeinfo",
        "http://localhost/",
        "ftp://gts.example.org/",
        "//user@gts.example.org/",
        "",
    ] {
        let web = Web::default().moved(LINKS, target);
        assert_eq!(api_of("example.org", &web), "https://example.org");
        let plain = |it: &String| it.starts_with("http://") || it.contains("gts.example.org");
        assert!(!web.asked().iter().any(plain), "{target}");
    }
}

#[test]
fn on_this_machine_http_leads_to_http() {
    let web = Web::default()
        .moved(
            "http://127.0.0.1:8087/.well-known/nodeinfo",
            "http://127.0.0.1:8086/.well-known/nodeinfo",
        )
        .software("http://127.0.0.1:8086", "gotosocial", "0.20.0");
    let api = api_of("http://127.0.0.1:8087", &web);
    assert_eq!(api, "http://127.0.0.1:8086");
}

#[test]
fn the_permission_for_http_holds_for_the_host_it_was_given_for() {
    let onion = |host: &str| format!("http://{host}.onion");
    let asked = gts_oauth_core::Instance::insecure_http(&onion("one")).unwrap();
    let links = onion("one") + "/.well-known/nodeinfo";
    let elsewhere = Web::default().moved(&links, &onion("two")).software(&onion("two"), "x", "1");
    let found = Discover::new(asked.clone()).run(&elsewhere).unwrap();
    assert_eq!(found.instance(), &asked);
    let here = Web::default().software(&onion("one"), "x", "1");
    let found = Discover::new(asked).run(&here).unwrap();
    assert!(found.software().is_some());
}
