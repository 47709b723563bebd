//! A whole login on one connection.

use gts_oauth_core::http::Method;
use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Step};

use super::with_causes;
use crate::client::Client;
use crate::report::Obligation::ReusesConnections;
use crate::run::Check;
use crate::server::{RawResponse, ReceivedRequest, Server, response};
use crate::settings::Methods;

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

/// Without `GET`, it ends at the request of the account.
fn log_in(http: &Client, server: &Server) -> Result<(), BoxError> {
    let register = RegisterApp::new(server.origin().parse()?, "gts-oauth-conformance")?;
    // It protects no secret.
    let entropy = Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<_, BoxError>(())
    })?;
    let mut login = Login::new(register, entropy);
    login.skip_discovery();
    let only_posts = http.methods() == Methods::Post;
    loop {
        match login.step() {
            Step::Send { request, .. } if only_posts && request.method() == Method::GET => {
                return Ok(());
            }
            Step::Send { request, .. } => login.handle_response(&http.send(request)?)?,
            Step::Authorize { problem: None, .. } => login.handle_reply("MJG4YJRK")?,
            Step::Authorize { problem: Some(problem), .. } => {
                return Err(problem.to_string().into());
            }
            Step::Done(_) => return Ok(()),
        }
    }
}
