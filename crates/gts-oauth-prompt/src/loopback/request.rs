//! Requests to the loopback port (RFC 9112): the head, and which requests are rejected.

use std::net::SocketAddr;

/// Longer heads, or heads with more headers, are rejected. Programs at other ports of this host set
/// cookies, too: Chromium keeps 180 of one host, of 4 KiB each.
const MAX_LENGTH: usize = 1024 * 1024;
const MAX_HEADERS: usize = 100;

/// The bytes of a request that have arrived. They are parsed when the head may be complete, and each
/// time that they have doubled, so the work is linear in their length.
#[derive(Default)]
pub(super) struct Head {
    bytes: Vec<u8>,
    parsed: usize,
}

impl Head {
    /// Adds bytes. Returns the request if its head is complete.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<Option<Request>, Malformed> {
        // Empty lines before a request are ignored (RFC 9112 section 2.2). Later ones end the head.
        let bytes = match self.bytes.is_empty() {
            true => bytes.trim_ascii_start(),
            false => bytes,
        };
        let before = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let new = &self.bytes[before.saturating_sub(2)..];
        let is_ended =
            new.windows(2).any(|it| it == b"\n\n") || new.windows(3).any(|it| it == b"\n\r\n");
        if !is_ended && self.bytes.len() < (self.parsed * 2).min(MAX_LENGTH) {
            return Ok(None);
        }
        self.parsed = self.bytes.len();
        let parsed = Request::parse(&self.bytes);
        if !matches!(parsed, Ok(None)) {
            // The connection can wait for its response.
            self.bytes = Vec::new();
        }
        parsed
    }
}

pub(super) struct Request {
    method: String,
    /// The path and the query.
    pub(super) target: String,
    hosts: Vec<String>,
    cookies: Vec<String>,
    /// `Sec-Fetch-Dest`: `document` if the user navigates to the URL.
    fetch_dest: Option<String>,
    /// `Sec-Purpose`: `prefetch` if the user might never see the page.
    purpose: Option<String>,
}

/// The bytes are no request that is read: the status of the response.
pub(super) struct Malformed(pub(super) &'static str);

impl Request {
    /// Parses a request head. `None` if it is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) if bytes.len() < MAX_LENGTH => return Ok(None),
            Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
                return Err(Malformed("431 Request Header Fields Too Large"));
            }
            Err(_) => return Err(Malformed("400 Bad Request")),
        }
        let values = |name: &str| -> Vec<String> {
            let headers = request.headers.iter();
            let headers = headers.filter(|it| it.name.eq_ignore_ascii_case(name));
            headers.map(|it| String::from_utf8_lossy(it.value).into_owned()).collect()
        };
        Ok(Some(Self {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            hosts: values("Host"),
            cookies: values("Cookie"),
            fetch_dest: values("Sec-Fetch-Dest").into_iter().next(),
            purpose: values("Sec-Purpose").into_iter().next(),
        }))
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The values of the cookies with this name. A port of the same host can set others.
    pub(super) fn cookies(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.cookies.iter().flat_map(|line| line.split(';'));
        let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(it, _)| *it == name).map(|(_, value)| value)
    }

    /// Whether the request is for this host and no other. Another name that resolves to 127.0.0.1
    /// is DNS rebinding by a web page.
    pub(super) fn is_for(&self, at: SocketAddr) -> bool {
        // Browsers omit the default port of http://.
        let is_named =
            |host: &str| host == at.to_string() || at.port() == 80 && host == "127.0.0.1";
        matches!(&self.hosts[..], [host] if is_named(host))
    }

    pub(super) fn is_get(&self) -> bool {
        self.method == "GET"
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// Whether the browser requests it in case the user navigates there later.
    pub(super) fn is_prefetch(&self) -> bool {
        self.purpose.as_deref().is_some_and(|it| it.contains("prefetch"))
    }

    /// Whether a web page requests it for a frame, an image or a script.
    pub(super) fn is_subresource(&self) -> bool {
        self.fetch_dest.as_deref().is_some_and(|it| it != "document")
    }
}
