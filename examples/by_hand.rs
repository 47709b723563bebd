//! Every exchange by hand: create a request, send it, parse its response. It needs no adapter and
//! no [`Login`](gts_oauth_core::Login), only core and an HTTP client (here ureq).
//!
//! ```text
//! cargo run --example by_hand
//! cargo run --example by_hand -- INSTANCE
//! ```
//!
//! It registers an app, has a user allow it, prints the account, and revokes the token. An
//! asynchronous program does the same with `.await` after each `send`. It skips discovery, so
//! INSTANCE must be the host of the API.

use std::process::ExitCode;
use std::time::Duration;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::renewal::Revocation;
use gts_oauth_core::transport::BodyLimit;
use gts_oauth_core::{AuthorizeOptions, BoxError, Entropy, Exchange as _, RegisterApp};
use gts_oauth_examples::{Setup, exit_code};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    let http = agent();

    let register = RegisterApp::new(setup.instance(), "example by hand")?;
    let app = register.parse(&send(&http, register.request())?)?;

    let entropy = Entropy::from_fn(getrandom::fill)?;
    let pending = app.authorize(AuthorizeOptions::new(), entropy)?;
    let exchange = pending.code_from_text(&setup.open(pending.url())?)?;
    let session = exchange.parse(&send(&http, exchange.request())?)?;

    let verify = session.verify();
    let account = verify.parse(&send(&http, verify.request())?)?;
    println!("You are @{} on {}.", account.username(), session.instance());

    let revoke = app.revoke(&session)?;
    match revoke.parse(&send(&http, revoke.request())?)? {
        Revocation::Accepted => println!("The token is revoked."),
        other => println!("The token might still be valid: {other:?}"),
    }
    Ok(())
}

/// Configured for what a transport must do: every status is a response, no redirects, a time
/// limit, and certificates checked against those of the system.
fn agent() -> Agent {
    let roots = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)))
        .tls_config(roots.build());
    config.build().new_agent()
}

fn send(http: &Agent, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let limit = BodyLimit::of(&request);
    let (head, mut body) = http.run(request)?.into_parts();
    let body = body.with_config().limit(limit.bytes()).read_to_vec()?;
    Ok(Response::from_parts(head, body))
}
