//! Time limits, and the phase in which they pass.

#[cfg(target_os = "linux")]
use std::io;
use std::io::{Read as _, Write as _};
#[cfg(target_os = "linux")]
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::sync::mpsc;
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::{env, fs};

use gts_oauth_core::Transport;
use gts_oauth_core::error::{NetworkError, NetworkFault, ResponseTooLong, TimeoutPhase};
use gts_oauth_core::http::{Request, Uri};
use gts_oauth_core::transport::BodyLimit;
use gts_oauth_isahc::Isahc;
use gts_oauth_ureq::Ureq;
use gts_oauth_ureq::ureq::config::Config;
use gts_oauth_ureq::ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use gts_oauth_ureq::ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use gts_oauth_ureq::ureq::{Agent, Error, Timeout};

#[cfg(target_os = "linux")]
use gts_oauth_tests::environment::{NETWORK_VARIABLES, skip};
#[cfg(target_os = "linux")]
use gts_oauth_tests::hosts::{can_replace_hosts, with_hosts};
#[cfg(target_os = "linux")]
use socket2::{Domain, Socket, Type};

use super::server::{Server, head};
use super::{agent, client, fault};

const SHORT: Option<Duration> = Some(Duration::from_millis(200));

/// A gzip member of no bytes (RFC 1952).
const EMPTY_GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0";

/// A block of no bytes, not the last one (RFC 1951 section 3.2.4).
const EMPTY_BLOCK: &[u8] = b"\0\0\0\xff\xff";

/// The length of an "endless" body, so that a test without a limit fails instead of hanging.
const ENDLESS: usize = 64 * 1024 * 1024;

fn isahc() -> Isahc {
    Isahc::from(client().build().expect("a client")).timeout(Duration::from_millis(200))
}

fn timed_out(phase: TimeoutPhase) -> NetworkFault {
    NetworkFault::TimedOut(phase)
}

#[test]
fn silent_server_times_out_while_receiving() {
    let server = Server::silent();
    let url = server.http();
    let http = Ureq::from(agent().timeout_recv_response(SHORT).build().new_agent());
    assert_eq!(fault(&http, &url), timed_out(TimeoutPhase::Receive), "ureq");
    assert_eq!(fault(&isahc(), &url), timed_out(TimeoutPhase::Receive), "isahc");
}

#[test]
fn body_that_does_not_end_times_out_while_receiving() {
    let server = Server::start(|connection| {
        head(connection)?;
        let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":";
        connection.write_all(begun)?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    });
    let url = server.http();
    // ureq itself does not report the phase of this limit.
    let http = Ureq::from(agent().timeout_global(SHORT).build().new_agent());
    assert_eq!(fault(&http, &url), timed_out(TimeoutPhase::Receive), "ureq");
    assert_eq!(fault(&isahc(), &url), timed_out(TimeoutPhase::Receive), "isahc");
}

#[test]
fn silent_tls_server_times_out_while_connecting() {
    let server = Server::silent();
    let url = server.https();
    let http = Ureq::from(agent().timeout_connect(SHORT).build().new_agent());
    assert_eq!(fault(&http, &url), timed_out(TimeoutPhase::Connect), "ureq");
    assert_eq!(fault(&isahc(), &url), timed_out(TimeoutPhase::Connect), "isahc");
}

#[test]
fn limit_of_the_transport_is_for_the_whole() {
    let server = Server::silent();
    let short = Duration::from_millis(200);
    let http = Ureq::new().timeout(short);
    assert_eq!(fault(&http, &server.http()), timed_out(TimeoutPhase::Receive), "ureq");
    assert_eq!(fault(&http, &server.https()), timed_out(TimeoutPhase::Connect), "ureq");
    let http = Isahc::new().timeout(short);
    assert_eq!(fault(&http, &server.http()), timed_out(TimeoutPhase::Receive), "isahc");
    assert_eq!(fault(&http, &server.https()), timed_out(TimeoutPhase::Connect), "isahc");
}

/// It takes less time than the adapter's other limits, so it is the one that passes.
#[test]
fn server_that_drips_is_given_up() {
    let server = Server::start(|connection| {
        head(connection)?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
        connection.set_read_timeout(SHORT)?;
        // Waiting by reading detects when the client closes the connection.
        while connection.read(&mut [0]).is_err() {
            connection.write_all(b" ")?;
        }
        Ok(())
    });
    let short = Duration::from_secs(1);
    let url = server.http();
    let ureq = Ureq::new().timeout(short);
    assert_eq!(fault(&ureq, &url), timed_out(TimeoutPhase::Receive), "ureq");
    let isahc = Isahc::new().timeout(short);
    assert_eq!(fault(&isahc, &url), timed_out(TimeoutPhase::Receive), "isahc");
}

/// It takes a minute.
#[test]
#[ignore = "it waits for the limits of the adapters"]
fn server_without_progress_is_given_up() {
    let server = Server::start(|connection| {
        connection.set_read_timeout(None)?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    });
    let phase = timed_out(TimeoutPhase::Receive);
    assert_eq!(fault(&Ureq::new(), &server.http()), phase, "ureq");
    assert_eq!(fault(&Isahc::new(), &server.http()), phase, "isahc");
}

/// What it sends is no part of the body. It takes a minute.
#[test]
#[ignore = "it waits for the limits of the adapters"]
fn server_without_progress_of_the_body_is_given_up() {
    let begun = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
    for endless in [["0\r\n", "X-Trailer: 1\r\n"], ["1;", "extension"]] {
        let server = Server::start(move |connection| {
            head(connection)?;
            connection.write_all(begun)?;
            connection.write_all(endless[0].as_bytes())?;
            connection.set_read_timeout(SHORT)?;
            // Waiting by reading detects when the client closes the connection.
            while connection.read(&mut [0]).is_err() {
                connection.write_all(endless[1].as_bytes())?;
            }
            Ok(())
        });
        let phase = timed_out(TimeoutPhase::Receive);
        assert_eq!(fault(&Ureq::new(), &server.http()), phase, "ureq, {endless:?}");
        assert_eq!(fault(&Isahc::new(), &server.http()), phase, "isahc, {endless:?}");
    }
}

/// What it sends decompresses to nothing. It takes a minute.
#[test]
#[ignore = "it waits for the limits of the adapters"]
fn server_without_progress_of_gzip_is_given_up() {
    let server = Server::start(|connection| {
        head(connection)?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")?;
        connection.set_read_timeout(SHORT)?;
        // Waiting by reading detects when the client closes the connection.
        while connection.read(&mut [0]).is_err() {
            connection.write_all(&EMPTY_GZIP.repeat(200))?;
        }
        Ok(())
    });
    let phase = timed_out(TimeoutPhase::Receive);
    assert_eq!(fault(&Ureq::new(), &server.http()), phase, "ureq");
    assert_eq!(fault(&Isahc::new(), &server.http()), phase, "isahc");
}

/// ureq reads it until its time limit.
#[test]
fn gzip_that_decompresses_to_nothing_is_too_long() {
    let empty_blocks = [&EMPTY_GZIP[..10], &EMPTY_BLOCK.repeat(1000)].concat();
    for (begin, endless) in
        [(Vec::new(), EMPTY_GZIP.repeat(1000)), (empty_blocks, EMPTY_BLOCK.repeat(1000))]
    {
        let server = Server::start(move |connection| {
            head(connection)?;
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")?;
            connection.write_all(&begin)?;
            // Fails when the client closes the connection.
            for _ in 0..ENDLESS / endless.len() {
                connection.write_all(&endless)?;
            }
            Ok(())
        });
        let limit = 64 * 1024;
        let request = Request::get(server.http()).extension(BodyLimit::new(limit));
        let request = request.body(Vec::new()).expect("a valid request");
        let error = Isahc::new().send(request).expect_err("no response");
        assert_eq!(error.downcast_ref(), Some(&ResponseTooLong { limit }), "{error:?}");
    }
}

/// In a process of its own, for which `localhost` has an address of both versions of IP.
#[cfg(target_os = "linux")]
#[test]
fn address_that_does_not_respond_is_passed_over() {
    if !can_replace_hosts() || TcpListener::bind("[::1]:0").is_err() {
        return skip("a slow address needs mount namespaces and IPv6");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hosts = folder.path().join("hosts");
    fs::write(&hosts, "::1 localhost\n127.0.0.1 localhost\n").expect("a file");
    let mut command = with_hosts(&hosts);
    command.arg(env::current_exe().expect("this test"));
    let tests =
        ["timeouts::second_address_is_tried_soon", "timeouts::no_address_in_time_times_out"];
    command.args(tests).args(["--exact", "--ignored"]);
    for variable in NETWORK_VARIABLES {
        command.env_remove(variable);
    }
    let output = command.output().expect("the other process");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("2 passed"), "{output:?}");
}

/// The backlog of the first address is full: it does not respond. The adapters try the other soon.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "another test runs it, in a process of its own"]
fn second_address_is_tried_soon() {
    let (port, _full, second) = behind_unresponsive(TcpListener::bind);
    let _server = Server::on(second, |connection| {
        head(connection)?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    });
    let url = format!("http://localhost:{port}/");
    // ureq alone would try the first address for two thirds of ten seconds.
    let limit = Duration::from_secs(5);
    let all: [Box<dyn Transport>; 2] =
        [Box::new(Ureq::new().timeout(limit)), Box::new(Isahc::new().timeout(limit))];
    for http in all {
        let request = Request::get(&url).body(Vec::new()).expect("a valid request");
        let response = http.send(request).expect("a response");
        assert_eq!(response.body(), b"{}");
    }
}

/// Neither address responds.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "another test runs it, in a process of its own"]
fn no_address_in_time_times_out() {
    let (port, _full, _full_too) = behind_unresponsive(unresponsive);
    let url = format!("http://localhost:{port}/");
    let connecting = timed_out(TimeoutPhase::Connect);
    let limit = Duration::from_secs(1);
    assert_eq!(fault(&Ureq::new().timeout(limit), &url), connecting, "ureq");
    assert_eq!(fault(&Isahc::new().timeout(limit), &url), connecting, "isahc");
}

/// A port of `localhost` whose first address does not respond, and what this binds to its second.
#[cfg(target_os = "linux")]
fn behind_unresponsive<T>(bind: impl Fn(SocketAddr) -> io::Result<T>) -> (u16, Vec<Socket>, T) {
    let addresses: Vec<_> = ("localhost", 0).to_socket_addrs().expect("addresses").collect();
    let second = addresses.iter().find(|it| it.is_ipv4() != addresses[0].is_ipv4());
    let second = second.expect("both versions of IP").ip();
    let free = || {
        let first = unresponsive(addresses[0]).ok()?;
        let port = first[0].local_addr().ok()?.as_socket()?.port();
        let second = bind(SocketAddr::new(second, port)).ok()?;
        Some((port, first, second))
    };
    // The port can be in use at the second address.
    (0..50).find_map(|_| free()).expect("a port that is free at both addresses")
}

/// A listener with a full backlog, at this address, and the sockets that fill it.
#[cfg(target_os = "linux")]
fn unresponsive(address: SocketAddr) -> io::Result<Vec<Socket>> {
    let socket = || Socket::new(Domain::for_address(address), Type::STREAM, None);
    let listener = socket()?;
    listener.bind(&address.into())?;
    listener.listen(0)?;
    let address = listener.local_addr()?;
    let mut sockets = vec![listener];
    for _ in 0..4 {
        let client = socket()?;
        client.set_nonblocking(true)?;
        let _ = client.connect(&address);
        sockets.push(client);
    }
    Ok(sockets)
}

#[test]
fn ureq_reports_no_phase_of_a_limit_for_the_whole() {
    let server = Server::silent();
    for agent in [agent().timeout_global(SHORT), agent().timeout_per_call(SHORT)] {
        let http = Ureq::from(agent.build().new_agent());
        assert_eq!(fault(&http, &server.http()), timed_out(TimeoutPhase::Unknown));
    }
}

#[test]
fn ureq_has_connected_if_only_the_limit_for_the_whole_passes() {
    let server = Server::silent();
    let third = Some(Duration::from_millis(200));
    let whole = Some(Duration::from_millis(600));
    let agent = agent().timeout_resolve(third).timeout_connect(third).timeout_global(whole);
    let http = Ureq::from(agent.build().new_agent());
    assert_eq!(fault(&http, &server.http()), timed_out(TimeoutPhase::Receive));
}

/// isahc does not report this phase: the time limit passes while receiving.
#[test]
fn body_that_is_not_read_times_out_while_sending() {
    // Reads nothing until the client has given up, so that its buffers are full.
    let (given_up, waits) = mpsc::channel::<()>();
    let server = Server::start(move |_| {
        let _ = waits.recv();
        Ok(())
    });
    let http = Ureq::from(agent().timeout_send_body(SHORT).build().new_agent());
    let request = Request::post(server.http()).body(vec![b' '; 32 * 1024 * 1024]);
    let response = http.send(request.expect("a valid request"));
    drop(given_up);
    let error = response.expect_err("no response");
    let fault = error.downcast_ref().map(NetworkError::fault);
    assert_eq!(fault, Some(&timed_out(TimeoutPhase::Send)));
}

/// A host name that resolves too slowly.
#[derive(Debug)]
struct Slow;

impl Resolver for Slow {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Err(Error::Timeout(Timeout::Resolve))
    }
}

#[test]
fn slow_name_server_times_out_while_resolving() {
    let slow = Agent::with_parts(agent().build(), DefaultConnector::default(), Slow);
    let phase = timed_out(TimeoutPhase::Resolve);
    assert_eq!(fault(&Ureq::from(slow), "http://example.org/"), phase);
}
