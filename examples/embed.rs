//! A bot that logs in once, keeps its session in a file, and reads its notifications.
//!
//! ```text
//! cargo run --example embed -- INSTANCE
//! ```
//!
//! The first run shows an address, and takes the code that the server shows there. It keeps the
//! login in `session.json`, at whatever step it is: killed at any moment, the next run goes on.

use std::fs::File;
use std::io::{BufRead as _, stdin};
use std::path::Path;

use gts_oauth_ureq::{BoxError, Exchange as _, Login, RegisterApp, Ureq, entropy};

fn main() -> Result<(), BoxError> {
    let instance = std::env::args().nth(1).ok_or("name an instance")?;
    let path = Path::new("session.json");
    let mut login = match File::open(path) {
        Ok(file) => serde_json::from_reader(file)?,
        Err(_) => {
            let register = RegisterApp::new(instance.parse()?, "example bot")?;
            Login::new(register.scopes("read write:statuses".parse()?), entropy()?)
        }
    };

    let http = Ureq::new();
    let me = login.run_and_store(
        &http,
        |ask| {
            if let Some(problem) = ask.problem {
                eprintln!("{problem}");
            }
            eprintln!("Open {}\nand paste the code here:", ask.url);
            Ok(stdin().lock().lines().next().ok_or("no code")??)
        },
        |login| store(path, login),
    )?;

    let reply = me
        .session
        .get("/api/v1/notifications")?
        .query("limit", "5")?
        .send(&http)?;
    let notifications: Vec<serde_json::Value> = reply.json()?;
    for notification in notifications {
        println!("{} {}", notification["created_at"], notification["type"]);
    }
    Ok(())
}

/// The file holds secrets: where others use the machine too, make it readable to you alone, as
/// `gts-oauth` does.
fn store(path: &Path, login: &Login) -> Result<(), BoxError> {
    let unfinished = path.with_extension("new");
    serde_json::to_writer(File::create(&unfinished)?, login)?;
    Ok(std::fs::rename(unfinished, path)?)
}
