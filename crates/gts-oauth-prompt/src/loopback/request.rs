//! Requests to the loopback port (RFC 9112): the head, and which requests are rejected.

use std::net::SocketAddr;

/// Longer heads, or heads with more headers, are rejected.
const MAX_LENGTH: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

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
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
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
