//! Requests to the callback port that are not the callback.

use crate::support::shell::{Shell, served};
use crate::support::web::{get, port, redirect_uri, send};

/// Returns the statuses of these requests at the port of a login, which succeeds anyway.
fn statuses(requests: impl Fn(u16) -> Vec<String>) -> Vec<u16> {
    let (shell, served) = (Shell::new(), served());
    let mut statuses = Vec::new();
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    let outcome = shell.talk_to(command.env("BROWSER", "true"), |address| {
        let port = port(address);
        for request in requests(port) {
            let answer = send(port, &request);
            assert!(answer.head.contains("Connection: close"), "{}", answer.head);
            assert!(!answer.body.contains("<html"), "{}", answer.body);
            statuses.push(answer.status);
        }
        get(&served.account("alice").visit(address).expect("a redirect"));
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let asked = served.requests();
    let exchanges = asked.iter().filter(|it| it.path == "/oauth/token").count();
    assert_eq!(exchanges, 1, "no stray request is taken for an answer");
    statuses
}

fn request(method: &str, target: &str, host: &str, more: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
}

#[test]
fn another_path_is_not_there() {
    let paths = ["/", "/favicon.ico", "/callback/", "/callback2?code=x", "/CALLBACK?code=x"];
    let asked = |port| {
        let host = format!("127.0.0.1:{port}");
        paths.iter().map(|path| request("GET", path, &host, "")).collect()
    };
    assert_eq!(statuses(asked), [404; 5]);
}

#[test]
fn another_method_is_not_allowed() {
    let asked = |port| {
        let host = format!("127.0.0.1:{port}");
        let methods = ["POST", "HEAD", "PUT", "OPTIONS"];
        let length = "Content-Length: 0\r\n";
        let target = "/callback?code=x&state=y";
        methods.iter().map(|it| request(it, target, &host, length)).collect()
    };
    assert_eq!(statuses(asked), [405; 4]);
}

#[test]
fn another_host_that_leads_here_is_misdirected() {
    let asked = |port: u16| {
        let hosts = [
            "evil.example".to_owned(),
            format!("localhost:{port}"),
            "127.0.0.1".to_owned(),
            format!("127.0.0.1:{}", port ^ 1),
        ];
        let target = "/callback?code=x&state=y";
        hosts.iter().map(|host| request("GET", target, host, "")).collect()
    };
    assert_eq!(statuses(asked), [421; 4]);
}

#[test]
fn what_another_page_fetches_behind_the_persons_back_is_forbidden() {
    let asked = |port| {
        let host = format!("127.0.0.1:{port}");
        let target = "/callback?error=access_denied";
        let kinds = [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")];
        let headers = kinds
            .map(|(mode, dest)| format!("Sec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n"));
        headers.iter().map(|it| request("GET", target, &host, it)).collect()
    };
    assert_eq!(statuses(asked), [403; 3]);
}

#[test]
fn the_right_place_without_an_answer_is_a_bad_request() {
    let asked = |port| {
        let host = format!("127.0.0.1:{port}");
        let targets = ["/callback", "/callback?", "/callback?state=y", "/callback?x=code"];
        targets.iter().map(|it| request("GET", it, &host, "")).collect()
    };
    assert_eq!(statuses(asked), [400; 4]);
}

#[test]
fn whoever_connects_and_says_nothing_keeps_nobody_waiting() {
    let (shell, served) = (Shell::new(), served());
    let mut silent = Vec::new();
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    let outcome = shell.talk_to(command.env("BROWSER", "true"), |address| {
        let port = port(address);
        for _ in 0..20 {
            silent.push(std::net::TcpStream::connect(("127.0.0.1", port)).expect("it listens"));
        }
        assert!(redirect_uri(address).ends_with("/callback"));
        get(&served.account("alice").visit(address).expect("a redirect"));
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}
