//! Another local user attacks a login. They see the command line of the browser, can connect to the
//! port, and have an account of their own at the instance.

use std::net::TcpStream;

use gts_oauth_core::UserReply;
use gts_oauth_fake::Server;
use gts_oauth_prompt::LoopbackError;

use super::server::idle_connections;
use crate::support::{Browser, Response, Running, exchange, receive};

/// Asserts that a page discloses neither the `state` nor a link.
fn assert_discloses_nothing(page: &Response, state: &str) {
    let text = format!("{}{}", page.head, page.body);
    assert!(!text.contains(state) && !text.contains("oauth/authorize"), "{text}");
}

fn state(url: &str) -> &str {
    let (_, rest) = url.split_once("state=").expect("a state");
    rest.split('&').next().expect("its value")
}

#[test]
fn strangers_neither_learn_the_state_nor_end_the_login() {
    let server = Server::new(7);
    let (alice, mallory) = (server.account("alice"), server.account("mallory"));
    let running = Running::start(&server);
    let shown = running.shown();
    let state = state(&shown.url);
    let host = format!("127.0.0.1:{}", running.port);

    // A flood of connections and requests.
    let idle = idle_connections(running.port, 500);
    for target in ["/", "/callback", "/callback/-/again", "/callback?code=x&state=y"].repeat(50) {
        let page =
            exchange(running.port, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_discloses_nothing(&page, state);
    }
    // A code of the stranger's account, with another `state`, and even with the right one.
    let forged = mallory.allow_with_foreign_state(&shown.url).expect("a redirect");
    let UserReply::Pasted(forged) = forged else { panic!("not a URL") };
    let leaked = mallory.visit(&shown.url).expect("a redirect");
    for (url, status) in [(forged, 400), (leaked, 403)] {
        for cookie in [None, Some(format!("gts_oauth_{}=guessed", running.port))] {
            let page = Browser { cookie }.get(&url);
            assert_eq!(page.status, status);
            assert_discloses_nothing(&page, state);
        }
    }
    assert!(running.is_running());

    let page = receive(Browser::default().allow(&shown.one_time.expect("a link"), &alice));
    assert!(page.body.contains("logged in as alice"), "{}", page.body);
    assert_discloses_nothing(&page, state);
    assert_eq!(running.end().expect("a login"), "alice");
    drop(idle);
}

#[test]
fn stranger_who_opens_the_link_after_the_browser_ends_the_login() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let link = shown.one_time.expect("a link");
    Browser::default().open(&link);
    let page = Browser::default().get(&link);
    assert_eq!(page.status, 403);
    assert_discloses_nothing(&page, state(&shown.url));
    assert_eq!(running.failure(), LoopbackError::OpenedTwice);
}

#[test]
fn stranger_who_opens_the_link_first_is_noticed_and_locked_out() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().one_time.expect("a link");
    let mut stranger = Browser::default();
    stranger.open(&link);
    // The user's browser starts now.
    Browser::default().get(&link);
    let port = running.port;
    assert_eq!(running.failure(), LoopbackError::OpenedTwice);
    TcpStream::connect(("127.0.0.1", port)).expect_err("a closed port");
    let requests = server.requests();
    assert!(requests.iter().all(|it| it.path != "/oauth/token"), "no code is exchanged");
}
