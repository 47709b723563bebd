//! A bot that logs in once, and posts.
//!
//! ```text
//! cargo add gts-oauth-ureq serde_json tempfile
//! cargo run --example embed -- INSTANCE
//! ```
//!
//! `login.json`, in the current folder, has the login from its first step on. A run that was killed
//! at any time goes on with the next one; a later run finds a login that is done, and only posts:
//! tokens of GoToSocial do not expire. If the user revokes the token, posting fails with an error
//! that says so: delete the file, and run the program again.

use std::fs::File;
use std::io::ErrorKind;
use std::process::ExitCode;

use gts_oauth_ureq::{
    AuthorizeStep, BoxError, Driver, Exchange as _, Login, RegisterApp, Ureq, UserReply, entropy,
};
use tempfile::NamedTempFile;

const FILE: &str = "login.json";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), BoxError> {
    let http = Ureq::new();
    let mut login = stored_or_new()?;
    let me = login.run_with(&http, &mut Terminal)?;
    let post = me.session.post("/api/v1/statuses")?;
    // Direct and without a mention: on a real account, no other user sees it.
    let post = post.form("status", "I am a bot, and I am logged in.").form("visibility", "direct");
    let status: serde_json::Value = post.send(&http)?.json()?;
    println!("posted: {}", status["url"].as_str().unwrap_or("(no URL)"));
    Ok(())
}

fn stored_or_new() -> Result<Login, BoxError> {
    match File::open(FILE) {
        Ok(file) => Ok(serde_json::from_reader(file)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let instance = std::env::args().nth(1).ok_or("the instance is missing")?;
            let app = RegisterApp::new(instance.parse()?, "example bot")?
                .scopes("read:accounts write:statuses".parse()?);
            Ok(Login::new(app, entropy()?))
        }
        Err(error) => Err(error.into()),
    }
}

struct Terminal;

impl Driver for Terminal {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        if let Some(problem) = step.problem {
            eprintln!("{problem}"); // a mistyped code, for example
        }
        println!("Open {} and paste the code:", step.url);
        let line = std::io::stdin().lines().next().ok_or("no input")??;
        Ok(line.into())
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        let mut file = NamedTempFile::new_in(".")?; // only its owner can read it
        serde_json::to_writer(&mut file, login)?;
        file.as_file().sync_all()?;
        file.persist(FILE)?; // at once, so that a reader finds the old contents or the new ones
        Ok(())
    }
}
