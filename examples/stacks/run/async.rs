//! Logs in over reqwest, on a single-threaded runtime: the loop of [`Login`] with `.await`. The
//! client is `examples/stacks/reqwest.rs`.
//!
//! ```text
//! cargo run --example stack_async                # a fake GoToSocial, and its user alice
//! cargo run --example stack_async -- INSTANCE    # a real server, and you
//! ```

use std::time::Duration;

use gts_oauth_core::{BoxError, Error, Exchange, LoggedIn, Login, RegisterApp, Step, UserReply};
use gts_oauth_examples::Setup;
use gts_oauth_examples::stacks::{print, reqwest::Reqwest};
use gts_oauth_ureq::entropy;

fn main() -> Result<(), BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let http = Reqwest::new(Duration::from_secs(30), &[], None)?;
    runtime.block_on(run(&http, &Setup::from_args()?))
}

async fn run(http: &Reqwest, setup: &Setup) -> Result<(), BoxError> {
    let me = log_in(http, setup).await?;
    let call = me.session.get("/api/v1/notifications")?;
    let notifications: Vec<serde_json::Value> = send(http, &call).await?.json()?;
    print(me.account.as_ref(), &me.session, &notifications);
    send(http, &me.app.revoke(&me.session)?).await?;
    Ok(())
}

async fn log_in(http: &Reqwest, setup: &Setup) -> Result<LoggedIn, BoxError> {
    let app = RegisterApp::new(setup.instance(), "example async")?;
    let mut login = Login::new(app, entropy()?);
    loop {
        match login.step() {
            Step::Send { request, .. } => match http.send(request).await {
                Ok(response) => login.handle_response(&response)?,
                Err(error) => login.handle_transport_error(error)?,
            },
            Step::Authorize { url, problem } => {
                let reply = ask(setup, url, problem).await?;
                login.handle_reply(reply)?;
            }
            Step::Done(me) => return Ok(me.clone()),
        }
    }
}

/// Has the user allow the app. A real program waits for the user on another thread, or for a
/// callback.
async fn ask(setup: &Setup, url: &str, problem: Option<&Error>) -> Result<UserReply, BoxError> {
    if let Some(problem) = problem {
        eprintln!("{problem}");
    }
    Ok(setup.open(url)?.into())
}

/// [`Exchange::send`] for an asynchronous client.
async fn send<E: Exchange>(http: &Reqwest, exchange: &E) -> Result<E::Output, BoxError> {
    let response = http.send(exchange.request()).await?;
    Ok(exchange.parse(&response)?)
}
