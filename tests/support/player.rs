//! A small HTTP server on a loopback port that sends a list of responses in order.
//!
//! ```
//! use gts_oauth_tests::{Player, play, recording};
//!
//! let server = Player::start(vec![play("POST", "/api/v1/apps", recording(1))]);
//! println!("{} sends one response", server.origin());
//! assert!(server.requests().is_empty());
//! ```

use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use gts_oauth_core::Instance;

use crate::request::ReceivedRequest;
use crate::response::CannedResponse;

/// An expected request, and its response.
#[derive(Clone, Debug)]
pub struct Play {
    method: String,
    path: String,
    response: CannedResponse,
}

/// Expects a request with this method and path, and sends this response. The query is compared only
/// if `path` has one.
pub fn play(method: &str, path: &str, response: impl Into<CannedResponse>) -> Play {
    Play { method: method.to_owned(), path: path.to_owned(), response: response.into() }
}

/// The server. It listens from [`start`](Self::start) until it is dropped, reads one request on each
/// connection, and then closes it. After the drop its port refuses connections.
///
/// The response to an unexpected request is a 500 with the reason, which is also recorded as a
/// fault. The server panics when it is dropped with a fault, unless
/// [`take_faults`](Self::take_faults) returned it.
pub struct Player {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// The remaining plays, the last first.
    plays: Vec<Play>,
    requests: Vec<ReceivedRequest>,
    faults: Vec<String>,
    stopped: bool,
    /// The current connection, which is closed when the server stops.
    connection: Option<TcpStream>,
}

impl Player {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// If there is no such port.
    pub fn start(mut plays: Vec<Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = listener.local_addr().expect("the address just bound");
        plays.reverse();
        let shared = Arc::new(Mutex::new(Shared { plays, ..Shared::default() }));
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || serve(&listener, &served));
        Self { address, shared, thread: Some(thread) }
    }

    /// `http://127.0.0.1:40123`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same as an instance.
    ///
    /// # Panics
    /// Never: a loopback address is an instance.
    pub fn instance(&self) -> Instance {
        self.origin().parse().expect("a loopback address")
    }

    /// All requests so far, in order, including unexpected ones.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        lock(&self.shared).requests.clone()
    }

    /// Removes and returns the faults so far.
    pub fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.shared).faults)
    }

    /// Stops the server, and returns all requests.
    ///
    /// # Panics
    /// If a response was not requested, or a request was unexpected.
    pub fn finish(self) -> Vec<ReceivedRequest> {
        let mut left: Vec<String> = lock(&self.shared)
            .plays
            .iter()
            .map(|play| format!("{} {}", play.method, play.path))
            .collect();
        left.reverse();
        assert!(left.is_empty(), "never requested: {left:?}");
        self.requests()
    }
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Player({})", self.address)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        {
            let mut shared = lock(&self.shared);
            shared.stopped = true;
            if let Some(connection) = &shared.connection {
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        // Wakes the thread, which may be waiting for a connection.
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the server's thread failed");
            let faults = self.take_faults();
            assert!(faults.is_empty(), "unexpected: {faults:?}");
        }
    }
}

fn serve(listener: &TcpListener, shared: &Mutex<Shared>) {
    while let Ok((connection, _)) = listener.accept() {
        {
            let mut shared = lock(shared);
            if shared.stopped {
                return;
            }
            shared.connection = connection.try_clone().ok();
        }
        // The client can disconnect at any time.
        let _ = converse(connection, shared);
        lock(shared).connection = None;
    }
}

fn converse(mut connection: TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    let Some(request) = ReceivedRequest::read(&mut connection)? else {
        return Ok(());
    };
    let response = lock(shared).take(request);
    response.write(&mut connection)
}

impl Shared {
    fn take(&mut self, request: ReceivedRequest) -> CannedResponse {
        let expected = self.plays.last();
        let fault = match expected {
            None => format!("{} was requested, and nothing was expected", request.line()),
            Some(play) if !play.expects(&request) => format!(
                "{} was requested, and {} {} was expected",
                request.line(),
                play.method,
                play.path
            ),
            Some(_) => String::new(),
        };
        self.requests.push(request);
        match fault.as_str() {
            "" => self.plays.pop().expect("the expected play").response,
            _ => {
                self.faults.push(fault.clone());
                CannedResponse::new(500, fault)
            }
        }
    }
}

impl Play {
    fn expects(&self, request: &ReceivedRequest) -> bool {
        let path = match self.path.contains('?') {
            true => request.path.as_str(),
            false => request.path.split('?').next().unwrap_or_default(),
        };
        self.method == request.method && self.path == path
    }
}

/// A test that panics while it holds the lock has failed already.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
