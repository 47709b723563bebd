//! A bot that logs in once, stores its session in a file, and posts.
//!
//! ```text
//! cargo run --example embed
//! cargo run --example embed -- INSTANCE [FOLDER]
//! ```
//!
//! The first run asks the user. Later runs find the session in `embed.json`: tokens of GoToSocial
//! do not expire. If the user revokes the token, posting fails with an error that says so: delete
//! the file, and run the program again.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use gts_oauth_examples::{Setup, exit_code, store};
use gts_oauth_ureq::{BoxError, Exchange as _, LoggedIn, Login, RegisterApp, Ureq, entropy};

fn main() -> ExitCode {
    exit_code(start())
}

fn start() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    let http = Ureq::new();
    run(&http, &setup)?;
    if setup.served().is_some() {
        println!("The second run:");
        run(&http, &setup)?;
    }
    Ok(())
}

fn run(http: &Ureq, setup: &Setup) -> Result<(), BoxError> {
    let me = log_in(http, setup, &setup.folder().join("embed.json"))?;
    let post = me.session.post("/api/v1/statuses")?;
    // Direct and without a mention: on a real account, no other user sees it.
    let post = post.form("status", "I am a bot, and I am logged in.").form("visibility", "direct");
    let status: serde_json::Value = post.send(http)?.json()?;
    println!("posted: {}", status["url"].as_str().unwrap_or("(no URL)"));
    Ok(())
}

/// The session in the file, or a new one.
fn log_in(http: &Ureq, setup: &Setup, path: &Path) -> Result<LoggedIn, BoxError> {
    match File::open(path) {
        Ok(file) => return Ok(serde_json::from_reader(file)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let app = RegisterApp::new(setup.instance(), "example bot")?
        .scopes("read:accounts write:statuses".parse()?);
    let mut login = Login::new(app, entropy()?);
    let me = login.run(http, |step| setup.ask(step))?;
    store(path, me)?;
    Ok(me.clone())
}
