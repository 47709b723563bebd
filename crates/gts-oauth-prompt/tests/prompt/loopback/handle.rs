//! Cancelling and replying from another thread.

use gts_oauth_core::UserReply;
use gts_oauth_fake::Server;
use gts_oauth_prompt::{Handle, LoopbackError};

use crate::support::Running;

#[test]
fn handle_can_be_shared_between_threads() {
    fn assert_shared<T: Send + Sync + Clone>() {}
    assert_shared::<Handle>();
}

#[test]
fn cancelled_login_ends() {
    let server = Server::new(7);
    let running = Running::start(&server);
    running.shown();
    running.handle.clone().cancel();
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}

#[test]
fn early_cancel_ends_the_next_wait() {
    let server = Server::new(7);
    let running = Running::start_with(
        &server,
        |loopback| {
            loopback.handle().cancel();
            loopback
        },
        |login| login,
    );
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}

#[test]
fn pasted_url_or_code_replaces_the_callback() {
    let server = Server::new(7);
    let alice = server.account("alice");
    for only_code in [false, true] {
        let running = Running::start(&server);
        let callback = alice.visit(&running.shown().url).expect("a redirect");
        let code = callback.split(['=', '&']).nth(1).expect("a code");
        running.handle.reply(if only_code { format!("{code}\n") } else { callback });
        assert_eq!(running.end().expect("a login"), "alice");
    }
}

#[test]
fn unusable_text_is_a_problem_and_the_wait_goes_on() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let first = running.shown();
    running.handle.reply("typo");
    let second = running.shown();
    assert!(second.problem.is_some());
    assert_eq!(second.one_time, None, "the browser is not opened again");
    assert_eq!((second.link, &second.url), (first.link, &first.url));
    running.handle.reply(server.account("alice").visit(&second.url).expect("a redirect"));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn new_app_opens_the_browser_again() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let first = running.shown();
    running.handle.reply(UserReply::NewApp);
    let second = running.shown();
    assert_ne!(first.url, second.url);
    assert_ne!(first.one_time, second.one_time);
    assert!(second.one_time.is_some());
    running.handle.cancel();
    assert_eq!(running.failure(), LoopbackError::Cancelled);
}
