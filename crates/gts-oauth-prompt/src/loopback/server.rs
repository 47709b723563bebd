//! The loopback port: many connections, one thread, no blocking.
//!
//! Browsers open connections that they might never use, and other users can open any number. So no
//! connection has a thread, few are kept, and the oldest one makes room for the next.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::request::{Head, Malformed, Request};
use super::response::Response;

/// The connections that are kept without a request, and as many after the response. A browser opens
/// up to six to one host.
const MAX_CONNECTIONS: usize = 64;

/// The connections that are accepted before others are served.
const MAX_ACCEPTED: usize = 256;

/// The reads of one connection before others are served.
const MAX_READS: usize = 16;

/// The time for a request to arrive, and for the client to close the connection.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Server {
    listener: TcpListener,
    at: SocketAddr,
    /// Connections without a complete request, oldest first.
    reading: VecDeque<Connection>,
    /// Connections after the response, oldest first. Closing one with unread data resets it, and the
    /// client might lose the response: so the rest is read until the client closes.
    closing: VecDeque<Connection>,
}

/// A request, and the connection that waits for its response.
pub(super) struct Received {
    pub(super) request: Request,
    pub(super) connection: Connection,
}

/// What happened since the last poll.
#[derive(Default)]
pub(super) struct Polled {
    pub(super) received: Vec<Received>,
    /// Whether anything did. If not, the caller waits before the next poll.
    pub(super) progressed: bool,
}

pub(super) struct Connection {
    stream: TcpStream,
    head: Head,
    deadline: Instant,
}

enum ReadStep {
    Request(Request),
    Malformed(Malformed),
    Pending,
    Ended,
}

impl Server {
    /// Listens on this port of 127.0.0.1. Port 0 means any free port.
    pub(super) fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let at = listener.local_addr()?;
        Ok(Self { listener, at, reading: VecDeque::new(), closing: VecDeque::new() })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.at
    }

    /// Whether a client has not closed its connection after a response.
    pub(super) fn is_closing(&self) -> bool {
        !self.closing.is_empty()
    }

    /// Accepts connections and reads requests, without waiting.
    pub(super) fn poll(&mut self) -> Polled {
        let mut polled = Polled::default();
        for _ in 0..MAX_ACCEPTED {
            // An error such as too many open files is gone at a later poll, or the time limit ends it.
            let Ok((stream, _)) = self.listener.accept() else {
                break;
            };
            polled.progressed = true;
            if stream.set_nonblocking(true).is_err() {
                continue;
            }
            if self.reading.len() == MAX_CONNECTIONS {
                // Its request may have arrived since the last poll.
                self.read_oldest(&mut polled);
            }
            self.reading.push_back(Connection::new(stream));
        }
        for _ in 0..self.reading.len() {
            let pending = self.read_oldest(&mut polled);
            self.reading.extend(pending);
        }
        let open = self.closing.len();
        self.closing.retain_mut(Connection::is_open);
        polled.progressed |= self.closing.len() < open;
        polled
    }

    /// Sends a response. A closed connection is ignored.
    pub(super) fn respond(&mut self, mut connection: Connection, response: &Response) {
        // A short response fits in the buffer of the socket, so it is sent without waiting.
        let sent = connection.stream.write_all(&response.to_bytes());
        if sent.and_then(|()| connection.stream.shutdown(Shutdown::Write)).is_err() {
            return;
        }
        connection.deadline = Instant::now() + CLOSE_TIMEOUT;
        if self.closing.len() == MAX_CONNECTIONS {
            self.closing.pop_front();
        }
        self.closing.push_back(connection);
    }

    /// Reads what has arrived on the oldest connection, which is removed. Returns it if its request
    /// is incomplete.
    fn read_oldest(&mut self, polled: &mut Polled) -> Option<Connection> {
        let mut connection = self.reading.pop_front()?;
        match connection.read() {
            ReadStep::Pending => return Some(connection),
            ReadStep::Request(request) => polled.received.push(Received { request, connection }),
            ReadStep::Malformed(Malformed(status)) => {
                self.respond(connection, &Response::text(status, "This is no valid request.\n"));
            }
            ReadStep::Ended => {}
        }
        polled.progressed = true;
        None
    }
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        let deadline = Instant::now() + REQUEST_TIMEOUT;
        Self { stream, head: Head::default(), deadline }
    }

    /// The address of the client.
    pub(super) fn peer(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    /// Reads what has arrived of the request.
    fn read(&mut self) -> ReadStep {
        let mut chunk = [0; 4096];
        for _ in 0..MAX_READS {
            let length = match self.stream.read(&mut chunk) {
                Ok(0) => return ReadStep::Ended,
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return ReadStep::Ended,
            };
            match self.head.add(&chunk[..length]) {
                Ok(Some(request)) => return ReadStep::Request(request),
                Ok(None) => {}
                Err(malformed) => return ReadStep::Malformed(malformed),
            }
        }
        match Instant::now() < self.deadline {
            true => ReadStep::Pending,
            false => ReadStep::Ended,
        }
    }

    /// Whether the client has not closed the connection. Discards what has arrived.
    fn is_open(&mut self) -> bool {
        let mut chunk = [0; 4096];
        for _ in 0..MAX_READS {
            match self.stream.read(&mut chunk) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return false,
            }
        }
        Instant::now() < self.deadline
    }
}
