//! A bot that logs in once, keeps its session in a file, and posts.
//!
//! ```text
//! cargo run --example embed
//! cargo run --example embed -- INSTANCE [FOLDER]
//! ```
//!
//! The first run asks a person. Every other one finds the session in `embed.json` and asks nobody:
//! a GoToSocial's tokens do not expire. If the person takes the token back, posting fails with 401:
//! delete the file, and run it again.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use gts_oauth_examples::{Stage, keep};
use gts_oauth_ureq::{BoxError, Exchange as _, LoggedIn, RegisterApp, Ureq, login};

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    run(&stage)?;
    if stage.served().is_some() {
        println!("And once more, as it runs tomorrow:");
        run(&stage)?;
    }
    Ok(())
}

fn run(stage: &Stage) -> Result<(), BoxError> {
    let me = logged_in(stage, &stage.folder().join("embed.json"))?;
    let post = me.session.post("/api/v1/statuses")?;
    // Direct, and to nobody: to try this out on a real account disturbs no one.
    let post = post
        .form("status", "I am a bot, and I am logged in.")
        .form("visibility", "direct");
    let status: serde_json::Value = post.send(&Ureq::new())?.json()?;
    println!("posted: {}", status["url"].as_str().unwrap_or("somewhere"));
    Ok(())
}

/// The session in the file, or else a new one.
fn logged_in(stage: &Stage, path: &Path) -> Result<LoggedIn, BoxError> {
    match File::open(path) {
        Ok(file) => return Ok(serde_json::from_reader(file)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let register = RegisterApp::new(stage.instance(), "example bot")?
        .scopes("read:accounts write:statuses".parse()?);
    let me = login(register, |ask| stage.ask(ask))?;
    keep(path, &me)?;
    Ok(me)
}
