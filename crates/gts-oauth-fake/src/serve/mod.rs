//! The same server on a loopback port, for browsers, for other programs, and for code that
//! brings its own HTTP.
//!
//! HTTP/1.1 itself is `ureq-proto`'s affair, the protocol under ureq, which does no IO. A server
//! crate would keep its sockets to itself, and faults need them: to close a connection without an
//! answer, or to let a byte fall now and then.

mod connection;
mod fault;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::builder::Builder;
use crate::server::Server;

/// A [`Server`] on a loopback port, over HTTP/1.1, with pages for a browser. Made by
/// [`Builder::serve`]. It dereferences to the server behind the port: its people, its clock, its
/// faults, its record.
///
/// ```
/// use std::io::{Read, Write};
/// use gts_oauth_fake::Server;
///
/// let served = Server::builder(7).serve()?;
/// let mut socket = std::net::TcpStream::connect(served.address())?;
/// socket.write_all(b"GET /nodeinfo/2.0 HTTP/1.0\r\nUser-Agent: mine\r\n\r\n")?;
/// let mut answer = String::new();
/// socket.read_to_string(&mut answer)?;
/// assert!(answer.contains("\"gotosocial\""));
/// assert_eq!(served.asked()[0].path, "/nodeinfo/2.0");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// When it is dropped, every connection is cut, its threads have ended, and the port is free
/// again. Clones of the server live on, in memory.
#[must_use = "it is served until this is dropped"]
pub struct Served {
    server: Server,
    address: SocketAddr,
    guests: Arc<Guests>,
    listener: Option<JoinHandle<()>>,
}

impl Builder {
    /// The server, on a port of 127.0.0.1 that the system chooses. Its instance is
    /// `http://127.0.0.1:PORT`, whatever was chosen before; and its clock begins with the real
    /// one and goes on with it, so that ids and dates are not the same twice, though secrets are.
    ///
    /// # Errors
    /// If the system gives no port, or no thread.
    pub fn serve(self) -> io::Result<Served> {
        self.serve_on(0)
    }

    /// As [`serve`](Self::serve), on this port.
    ///
    /// # Errors
    /// If the port is taken or may not be had; if the system gives no thread.
    pub fn serve_on(self, port: u16) -> io::Result<Served> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let server = self.build_served(format!("http://{address}"));
        let guests = Arc::new(Guests::default());
        let (host, inside) = (server.clone(), Arc::clone(&guests));
        let thread = thread::Builder::new().name(format!("gts-oauth-fake on {address}"));
        let listener = thread.spawn(move || listen(&listener, &host, &inside))?;
        Ok(Served {
            server,
            address,
            guests,
            listener: Some(listener),
        })
    }
}

impl Served {
    /// `http://127.0.0.1:40123`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
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
        self.guests.send_home();
        // The listener waits for a guest, and looks up when one comes. If none can, it is left
        // waiting: better than to wait for it.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(listener)) = (woken, self.listener.take()) {
            let _ = listener.join();
        }
    }
}

/// Serves each connection in a thread of its own; ends when all have.
fn listen(listener: &TcpListener, server: &Server, guests: &Guests) {
    thread::scope(|scope| {
        // What fails here is one client's connection: the next one's will not.
        for stream in listener.incoming().filter_map(Result::ok) {
            let Some(guest) = guests.welcome(stream) else {
                return;
            };
            let thread = thread::Builder::new();
            // Without a thread the connection is closed.
            let _ = thread.spawn_scoped(scope, move || connection::converse(&guest, server));
        }
    });
}

/// The connections that are open, for whoever stops the server to cut.
#[derive(Default)]
struct Guests(Mutex<Present>);

#[derive(Default)]
struct Present {
    closed: bool,
    came: u64,
    streams: BTreeMap<u64, Arc<TcpStream>>,
}

/// One connection, on the list until it is dropped.
struct Guest<'a> {
    number: u64,
    stream: Arc<TcpStream>,
    guests: &'a Guests,
}

impl Guests {
    /// Takes the connection in, unless the server has stopped.
    fn welcome(&self, stream: TcpStream) -> Option<Guest<'_>> {
        let mut present = self.present();
        if present.closed {
            return None;
        }
        present.came += 1;
        let number = present.came;
        let stream = Arc::new(stream);
        present.streams.insert(number, Arc::clone(&stream));
        Some(Guest {
            number,
            stream,
            guests: self,
        })
    }

    fn send_home(&self) {
        let mut present = self.present();
        present.closed = true;
        for stream in present.streams.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Guest<'_> {
    type Target = TcpStream;

    fn deref(&self) -> &TcpStream {
        &self.stream
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.guests.present().streams.remove(&self.number);
    }
}
