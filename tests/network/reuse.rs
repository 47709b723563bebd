//! Connections that the server closes after a response, without announcing it (RFC 9112
//! section 9.3.1), as snac does.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gts_oauth_core::Transport;
use gts_oauth_core::error::{NetworkError, NetworkFault};
use gts_oauth_core::http::{Method, Request};
use gts_oauth_isahc::Isahc;
use gts_oauth_ureq::{BoxError, Ureq};

use super::Adapters;
use super::server::{Server, head};

/// A server that sends a response to the first request of each connection, and closes the
/// connection when it has read the second. It counts the requests.
fn closing() -> (Server, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let server = Server::start(move |connection| {
        receive(connection, &count)?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
        receive(connection, &count)
    });
    (server, requests)
}

fn receive(connection: &mut TcpStream, count: &AtomicUsize) -> io::Result<()> {
    head(connection)?;
    count.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

fn send(http: &dyn Transport, method: Method, url: &str, body: &[u8]) -> Result<(), BoxError> {
    let request = Request::builder().method(method).uri(url).body(body.to_vec())?;
    http.send(request).map(drop)
}

/// A transport, and its name in a failure. Dropped before the server, it closes its connections,
/// for which the server waits.
type Make = (&'static str, fn() -> Box<dyn Transport>);

const OWN: [Make; 2] =
    [("own ureq", || Box::new(Ureq::new())), ("own isahc", || Box::new(Isahc::new()))];
const CALLERS: [Make; 2] = [
    ("caller's ureq", || Box::new(Adapters::new().ureq)),
    ("caller's isahc", || Box::new(Adapters::new().isahc)),
];

#[test]
fn request_without_effect_is_sent_once_more() -> Result<(), BoxError> {
    for (name, make) in OWN.into_iter().chain(CALLERS) {
        for method in [Method::GET, Method::HEAD] {
            let (server, requests) = closing();
            let http = make();
            send(&*http, Method::GET, &server.http(), b"")?;
            send(&*http, method, &server.http(), b"")?;
            assert_eq!(requests.load(Ordering::SeqCst), 3, "{name}");
        }
    }
    Ok(())
}

#[test]
fn request_with_an_effect_is_sent_once() -> Result<(), BoxError> {
    for (name, make) in OWN.into_iter().chain(CALLERS) {
        for method in [Method::POST, Method::PUT] {
            let (server, requests) = closing();
            let http = make();
            send(&*http, Method::GET, &server.http(), b"")?;
            let error = send(&*http, method, &server.http(), b"x=1").expect_err("no response");
            let fault = error.downcast_ref().map(NetworkError::fault);
            assert_eq!(fault, Some(&NetworkFault::Closed), "{name}: {error:?}");
            assert_eq!(requests.load(Ordering::SeqCst), 2, "{name}");
        }
    }
    Ok(())
}

/// libcurl sends a request without a body again, whatever its method.
#[test]
fn request_without_a_body_is_sent_again_by_libcurl() -> Result<(), BoxError> {
    for ((name, make), sent) in OWN.into_iter().zip([2, 3]) {
        let (server, requests) = closing();
        let http = make();
        send(&*http, Method::GET, &server.http(), b"")?;
        let result = send(&*http, Method::DELETE, &server.http(), b"");
        assert_eq!((result.is_ok(), requests.load(Ordering::SeqCst)), (sent == 3, sent), "{name}");
    }
    Ok(())
}

/// ureq does not report whether a connection of a caller's agent is new.
#[test]
fn new_connection_is_not_tried_again() {
    for (name, make) in OWN {
        let count = Arc::new(AtomicUsize::new(0));
        let requests = Arc::clone(&count);
        let server = Server::start(move |connection| receive(connection, &requests));
        let http = make();
        assert!(send(&*http, Method::GET, &server.http(), b"").is_err(), "{name}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{name}");
    }
}

#[test]
fn request_that_times_out_is_sent_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let requests = Arc::clone(&count);
    let server = Server::start(move |connection| {
        receive(connection, &requests)?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    });
    let limit = Duration::from_millis(200);
    let Adapters { ureq, isahc } = Adapters::new();
    let all: [Box<dyn Transport>; 2] =
        [Box::new(ureq.timeout(limit)), Box::new(isahc.timeout(limit))];
    for http in all {
        assert!(send(&*http, Method::GET, &server.http(), b"").is_err());
    }
    assert_eq!(count.load(Ordering::SeqCst), 2, "one of each");
}
