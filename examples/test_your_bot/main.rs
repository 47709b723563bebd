//! A bot with unit tests: no network, no real server, no waiting.
//!
//! ```text
//! cargo test -p gts-oauth-examples --test test_your_bot
//! cargo run --example test_your_bot
//! cargo run --example test_your_bot -- INSTANCE
//! ```
//!
//! The bot is in `bot.rs`, and its tests are in `tests.rs`. The bot gets its session and its
//! transport from the caller: a test passes the fake, this program passes ureq.

use std::process::ExitCode;

use gts_oauth_examples::bot::{self, Bot};
use gts_oauth_examples::{Setup, exit_code};
use gts_oauth_ureq::{BoxError, Ureq, entropy};

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    let http = Ureq::new();
    let mut login = bot::login(setup.instance(), entropy()?)?;
    let me = login.run(&http, |step| setup.ask(step))?;

    let mut bot = Bot::new(me.session.clone());
    bot.skip_old(&http)?;
    if let Some(fake) = setup.served() {
        fake.post("carol", "hello @alice");
    }
    println!("greeted {:?}", bot.greet(&http)?);
    println!("greeted the second time {:?}", bot.greet(&http)?);
    let requests = setup.served().map(|fake| fake.requests());
    for request in requests.unwrap_or_default() {
        println!("  {request:?}");
    }
    Ok(())
}
