//! A bot with unit tests: no network, no real server, no waiting.
//!
//! ```text
//! cargo test -p gts-oauth-examples --test test_your_bot
//! cargo run --example test_your_bot
//! cargo run --example test_your_bot -- INSTANCE
//! ```
//!
//! The bot and its tests are in `bot.rs`. The bot takes its transport, its entropy and its person
//! from outside, so that a test can hand it a GoToSocial in memory; this program hands it ureq,
//! the system's entropy, and whoever is there, and shows what the tests look at.

mod bot;

use gts_oauth_examples::Stage;
use gts_oauth_ureq::{BoxError, Ureq, entropy};

use bot::Bot;

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    let http = Ureq::new();
    let mut bot = Bot::log_in(&http, stage.instance(), entropy()?, |ask| stage.ask(ask))?;
    bot.forget_the_past(&http)?;
    if let Some(fake) = stage.served() {
        fake.post("carol", "hello @alice");
    }
    println!("greeted {:?}", bot.greet(&http)?);
    println!("and the second time {:?}", bot.greet(&http)?);
    for asked in stage.served().map(|fake| fake.asked()).unwrap_or_default() {
        println!("  {asked:?}");
    }
    Ok(())
}
