//! Connections that speak HTTP/1.1, plain or in TLS.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{Answer, Asked, Log, Server};

/// What an answer is written to.
pub(crate) trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// What happens to the connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It is closed.
    Close,
    /// The next request may come.
    Keep,
}

impl Server {
    /// Answers every request as `answer` says.
    pub(crate) fn http(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::converse(move |asked, wire| write(&answer(asked), wire))
    }

    /// The same in TLS.
    pub(crate) fn https(
        config: Arc<ServerConfig>,
        answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::raw(move |stream, log| {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else {
                return;
            };
            // A client that trusts nobody here leaves, as it should.
            let _ = serve(StreamOwned::new(connection, stream), log, &|asked, wire| {
                write(&answer(asked), wire)
            });
        })
    }

    /// Lets `answer` write what it likes.
    pub(crate) fn converse(
        answer: impl Fn(&Asked, &mut dyn Wire) -> io::Result<After> + Send + Sync + 'static,
    ) -> Self {
        Self::raw(move |stream, log| {
            // A client may leave at any time, which is its own affair.
            let _ = serve(stream, log, &answer);
            let _ = linger(stream);
        })
    }
}

fn serve(
    wire: impl Wire,
    log: &Log,
    answer: &dyn Fn(&Asked, &mut dyn Wire) -> io::Result<After>,
) -> io::Result<()> {
    let mut wire = BufReader::new(wire);
    let mut first = true;
    while let Some(asked) = Asked::read(&mut wire)? {
        log.note(&asked, first);
        first = false;
        let after = answer(&asked, wire.get_mut())?;
        wire.get_mut().flush()?;
        if after == After::Close {
            break;
        }
    }
    Ok(())
}

fn write(answer: &Answer, wire: &mut dyn Wire) -> io::Result<After> {
    wire.write_all(&answer.bytes)?;
    Ok(answer.after)
}

/// Closes so that the last bytes arrive: what the client still sends is read, or the system
/// would reset the connection (RFC 9112 §9.6).
fn linger(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    while stream.read(&mut [0; 8192])? > 0 {}
    Ok(())
}
