//! A bot that posts a picture: it logs in with a browser, keeps its session alive, and logs in again
//! when it must.
//!
//! ```text
//! cargo add gts-oauth-prompt gts-oauth-ureq serde_json tempfile
//! cargo run --example bot -- INSTANCE PICTURE
//! ```
//!
//! `bot.json` has the login that is not finished, or the session: the next run goes on from there,
//! whenever the bot was killed. A picture of the same name is posted once, if the server honours
//! `Idempotency-Key` (Mastodon does for an hour).

use std::io::ErrorKind;
use std::{env, fs, time::SystemTime};

use gts_oauth_prompt::Loopback;
use gts_oauth_ureq::error::Remedy;
use gts_oauth_ureq::{
    AuthorizeStep, BoxError, Driver, Error, Login, RegisterApp, Session, Ureq, UserReply, entropy,
    renewal::RenewingSession, session::Multipart,
};
use serde_json::Value;

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), BoxError> {
    let argument = |number| env::args().nth(number).ok_or("usage: bot INSTANCE PICTURE");
    let app = RegisterApp::new(argument(1)?.parse()?, "example bot")?;
    let (app, file) = (app.scopes("read write".parse()?), argument(2)?);
    let picture = Multipart::new().text("description", "A picture of my own");
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default().escape_default().to_string();
    let picture = picture.file("file", &name, "image/png", fs::read(&file)?)?;
    let http = Ureq::new();
    let mut session = match stored()? {
        (_, Some(session)) => session,
        (Some(login), None) => log_in(login, &http)?,
        (None, None) => log_in(Login::new(app, entropy()?), &http)?,
    };
    let url = match post(&mut session, &picture, &name, &http) {
        Err(error) if matches!(error.remedy(), Remedy::SignIn | Remedy::RegisterApp) => {
            eprintln!("{error}");
            let login = Login::with_app(session.app().clone(), entropy()?).allow_reregistration();
            post(&mut log_in(login, &http)?, &picture, &name, &http)?
        }
        posted => posted?,
    };
    println!("posted: {url}");
    Ok(())
}

fn log_in(mut login: Login, http: &Ureq) -> Result<RenewingSession, BoxError> {
    let mut loopback = Loopback::for_login(&mut login)?; // prints a link to open
    let outcome = login.run_with(http, &mut Browser(&mut loopback));
    loopback.done(outcome.as_ref());
    let me = outcome?;
    let session = RenewingSession::new(me.app.clone(), me.session.clone())?;
    store(None, Some(&session))?;
    Ok(session)
}

struct Browser<'a>(&'a mut Loopback);

impl Driver for Browser<'_> {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.0.ask(step)
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        store(Some(login), None)
    }
}

type Posted = Result<Value, Error>;

/// Uploads the picture and posts it. A renewed session is stored before it is used.
fn post(session: &mut RenewingSession, picture: &Multipart, key: &str, http: &Ureq) -> Posted {
    let (app, now) = (session.app().clone(), SystemTime::now());
    let mut keep = |new: &Session, _old: &Session| {
        store(None, Some(&RenewingSession::new(app.clone(), new.clone())?))
    };
    let upload = session.current().post("/api/v1/media")?.multipart(picture.clone());
    let media: Value = session.send(&upload, http, now, &mut keep)?.json()?;
    let status = session.current().post("/api/v1/statuses")?.header("Idempotency-Key", key)?;
    let status = status.form("media_ids[]", media["id"].as_str().unwrap_or_default());
    // Direct and without a mention: on a real account, no other user sees it.
    let status = status.form("visibility", "direct").form("status", "I am a bot.");
    let posted: Value = session.send(&status, http, now, keep)?.json()?;
    Ok(posted["url"].clone())
}

/// A login that is not finished, or the session.
fn stored() -> Result<(Option<Login>, Option<RenewingSession>), BoxError> {
    match fs::read("bot.json") {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((None, None)),
        Err(error) => Err(error.into()),
    }
}

fn store(login: Option<&Login>, session: Option<&RenewingSession>) -> Result<(), BoxError> {
    let mut file = tempfile::NamedTempFile::new_in(".")?; // only its owner can read it
    serde_json::to_writer(&mut file, &(login, session))?;
    file.as_file().sync_all()?;
    file.persist("bot.json")?; // at once, so that a reader finds the old contents or the new ones
    Ok(())
}
