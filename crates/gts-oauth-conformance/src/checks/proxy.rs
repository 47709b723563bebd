//! The given proxy is used, or the request fails.

use std::net::{TcpListener, TcpStream};

use super::{shown, with_causes};
use crate::client::Client;
use crate::report::Obligation::UsesProxy;
use crate::run::{Check, Outcome};
use crate::server::{ReceivedRequest, Server, response};
use crate::tls::Authority;

const BODY: &[u8] = b"{\"id\":\"015JSQDQ\"}";

const LOGIN: &str = "clark:qwerty";
/// RFC 7617, of [`LOGIN`]
const BASIC: &str = "Basic Y2xhcms6cXdlcnR5";

pub(super) fn checks(tls: bool) -> Vec<Check> {
    let mut checks = vec![used("a proxy", ""), used("a proxy with a password", LOGIN), rejecting()];
    for (what, scheme) in [
        ("a proxy that closes connections", "http"),
        ("a SOCKS proxy that closes connections", "socks5"),
    ] {
        let closing = Server::raw(|_, _| {});
        let authority = closing.authority();
        checks.push(failing(what, scheme, &authority, closing));
    }
    let refusing = Refusing::new();
    let authority = refusing.authority();
    checks.push(failing("a proxy that refuses connections", "http", &authority, refusing));
    if tls {
        checks.push(used_with_tls());
    }
    checks
}

/// The server is on a loopback address, where many stacks use no proxy.
fn used(what: &str, login: &str) -> Check {
    let proxy = Server::proxy(BODY);
    let at = if login.is_empty() { "" } else { "@" };
    let url = format!("http://{login}{at}{}", proxy.authority());
    let login = login.to_owned();
    let run = move |http: &Client| {
        let server = Server::http(|_| response(200, "", BODY));
        let response = http.fetch(&server.origin());
        was_used(&proxy)?;
        let expected = (!login.is_empty()).then_some(BASIC);
        let received = proxy.requests()[0].header("proxy-authorization").map(str::to_owned);
        if received.as_deref() != expected {
            return Err(format!("its Proxy-Authorization was {received:?}"));
        }
        match response {
            Ok(response) if response.body() == BODY => no_login(&server.requests()),
            Ok(response) => Err(format!("the response was {}", shown(response.body()))),
            Err(error) => Err(format!("no response was received: {}", with_causes(&error))),
        }
    };
    Check::new(UsesProxy, what, run).proxy(url)
}

/// TLS ends at the server: the proxy cannot read the token.
fn used_with_tls() -> Check {
    let authority = Authority::new();
    let root = authority.der();
    let proxy = Server::proxy(BODY);
    let url = format!("http://{}", proxy.authority());
    let run = move |http: &Client| {
        let server = Server::https(authority.server("localhost"), |_| response(200, "", BODY));
        let response = http.fetch(&format!("https://{}", server.named()));
        was_used(&proxy)?;
        let response = response
            .map_err(|error| format!("no response was received: {}", with_causes(&error)))?;
        match proxy.requests().iter().find(|request| request.method != "CONNECT") {
            None if response.body() == BODY => Ok(()),
            None => Err(format!("the response was {}", shown(response.body()))),
            Some(request) => Err(format!("{} was sent to the proxy", request.line())),
        }
    };
    Check::new(UsesProxy, "a proxy for https://", run).root(root).proxy(url)
}

/// A proxy that responds with 403. Without a tunnel, that is a response.
fn rejecting() -> Check {
    let proxy = Server::http(|_| response(403, "", b"not through here"));
    let url = format!("http://{}", proxy.authority());
    let run = move |http: &Client| {
        let server = Server::http(|_| response(200, "", BODY));
        let response = http.fetch(&server.origin());
        was_used(&proxy)?;
        match response {
            Ok(response) if response.status() != 403 => {
                Err(format!("a {} was returned", response.status()))
            }
            _ => not_reached(&server),
        }
    };
    Check::new(UsesProxy, "a proxy that responds with 403", run).proxy(url)
}

/// A proxy that cannot be used.
fn failing(what: &str, scheme: &str, authority: &str, proxy: impl Send + 'static) -> Check {
    let run = move |http: &Client| {
        let server = Server::http(|_| response(200, "", BODY));
        let response = http.fetch(&server.origin());
        drop(proxy);
        not_reached(&server)?;
        match response {
            Err(_) => Ok(()),
            Ok(response) => Err(format!("a {} was returned", response.status())),
        }
    };
    Check::new(UsesProxy, what, run).proxy(format!("{scheme}://{authority}"))
}

fn was_used(proxy: &Server) -> Outcome {
    match proxy.requests().is_empty() {
        true => Err("it was not used".to_owned()),
        false => Ok(()),
    }
}

fn not_reached(server: &Server) -> Outcome {
    match server.requests().is_empty() {
        true => Ok(()),
        false => Err("the request was sent without the proxy".to_owned()),
    }
}

/// The server must not receive the proxy's password.
fn no_login(requests: &[ReceivedRequest]) -> Outcome {
    let header = requests.iter().find_map(|request| request.header("proxy-authorization"));
    match header {
        None => Ok(()),
        Some(_) => Err("the proxy's password was sent to the server".to_owned()),
    }
}

/// A loopback address that refuses connections: the client's end of one. No other server can get
/// the port meanwhile.
struct Refusing {
    client: TcpStream,
    _server: TcpListener,
}

impl Refusing {
    fn new() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = server.local_addr().expect("the address just bound");
        let client = TcpStream::connect(address).expect("a connection");
        Self { client, _server: server }
    }

    fn authority(&self) -> String {
        self.client.local_addr().expect("its address").to_string()
    }
}
