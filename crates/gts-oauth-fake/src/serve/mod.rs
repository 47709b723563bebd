//! The server on a loopback port, for browsers, other programs, and code with its own HTTP stack.
//!
//! `ureq-proto`, the protocol under ureq, parses and writes HTTP/1.1. It does no IO: faults need
//! the sockets, to close a connection without a response or to delay single bytes.

mod connection;
mod fault;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::builder::ServerBuilder;
use crate::server::Server;

/// A [`Server`] on a loopback port, over HTTP/1.1, with HTML pages for a browser. Made by
/// [`ServerBuilder::serve`]. It dereferences to the server behind the port.
///
/// ```
/// use std::io::{Read, Write};
/// use gts_oauth_fake::Server;
///
/// let served = Server::builder(7).serve()?;
/// let mut socket = std::net::TcpStream::connect(served.address())?;
/// socket.write_all(b"GET /nodeinfo/2.0 HTTP/1.0\r\nUser-Agent: mine\r\n\r\n")?;
/// let mut response = String::new();
/// socket.read_to_string(&mut response)?;
/// assert!(response.contains("\"gotosocial\""));
/// assert_eq!(served.requests()[0].path, "/nodeinfo/2.0");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Dropping it closes all connections, ends its threads and frees the port. Clones of the
/// server remain usable in memory.
#[must_use = "it is served until this is dropped"]
pub struct Served {
    server: Server,
    address: SocketAddr,
    connections: Arc<Connections>,
    listener: Option<JoinHandle<()>>,
}

impl ServerBuilder {
    /// Serves on a port of 127.0.0.1 that the system chooses. The instance is
    /// `http://127.0.0.1:PORT`, even if another one was configured. The clock is the real one, so
    /// ids and dates differ from run to run, but secrets do not.
    ///
    /// # Errors
    /// If the system provides no port or no thread.
    pub fn serve(self) -> io::Result<Served> {
        self.serve_on(0)
    }

    /// As [`serve`](Self::serve), on this port.
    ///
    /// # Errors
    /// If the port is taken or not permitted, or if the system provides no thread.
    pub fn serve_on(self, port: u16) -> io::Result<Served> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let server = self.build_served(format!("http://{address}"));
        let connections = Arc::new(Connections::default());
        let (host, inside) = (server.clone(), Arc::clone(&connections));
        let thread = thread::Builder::new().name(format!("gts-oauth-fake on {address}"));
        let listener = thread.spawn(move || listen(&listener, &host, &inside))?;
        Ok(Served { server, address, connections, listener: Some(listener) })
    }
}

impl Served {
    /// `http://127.0.0.1:40123`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Deref for Served {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({:?})", self.server)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.connections.close_all();
        // The listener waits for a connection, so this makes one. If that fails, the thread is left
        // waiting.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(listener)) = (woken, self.listener.take()) {
            let _ = listener.join();
        }
    }
}

/// Serves each connection in a thread of its own. Returns when all have ended.
fn listen(listener: &TcpListener, server: &Server, connections: &Connections) {
    thread::scope(|scope| {
        // An error here affects one client's connection only.
        for stream in listener.incoming().filter_map(Result::ok) {
            let Some(connection) = connections.add(stream) else {
                return;
            };
            let thread = thread::Builder::new();
            // Without a thread the connection is closed.
            let _ = thread
                .spawn_scoped(scope, move || connection::serve_connection(&connection, server));
        }
    });
}

/// The open connections, to be closed when the server stops.
#[derive(Default)]
struct Connections(Mutex<ConnectionTable>);

#[derive(Default)]
struct ConnectionTable {
    closed: bool,
    accepted: u64,
    streams: BTreeMap<u64, Arc<TcpStream>>,
}

/// An open connection, removed from the table when dropped.
struct OpenConnection<'a> {
    number: u64,
    stream: Arc<TcpStream>,
    connections: &'a Connections,
}

impl Connections {
    /// Adds the connection, unless the server has stopped.
    fn add(&self, stream: TcpStream) -> Option<OpenConnection<'_>> {
        let mut table = self.lock();
        if table.closed {
            return None;
        }
        table.accepted += 1;
        let number = table.accepted;
        let stream = Arc::new(stream);
        table.streams.insert(number, Arc::clone(&stream));
        Some(OpenConnection { number, stream, connections: self })
    }

    fn close_all(&self) {
        let mut table = self.lock();
        table.closed = true;
        for stream in table.streams.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for OpenConnection<'_> {
    type Target = TcpStream;

    fn deref(&self) -> &TcpStream {
        &self.stream
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.connections.lock().streams.remove(&self.number);
    }
}
