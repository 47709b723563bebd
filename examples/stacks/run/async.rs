//! Every exchange by hand, with reqwest on a single-threaded runtime: an `.await` behind each
//! request. What sends is `examples/stacks/reqwest.rs`.
//!
//! ```text
//! cargo run --example stack_async                # a fake GoToSocial, and alice, who allows the app
//! cargo run --example stack_async -- INSTANCE    # a real one, and you
//! ```
//!
//! `Login` does the same with less to say: send what its `Step::Send` holds, hand the answer to
//! `answered`, and so on until it is done.

use std::time::Duration;

use gts_oauth_core::{App, BoxError, Exchange, RegisterApp, Session};
use gts_oauth_examples::Stage;
use gts_oauth_examples::stacks::{print, reqwest::Reqwest};
use gts_oauth_ureq::entropy;

fn main() -> Result<(), BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(log_in(&Stage::from_args()?))
}

async fn log_in(stage: &Stage) -> Result<(), BoxError> {
    let http = Reqwest::new(Duration::from_secs(30), &[])?;
    let register = RegisterApp::new(stage.instance(), "example async")?;
    let app = send(&http, &register).await?;
    let session = session(&http, stage, &app).await?;
    let account = send(&http, &session.verify()).await?;
    let reply = send(&http, &session.get("/api/v1/notifications")?).await?;
    print(Some(&account), &session, &reply.json::<Vec<_>>()?);
    send(&http, &app.revoke(&session)?).await?;
    Ok(())
}

/// The person's part. Others wait for it on a thread of its own, or for a redirect.
async fn session(http: &Reqwest, stage: &Stage, app: &App) -> Result<Session, BoxError> {
    let pending = app.authorize(entropy()?).start();
    let brought = stage.bring(pending.url())?;
    send(http, &pending.pasted(&brought)?).await
}

/// One exchange: [`Exchange::send`], with an `.await`.
async fn send<E: Exchange>(http: &Reqwest, exchange: &E) -> Result<E::Output, BoxError> {
    let answer = http.send(exchange.request()).await?;
    Ok(exchange.parse(&answer)?)
}
