//! `multipart/form-data` (RFC 7578): forms that contain files.

use std::collections::HashSet;
use std::fmt;

use http::HeaderValue;

use crate::error::Error;

/// A form with files (`multipart/form-data`, RFC 7578), for
/// [`Call::multipart`](super::Call::multipart).
///
/// ```
/// use gts_oauth_core::session::Multipart;
/// use gts_oauth_core::{Exchange, Secret, Session};
///
/// # let picture = b"\x89PNG".to_vec();
/// let session = Session::from_token("example.org".parse()?, Secret::new("M2I1M2Y3YJQTMTJL"))?;
/// let form = Multipart::new()
///     .text("description", "A sloth in a tree")
///     .file("file", "sloth.png", "image/png", picture)?;
/// let upload = session.post("/api/v2/media")?.multipart(form).request();
/// let kind = &upload.headers()["content-type"];
/// assert_eq!(kind, "multipart/form-data; boundary=gts-oauth-boundary-000000000000");
/// # Ok::<(), gts_oauth_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "its methods return the changed form"]
pub struct Multipart(Vec<Part>);

#[derive(Clone)]
struct Part {
    /// The header lines, without the empty line after them.
    head: String,
    content: Vec<u8>,
}

impl Multipart {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field with a text.
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        let head = disposition(name);
        self.0.push(Part { head, content: value.into().into_bytes() });
        self
    }

    /// Adds a file: the name of its field, its own name, its content type and its bytes.
    ///
    /// # Errors
    /// [`Error::Input`] if the content type is not a valid header value.
    pub fn file(
        mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Self, Error> {
        if content_type.is_empty() || HeaderValue::try_from(content_type).is_err() {
            return Err(Error::input("content type", "not a valid header value"));
        }
        let (field, file_name) = (disposition(name), quoted(file_name));
        let head = format!("{field}; filename=\"{file_name}\"\r\nContent-Type: {content_type}");
        self.0.push(Part { head, content: bytes.into() });
        Ok(self)
    }

    /// The content type and the body.
    pub(super) fn encode(self) -> (HeaderValue, Vec<u8>) {
        let boundary = self.boundary();
        let length = |part: &Part| part.head.len() + part.content.len() + boundary.len() + 16;
        let mut body = Vec::with_capacity(self.0.iter().map(length).sum::<usize>() + 64);
        for Part { head, content } in self.0 {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
            body.extend(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        (HeaderValue::try_from(content_type).expect("a boundary is visible ASCII"), body)
    }

    /// A boundary that occurs in no part. Core has no randomness, so the first free number is taken.
    /// The contents are searched once: others might have chosen them.
    fn boundary(&self) -> String {
        let contents = self.0.iter().map(|part| part.content.as_slice());
        let taken: HashSet<&[u8]> = contents
            .flat_map(|content| content.windows(BOUNDARY.len() + DIGITS))
            .filter_map(|window| window.strip_prefix(BOUNDARY.as_bytes()))
            .collect();
        let mut numbers = (0_u64..).map(|number| format!("{number:0DIGITS$}"));
        let free = numbers.find(|number| !taken.contains(number.as_bytes()));
        format!("{BOUNDARY}{}", free.unwrap_or_default())
    }
}

const BOUNDARY: &str = "gts-oauth-boundary-";

/// More numbers than boundaries fit into the memory.
const DIGITS: usize = 12;

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// Percent-encodes quotes and line breaks in a name, as browsers do (WHATWG, "Multipart form data").
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the contents, which can be private.
        f.debug_struct("Multipart").field("parts", &self.0.len()).finish_non_exhaustive()
    }
}
