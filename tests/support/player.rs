//! A small HTTP server on a loopback port that plays a list of answers in order.
//!
//! ```
//! use gts_oauth_tests::{Player, play, recording};
//!
//! let server = Player::start(vec![play("POST", "/api/v1/apps", recording(1))]);
//! println!("{} plays one answer", server.origin());
//! assert!(server.asked().is_empty());
//! ```

use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use gts_oauth_core::Instance;

use crate::answer::Answer;
use crate::asked::Asked;

/// What the server expects next, and what it will answer.
#[derive(Clone, Debug)]
pub struct Play {
    method: String,
    path: String,
    answer: Answer,
}

/// Expects this method and path, and answers so. The path is compared with its query where it
/// has one, and without where it has none.
pub fn play(method: &str, path: &str, answer: impl Into<Answer>) -> Play {
    Play {
        method: method.to_owned(),
        path: path.to_owned(),
        answer: answer.into(),
    }
}

/// The server. It listens from [`start`](Self::start) until it is dropped, takes one
/// request on each connection, and then closes it. After the drop its port refuses connections.
///
/// A request that is not the expected one gets a 500 that says so, and stays recorded as a
/// fault: a server that is dropped with one panics, unless [`take_faults`](Self::take_faults)
/// took it, so that no test overlooks it.
pub struct Player {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// What is still to be played, the last first.
    plays: Vec<Play>,
    asked: Vec<Asked>,
    faults: Vec<String>,
    stopped: bool,
    /// The connection that is being served, for whoever stops the server to cut.
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
        let shared = Arc::new(Mutex::new(Shared {
            plays,
            ..Shared::default()
        }));
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || serve(&listener, &served));
        Self {
            address,
            shared,
            thread: Some(thread),
        }
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

    /// Every request so far, in order, the unexpected ones too.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.shared).asked.clone()
    }

    /// What was unexpected so far, which is thereby dealt with.
    pub fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.shared).faults)
    }

    /// Stops the server, and hands over every request it got.
    ///
    /// # Panics
    /// If an answer was not asked for, or something else was.
    pub fn finish(self) -> Vec<Asked> {
        let mut left: Vec<String> = lock(&self.shared)
            .plays
            .iter()
            .map(|play| format!("{} {}", play.method, play.path))
            .collect();
        left.reverse();
        assert!(left.is_empty(), "never asked for: {left:?}");
        self.asked()
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
        // A client may hang up at any time, which is its own affair.
        let _ = converse(connection, shared);
        lock(shared).connection = None;
    }
}

fn converse(mut connection: TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    let Some(asked) = Asked::read(&mut connection)? else {
        return Ok(());
    };
    let answer = lock(shared).take(asked);
    answer.write(&mut connection)
}

impl Shared {
    fn take(&mut self, asked: Asked) -> Answer {
        let expected = self.plays.last();
        let fault = match expected {
            None => format!("{} was asked, and nothing was expected", asked.line()),
            Some(play) if !play.expects(&asked) => format!(
                "{} was asked, and {} {} was expected",
                asked.line(),
                play.method,
                play.path
            ),
            Some(_) => String::new(),
        };
        self.asked.push(asked);
        match fault.as_str() {
            "" => self.plays.pop().expect("it was there just now").answer,
            _ => {
                self.faults.push(fault.clone());
                Answer::new(500, fault)
            }
        }
    }
}

impl Play {
    fn expects(&self, asked: &Asked) -> bool {
        let path = match self.path.contains('?') {
            true => asked.path.as_str(),
            false => asked.path.split('?').next().unwrap_or_default(),
        };
        self.method == asked.method && self.path == path
    }
}

/// A test that panics while it holds the lock has failed already.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
