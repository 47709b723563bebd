//! Certificates are checked.

use std::sync::Arc;

use rustls::ServerConfig;

use super::{shown, with_causes};
use crate::client::Client;
use crate::report::Obligation::ChecksCertificates;
use crate::run::{Check, Outcome};
use crate::server::{Server, response};
use crate::tls::Authority;

const HOST: &str = "localhost";
/// A check with a server of this configuration.
type Run = fn(&Client, Arc<ServerConfig>) -> Outcome;

const BODY: &[u8] = b"{}";

pub(super) fn checks() -> Vec<Check> {
    let trusted = Authority::new();
    let case = |what: &str, config: Arc<ServerConfig>, run: Run| {
        let check = Check::new(ChecksCertificates, what, move |http| run(http, config));
        check.root(trusted.der())
    };
    vec![
        case("a valid certificate", trusted.server(HOST), accepted),
        case("a certificate of an unknown authority", Authority::new().server(HOST), rejected),
        case("an expired certificate", trusted.expired(HOST), rejected),
        case("a certificate of another host", trusted.server("example.org"), rejected),
    ]
}

fn accepted(http: &Client, config: Arc<ServerConfig>) -> Outcome {
    let server = Server::https(config, |_| response(200, "", BODY));
    let response = http
        .fetch(&origin(&server))
        .map_err(|error| format!("it was rejected: {}", with_causes(&error)))?;
    match response.body() == BODY {
        true => Ok(()),
        false => Err(format!("its response was returned as {}", shown(response.body()))),
    }
}

fn rejected(http: &Client, config: Arc<ServerConfig>) -> Outcome {
    let server = Server::https(config, |_| response(200, "", BODY));
    let response = http.fetch(&origin(&server));
    match (response, server.requests().is_empty()) {
        (Err(_), true) => Ok(()),
        (Err(_), false) => Err("it was rejected, but the token was sent".to_owned()),
        (Ok(_), _) => Err("it was accepted, and the token was sent".to_owned()),
    }
}

fn origin(server: &Server) -> String {
    format!("https://{}", server.named())
}
