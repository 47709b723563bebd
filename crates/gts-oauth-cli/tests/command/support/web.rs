//! A minimal browser that follows redirects to the callback.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use url::Url;

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A browser that has opened the link of a login.
pub(crate) struct Tab {
    /// The authorization URL, to which the link leads.
    pub(crate) address: String,
    cookie: String,
}

impl Tab {
    pub(crate) fn open(link: &str) -> Self {
        let response = get(link);
        assert_eq!(response.status, 303, "{}", response.body);
        let cookie = response.header("Set-Cookie").split(';').next().expect("a cookie");
        let (address, cookie) = (response.header("Location").to_owned(), cookie.to_owned());
        Self { address, cookie }
    }

    /// Requests this URL, as a browser that follows a redirect.
    pub(crate) fn get(&self, address: &str) -> Response {
        request(address, &format!("Cookie: {}\r\n", self.cookie))
    }
}

impl Response {
    fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(it, _)| *it == name).expect("a header").1
    }
}

/// Requests this URL, as a browser without cookies that follows a link.
pub(crate) fn get(address: &str) -> Response {
    request(address, "")
}

fn request(address: &str, headers: &str) -> Response {
    let url = Url::parse(address).expect("an address");
    let port = url.port().expect("a port");
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Dest: document\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.write_all(head.as_bytes()).expect("it is read");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    Response {
        status: status.parse().expect("a number"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Returns the redirect URI in an authorization URL.
pub(crate) fn redirect_uri(address: &str) -> String {
    parameter(address, "redirect_uri")
}

pub(crate) fn state(address: &str) -> String {
    parameter(address, "state")
}

fn parameter(address: &str, wanted: &str) -> String {
    let url = Url::parse(address).expect("an address");
    let mut query = url.query_pairs();
    let (_, value) = query.find(|(name, _)| name == wanted).expect("it is there");
    value.into_owned()
}

pub(crate) fn port(address: &str) -> u16 {
    let uri = Url::parse(&redirect_uri(address)).expect("an address");
    uri.port().expect("a port")
}
