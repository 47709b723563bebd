//! The control port: steers a served fake from other programs, with JSON over HTTP.
//!
//! It is separate from the server's port, so that it takes none of the server's paths.

mod failure;
mod fields;
mod guard;
mod requests;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, SystemTime};

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::port::Port;
use crate::entities::timestamp;
use crate::fault::Outcome;
use crate::http::{self as messages, Framework, IncomingRequest, Response};
use crate::server::Server;
use fields::Fields;

/// A port of 127.0.0.1 that steers a server from any language. Made by
/// [`Served::control`](crate::Served::control). The [manual](crate::manual::control_port) lists its
/// requests.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
/// use gts_oauth_fake::Server;
///
/// let served = Server::builder(7).serve()?;
/// let control = served.control()?;
/// let fault = r#"{"fault": "bad-gateway", "path": "/nodeinfo"}"#;
/// let (address, length) = (control.address(), fault.len());
/// let mut socket = TcpStream::connect(address)?;
/// write!(socket, "POST /fail HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n")?;
/// write!(socket, "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{fault}")?;
/// socket.read_to_string(&mut String::new())?;
///
/// let mut socket = TcpStream::connect(served.address())?;
/// socket.write_all(b"GET /nodeinfo/2.0 HTTP/1.0\r\nUser-Agent: mine\r\n\r\n")?;
/// let mut response = String::new();
/// socket.read_to_string(&mut response)?;
/// assert!(response.contains("502 Bad Gateway"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Dropping it closes the port. Planned faults remain.
#[must_use = "the port is open until this is dropped"]
pub struct Control {
    port: Port,
}

impl Control {
    pub(super) fn open(server: Server) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let handler = move |request| Outcome::Response(respond(&server, port, request));
        Ok(Self { port: Port::open(listener, Box::new(handler))? })
    }

    /// `http://127.0.0.1:40124`
    pub fn origin(&self) -> String {
        self.port.origin()
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({})", self.origin())
    }
}

/// Why a request is rejected.
struct Problem {
    status: StatusCode,
    message: String,
}

/// Takes all fields before it changes the server, so that a rejected request has no effect.
type Handler = fn(&Server, Fields) -> Result<Value, String>;

const ENDPOINTS: [(Method, &str, Handler); 8] = [
    (Method::POST, "/fail", fail),
    (Method::GET, "/failures", list_failures),
    (Method::POST, "/clear-failures", clear_failures),
    (Method::POST, "/advance", advance),
    (Method::POST, "/revoke", revoke),
    (Method::POST, "/forget-apps", forget_apps),
    (Method::GET, "/requests", list_requests),
    (Method::POST, "/clear-requests", clear_requests),
];

fn respond(server: &Server, port: u16, request: Request<Vec<u8>>) -> Response {
    match handle(server, port, &IncomingRequest::new(request, Framework::Gin)) {
        Ok(result) => messages::json(StatusCode::OK, &result),
        Err(Problem { status, message }) => messages::json(status, &json!({ "error": message })),
    }
}

fn handle(server: &Server, port: u16, request: &IncomingRequest) -> Result<Value, Problem> {
    guard::check(request, port)?;
    let handler = endpoint(request)?;
    let parsed = Fields::parse(&request.body);
    let result = parsed.and_then(|fields| handler(server, fields));
    result.map_err(|message| Problem { status: StatusCode::BAD_REQUEST, message })
}

fn endpoint(request: &IncomingRequest) -> Result<Handler, Problem> {
    let mut endpoints = ENDPOINTS.iter();
    match endpoints.find(|(_, path, _)| *path == request.path) {
        Some((method, _, handler)) if *method == request.method => Ok(*handler),
        Some((method, path, _)) => Err(Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            message: format!("wrong method for {path}: expected {method}"),
        }),
        None => {
            let known = ENDPOINTS.map(|(method, path, _)| format!("{method} {path}")).join(", ");
            let message = format!("unknown path {}: expected one of {known}", request.path);
            Err(Problem { status: StatusCode::NOT_FOUND, message })
        }
    }
}

fn fail(server: &Server, mut fields: Fields) -> Result<Value, String> {
    let failure = failure::parse(&mut fields)?;
    fields.finish()?;
    server.fail(failure);
    Ok(json!({}))
}

fn list_failures(server: &Server, fields: Fields) -> Result<Value, String> {
    fields.finish()?;
    Ok(server.pending_failures().iter().map(failure::to_json).collect())
}

fn clear_failures(server: &Server, fields: Fields) -> Result<Value, String> {
    fields.finish()?;
    server.clear_failures();
    Ok(json!({}))
}

fn advance(server: &Server, mut fields: Fields) -> Result<Value, String> {
    /// 1 January 9000. Later dates plus a token's lifetime do not fit into a `Date` header.
    const LATEST: Duration = Duration::from_secs(221_845_392_000);
    let seconds: u32 = fields.required("seconds")?;
    fields.finish()?;
    let time = Duration::from_secs(seconds.into());
    if server.now() + time > SystemTime::UNIX_EPOCH + LATEST {
        return Err("invalid seconds: the clock ends in the year 9000".to_owned());
    }
    server.advance(time);
    Ok(json!({ "now": timestamp(server.now()) }))
}

fn revoke(server: &Server, mut fields: Fields) -> Result<Value, String> {
    let token: Option<String> = fields.optional("token")?;
    fields.finish()?;
    let revoked = match token {
        Some(token) => server.revoke_token(&token),
        None => server.revoke_all_tokens(),
    };
    Ok(json!({ "revoked": revoked }))
}

fn forget_apps(server: &Server, fields: Fields) -> Result<Value, String> {
    fields.finish()?;
    server.forget_apps();
    Ok(json!({}))
}

fn list_requests(server: &Server, fields: Fields) -> Result<Value, String> {
    fields.finish()?;
    Ok(server.requests().iter().map(requests::to_json).collect())
}

fn clear_requests(server: &Server, fields: Fields) -> Result<Value, String> {
    fields.finish()?;
    server.clear_requests();
    Ok(json!({}))
}
