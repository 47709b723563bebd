//! Rejects what a web page can send: a site in the user's browser must not steer the fake.
//!
//! Pages of other sites send `Origin` or `Sec-Fetch-Site` (Fetch, W3C Fetch Metadata). After DNS
//! rebinding, `Host` is the site's name. Without a CORS preflight, which fails here, no page can
//! send JSON.

use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::{Method, StatusCode};

use super::Problem;
use crate::http::{IncomingRequest, media_type};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks that a program sent the request to this port, or that the user typed its URL.
pub(super) fn check(request: &IncomingRequest, port: u16) -> Result<(), Problem> {
    let forbidden = |message: String| Err(Problem { status: StatusCode::FORBIDDEN, message });
    let host = request.header(HOST).unwrap_or_default();
    if ![format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&host.to_owned()) {
        return forbidden(format!("wrong Host header: expected 127.0.0.1:{port}"));
    }
    let of_page = request.headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "none");
    if of_page || request.headers.contains_key(ORIGIN) {
        return forbidden("web pages cannot use the control port".to_owned());
    }
    let content_type = request.header(CONTENT_TYPE).unwrap_or_default();
    if request.method == Method::POST
        && !media_type(content_type).eq_ignore_ascii_case("application/json")
    {
        return Err(Problem {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            message: "wrong Content-Type header: expected application/json".to_owned(),
        });
    }
    Ok(())
}
