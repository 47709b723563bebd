//! What a [`Player`](crate::Player) answers: a recording, or something made by hand.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use crate::recording::Recording;

/// An answer to play.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

/// How the answer is given.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// With its `Content-Length`.
    Whole,
    /// Without one: the end of the connection is the end of the body.
    Unmeasured,
    /// Not at all: the connection is closed.
    HungUp,
    /// Not at all: the connection stays open until the client leaves.
    Silent,
}

impl Answer {
    /// An answer made by hand.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            manner: Manner::Whole,
        }
    }

    /// The connection is closed without an answer.
    pub fn hang_up() -> Self {
        Self {
            manner: Manner::HungUp,
            ..Self::new(0, "")
        }
    }

    /// No answer, and no end, until the client gives up.
    pub fn silence() -> Self {
        Self {
            manner: Manner::Silent,
            ..Self::new(0, "")
        }
    }

    /// Adds a header.
    #[must_use = "this returns the answer"]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves `Content-Length` out: the body ends with the connection (RFC 9112 §6.3).
    #[must_use = "this returns the answer"]
    pub fn without_length(mut self) -> Self {
        self.manner = Manner::Unmeasured;
        self
    }

    pub(crate) fn write(&self, connection: &mut TcpStream) -> io::Result<()> {
        match self.manner {
            Manner::Whole | Manner::Unmeasured => {
                connection.write_all(self.head().as_bytes())?;
                connection.write_all(&self.body)?;
                connection.shutdown(Shutdown::Write)
            }
            Manner::HungUp => Ok(()),
            Manner::Silent => connection.read(&mut [0]).map(drop),
        }
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Played\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if matches!(self.manner, Manner::Whole) {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        head
    }
}

impl From<Recording> for Answer {
    /// The recorded answer, but for the headers that belong to its connection.
    fn from(recording: Recording) -> Self {
        const CONNECTION: [&str; 3] = ["transfer-encoding", "content-length", "connection"];
        let mut headers = recording.answered_headers().to_vec();
        headers.retain(|(name, _)| !CONNECTION.contains(&name.to_ascii_lowercase().as_str()));
        Self {
            headers,
            ..Self::new(recording.status(), recording.body())
        }
    }
}
