//! Logins in a browser.

mod access;
mod attack;
mod handle;
mod peer;
mod port;
mod server;

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use gts_oauth_core::error::Operation;
use gts_oauth_core::{
    Error, Exchange as _, ExpectedAccount, Login, RedirectUri, RegisterApp, Step, Transport as _,
};
use gts_oauth_fake::{Dialect, Fault, Server};
use gts_oauth_prompt::{Loopback, LoopbackError};

use crate::support::{Browser, Running, receive};

#[test]
fn browser_returns_and_shows_who_is_logged_in() {
    let server = Server::new(7);
    let alice = server.account("alice");
    for is_one_time in [true, false] {
        let running = Running::start(&server);
        let shown = running.shown();
        let link = if is_one_time { shown.one_time.expect("a link") } else { shown.link };
        let page = receive(Browser::default().allow(&link, &alice));
        assert_eq!(page.status, 200);
        assert!(page.body.contains("You are logged in as alice."), "{}", page.body);
        for (name, value) in [
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ] {
            assert_eq!(page.header(name), Some(value));
        }
        assert_eq!(running.end().expect("a login"), "alice");
    }
}

#[test]
fn text_shows_the_link_for_the_user() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    assert!(shown.text.contains(&format!("\n{}\n", shown.link)), "{}", shown.text);
    assert!(!shown.text.contains(&shown.one_time.expect("a link")));
    running.handle.cancel();
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}

#[test]
fn page_shows_why_the_login_failed() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().link;
    server.fail(Fault::BadGateway.at("/oauth/token"));
    let page = receive(Browser::default().allow(&link, &server.account("alice")));
    assert!(page.body.contains("Not logged in") && page.body.contains("502"), "{}", page.body);
    assert!(running.end().is_err());
}

#[test]
fn denial_ends_the_login() {
    let server = Server::builder(7).dialect(Dialect::Mastodon).build();
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let url = browser.open(&running.shown().link);
    let denied = server.account("alice").deny(&url).expect("a redirect");
    let gts_oauth_core::UserReply::Pasted(denied) = denied else { panic!("not a URL") };
    let page = browser.get(&denied);
    let sentence =
        "the app was not allowed (access_denied). Run the login again to be asked again.";
    assert!(page.body.contains(sentence), "{}", page.body);
    assert_eq!(page.body.matches("failed").count(), 1, "{}", page.body);
    let failure = running.failure();
    assert!(matches!(&failure, LoopbackError::Denied(_)), "{failure:?}");
    assert_eq!(failure.to_string(), sentence);
}

#[test]
fn problem_is_shown_in_the_browser_that_goes_on() {
    let server = Server::new(7);
    let (alice, bob) = (server.account("alice"), server.account("bob"));
    let expected: ExpectedAccount = "bob".parse().expect("a name");
    let running = Running::start_with(&server, |it| it, |login| login.expect_account(expected));
    let first = running.shown();
    let mut browser = Browser::default();
    let page = receive(browser.allow(&first.one_time.expect("a link"), &alice));
    assert!(page.body.contains("was expected"), "{}", page.body);
    let retry = page.body.split("<a href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let retry = retry.expect("a link to try again").to_owned();

    let second = running.shown();
    assert!(second.problem.expect("a problem").contains("was expected"));
    assert_eq!(second.one_time, None);
    let retry = format!("http://127.0.0.1:{}{retry}", running.port);
    let page = Browser::default().get(&retry);
    assert_eq!(page.status, 403, "another browser");
    let page = receive(browser.allow(&retry, &bob));
    assert!(page.body.contains("logged in as bob"), "{}", page.body);
    assert_eq!(running.end().expect("a login"), "bob");
}

#[test]
fn callback_fetched_twice_gets_a_page_each_time() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let url = browser.open(&running.shown().link);
    let callback = server.account("alice").visit(&url).expect("a redirect");
    let fetches = [browser.send(&callback), browser.send(&callback)];
    for page in fetches.map(receive) {
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("logged in as alice"), "{}", page.body);
    }
    running.end().expect("a login");
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|it| it.path == "/oauth/token").count(), 1);
}

#[test]
fn callback_fetched_after_the_verdict_gets_a_page() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let url = browser.open(&running.shown().link);
    let callback = server.account("alice").visit(&url).expect("a redirect");
    let first = browser.send(&callback);
    // A browser that is slow to close its connection.
    let _open = first.try_clone().expect("a socket");
    for page in [receive(first), browser.get(&callback)] {
        assert!(page.body.contains("logged in as alice"), "{}", page.body);
    }
    running.end().expect("a login");
}

#[test]
fn time_limit_ends_the_wait() {
    let limit = Duration::from_millis(10);
    let server = Server::new(7);
    let running = Running::start_with(&server, |it| it.time_limit(limit), |login| login);
    assert_eq!(running.failure(), LoopbackError::TimedOut(limit));
}

#[test]
fn progress_is_reported_while_waiting() {
    let (sender, ticks) = mpsc::channel();
    let server = Server::new(7);
    let loopback = |it: Loopback| {
        it.time_limit(Duration::from_secs(50)).while_waiting(move |left| {
            let _ = sender.send(left);
        })
    };
    let running = Running::start_with(&server, loopback, |login| login);
    let (first, second) = (ticks.recv().expect("a tick"), ticks.recv().expect("a tick"));
    assert!(second < first && first <= Duration::from_secs(50));
    running.handle.cancel();
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}

/// A login that waits for the browser at this port.
fn waiting(server: &Server, loopback: &Loopback) -> Login {
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let app = app.redirect_uri(loopback.redirect_uri(&server.instance()));
    Login::with_app(app.send(server).expect("an app"), server.entropy())
}

/// The redirect URI of a login, after its next registration.
fn redirect_uri(server: &Server, mut login: Login) -> RedirectUri {
    while let Step::Send { request, .. } = login.step() {
        let response = server.send(request).expect("a response");
        login.handle_response(&response).expect("the next step");
    }
    login.pending().expect("it waits for the browser").redirect_uri().clone()
}

#[test]
fn new_login_returns_to_a_free_port() {
    let server = Server::new(7);
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    let loopback = Loopback::for_login(&mut login).expect("a port");
    let here = loopback.redirect_uri(&server.instance());
    assert!(here.as_str().ends_with("/callback/gts.example"), "{here}");
    assert_eq!(redirect_uri(&server, login), here);
}

#[test]
fn login_returns_to_its_port_again() {
    let server = Server::new(7);
    let loopback = Loopback::bind(0).expect("a port");
    let (before, mut login) =
        (loopback.redirect_uri(&server.instance()), waiting(&server, &loopback));
    drop(loopback);
    let loopback = Loopback::for_login(&mut login).expect("a port");
    // Another program might have taken the port meanwhile.
    let is_taken = loopback.redirect_uri(&server.instance()) != before;
    assert!(is_taken || login.pending().is_some());
    drop(loopback);
    assert!(is_taken || redirect_uri(&server, login) == before);
}

#[test]
fn login_whose_port_is_taken_registers_another_app() {
    let server = Server::new(7);
    let other = Loopback::bind(0).expect("a port");
    let mut login = waiting(&server, &other);
    let loopback = Loopback::for_login(&mut login).expect("another port");
    let here = loopback.redirect_uri(&server.instance());
    assert_ne!(here, other.redirect_uri(&server.instance()));
    assert_eq!(redirect_uri(&server, login), here);
}

#[test]
fn login_that_has_a_code_keeps_its_app() {
    let server = Server::new(7);
    let other = Loopback::bind(0).expect("a port");
    let mut login = waiting(&server, &other);
    let url = login.pending().expect("it waits").url().to_owned();
    login.handle_reply(server.account("alice").allow(&url).expect("a code")).expect("a code");
    drop(Loopback::for_login(&mut login).expect("another port"));
    assert_eq!(login.operation(), Operation::ExchangeCode);
    login.run(&server, |_| unreachable!("it has a code")).expect("a token");
}

#[test]
fn login_that_returns_elsewhere_is_not_waited_for() {
    let server = Server::new(7);
    let other = Loopback::bind(0).expect("a port");
    let out_of_band = RegisterApp::new(server.instance(), "a test").expect("a name");
    let out_of_band = out_of_band.send(&server).expect("an app");
    for mut login in [waiting(&server, &other), Login::with_app(out_of_band, server.entropy())] {
        let mut loopback = Loopback::bind(0).expect("another port");
        let outcome = login.run(&server, |step| loopback.ask(step));
        let Err(Error::Prompt(error)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.downcast_ref(), Some(&LoopbackError::AnotherPort));
    }
}

#[test]
fn browser_is_opened_again_after_a_denial() {
    let server = Server::builder(7).dialect(Dialect::Mastodon).build();
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    for _ in 0..2 {
        let browser_server = server.clone();
        let mut loopback =
            Loopback::for_login(&mut login).expect("a port").open_with(move |links| {
                let link = links.one_time_link().expect("a link").to_owned();
                let alice = browser_server.account("alice");
                std::thread::spawn(move || {
                    let mut browser = Browser::default();
                    let denied = alice.deny(&browser.open(&link)).expect("a redirect");
                    let gts_oauth_core::UserReply::Pasted(denied) = denied else {
                        panic!("not a URL")
                    };
                    browser.get(&denied)
                });
                Ok(())
            });
        let outcome = login.run(&server, |step| loopback.ask(step));
        let Err(Error::Prompt(error)) = &outcome else { panic!("{outcome:?}") };
        assert!(matches!(error.downcast_ref(), Some(LoopbackError::Denied(_))), "{error}");
        loopback.done(outcome.map(|_| ""));
    }
}

#[test]
fn taken_port_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    assert!(Loopback::bind(port).is_err());
}

#[test]
fn dropped_loopback_shows_that_it_stopped() {
    let server = Server::new(7);
    let mut loopback = Loopback::bind(0).expect("a port");
    let (sender, links) = mpsc::channel();
    loopback = loopback.open_with(move |links| Ok(sender.send(links.link().to_owned())?));
    let app = gts_oauth_core::RegisterApp::new(server.instance(), "a test").expect("a name");
    let redirect_uri = loopback.redirect_uri(app.instance());
    let app = app.redirect_uri(redirect_uri);
    let mut login = gts_oauth_core::Login::new(app, server.entropy());
    let alice = server.account("alice");
    let browser = std::thread::spawn(move || {
        receive(Browser::default().allow(&links.recv().expect("a link"), &alice))
    });
    server.fail(Fault::BadGateway.at("/oauth/token"));
    login.run(&server, |step| loopback.ask(step)).expect_err("a bad gateway");
    drop(loopback);
    let page = browser.join().expect("a page");
    assert!(page.body.contains("stopped the login"), "{}", page.body);
}
