//! Other users of the machine.
#![cfg(target_os = "linux")]

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use gts_oauth_core::{Login, RegisterApp};
use gts_oauth_fake::Server;
use gts_oauth_prompt::Loopback;
use gts_oauth_tests::environment::skip;

use crate::support::{Browser, Running, receive};

/// A user id that no test runs with.
const NOBODY: u32 = 65534;

/// Requests a URL as another user. `None` if this is not possible here.
fn status_for_another_user(url: &str) -> Option<String> {
    status_with_cookie_for_another_user(url, "")
}

fn status_with_cookie_for_another_user(url: &str, cookie: &str) -> Option<String> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = Command::new(if is_root { "curl" } else { "sudo" });
    match is_root {
        true => command.uid(NOBODY).gid(NOBODY),
        false => command.args(["-n", "-u", "nobody", "curl"]),
    };
    command.args(["--silent", "--noproxy", "*", "--output", "/dev/null", "--cookie", cookie]);
    let output = command.args(["--write-out", "%{http_code}", url]).current_dir("/").output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn one_time_link_does_not_work_for_another_user() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let link = shown.one_time.expect("a link");
    match status_for_another_user(&link) {
        Some(status) => assert_eq!(status, "403"),
        None => skip("curl cannot be run as another user"),
    }
    // The link is still unused.
    receive(Browser::default().allow(&link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn stolen_cookie_does_not_work_for_another_user() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let mut browser = Browser::default();
    browser.open(&shown.link);
    let callback = server.account("mallory").visit(&shown.url).expect("a redirect");
    let cookie = browser.cookie.as_deref().expect("a cookie");
    match status_with_cookie_for_another_user(&callback, cookie) {
        Some(status) => assert_eq!(status, "403"),
        None => skip("curl cannot be run as another user"),
    }
    receive(browser.allow(&shown.link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn closed_connection_does_not_use_the_link() {
    let server = Server::new(7);
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    let browser_server = server.clone();
    let mut loopback = Loopback::for_login(&mut login).expect("a port").open_with(move |links| {
        let link = links.one_time_link().expect("a link").to_owned();
        // The port is not read before this function returns.
        drop(Browser::default().send(&link));
        let alice = browser_server.account("alice");
        std::thread::spawn(move || receive(Browser::default().allow(&link, &alice)));
        Ok(())
    });
    login.run(&server, |step| loopback.ask(step)).expect("a login");
}

#[test]
fn closed_connection_with_the_cookie_does_not_log_in() {
    let server = Server::new(7);
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    let (sender, admitted) = std::sync::mpsc::channel();
    let browser_server = server.clone();
    let mut loopback = Loopback::for_login(&mut login)
        .expect("a port")
        .open_with(move |links| {
            let (link, url) = (links.link().to_owned(), links.authorization_url().to_owned());
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut browser = Browser::default();
                browser.open(&link);
                sender.send((browser, link, url)).expect("a login");
            });
            Ok(())
        })
        // The port is not read while this function runs.
        .while_waiting(move |_| {
            let Ok((mut browser, link, url)) = admitted.try_recv() else { return };
            let callback = browser_server.account("mallory").visit(&url).expect("a redirect");
            drop(browser.send(&callback));
            let alice = browser_server.account("alice");
            std::thread::spawn(move || receive(browser.allow(&link, &alice)));
        });
    let me = login.run(&server, |step| loopback.ask(step)).expect("a login");
    assert_eq!(me.account.as_ref().expect("an account").username(), "alice");
}

#[test]
fn own_user_needs_no_cookie_if_allowed_and_another_user_does() {
    let server = Server::new(7);
    let running = Running::start_with(&server, |it| it.accept_own_user(), |login| login);
    let callback = server.account("alice").visit(&running.shown().url).expect("a redirect");
    match status_for_another_user(&callback) {
        Some(status) => assert_eq!(status, "403"),
        None => skip("curl cannot be run as another user"),
    }
    assert_eq!(Browser::default().get(&callback).status, 200);
    assert_eq!(running.end().expect("a login"), "alice");
}

/// How often this thread has read a file.
fn reads() -> usize {
    let io = std::fs::read_to_string("/proc/thread-self/io").expect("the kernel counts");
    let reads = io.lines().find_map(|line| line.strip_prefix("syscr: "));
    reads.expect("a number").parse().expect("a number")
}

#[test]
fn users_of_many_connections_are_listed_at_once() {
    let server = Server::new(7);
    let app = RegisterApp::new(server.instance(), "a test").expect("a name");
    let mut login = Login::new(app, server.entropy());
    let (sender, counted) = std::sync::mpsc::channel();
    let alice = server.account("alice");
    let mut flood = None;
    let mut loopback = Loopback::for_login(&mut login)
        .expect("a port")
        .accept_own_user()
        .open_with(move |links| {
            let callback = alice.visit(links.authorization_url()).expect("a redirect");
            let Some((_, before)) = flood.take() else {
                // The port is not read before this function returns.
                let wrong = callback.replace("code=", "code=wrong");
                let targets = std::iter::repeat_n(links.link(), 100).chain([&*wrong]);
                let open: Vec<_> = targets.map(|it| Browser::default().send(it)).collect();
                flood = Some((open, reads()));
                return Ok(());
            };
            let after = reads();
            std::fs::read_to_string("/proc/net/tcp")?;
            sender.send((after - before, reads() - after))?;
            std::thread::spawn(move || receive(Browser::default().send(&callback)));
            Ok(())
        });
    login.run(&server, |step| loopback.ask(step)).expect("a login");
    let (counted, of_one_list) = counted.recv().expect("two questions");
    assert!((1..20 * of_one_list).contains(&counted), "{counted}, {of_one_list}");
}

#[test]
fn link_of_the_terminal_works_for_every_user() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    match status_for_another_user(&shown.link) {
        // For example after `sudo`, with the user's own browser.
        Some(status) => assert_eq!(status, "303"),
        None => skip("curl cannot be run as another user"),
    }
    receive(Browser::default().allow(&shown.link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}
