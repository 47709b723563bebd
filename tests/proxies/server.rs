//! A server that records the address from which each request arrives.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// The type of the first record of a TLS connection (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 22;

pub(crate) struct Server {
    port: u16,
    arrivals: Receiver<IpAddr>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let port = listener.local_addr().expect("the address just bound").port();
        let (sender, arrivals) = mpsc::channel();
        // It ends when the test drops the receiver, or with the test.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let connection = connection.expect("a connection");
                if serve(connection, &sender).is_err() {
                    break;
                }
            }
        });
        Self { port, arrivals }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address from which the first request arrived.
    pub(crate) fn arrival(&self) -> Option<IpAddr> {
        self.arrivals.try_recv().ok()
    }
}

/// Records a request before it is answered, so that its client ends afterwards.
fn serve(mut connection: TcpStream, arrivals: &Sender<IpAddr>) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    let from = connection.peer_addr().map(|from: SocketAddr| from.ip())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if connection.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.extend(byte);
        if head == [TLS_HANDSHAKE] {
            // The server has no certificate.
            return arrivals.send(from).map_err(io::Error::other);
        }
    }
    arrivals.send(from).map_err(io::Error::other)?;
    let body = "{\"error\":\"Not Found\"}";
    let length = body.len();
    let _ = write!(
        connection,
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    Ok(())
}
