//! Servers on a loopback port that never send a complete response.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The longest wait for a client, after which a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that handles one connection after another. It stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) fn start(
        handle: impl Fn(&mut TcpStream) -> io::Result<()> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        Self::on(listener, handle)
    }

    /// Accepts the connections of this listener.
    pub(crate) fn on(
        listener: TcpListener,
        handle: impl Fn(&mut TcpStream) -> io::Result<()> + Send + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("the address just bound");
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let thread = thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let mut connection = connection.expect("a connection");
                connection.set_read_timeout(Some(PATIENCE)).expect("a time limit");
                // Clients close connections early.
                let _ = handle(&mut connection);
            }
        });
        Self { address, stopped, thread: Some(thread) }
    }

    /// Reads the head of a request, sends these bytes, and closes the connection.
    pub(crate) fn sending(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |connection| {
            head(connection)?;
            send_and_close(connection, &bytes)
        })
    }

    /// Reads the beginning of a TLS handshake, sends these bytes, and closes the connection.
    pub(crate) fn sending_to_tls(bytes: &'static [u8]) -> Self {
        Self::start(move |connection| {
            hello(connection)?;
            send_and_close(connection, bytes)
        })
    }

    /// Sends nothing until the client closes the connection.
    pub(crate) fn silent() -> Self {
        Self::start(|connection| connection.read_to_end(&mut Vec::new()).map(drop))
    }

    /// `127.0.0.1:40123`
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:40123/`
    pub(crate) fn http(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// `https://localhost:40123/`
    pub(crate) fn https(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread.
        drop(TcpStream::connect(self.address));
        let thread = self.thread.take().expect("the thread");
        if thread.join().is_err() && !thread::panicking() {
            panic!("the server panicked");
        }
    }
}

/// Reads the head of a request.
pub(crate) fn head(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(head)
}

/// Reads the first TLS record (RFC 8446 section 5.1).
fn hello(connection: &mut TcpStream) -> io::Result<()> {
    let mut header = [0; 5];
    connection.read_exact(&mut header)?;
    let length = u16::from_be_bytes([header[3], header[4]]);
    connection.read_exact(&mut vec![0; length.into()])
}

fn send_and_close(connection: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    connection.write_all(bytes)?;
    connection.shutdown(Shutdown::Write)?;
    // Otherwise the system could reset the connection before the client has read the bytes.
    connection.read_to_end(&mut Vec::new()).map(drop)
}
