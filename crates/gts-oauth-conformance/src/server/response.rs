//! Responses, as bytes.

use super::After;

/// A response, and whether the connection is kept.
pub(crate) struct RawResponse {
    pub(crate) bytes: Vec<u8>,
    pub(crate) after: After,
}

/// How the end of the body is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `Content-Length`
    Length,
    /// The connection is closed.
    Close,
    /// `Transfer-Encoding: chunked`
    Chunked,
}

impl Framing {
    pub(crate) const ALL: [Self; 3] = [Self::Length, Self::Close, Self::Chunked];

    /// For reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Length => "with Content-Length",
            Self::Close => "without Content-Length",
            Self::Chunked => "in chunks",
        }
    }
}

/// A complete response with its length. `headers` are lines that end in CRLF.
pub(crate) fn response(status: u16, headers: &str, body: &[u8]) -> RawResponse {
    framed(Framing::Length, status, headers, body)
}

/// A complete response, in any framing.
pub(crate) fn framed(framing: Framing, status: u16, headers: &str, body: &[u8]) -> RawResponse {
    let length = match framing {
        Framing::Length => format!("Content-Length: {}\r\n", body.len()),
        Framing::Close => "Connection: close\r\n".to_owned(),
        Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
    };
    let head = format!("HTTP/1.1 {status} As It Is\r\n{headers}{length}\r\n");
    let mut bytes = head.into_bytes();
    match framing {
        Framing::Length | Framing::Close => bytes.extend_from_slice(body),
        Framing::Chunked => chunks(body, &mut bytes),
    }
    let after = match framing {
        Framing::Close => After::Close,
        Framing::Length | Framing::Chunked => After::Keep,
    };
    RawResponse { bytes, after }
}

fn chunks(body: &[u8], bytes: &mut Vec<u8>) {
    // Not a divisor of the lengths in use, so that the last one is shorter.
    for chunk in body.chunks(10_000) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
}
