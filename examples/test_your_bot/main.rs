//! A bot with unit tests: no network, no real server, no waiting.
//!
//! ```text
//! cargo add gts-oauth-core gts-oauth-ureq
//! cargo add serde --features derive
//! cargo add --dev gts-oauth-fake
//! cargo test -p gts-oauth-examples --lib
//! cargo run --example test_your_bot -- INSTANCE
//! ```
//!
//! The bot is in `bot.rs`, and its tests are in `tests.rs`. The bot gets its session and its
//! transport from the caller: a test passes the fake, this program passes ureq.

pub mod bot;

use std::io::stdin;

use bot::Bot;
use gts_oauth_ureq::{BoxError, Ureq, entropy};

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), BoxError> {
    let http = Ureq::new();
    let instance = std::env::args().nth(1).ok_or("the instance is missing")?;
    let mut login = bot::login(instance.parse()?, entropy()?)?;
    let me = login.run(&http, |step| {
        if let Some(problem) = step.problem {
            eprintln!("{problem}");
        }
        println!("Open {} and paste the code:", step.url);
        Ok(stdin().lines().next().ok_or("no input")??.into())
    })?;

    let mut bot = Bot::new(me.session.clone());
    bot.skip_old(&http)?;
    println!("Press Enter to greet those who have mentioned the bot since.");
    for line in stdin().lines() {
        line?;
        println!("greeted {:?}", bot.greet(&http)?);
    }
    Ok(())
}
