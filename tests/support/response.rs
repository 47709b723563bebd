//! The response of a [`Player`](crate::Player): a recording, or one made by hand.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use crate::recording::Recording;

/// A prepared response.
#[derive(Clone, Debug)]
pub struct CannedResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    sending: Sending,
}

/// How the response is sent.
#[derive(Clone, Copy, Debug)]
enum Sending {
    /// With `Content-Length`.
    Complete,
    /// Without `Content-Length`: the body ends with the connection.
    WithoutLength,
    /// No response: the connection is closed.
    Closed,
    /// No response: the connection stays open until the client closes it.
    Silent,
}

impl CannedResponse {
    /// A response made by hand.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), sending: Sending::Complete }
    }

    /// The connection is closed without a response.
    pub fn hang_up() -> Self {
        Self { sending: Sending::Closed, ..Self::new(0, "") }
    }

    /// No response, and the connection stays open until the client closes it.
    pub fn silence() -> Self {
        Self { sending: Sending::Silent, ..Self::new(0, "") }
    }

    /// Adds a header.
    #[must_use = "this returns the response"]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Omits `Content-Length`: the body ends with the connection (RFC 9112 section 6.3).
    #[must_use = "this returns the response"]
    pub fn without_length(mut self) -> Self {
        self.sending = Sending::WithoutLength;
        self
    }

    pub(crate) fn write(&self, connection: &mut TcpStream) -> io::Result<()> {
        match self.sending {
            Sending::Complete | Sending::WithoutLength => {
                connection.write_all(self.head().as_bytes())?;
                connection.write_all(&self.body)?;
                connection.shutdown(Shutdown::Write)
            }
            Sending::Closed => Ok(()),
            Sending::Silent => connection.read(&mut [0]).map(drop),
        }
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Played\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if matches!(self.sending, Sending::Complete) {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        head
    }
}

impl From<Recording> for CannedResponse {
    /// The recorded response, without the headers of its connection.
    fn from(recording: Recording) -> Self {
        const CONNECTION: [&str; 3] = ["transfer-encoding", "content-length", "connection"];
        let mut headers = recording.response_headers().to_vec();
        headers.retain(|(name, _)| !CONNECTION.contains(&name.to_ascii_lowercase().as_str()));
        Self { headers, ..Self::new(recording.status(), recording.body()) }
    }
}
