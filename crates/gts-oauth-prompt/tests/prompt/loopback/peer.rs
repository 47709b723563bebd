//! Other users of the machine.
#![cfg(target_os = "linux")]

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use gts_oauth_fake::Server;
use gts_oauth_tests::environment::skip;

use crate::support::{Browser, Running, receive};

/// A user id that no test runs with.
const NOBODY: u32 = 65534;

/// Requests a URL as another user. `None` if this is not possible here.
fn status_for_another_user(url: &str) -> Option<String> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = Command::new(if is_root { "curl" } else { "sudo" });
    match is_root {
        true => command.uid(NOBODY).gid(NOBODY),
        false => command.args(["-n", "-u", "nobody", "curl"]),
    };
    command.args(["--silent", "--noproxy", "*", "--output", "/dev/null"]);
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
