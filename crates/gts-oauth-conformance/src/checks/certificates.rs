//! Certificates are checked.

use std::sync::Arc;

use gts_oauth_core::Transport;
use rustls::ServerConfig;

use super::{get, shown, told};
use crate::report::Obligation::ChecksCertificates;
use crate::run::{Check, Outcome};
use crate::server::{Server, answer};
use crate::tls::Authority;

const HOST: &str = "localhost";
/// What is to become of a request to a server like this.
type Run = fn(&dyn Transport, Arc<ServerConfig>) -> Outcome;

const BODY: &[u8] = b"{}";

pub(super) fn checks() -> Vec<Check> {
    let trusted = Authority::new();
    let case = |what: &str, config: Arc<ServerConfig>, run: Run| {
        let check = Check::new(ChecksCertificates, what, move |http| run(http, config));
        check.root(trusted.der())
    };
    vec![
        case("a good certificate", trusted.server(HOST), accepted),
        case(
            "a certificate of an unknown authority",
            Authority::new().server(HOST),
            refused,
        ),
        case("an expired certificate", trusted.expired(HOST), refused),
        case(
            "a certificate of another host",
            trusted.server("example.org"),
            refused,
        ),
    ]
}

fn accepted(http: &dyn Transport, config: Arc<ServerConfig>) -> Outcome {
    let server = Server::https(config, |_| answer(200, "", BODY));
    let answer =
        get(http, &origin(&server)).map_err(|error| format!("it was refused: {}", told(&error)))?;
    match answer.body() == BODY {
        true => Ok(()),
        false => Err(format!("its answer came back as {}", shown(answer.body()))),
    }
}

fn refused(http: &dyn Transport, config: Arc<ServerConfig>) -> Outcome {
    let server = Server::https(config, |_| answer(200, "", BODY));
    let answer = get(http, &origin(&server));
    match (answer, server.asked().is_empty()) {
        (Err(_), true) => Ok(()),
        (Err(_), false) => Err("it was refused, but the token was sent".to_owned()),
        (Ok(_), _) => Err("it was accepted, and the token was sent".to_owned()),
    }
}

fn origin(server: &Server) -> String {
    format!("https://{}", server.named())
}
