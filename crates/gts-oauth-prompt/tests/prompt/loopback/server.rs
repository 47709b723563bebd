//! Many connections, slow ones and broken ones.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};

use gts_oauth_fake::Server;

use crate::support::{Browser, Running, exchange, receive};

/// A login whose port is used like this, and which succeeds anyway.
fn log_in_after<T>(strangers: impl FnOnce(u16) -> T) {
    let server = Server::new(7);
    let running = Running::start(&server);
    let link = running.shown().link;
    let kept = strangers(running.port);
    let page = receive(Browser::default().allow(&link, &server.account("alice")));
    assert!(page.body.contains("logged in as alice"), "{}", page.body);
    assert_eq!(running.end().expect("a login"), "alice");
    drop(kept);
}

fn connect(port: u16) -> std::io::Result<TcpStream> {
    TcpStream::connect(("127.0.0.1", port))
}

/// Opens up to this number of connections: as many as files can be open.
pub(crate) fn idle_connections(port: u16, count: usize) -> Vec<TcpStream> {
    let connections = (0..count).map(|_| connect(port)).take_while(Result::is_ok);
    let mut connections: Vec<_> = connections.flatten().collect();
    if connections.len() < count {
        // The browser needs some, too.
        connections.truncate(connections.len().saturating_sub(100));
    }
    connections
}

#[test]
fn ten_thousand_idle_connections_do_not_matter() {
    log_in_after(|port| idle_connections(port, 10_000));
}

#[test]
fn many_requests_do_not_matter() {
    log_in_after(|port| {
        for _ in 0..1000 {
            let request = format!("GET /callback HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
            assert_eq!(exchange(port, &request).status, 400);
        }
    });
}

#[test]
fn incomplete_and_broken_requests_do_not_matter() {
    log_in_after(|port| {
        let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(100_000));
        let headers = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(200));
        let requests = ["GET /callback?co", "\u{16}\u{3}\u{1}", "\0\0\r\n\r\n", &long, &headers];
        requests.map(|request| {
            let mut stream = connect(port).expect("it listens");
            // It may be closed before all of it is read.
            let _ = stream.write_all(request.as_bytes());
            stream
        })
    });
}

#[test]
fn cookies_of_other_programs_do_not_matter() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let mut browser = Browser::default();
    let url = browser.open(&running.shown().link);
    let own = browser.cookie.take().expect("a cookie");
    let others = (0..179).map(|nth| format!("program_{nth}={}; ", "x".repeat(4000)));
    browser.cookie = Some(others.collect::<String>() + &own);
    let page = browser.get(&server.account("alice").visit(&url).expect("a redirect"));
    assert!(page.body.contains("logged in as alice"), "{} {}", page.status, page.body);
    assert_eq!(running.end().expect("a login"), "alice");
}

#[test]
fn endless_headers_are_rejected() {
    let server = Server::new(7);
    let running = Running::start(&server);
    let page = exchange(running.port, &format!("GET / HTTP/1.1\r\na: {}", "b".repeat(1 << 20)));
    assert_eq!(page.status, 431);
    running.handle.cancel();
    assert!(running.end().is_err());
}

#[test]
fn empty_lines_before_a_request_are_ignored() {
    log_in_after(|port| {
        let request = format!("\r\n\n\r\nGET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        assert_eq!(exchange(port, &request).status, 404);
    });
}

#[test]
fn closed_connections_do_not_matter() {
    log_in_after(|port| {
        for _ in 0..100 {
            drop(connect(port).expect("it listens"));
        }
    });
}

#[test]
fn request_can_arrive_byte_by_byte_before_the_client_stops_writing() {
    log_in_after(|port| {
        let mut stream = connect(port).expect("it listens");
        stream.set_nodelay(true).expect("an option");
        for byte in format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").bytes() {
            stream.write_all(&[byte]).expect("it is read");
        }
        stream.shutdown(Shutdown::Write).expect("an end");
        assert_eq!(receive(stream).status, 404);
    });
}
