//! How many threads a call over an adapter starts. In a binary of its own, because other tests would
//! start threads meanwhile.

#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::{fs, thread};

use gts_oauth_core::Transport;
use gts_oauth_core::http::Request;
use gts_oauth_isahc::Isahc;
use gts_oauth_ureq::Ureq;

/// The calls that are counted together.
const CALLS: usize = 20;

/// Other processes start threads, too, which are counted with those of the calls. So calls are
/// counted again until a count is as low as this, at most so often.
const ATTEMPTS: usize = 500;

#[test]
fn calls_start_no_threads() {
    let ureq = Ureq::new();
    let isahc = Isahc::new();
    for (name, http) in [("ureq", &ureq as &dyn Transport), ("isahc", &isahc)] {
        // By its name, because resolving is where a client would start a thread.
        let url = format!("http://localhost:{}/", serve());
        // The first call of isahc starts the one thread of its client.
        call(http, &url);
        let counts = (0..ATTEMPTS).map(|_| threads_of(|| call(http, &url)));
        let mut fewest = usize::MAX;
        for count in counts {
            fewest = fewest.min(count);
            if fewest == 0 {
                break;
            }
        }
        assert_eq!(fewest, 0, "threads that {CALLS} calls over {name} start");
    }
}

#[test]
fn threads_are_counted() {
    assert!(threads_of(|| thread::spawn(|| ()).join().unwrap()) >= CALLS);
}

fn call(http: &dyn Transport, url: &str) {
    let request = Request::get(url).body(Vec::new()).unwrap();
    assert_eq!(http.send(request).unwrap().status(), 200);
}

/// How many threads the system starts while something is done as often as [`CALLS`].
fn threads_of(what: impl Fn()) -> usize {
    let before = new_thread_id();
    (0..CALLS).for_each(|_| what());
    // The second id is that of one more thread, which is this function's own.
    new_thread_id() - before - 1
}

/// The id of a new thread. Linux counts them up.
fn new_thread_id() -> usize {
    let id = || {
        let path = fs::read_link("/proc/thread-self").unwrap();
        path.file_name().unwrap().to_str().unwrap().parse().unwrap()
    };
    thread::spawn(id).join().unwrap()
}

/// A server for one client, which keeps its connection. Returns the port.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
            while let Some(Ok(line)) = lines.next() {
                if line.is_empty() {
                    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
                    connection.write_all(response).unwrap();
                }
            }
        }
    });
    port
}
