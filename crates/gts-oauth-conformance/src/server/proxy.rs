//! An HTTP proxy.

use std::io::{self, BufReader, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;

use super::{Log, ReceivedRequest, Server, response};

impl Server {
    /// A proxy that opens tunnels (RFC 9110 section 9.3.6), and responds to other requests with
    /// this body.
    pub(crate) fn proxy(body: &'static [u8]) -> Self {
        Self::raw(move |stream, log| {
            // The client can close the connection at any time.
            let _ = serve(stream, log, body);
        })
    }
}

fn serve(mut client: &TcpStream, log: &Log, body: &[u8]) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut first = true;
    while let Some(request) = ReceivedRequest::read(&mut reader)? {
        log.record(&request, first);
        first = false;
        if request.method == "CONNECT" {
            return tunnel(client, &request.target);
        }
        client.write_all(&response(200, "", body).bytes)?;
    }
    Ok(())
}

/// Clients wait for the response to `CONNECT`, so nothing of theirs was read yet.
fn tunnel(mut client: &TcpStream, target: &str) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    thread::scope(|scope| {
        scope.spawn(|| copy(&server, client));
        copy(client, &server);
    });
    Ok(())
}

/// Copies all bytes. Either end can close its connection at any time.
fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
