//! The server on a loopback port, for browsers, other programs, and code with its own HTTP stack.
//!
//! `ureq-proto`, the protocol under ureq, parses and writes HTTP/1.1. It does no IO: faults need
//! the sockets, to close a connection without a response or to delay single bytes.

mod connection;
mod control;
mod fault;
mod port;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Deref;

use crate::builder::ServerBuilder;
use crate::server::Server;
pub use control::Control;
use port::Port;

/// A [`Server`] on a loopback port, over HTTP/1.1, with HTML pages for a browser. Made by
/// [`ServerBuilder::serve`]. It dereferences to the server behind the port.
///
/// It is for code with its own HTTP stack, for other programs, and for browsers. Pages need no
/// scripts. Faults occur on the wire, all requests are recorded, and the clock is the real one.
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
    port: Port,
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
        let server = self.build_served(format!("http://{}", listener.local_addr()?));
        let host = server.clone();
        let port = Port::open(listener, Box::new(move |request| host.respond(request)))?;
        Ok(Served { server, port })
    }
}

impl Served {
    /// `http://127.0.0.1:40123`
    pub fn origin(&self) -> String {
        self.port.origin()
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Opens another port of 127.0.0.1, which steers the server with JSON: for tests in other
    /// languages (see [`Control`]).
    ///
    /// # Errors
    /// If the system provides no port or no thread.
    pub fn control(&self) -> io::Result<Control> {
        Control::open(self.server.clone())
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
