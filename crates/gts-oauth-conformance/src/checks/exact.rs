//! Requests are sent exactly as given.

use gts_oauth_core::http::{Method, Request};

use super::with_causes;
use crate::client::{Client, request};
use crate::report::Obligation::SendsExactly;
use crate::run::{Check, Outcome};
use crate::server::{ReceivedRequest, Server, response};
use crate::settings::Methods;

/// Headers that a stack is allowed to add.
const ADDED: [&str; 4] = ["host", "connection", "content-length", "accept-encoding"];

/// Larger than the buffer of any socket.
const LARGE: usize = 8 * 1024 * 1024;

const QUERY: &str = "/api/v1/timelines/home?limit=2&q=%C3%A9%2f%2F+%20&empty=&flag&limit=3";
const PATH: &str = "/api/v1/accounts/a%2fb%20c;v=1/@%C3%A9~!$&()*,=:/";
const FORM: &[u8] = b"grant_type=authorization_code&code=MJG4%2BYJRK&redirect_uri=urn%3Aietf";

pub(super) fn checks(methods: Methods) -> Vec<Check> {
    let all_bytes: Vec<u8> = (0..=255).collect();
    let large = all_bytes.repeat(LARGE / all_bytes.len());
    let case = |what: &str, method: Method, target: &'static str, body: Vec<u8>| {
        Check::new(SendsExactly, what, move |http| arrives(http, method, target, &body))
    };
    let fetch = methods.to_fetch();
    let mut checks = vec![
        case(&format!("a {fetch} with a query"), fetch.clone(), QUERY, vec![]),
        case(&format!("a {fetch} with an odd path"), fetch.clone(), PATH, vec![]),
        case("a POST of a form", Method::POST, "/oauth/token", FORM.into()),
        case("a POST without a body", Method::POST, "/clear", vec![]),
        case("a POST of every byte", Method::POST, "/media", all_bytes),
        case("a POST of 8 MiB", Method::POST, "/media", large),
    ];
    if methods >= Methods::All {
        checks.extend([
            case("a PUT", Method::PUT, "/api/v1/media/1", FORM.into()),
            case("a PATCH", Method::PATCH, "/update", FORM.into()),
            case("a DELETE of a form", Method::DELETE, "/lists/1", FORM.into()),
            case("a DELETE", Method::DELETE, "/api/v1/statuses/1", vec![]),
        ]);
    }
    checks
}

fn arrives(http: &Client, method: Method, target: &str, body: &[u8]) -> Outcome {
    let server = Server::http(|_| response(200, "", b"{}"));
    let given = request(method, &format!("{}{target}", server.origin()), body);
    http.send(given.clone())
        .map_err(|error| format!("no response was received: {}", with_causes(&error)))?;
    let request = server.last()?;
    same_line(&given, target, &request)?;
    same_headers(&given, &request)?;
    if request.header("host") != Some(&server.authority()) {
        return Err(format!("Host was {:?}", request.header("host")));
    }
    same_body(body, &request.body)
}

fn same_line(given: &Request<Vec<u8>>, target: &str, request: &ReceivedRequest) -> Outcome {
    let line = format!("{} {target}", given.method());
    match in_upper_case(&request.line()) == in_upper_case(&line) {
        true => Ok(()),
        false => Err(format!("{line} arrived as {}", request.line())),
    }
}

/// The line with percent-encodings in upper case: `%2f` and `%2F` are equal (RFC 3986 section
/// 6.2.2.1), and libcurl always sends upper case.
fn in_upper_case(line: &str) -> String {
    let mut parts = line.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        out.push('%');
        out.push_str(&digits.to_ascii_uppercase());
        out.push_str(rest);
    }
    out
}

fn same_headers(given: &Request<Vec<u8>>, request: &ReceivedRequest) -> Outcome {
    for (name, value) in given.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let received: Vec<_> = request.headers_of(name.as_str()).collect();
        if received != [&*value] {
            return Err(format!("the header {name}: {value} arrived as {received:?}"));
        }
    }
    let known = |name: &str| ADDED.contains(&name) || given.headers().contains_key(name);
    match request.headers.iter().find(|(name, _)| !known(name)) {
        None => Ok(()),
        Some((name, value)) => Err(format!("{name}: {value} was sent, but not given")),
    }
}

fn same_body(given: &[u8], received: &[u8]) -> Outcome {
    if given == received {
        return Ok(());
    }
    let same = given.iter().zip(received).take_while(|(a, b)| a == b).count();
    Err(format!(
        "a body of {} bytes arrived as one of {}, and differs from byte {same} on",
        given.len(),
        received.len()
    ))
}
