//! HTTP/1.1 connections, with and without TLS.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{Log, RawResponse, ReceivedRequest, Server};

/// A connection for a response.
pub(crate) trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// Whether the connection is kept after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It is closed.
    Close,
    /// It stays open for the next request.
    Keep,
}

impl Server {
    /// A server that sends the response of `respond`.
    pub(crate) fn http(
        respond: impl Fn(&ReceivedRequest) -> RawResponse + Send + Sync + 'static,
    ) -> Self {
        Self::with_connection(move |request, wire| write(&respond(request), wire))
    }

    /// The same with TLS.
    pub(crate) fn https(
        config: Arc<ServerConfig>,
        respond: impl Fn(&ReceivedRequest) -> RawResponse + Send + Sync + 'static,
    ) -> Self {
        Self::raw(move |stream, log| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else {
                return;
            };
            // A client that does not trust the certificate closes the connection.
            let _ = serve(StreamOwned::new(connection, stream), log, &|request, wire| {
                write(&respond(request), wire)
            });
        })
    }

    /// A server whose `respond` writes the response itself.
    pub(crate) fn with_connection(
        respond: impl Fn(&ReceivedRequest, &mut dyn Wire) -> io::Result<After> + Send + Sync + 'static,
    ) -> Self {
        Self::raw(move |stream, log| {
            // The client can close the connection at any time.
            let _ = serve(stream, log, &respond);
            let _ = linger(stream);
        })
    }
}

fn serve(
    wire: impl Wire,
    log: &Log,
    respond: &dyn Fn(&ReceivedRequest, &mut dyn Wire) -> io::Result<After>,
) -> io::Result<()> {
    let mut wire = BufReader::new(wire);
    let mut first = true;
    while let Some(request) = ReceivedRequest::read(&mut wire)? {
        log.record(&request, first);
        first = false;
        let after = respond(&request, wire.get_mut())?;
        wire.get_mut().flush()?;
        if after == After::Close {
            break;
        }
    }
    Ok(())
}

fn write(response: &RawResponse, wire: &mut dyn Wire) -> io::Result<After> {
    wire.write_all(&response.bytes)?;
    Ok(response.after)
}

/// Closes the connection after reading what the client still sends. Otherwise the system would
/// reset it, and the last bytes could be lost (RFC 9112 section 9.6).
fn linger(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    while stream.read(&mut [0; 8192])? > 0 {}
    Ok(())
}
