//! Resuming a login in a browser that was interrupted.

use std::io::BufReader;
use std::net::TcpListener;

use gts_oauth_fake::Served;

use super::browser::browse;
use crate::support::shell::{Shell, next_address, served};
use crate::support::web::port;

// Another process may take a free port between two logins. So these tests use ports below those
// that the system assigns.

/// A login that was killed while it waited, and its authorization URL.
fn killed(shell: &Shell, served: &Served, port: &str) -> String {
    let arguments = ["login", &served.origin(), "--browser", "--port", port];
    let mut command = shell.command(&arguments);
    let mut child = command.env("PATH", "/not/there").spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let shown = next_address(&mut stderr, &mut String::new());
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    // The browser that it was starting may keep the port a little longer.
    let port: u16 = port.parse().expect("a port");
    while TcpListener::bind(("127.0.0.1", port)).is_err() {}
    shown.expect("an address")
}

fn registrations(served: &Served) -> usize {
    let asked = served.requests();
    asked.iter().filter(|it| it.path == "/api/v1/apps").count()
}

#[test]
fn a_login_killed_while_it_waits_goes_on_at_the_same_port_with_the_same_app() {
    let (shell, served) = (Shell::new(), served());
    let shown = killed(&shell, &served, "21001");
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        assert_eq!(tab.address, shown);
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(registrations(&served), 1);
}

#[test]
fn where_the_port_is_taken_meanwhile_another_app_is_registered_for_another() {
    let (shell, served) = (Shell::new(), served());
    let shown = killed(&shell, &served, "21002");
    let _taken = TcpListener::bind(("127.0.0.1", 21002)).expect("the port");
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        assert_ne!(port(&tab.address), port(&shown));
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(registrations(&served), 2);
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_sent() {
    let (shell, served) = (Shell::new(), served());
    let _taken = TcpListener::bind(("127.0.0.1", 21005)).expect("the port");
    let arguments = ["login", &served.origin(), "--port", "21005"];
    let outcome = browse(&shell, &arguments, |tab| panic!("asked at {}", tab.address));
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("another --port"), "{}", outcome.stderr);
    assert!(served.requests().is_empty());
}

#[test]
fn whoever_does_not_come_back_in_time_can_go_on_later() {
    let (shell, served) = (Shell::new(), served());
    let mut shown = String::new();
    let arguments = ["login", &served.origin(), "--timeout", "1", "--port", "21004"];
    let outcome = browse(&shell, &arguments, |tab| shown = tab.address.clone());
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("timed out after 1s"), "{}", outcome.stderr);
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        assert_eq!(tab.address, shown);
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn unfinished_logins_with_other_ports_differ() {
    let (shell, served) = (Shell::new(), served());
    for port in ["21017", "21018"] {
        let login = ["login", &served.origin(), "--browser", "--timeout", "1", "--port", port];
        let mut command = shell.command(&login);
        assert_eq!(shell.run_to(command.env("PATH", "/not/there"), "").code, Some(1));
    }
    let status = shell.run(&["status"]).stderr;
    assert!(status.contains("--port 21017") && status.contains("--port 21018"), "{status}");
    // Without a browser, the port is not used.
    shell.run(&["login", &served.origin(), "--port", "21019", "--scopes", "write", "--name=-bot"]);
    let status = shell.run(&["status"]).stderr;
    let command = format!("login {} --scopes write --name=-bot --no-browser`", served.origin());
    assert!(status.contains(&command), "{status}");
}
