//! Every exchange by hand, with an HTTP stack of one's own: here ureq, bare.
//!
//! ```text
//! cargo run --example by_hand -- INSTANCE
//! ```
//!
//! It registers an app, shows the address, takes the code, says who you are, and gives the token
//! back. An asynchronous program does the same with an `.await` behind its own `send`.

use std::io::{BufRead as _, stdin};

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Entropy, Exchange as _, MAX_BODY, RegisterApp};
use gts_oauth_ureq::ureq;

fn main() -> Result<(), BoxError> {
    let instance = std::env::args().nth(1).ok_or("name an instance")?;

    let register = RegisterApp::new(instance.parse()?, "example by hand")?;
    let app = register.parse(&send(register.request())?)?;

    let random = |bytes: &mut [u8]| {
        std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, bytes)
    };
    let pending = app.authorize(Entropy::from_fn(random)?).start();
    println!("Open {}\nand paste the code here:", pending.url());
    let exchange = pending.pasted(&stdin().lock().lines().next().ok_or("no code")??)?;
    let session = exchange.parse(&send(exchange.request())?)?;

    let verify = session.verify();
    let account = verify.parse(&send(verify.request())?)?;
    println!("You are @{} on {}.", account.username(), session.instance());

    let revoke = app.revoke(&session)?;
    println!("{:?}", revoke.parse(&send(revoke.request())?)?);
    Ok(())
}

/// What a transport owes: every status an answer, no redirects, a limit, a time limit.
fn send(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(std::time::Duration::from_secs(30)));
    let answer = config.build().new_agent().run(request)?;
    let (head, mut body) = answer.into_parts();
    let body = body.with_config().limit(MAX_BODY as u64).read_to_vec()?;
    Ok(Response::from_parts(head, body))
}
