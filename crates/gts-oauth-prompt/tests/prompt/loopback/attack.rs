//! Another local user attacks a login. They see the command line of the browser, can connect to the
//! port, and have an account of their own at the instance.

use std::net::TcpStream;

use gts_oauth_core::{Login, RegisterApp, UserReply};
use gts_oauth_fake::Server;
use gts_oauth_prompt::{Loopback, LoopbackError};

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
    for target in ["/", "/callback", "/callback/-/0", "/callback?code=x&state=y"].repeat(50) {
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

/// A cookie has no port: a browser sends it to every program that listens on 127.0.0.1.
#[test]
fn stolen_cookie_leads_nowhere() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let mut browser = Browser::default();
    browser.open(&shown.link);
    let mut thief = Browser { cookie: browser.cookie.clone() };
    for target in ["/", "/callback", "/callback/-/", "/callback/-/again", "/callback?error=x"] {
        let page = thief.get(&format!("http://127.0.0.1:{}{target}", running.port));
        assert_discloses_nothing(&page, state(&shown.url));
        assert!(!page.body.contains("/callback/"), "{}", page.body);
    }
    receive(browser.allow(&shown.link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn login_goes_on_with_another_state_after_a_link_was_opened_twice() {
    let server = Server::new(7);
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    let (sender, states) = std::sync::mpsc::channel();
    let mut loopback = Loopback::for_login(&mut login).expect("a port").open_with(move |links| {
        sender.send(state(links.authorization_url()).to_owned())?;
        let link = links.one_time_link().expect("a link").to_owned();
        std::thread::spawn(move || {
            Browser::default().open(&link);
            Browser::default().get(&link)
        });
        Ok(())
    });
    login.run(&server, |step| loopback.ask(step)).expect_err("opened twice");
    let shown = states.try_iter().collect::<Vec<_>>();
    assert_eq!(shown.len(), 1, "the user is asked once");
    assert_ne!(login.pending().expect("another attempt").state(), shown[0]);
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
