//! From what a person types to the host of the API: links, redirects, WebFinger.

use gts_oauth_core::error::Operation;
use gts_oauth_core::{
    Error, Exchange,
    discovery::{Discover, Discovery},
};

use crate::recorded::{PAGE, answer, rate_limited};
use crate::web::Web;

pub(crate) fn found(typed: &str, web: &Web) -> Discovery {
    let discover: Discover = typed.parse().unwrap();
    discover.run(web).unwrap()
}

pub(crate) fn api_of(typed: &str, web: &Web) -> String {
    found(typed, web).instance().origin().to_owned()
}

pub(crate) const LINKS: &str = "https://example.org/.well-known/nodeinfo";
const GTS: &str = "https://gts.example.org";

/// GoToSocial's own documentation of split domains: the account domain redirects.
fn split() -> Web {
    Web::default().moved(LINKS, "https://gts.example.org/.well-known/nodeinfo").software(
        GTS,
        "gotosocial",
        "0.20.0",
    )
}

#[test]
fn a_server_on_its_own_domain_is_found_where_it_was_typed() {
    let web = Web::default().software("https://example.org", "gotosocial", "0.20.0");
    let found = found("example.org", &web);
    assert_eq!(found.instance().origin(), "https://example.org");
    assert_eq!(found.requested(), found.instance());
    let software = found.software().unwrap();
    assert_eq!((&*software.name, &*software.version), ("gotosocial", "0.20.0"));
    let asked = [
        LINKS,
        "https://example.org/nodeinfo/2.0",
        "https://example.org/.well-known/oauth-authorization-server",
    ];
    assert_eq!(web.asked(), asked);
}

#[test]
fn an_account_domain_leads_to_the_host_of_the_api_from_whatever_is_typed() {
    for typed in ["example.org", "@me@example.org", "me@example.org", "https://example.org/@me"] {
        let web = split();
        let found = found(typed, &web);
        assert_eq!(found.instance().origin(), GTS, "{typed}");
        assert_eq!(found.requested().origin(), "https://example.org");
        assert_eq!(found.software().unwrap().name, "gotosocial");
        assert_eq!(
            web.asked().last().unwrap(),
            "https://gts.example.org/.well-known/oauth-authorization-server"
        );
    }
}

#[test]
fn an_account_domain_that_serves_the_links_itself_leads_to_where_they_point() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://gts.example.org/nodeinfo/2.0"}]}"#;
    let web = Web::default()
        .json(LINKS, links)
        .json(&format!("{GTS}/nodeinfo/2.0"), r#"{"software":{"name":"x"}}"#);
    assert_eq!(api_of("example.org", &web), GTS);
}

#[test]
fn a_document_that_is_not_there_leaves_the_api_where_its_links_were() {
    for href in [
        "https://localhost:3000/nodeinfo/2.0",
        "http://gts.example.org/nodeinfo/2.0",
        "https://user:pass@gts.example.org/nodeinfo",
        "not an address at all:",
    ] {
        let links = format!(
            r#"{{"links":[{{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"{href}"}}]}}"#
        );
        let web = Web::default().json(LINKS, &links);
        let found = found("example.org", &web);
        assert_eq!(found.instance().origin(), "https://example.org", "{href}");
        assert_eq!(found.software(), None);
        assert!(!web.asked().iter().any(|it| it.starts_with("http://")));
    }
}

#[test]
fn another_host_that_is_in_trouble_or_silent_is_done_without() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://static.example/nodeinfo/2.0"}]}"#;
    for trouble in [answer(500, "x"), answer(503, ""), answer(200, "{\"software\":")] {
        let web = Web::default().json(LINKS, links);
        let web = web.page("https://static.example/nodeinfo/2.0", trouble);
        let found = found("example.org", &web);
        assert_eq!(found.instance().origin(), "https://example.org");
    }
}

#[test]
fn link_with_credentials_or_another_scheme_is_not_followed() {
    for origin in [
        "https://user@example.org",
        "https://:63688859@example.org",
        "https://user:63688859@example.org",
        "ftp://example.org",
    ] {
        let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let href = format!("{origin}/nodeinfo/2.0");
        let links = format!(r#"{{"links":[{{"rel":"{schema}","href":"{href}"}}]}}"#);
        let web = Web::default().software("https://example.org", "x", "1").json(LINKS, &links);
        assert_eq!(found("example.org", &web).software(), None, "{origin}");
    }
}

#[test]
fn document_that_names_no_software_is_no_nodeinfo() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://static.example/nodeinfo/2.0"}]}"#;
    for document in ["{}", r#"{"software":"x"}"#] {
        let web = Web::default().json(LINKS, links);
        let web = web.json("https://static.example/nodeinfo/2.0", document);
        assert_eq!(api_of("example.org", &web), "https://example.org", "{document}");
    }
}

#[test]
fn a_page_of_one_letter_is_no_document_that_was_cut_off() {
    for page in ["n", "t", "\"", "7", "null"] {
        let web = Web::default().json(LINKS, page);
        assert_eq!(api_of("example.org", &web), "https://example.org", "{page}");
    }
}

#[test]
fn nobody_elsewhere_leads_to_this_very_machine() {
    for target in ["https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x"] {
        let web = Web::default().moved(LINKS, target);
        assert_eq!(api_of("example.org", &web), "https://example.org");
        assert!(web.asked().iter().all(|it| it.starts_with("https://example.org/")));
    }
    let onion = gts_oauth_core::Instance::insecure_http("http://evil.onion").unwrap();
    let links = "http://evil.onion/.well-known/nodeinfo";
    let web = Web::default().moved(links, "http://127.0.0.1:6379/");
    let found = Discover::new(onion).run(&web).unwrap();
    assert_eq!(found.instance().origin(), "http://evil.onion");
}

/// Takahē writes https, whatever it is served over; others know nothing of their proxy.
#[test]
fn links_to_the_same_host_by_another_name_are_followed_by_the_one_that_was_asked() {
    for (asked, href) in [
        ("http://127.0.0.1:8092", "https://127.0.0.1:8092/nodeinfo/2.0"),
        ("https://example.org", "https://example.org:3000/nodeinfo/2.0"),
    ] {
        let schema = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let links = format!(r#"{{"links":[{{"rel":"{schema}","href":"{href}"}}]}}"#);
        let web = Web::default()
            .json(&format!("{asked}/.well-known/nodeinfo"), &links)
            .json(&format!("{asked}/nodeinfo/2.0"), r#"{"software":{"name":"x"}}"#);
        let found = found(asked, &web);
        assert_eq!(found.instance().origin(), asked);
        assert_eq!(found.software().unwrap().name, "x");
    }
}

/// A transport that reaches no host but one.
fn only(host: &'static str, web: Web) -> impl gts_oauth_core::Transport {
    move |request: gts_oauth_core::http::Request<Vec<u8>>| match request.uri().host() {
        Some(reached) if reached == host => gts_oauth_core::Transport::send(&web, request),
        _ => Err("no route to host".into()),
    }
}

fn web_that_names_a_host_that_is_not_there() -> Web {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://inside.example/nodeinfo/2.0"}]}"#;
    Web::default().json(LINKS, links)
}

#[test]
fn unreachable_nodeinfo_host_does_not_stop_discovery() {
    let http = only("example.org", web_that_names_a_host_that_is_not_there());
    let found = "example.org".parse::<Discover>().unwrap().run(&http).unwrap();
    assert_eq!(found.instance().origin(), "https://example.org");
    assert_eq!(found.software(), None);

    let register = gts_oauth_core::RegisterApp::new("example.org".parse().unwrap(), "Probe");
    let entropy = crate::scenario::counted_entropy();
    let mut login = gts_oauth_core::Login::new(register.unwrap(), entropy);
    let error = login.run(&http, crate::scenario::nobody).unwrap_err();
    // As far as to registering, of which this server knows nothing.
    assert_eq!(error.operation(), Some(Operation::Register), "{error}");
}

#[test]
fn a_host_that_was_typed_and_cannot_be_reached_is_an_error() {
    let http = only("elsewhere.example", Web::default());
    let discover: Discover = "example.org".parse().unwrap();
    assert!(matches!(discover.run(&http), Err(Error::Transport(..))));
}

#[test]
fn the_newest_nodeinfo_is_read_and_a_relative_address_is_one() {
    let links = r#"{"links":[
        {"rel":"http://nodeinfo.diaspora.software/ns/schema/1.0","href":"/one"},
        {"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"/new"},
        {"rel":"https://www.w3.org/ns/activitystreams#Application","href":"/actor"},
        {"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"/old"}]}"#;
    let new = r#"{"software":{"name":"mastodon","version":"4.4.2"}}"#;
    let web = Web::default().json(LINKS, links).json("https://example.org/new", new);
    assert_eq!(found("example.org", &web).software().unwrap().version, "4.4.2");
}

#[test]
fn a_server_that_knows_nothing_of_all_this_is_found_all_the_same() {
    for nothing in [
        answer(404, "404 page not found"),
        answer(200, PAGE),
        answer(200, "[]"),
        answer(200, r#"{"links":"none"}"#),
        answer(200, r#"{"links":[]}"#),
        answer(200, ""),
        answer(403, r#"{"error":"forbidden"}"#),
        answer(410, ""),
        answer(418, ""),
    ] {
        let metadata = "https://example.org/.well-known/oauth-authorization-server";
        let web = Web::default().page(LINKS, nothing.clone()).page(metadata, nothing);
        let found = found("example.org", &web);
        assert_eq!(found.instance().origin(), "https://example.org");
        assert_eq!((found.software(), found.metadata()), (None, None));
    }
}

#[test]
fn a_server_in_trouble_is_an_error_and_nothing_is_known_less() {
    for trouble in [
        rate_limited(),
        answer(500, ""),
        answer(502, PAGE),
        answer(503, PAGE),
        answer(200, r#"{"links":[{"rel"#),
    ] {
        let web = Web::default().page(LINKS, trouble.clone());
        let discover: Discover = "example.org".parse().unwrap();
        let error = discover.clone().run(&web).unwrap_err();
        assert!(matches!(error, Error::Unavailable(_) | Error::UnexpectedResponse(_)));
        assert!(discover.parse(&trouble).is_err());
        let skipped = discover.skip();
        assert_eq!(skipped.instance().origin(), "https://example.org");
    }
}

#[test]
fn no_answer_is_an_error() {
    let discover: Discover = "example.org".parse().unwrap();
    let silence = |_| Err::<gts_oauth_core::http::Response<Vec<u8>>, _>("no route to host");
    assert!(matches!(discover.run(&silence), Err(Error::Transport(..))));
}

#[test]
fn what_a_server_calls_itself_is_made_safe_to_show() {
    let name = "goto\\u001b[31msocial\\u202e";
    let web = Web::default().software("https://example.org", name, &"9".repeat(1000));
    let found = found("example.org", &web);
    let software = found.software().unwrap();
    assert_eq!(software.name, "goto[31msocial");
    assert!(software.version.chars().count() <= 201);
}

#[test]
fn requests_carry_the_programs_own_user_agent() {
    let discover: Discover = "example.org".parse().unwrap();
    let request = discover.clone().user_agent("my-bot/1").unwrap().request();
    assert_eq!(request.headers()["user-agent"], "my-bot/1");
    let ours = discover.request().headers()["user-agent"].clone();
    assert!(ours.to_str().unwrap().starts_with("gts-oauth-core/"));
    assert!(discover.user_agent(" ").is_err());
}

#[test]
fn debug_shows_the_next_url_and_no_user_name() {
    let discover: Discover = "@somebody@example.org".parse().unwrap();
    let debug = format!("{discover:?}");
    assert!(debug.contains("https://example.org/.well-known/nodeinfo"), "{debug}");
    assert!(!debug.contains("somebody"), "{debug}");
}
