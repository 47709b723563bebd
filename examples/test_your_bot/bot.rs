//! A bot that greets every account that mentions it.

use gts_oauth_core::{
    Entropy, Error, Exchange as _, Instance, Login, RegisterApp, Session, Transport,
};
use serde::Deserialize;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The bot, logged in.
#[derive(Debug)]
pub struct Bot {
    session: Session,
    /// The last handled notification.
    last: Option<String>,
}

#[derive(Deserialize)]
struct Notification {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    account: Author,
}

#[derive(Deserialize)]
struct Author {
    acct: String,
}

/// A login with the scopes that the bot needs.
///
/// # Errors
/// None: the name and the scopes are valid.
pub fn login(instance: Instance, entropy: Entropy) -> Result<Login, Error> {
    let scopes = "read:accounts read:notifications write:statuses".parse()?;
    let app = RegisterApp::new(instance, "greeter")?.scopes(scopes);
    Ok(Login::new(app, entropy))
}

impl Bot {
    /// A bot with this session.
    pub fn new(session: Session) -> Self {
        Self { session, last: None }
    }

    /// Ignores the notifications so far.
    ///
    /// # Errors
    /// As [`Exchange::send`](gts_oauth_core::Exchange::send).
    pub fn skip_old(&mut self, http: &dyn Transport) -> Result<(), Error> {
        if let Some(latest) = self.notifications(http)?.into_iter().next() {
            self.last = Some(latest.id);
        }
        Ok(())
    }

    /// Greets each account that mentioned the bot since the last call, and returns their names.
    ///
    /// # Errors
    /// As [`Exchange::send`](gts_oauth_core::Exchange::send). The next call continues with the
    /// account that was not greeted.
    pub fn greet(&mut self, http: &dyn Transport) -> Result<Vec<String>, Error> {
        let mut greeted = Vec::new();
        for notification in self.notifications(http)?.into_iter().rev() {
            if notification.kind == "mention" {
                self.post(http, &format!("Hello @{}!", notification.account.acct))?;
                greeted.push(notification.account.acct);
            }
            self.last = Some(notification.id);
        }
        Ok(greeted)
    }

    /// The new notifications, the latest first.
    fn notifications(&self, http: &dyn Transport) -> Result<Vec<Notification>, Error> {
        let mut call = self.session.get("/api/v1/notifications")?;
        if let Some(last) = &self.last {
            call = call.query("since_id", last)?;
        }
        call.send(http)?.json()
    }

    fn post(&self, http: &dyn Transport, status: &str) -> Result<(), Error> {
        let post = self.session.post("/api/v1/statuses")?;
        let post = post.form("status", status).form("visibility", "direct");
        post.send(http).map(drop)
    }
}
