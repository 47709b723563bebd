//! Documents on the way to the API that say what they mean, and not as they should.

use crate::discovery::discover::{LINKS, api_of, found};
use crate::recorded::answer;
use crate::web::Web;

const GTS: &str = "https://gts.example.org";

/// Behind a proxy that ends TLS, and a server that does not know of it.
#[test]
fn links_that_name_their_own_host_by_http_are_read_by_https() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"http://gts.example.org/nodeinfo/2.0"}]}"#;
    let web = Web::default()
        .moved(LINKS, "https://gts.example.org/.well-known/nodeinfo")
        .json("https://gts.example.org/.well-known/nodeinfo", links)
        .json(
            "https://gts.example.org/nodeinfo/2.0",
            r#"{"software":{"name":"gotosocial","version":"0.20.0"}}"#,
        );
    let there = found("@me@example.org", &web);
    assert_eq!(there.instance().origin(), GTS);
    assert_eq!(there.software().unwrap().name, "gotosocial");
    assert!(!web.asked().iter().any(|it| it.starts_with("http://")));
}

#[test]
fn whoever_was_led_to_links_that_are_of_no_use_is_right_there() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"http://static.example.net/nodeinfo/2.0"}]}"#;
    let web = Web::default()
        .moved(LINKS, "https://gts.example.org/.well-known/nodeinfo")
        .json("https://gts.example.org/.well-known/nodeinfo", links);
    assert_eq!(api_of("example.org", &web), GTS);
}

#[test]
fn links_may_be_one_alone_or_stand_beside_what_is_none() {
    let link = r#"{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/n"}"#;
    for links in [format!("[null,\"x\",{link},7]"), link.to_owned()] {
        let web = Web::default()
            .json(LINKS, &format!("{{\"links\":{links}}}"))
            .json("https://example.org/n", r#"{"software":{"name":"x","version":"1"}}"#);
        assert_eq!(found("example.org", &web).software().unwrap().name, "x", "{links}");
    }
}

#[test]
fn a_server_that_stumbles_over_metadata_has_none() {
    for status in [500, 501, 505] {
        let metadata = "https://example.org/.well-known/oauth-authorization-server";
        let web = Web::default()
            .software("https://example.org", "x", "1")
            .page(metadata, answer(status, "oops"));
        let found = found("example.org", &web);
        assert_eq!((found.software().unwrap().name.as_str(), found.metadata()), ("x", None));
    }
}
