//! What a login costs in instructions: from having an app to having a session, as
//! [`by_paste`] and [`by_redirect`] do it, without registration and without any HTTP stack.
//!
//! ```text
//! cargo build --release -p gts-oauth-core --example cost
//! valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*by_paste*' \
//!     target/release/examples/cost
//! ```
//!
//! What it costs in allocations is a test, `tests/budget`.

use std::convert::Infallible;
use std::hint::black_box;

use gts_oauth_core::http::Response;
use gts_oauth_core::{
    App, AuthorizeOptions, Callback, Entropy, Error, Exchange as _, RegisterApp, Secret, Session,
};

/// GoToSocial's own reply, and a code as it makes them.
const REPLY: &[u8] = br#"{"access_token":"M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ","created_at":1795431467,"scope":"read","token_type":"Bearer"}"#;
const CODE: &str = "NDE5MJZHNDKTNTFKOS0ZOWNHLTKZNTMTZDI1YZRKMZJLNMIZ";

fn main() -> Result<(), Error> {
    let answer = Response::new(REPLY);
    let out_of_band = app("urn:ietf:wg:oauth:2.0:oob")?;
    black_box(by_paste(&out_of_band, black_box(CODE), &answer)?);

    let redirected = app("http://127.0.0.1:7777/callback")?;
    let pending = redirected.authorize(AuthorizeOptions::new(), entropy()?)?;
    let state = pending.state();
    let query = format!("code={CODE}&state={state}");
    black_box(by_redirect(&redirected, black_box(&query), &answer)?);
    Ok(())
}

#[inline(never)]
fn by_paste(app: &App, code: &str, answer: &Response<&[u8]>) -> Result<Session, Error> {
    let pending = app.authorize(AuthorizeOptions::new(), entropy()?)?;
    black_box(pending.url());
    let exchange = pending.code_from_text(code)?;
    black_box(exchange.request());
    exchange.parse(answer)
}

#[inline(never)]
fn by_redirect(app: &App, query: &str, answer: &Response<&[u8]>) -> Result<Session, Error> {
    let pending = app.authorize(AuthorizeOptions::new(), entropy()?)?;
    black_box(pending.url());
    let exchange = pending.code_from_callback(&Callback::from_query(query)?)?;
    black_box(exchange.request());
    exchange.parse(answer)
}

fn app(redirect_uri: &str) -> Result<App, Error> {
    let registration = RegisterApp::new("example.org".parse()?, "my-bot")?;
    let registration = registration.redirect_uri(redirect_uri.parse()?);
    let secret = Secret::new("63688859-6eb8-4676-8dd7-befc52cf89ee");
    App::from_credentials(registration, "01ST88WWRXFV6YDXY3W9WAJSVG", secret)
}

fn entropy() -> Result<Entropy, Error> {
    Entropy::from_fn(|bytes| {
        bytes.fill(7);
        Ok::<(), Infallible>(())
    })
}
