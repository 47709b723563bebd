//! Requests that are not the callback.

use gts_oauth_fake::Server;
use gts_oauth_prompt::Loopback;

use crate::support::{Browser, Response, Running, exchange, receive};

/// Returns the responses to these requests at the port of a login, which succeeds anyway.
fn responses(requests: impl Fn(&str) -> Vec<String>) -> Vec<Response> {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let requests = requests(&format!("127.0.0.1:{}", running.port));
    let responses = requests.iter().map(|request| exchange(running.port, request));
    let responses: Vec<Response> = responses.collect();
    let state = parameter(&shown.url, "state");
    for response in &responses {
        let text = format!("{}{}", response.head, response.body);
        for secret in [&state, "oauth/authorize", &shown.link, &shown.one_time.clone().expect("")] {
            assert!(!text.contains(secret), "{text}");
        }
        assert_eq!(response.header("Connection"), Some("close"));
    }
    assert!(running.is_running());
    receive(Browser::default().allow(&shown.link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
    let exchanges = server.requests();
    assert_eq!(exchanges.iter().filter(|it| it.path == "/oauth/token").count(), 1);
    responses
}

fn statuses(requests: impl Fn(&str) -> Vec<String>) -> Vec<u16> {
    responses(requests).iter().map(|it| it.status).collect()
}

fn parameter(url: &str, name: &str) -> String {
    let mut pairs = url.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.find(|(it, _)| *it == name).expect("a parameter").1.to_owned()
}

fn get(target: &str, host: &str, more: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n")
}

#[test]
fn other_paths_are_not_found() {
    let paths = ["/", "/favicon.ico", "/callback2?code=x", "//callback", "/callback/-/0"];
    let requests = |host: &str| paths.iter().map(|path| get(path, host, "")).collect();
    assert_eq!(statuses(requests), [404; 5]);
}

#[test]
fn other_methods_are_not_allowed() {
    let methods = ["POST", "HEAD", "PUT", "OPTIONS"];
    let requests = |host: &str| {
        let rest = format!("/callback?code=x&state=y HTTP/1.1\r\nHost: {host}\r\n\r\n");
        methods.iter().map(|method| format!("{method} {rest}")).collect()
    };
    for response in responses(requests) {
        assert_eq!((response.status, response.header("Allow")), (405, Some("GET")));
    }
}

#[test]
fn body_of_a_request_is_ignored() {
    let requests = |host: &str| {
        let body = "x".repeat(100_000);
        let head = format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100000\r\n\r\n");
        vec![head + &body]
    };
    assert_eq!(statuses(requests), [404]);
}

#[test]
fn foreign_and_doubled_hosts_are_misdirected() {
    let requests = |host: &str| {
        let (_, port) = host.split_once(':').expect("a port");
        let localhost = format!("localhost:{port}");
        let mut requests: Vec<_> = ["evil.example", &localhost, "127.0.0.1", ""]
            .map(|host| get("/callback?code=x&state=y", host, ""))
            .into();
        requests.push(get("/callback?code=x&state=y", host, &format!("Host: {host}\r\n")));
        requests.push("GET /callback?code=x&state=y HTTP/1.0\r\n\r\n".to_owned());
        requests
    };
    assert_eq!(statuses(requests), [421; 6]);
}

#[test]
fn subresources_of_web_pages_are_forbidden() {
    let kinds = ["image", "empty", "iframe", "script"];
    let requests = |host: &str| {
        let header = |kind| format!("Sec-Fetch-Dest: {kind}\r\n");
        kinds.map(|kind| get("/callback?error=access_denied", host, &header(kind))).into()
    };
    assert_eq!(statuses(requests), [403; 4]);
}

#[test]
fn callback_of_another_login_is_rejected() {
    let targets = [
        "/callback",
        "/callback?code=x",
        "/callback?code=x&state=y",
        "/callback?error=access_denied&error_description=run+this",
        "/callback?error=%3Cscript%3Ealert(1)%3C/script%3E&state=y",
        "/callback?code=x&code=y&state=z",
        "/callback?state=x&state=y",
    ];
    let requests = |host: &str| targets.iter().map(|target| get(target, host, "")).collect();
    for response in responses(requests) {
        assert_eq!(response.status, 400);
        assert!(!response.body.contains("script"), "{}", response.body);
        assert!(!response.body.contains("run this"), "{}", response.body);
        assert!(!response.body.contains("Try again"), "{}", response.body);
    }
}

#[test]
fn browser_of_the_login_can_go_on_after_a_foreign_callback() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let shown = running.shown();
    let mut browser = Browser::default();
    browser.open(&shown.link);
    let origin = format!("http://127.0.0.1:{}", running.port);
    let page = browser.get(&format!("{origin}/callback?code=x&state=y"));
    assert_eq!(page.status, 400);
    assert!(page.body.contains("open the link that the program shows"), "{}", page.body);
    receive(browser.allow(&shown.link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn text_of_the_server_cannot_write_into_the_page() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let shown = running.shown();
    browser.open(&shown.link);
    let (port, state) = (running.port, parameter(&shown.url, "state"));
    let error = "error=x%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let host = server.instance().authority().to_owned();
    let origin = format!("http://127.0.0.1:{port}");
    let page = browser.get(&format!("{origin}/callback/{host}?{error}&state={state}"));
    assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
    assert!(!page.body.contains("<script>"), "{}", page.body);
    assert!(running.end().is_err());
}

#[test]
fn error_without_state_is_not_shown_as_the_servers() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let link = running.shown().link;
    browser.open(&link);
    let origin = format!("http://127.0.0.1:{}", running.port);
    let query = "error=invalid_scope&error_description=Call+this+number";
    let page = browser.get(&format!("{origin}/callback/gts.example?{query}"));
    assert_eq!(page.status, 400);
    let expected = "error invalid_scope, but nothing shows that the server of the login sent it.";
    assert!(page.body.contains(expected), "{}", page.body);
    assert!(page.body.contains("request other scopes"), "{}", page.body);
    assert!(!page.body.contains("number"), "{}", page.body);
    receive(browser.allow(&link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
}

/// Passed on, because Pixelfed rejects scopes this way, but not from other browsers, which do not know
/// the `state` either.
#[test]
fn few_errors_without_state_are_reported() {
    let server = Server::new(7);
    let (sender, reported) = std::sync::mpsc::channel();
    let loopback = |it: Loopback| {
        it.on_error_without_state(move |code| sender.send(code.to_owned()).expect("a receiver"))
    };
    let running = Running::start_with(&server, loopback, |login| login);
    let mut browser = Browser::default();
    let link = running.shown().link;
    browser.open(&link);
    let callback = format!("http://127.0.0.1:{}/callback/gts.example?error=", running.port);
    let codes = ["invalid_scope", "invalid_scope", "Call+0900", "a", "server_error", "b", "c"];
    for code in codes {
        Browser::default().get(&format!("{callback}{code}_of_another_browser"));
        browser.get(&format!("{callback}{code}"));
    }
    receive(browser.allow(&link, &server.account("alice")));
    assert_eq!(running.end().expect("a login"), "alice");
    assert_eq!(reported.iter().collect::<Vec<_>>(), ["invalid_scope", "a", "server_error"]);
}
