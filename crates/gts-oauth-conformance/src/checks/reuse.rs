//! A whole login on one connection.

use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Transport};

use super::with_causes;
use crate::report::Obligation::ReusesConnections;
use crate::run::Check;
use crate::server::{RawResponse, ReceivedRequest, Server, response};

const APP: &[u8] = br#"{"client_id":"01ST88WW","client_secret":"63688859"}"#;
const TOKEN: &[u8] = br#"{"access_token":"M2I1M2Y3","token_type":"Bearer","scope":"read"}"#;
const ACCOUNT: &[u8] = br#"{"id":"015JSQDQ","username":"alice","acct":"alice"}"#;

pub(super) fn checks() -> Vec<Check> {
    vec![Check::new(ReusesConnections, "a whole login", |http| {
        let server = Server::http(canned);
        log_in(http, &server).map_err(|error| format!("it failed: {}", with_causes(&error)))?;
        match server.connections() {
            1 => Ok(()),
            many => {
                Err(format!("its {} requests used {many} connections", server.requests().len()))
            }
        }
    })]
}

fn canned(request: &ReceivedRequest) -> RawResponse {
    match request.target.as_str() {
        "/api/v1/apps" => response(200, "", APP),
        "/oauth/token" => response(200, "", TOKEN),
        "/api/v1/accounts/verify_credentials" => response(200, "", ACCOUNT),
        _ => response(404, "", b"{}"),
    }
}

fn log_in(http: &dyn Transport, server: &Server) -> Result<(), BoxError> {
    let register = RegisterApp::new(server.origin().parse()?, "gts-oauth-conformance")?;
    // It protects no secret.
    let entropy = Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, BoxError>(())
    })?;
    let mut login = Login::new(register, entropy);
    login.skip_discovery();
    login.run(http, |step| match step.problem {
        None => Ok("MJG4YJRK".into()),
        Some(problem) => Err(problem.to_string().into()),
    })?;
    Ok(())
}
