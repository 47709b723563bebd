//! Every exchange by hand: make a request, send it, parse its answer. No adapter and no
//! [`Login`](gts_oauth_core::Login), only the core and an HTTP stack of one's own: here ureq, bare.
//!
//! ```text
//! cargo run --example by_hand
//! cargo run --example by_hand -- INSTANCE
//! ```
//!
//! It registers an app, has a person allow it, says who they are, and gives the token back. An
//! asynchronous program does the same with an `.await` behind its own `send`.

use std::time::Duration;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Entropy, Exchange as _, MAX_BODY, RegisterApp, Revocation};
use gts_oauth_examples::Stage;
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;

    let register = RegisterApp::new(stage.instance(), "example by hand")?;
    let app = register.parse(&send(register.request())?)?;

    let pending = app.authorize(Entropy::from_fn(getrandom::fill)?).start();
    let exchange = pending.pasted(&stage.bring(pending.url())?)?;
    let session = exchange.parse(&send(exchange.request())?)?;

    let verify = session.verify();
    let account = verify.parse(&send(verify.request())?)?;
    println!("You are @{} on {}.", account.username(), session.instance());

    let revoke = app.revoke(&session)?;
    match revoke.parse(&send(revoke.request())?)? {
        Revocation::Accepted => println!("The token is void again."),
        other => println!("The token may live on: {other:?}"),
    }
    Ok(())
}

/// What a transport owes: every status an answer, no redirects, a limit, a time limit, and
/// certificates checked, which ureq does.
fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let roots = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)))
        .tls_config(roots.build());
    let answer = config.build().new_agent().run(request)?;
    let (head, mut body) = answer.into_parts();
    let body = body.with_config().limit(MAX_BODY as u64).read_to_vec()?;
    Ok(Response::from_parts(head, body))
}
