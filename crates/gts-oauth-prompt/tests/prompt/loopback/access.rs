//! Which browser may complete the login.

use gts_oauth_fake::Server;
use gts_oauth_prompt::LoopbackError;

use crate::support::{Browser, Running, exchange, receive};

#[test]
fn cookie_is_only_for_the_callback() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let response = Browser::default().get(&running.shown().link);
    let cookie = response.header("Set-Cookie").expect("a cookie");
    for attribute in ["Path=/callback;", "HttpOnly", "SameSite=Lax", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    // Two logins in one browser have different ports.
    assert!(cookie.contains(&running.port.to_string()), "{cookie}");
    running.handle.cancel();
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}

#[test]
fn callback_without_cookie_gets_a_hint() {
    let server = Server::new(7);
    let hint = "Paste <the> address.";
    let running = Running::start_with(&server, |it| it.hint(hint), |login| login);
    let shown = running.shown();
    let callback = server.account("alice").visit(&shown.url).expect("a redirect");
    for cookie in [None, Some(format!("gts_oauth_{}=0", running.port))] {
        let page = Browser { cookie }.get(&callback);
        assert_eq!(page.status, 403);
        assert!(page.body.contains("Paste &lt;the&gt; address."), "{}", page.body);
    }
    // As the hint says, without another authorization.
    running.handle.reply(callback);
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn one_time_link_opened_twice_ends_the_login() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().one_time.expect("a link");
    Browser::default().open(&link);
    let page = Browser::default().get(&link);
    assert_eq!(page.status, 403);
    assert!(page.body.contains("opened twice"), "{}", page.body);
    assert_eq!(running.failure(), LoopbackError::OpenedTwice);
}

#[test]
fn one_time_link_can_be_reloaded() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().one_time.expect("a link");
    let mut browser = Browser::default();
    browser.open(&link);
    receive(browser.allow(&link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn request_that_opens_nothing_does_not_use_the_link() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().one_time.expect("a link");
    let (_, path) = link.split_once("/callback/").expect("a path");
    let host = format!("127.0.0.1:{}", running.port);
    for (method, host, more, status) in [
        ("HEAD", &*host, "", 405),
        ("POST", &host, "", 405),
        ("GET", &host, "Sec-Fetch-Dest: iframe\r\n", 403),
        ("GET", &host, "Sec-Purpose: prefetch;prerender\r\n", 403),
        ("GET", "evil.example", "", 421),
    ] {
        let request = format!("{method} /callback/{path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
        let response = exchange(running.port, &request);
        assert_eq!(response.status, status);
        assert_eq!(response.header("Set-Cookie"), None);
    }
    receive(Browser::default().allow(&link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn last_browser_that_opened_a_link_is_admitted() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let (mut first, mut second) = (Browser::default(), Browser::default());
    first.open(&shown.one_time.expect("a link"));
    second.open(&shown.link);
    let callback = server.account("alice").visit(&shown.url).expect("a redirect");
    assert_eq!(first.get(&callback).status, 403);
    assert_eq!(second.get(&callback).status, 200);
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn other_cookies_of_the_host_do_not_matter() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let mut browser = Browser::default();
    browser.open(&shown.link);
    let own = browser.cookie.take().expect("a cookie");
    browser.cookie = Some(format!("a=b; gts_oauth_{}=planted;{own}; c", running.port));
    let callback = server.account("alice").visit(&shown.url).expect("a redirect");
    assert_eq!(browser.get(&callback).status, 200);
    assert_eq!(running.end().expect("a login"), "alice");
}
