//! A loopback port: accepts connections, serves each in a thread, and closes them all.

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::connection::{self, Respond};

/// A port with its threads. Dropping it closes all connections, ends the threads and frees the
/// port.
pub(super) struct Port {
    address: SocketAddr,
    connections: Arc<Connections>,
    listener: Option<JoinHandle<()>>,
}

impl Port {
    /// Responds to the requests that come to this listener.
    ///
    /// # Errors
    /// If the system provides no thread.
    pub(super) fn open(listener: TcpListener, respond: Box<Respond>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let connections = Arc::new(Connections::default());
        let inside = Arc::clone(&connections);
        let thread = thread::Builder::new().name(format!("gts-oauth-fake on {address}"));
        let listener = thread.spawn(move || listen(&listener, &*respond, &inside))?;
        Ok(Self { address, connections, listener: Some(listener) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:40123`
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Port {
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
fn listen(listener: &TcpListener, respond: &Respond, connections: &Connections) {
    thread::scope(|scope| {
        // An error here affects one client's connection only.
        for stream in listener.incoming().filter_map(Result::ok) {
            let Some(connection) = connections.add(stream) else {
                return;
            };
            let thread = thread::Builder::new();
            // Without a thread the connection is closed.
            let _ = thread
                .spawn_scoped(scope, move || connection::serve_connection(&connection, respond));
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
