//! Responses of the loopback port.

/// A response. The connection is closed after it.
pub(super) struct Response {
    status: &'static str,
    kind: &'static str,
    headers: String,
    body: String,
}

impl Response {
    /// A text for programs.
    pub(super) fn text(status: &'static str, body: &str) -> Self {
        let (kind, headers) = ("text/plain; charset=utf-8", String::new());
        Self { status, kind, headers, body: body.to_owned() }
    }

    /// An HTML page.
    pub(super) fn page(status: &'static str, body: String) -> Self {
        Self { status, kind: "text/html; charset=utf-8", headers: String::new(), body }
    }

    /// A redirect that sets a cookie. Its body is empty: no page contains the URL.
    pub(super) fn redirect(url: &str, cookie: &str) -> Self {
        let headers = format!("Location: {url}\r\nSet-Cookie: {cookie}\r\n");
        Self { headers, ..Self::text("303 See Other", "") }
    }

    /// The bytes to send. The callback URL contains a code, so the headers forbid caching and a
    /// `Referer`.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Self { status, kind, headers, body } = self;
        let length = body.len();
        let response = format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: {kind}\r\n\
             Content-Length: {length}\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; \
             frame-ancestors 'none'\r\n\
             {headers}\
             Connection: close\r\n\
             \r\n\
             {body}"
        );
        response.into_bytes()
    }
}
