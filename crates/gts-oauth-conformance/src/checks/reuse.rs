//! A whole login on one connection.

use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Transport};

use super::told;
use crate::report::Obligation::ReusesConnections;
use crate::run::Check;
use crate::server::{Answer, Asked, Server, answer};

const APP: &[u8] = br#"{"client_id":"01ST88WW","client_secret":"63688859"}"#;
const TOKEN: &[u8] = br#"{"access_token":"M2I1M2Y3","token_type":"Bearer","scope":"read"}"#;
const ACCOUNT: &[u8] = br#"{"id":"015JSQDQ","username":"alice","acct":"alice"}"#;

pub(super) fn checks() -> Vec<Check> {
    vec![Check::new(ReusesConnections, "a whole login", |http| {
        let server = Server::http(canned);
        log_in(http, &server).map_err(|error| format!("it failed: {}", told(&error)))?;
        match server.connections() {
            1 => Ok(()),
            many => Err(format!(
                "its {} requests came on {many} connections",
                server.asked().len()
            )),
        }
    })]
}

fn canned(asked: &Asked) -> Answer {
    match asked.target.as_str() {
        "/api/v1/apps" => answer(200, "", APP),
        "/oauth/token" => answer(200, "", TOKEN),
        "/api/v1/accounts/verify_credentials" => answer(200, "", ACCOUNT),
        _ => answer(404, "", b"{}"),
    }
}

fn log_in(http: &dyn Transport, server: &Server) -> Result<(), BoxError> {
    let register = RegisterApp::new(server.origin().parse()?, "gts-oauth-conformance")?;
    // Nothing secret is behind it.
    let entropy = Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, BoxError>(())
    })?;
    Login::new(register, entropy).run(http, |ask| match ask.problem {
        None => Ok("MJG4YJRK".to_owned()),
        Some(problem) => Err(problem.to_string().into()),
    })?;
    Ok(())
}
