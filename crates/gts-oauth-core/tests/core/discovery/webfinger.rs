//! Finding the API by its people's addresses, where the host itself says nothing.

use gts_oauth_core::http::Request;
use gts_oauth_core::{Error, Transport, discovery::Discover};

use crate::discovery::discover::{LINKS, api_of, found};
use crate::recorded::{PAGE, answer};
use crate::web::Web;

/// Mastodon's documentation of split domains: the account domain redirects WebFinger alone.
fn fingered(resource: &str) -> Web {
    let asked = format!("https://example.org/.well-known/webfinger?resource={resource}");
    let there = "https://social.example.org/.well-known/webfinger?resource=acct";
    let account = r#"{"subject":"acct:me@example.org","links":[
        {"rel":"http://webfinger.net/rel/profile-page","href":"https://www.example.org/@me"},
        {"rel":"self","href":"https://social.example.org/users/me"}]}"#;
    Web::default().moved(&asked, there).json(there, account).software(
        "https://social.example.org",
        "mastodon",
        "4.4.2",
    )
}

#[test]
fn where_the_host_says_nothing_its_peoples_addresses_do() {
    let web = fingered("acct%3Ame%40example.org");
    let found = found("@me@example.org", &web);
    assert_eq!(found.instance().origin(), "https://social.example.org");
    assert_eq!(found.software().unwrap().name, "mastodon");
}

#[test]
fn unusable_nodeinfo_link_leads_to_webfinger() {
    let links = r#"{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://localhost:3000/nodeinfo/2.0"}]}"#;
    let web = fingered("acct%3Ame%40example.org").json(LINKS, links);
    assert_eq!(api_of("@me@example.org", &web), "https://social.example.org");
}

#[test]
fn without_a_name_the_servers_own_account_is_looked_for() {
    let web = fingered("acct%3Aexample.org%40example.org");
    assert_eq!(api_of("example.org", &web), "https://social.example.org");
}

#[test]
fn an_account_domain_is_one_where_its_server_knows_somebody() {
    let web = fingered("acct%3Ame%40example.org");
    let known = found("@me@example.org", &web);
    assert_eq!(known.account_domain(), Some(known.requested()));
    assert_eq!(known.requested().origin(), "https://example.org");
    // Nobody was asked about; and the host is its own account domain.
    let web = fingered("acct%3Aexample.org%40example.org");
    let web = web.moved(LINKS, "https://social.example.org/.well-known/nodeinfo");
    assert_eq!(found("example.org", &web).account_domain(), None);
    assert_eq!(found("@me@social.example.org", &web).account_domain(), None);
}

const FINGER: &str = "https://example.org/.well-known/webfinger?resource=acct%3Ame%40example.org";

#[test]
fn a_server_that_is_found_is_not_lost_where_nobody_can_say_whose_names_are_known_there() {
    let web = || {
        fingered("acct%3Ame%40example.org")
            .moved(LINKS, "https://social.example.org/.well-known/nodeinfo")
    };
    let discover: Discover = "@me@example.org".parse().unwrap();
    let at_server =
        "https://social.example.org/.well-known/webfinger?resource=acct%3Ame%40social.example.org";
    let in_trouble = web().page(at_server, answer(502, PAGE));
    let silent = |request: Request<Vec<u8>>| match request.uri() == at_server {
        true => Err("no route to host".into()),
        false => web().send(request),
    };
    let transports: [&dyn Transport; 2] = [&in_trouble, &silent];
    for http in transports {
        let found = discover.clone().run(http).unwrap();
        assert_eq!(found.instance().origin(), "https://social.example.org");
        assert_eq!(found.software().unwrap().name, "mastodon");
        assert_eq!(found.account_domain(), None, "nobody confirmed it");
    }
}

#[test]
fn where_nothing_else_tells_where_the_api_is_a_silent_or_troubled_host_is_an_error() {
    let discover: Discover = "@me@example.org".parse().unwrap();
    let in_trouble = Web::default().page(FINGER, answer(502, PAGE));
    let error = discover.clone().run(&in_trouble).unwrap_err();
    assert!(matches!(error, Error::UnexpectedResponse(_)), "{error}");
    let silent = |request: Request<Vec<u8>>| match request.uri() == FINGER {
        true => Err("no route to host".into()),
        false => Web::default().send(request),
    };
    let error = discover.run(&silent).unwrap_err();
    assert!(matches!(error, Error::Transport(..)), "{error}");
}

/// Somebody's page, with nothing but a file that names their account elsewhere.
#[test]
fn a_page_of_ones_own_leads_to_the_server_that_it_names() {
    let finger = "https://me.example/.well-known/webfinger?resource=acct%3Ame%40me.example";
    let links = r#"{"links":[{"rel":"self","href":"https://big.example/users/me"}]}"#;
    let web = Web::default().json(finger, links);
    let found = found("@me@me.example", &web);
    assert_eq!(found.instance().origin(), "https://big.example");
    assert_eq!(found.software(), None);
    assert_eq!(found.account_domain(), None, "the page says so, and nobody else");
    let there = "https://big.example/.well-known/webfinger?resource=acct%3Ame%40big.example";
    let asked: Vec<_> = web.asked().into_iter().filter(|it| it.contains("webfinger")).collect();
    assert_eq!(asked, [finger, there]);
}

#[test]
fn account_domain_is_confirmed_by_the_server() {
    let account = |subject: &str| {
        format!(
            r#"{{"subject":"acct:{subject}","links":[{{"rel":"self","href":"https://big.example/users/me"}}]}}"#
        )
    };
    let there = "https://big.example/.well-known/webfinger?resource=acct%3Ame%40big.example";
    let nodeinfo = "https://big.example/.well-known/nodeinfo";
    let domain = || Web::default().json(FINGER, &account("me@example.org"));
    for (server, confirmed) in [
        (Some(account("me@example.org")), true),
        (Some(account("Me@Example.org")), true),
        (Some(account("me@big.example")), false),
        (Some(account("you@example.org")), false),
        (None, false),
    ] {
        // The domain leads there by WebFinger, or redirects.
        for web in [domain(), domain().moved(LINKS, nodeinfo)] {
            let web = web.software("https://big.example", "mastodon", "4.4.2");
            let web = match &server {
                Some(account) => web.json(there, account),
                None => web,
            };
            let found = found("@me@example.org", &web);
            assert_eq!(found.instance().origin(), "https://big.example");
            assert_eq!(found.account_domain().is_some(), confirmed, "{server:?}");
        }
    }
}

#[test]
fn a_name_may_be_told_apart_from_the_host() {
    let discover = Discover::new("example.org".parse().unwrap());
    let discover = discover.account_name("me").unwrap();
    let found = discover.run(&fingered("acct%3Ame%40example.org")).unwrap();
    assert_eq!(found.instance().origin(), "https://social.example.org");
    for bad in ["", "@me", "me@example.org", "a b", "a/b"] {
        let discover = Discover::new("example.org".parse().unwrap());
        assert!(matches!(discover.account_name(bad), Err(Error::Input(_))), "{bad}");
    }
}
