//! A bot that greets whoever mentions it, and its tests.

use gts_oauth_core::{
    Ask, BoxError, Entropy, Error, Exchange as _, Instance, Login, RegisterApp, Session, Transport,
};
use serde::Deserialize;

/// The bot, logged in.
pub(crate) struct Bot {
    session: Session,
    /// The last notification that it has seen to.
    seen: Option<String>,
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

impl Bot {
    pub(crate) fn log_in(
        http: &dyn Transport,
        instance: Instance,
        entropy: Entropy,
        ask: impl FnMut(Ask<'_>) -> Result<String, BoxError>,
    ) -> Result<Self, Error> {
        let register = RegisterApp::new(instance, "greeter")?;
        let scopes = "read:accounts read:notifications write:statuses".parse()?;
        let mut login = Login::new(register.scopes(scopes), entropy);
        let session = login.run(http, ask)?.session.clone();
        Ok(Self {
            session,
            seen: None,
        })
    }

    /// Leaves alone whoever has mentioned it before now.
    pub(crate) fn forget_the_past(&mut self, http: &dyn Transport) -> Result<(), Error> {
        if let Some(latest) = self.news(http)?.into_iter().next() {
            self.seen = Some(latest.id);
        }
        Ok(())
    }

    /// Greets everybody who has mentioned it since the last time; returns whom.
    pub(crate) fn greet(&mut self, http: &dyn Transport) -> Result<Vec<String>, Error> {
        let mut greeted = Vec::new();
        for notification in self.news(http)?.into_iter().rev() {
            if notification.kind == "mention" {
                self.say_hello(http, &notification.account.acct)?;
                greeted.push(notification.account.acct);
            }
            self.seen = Some(notification.id);
        }
        Ok(greeted)
    }

    /// The latest first.
    fn news(&self, http: &dyn Transport) -> Result<Vec<Notification>, Error> {
        let mut call = self.session.get("/api/v1/notifications")?;
        if let Some(seen) = &self.seen {
            call = call.query("since_id", seen)?;
        }
        call.send(http)?.json()
    }

    fn say_hello(&self, http: &dyn Transport, acct: &str) -> Result<(), Error> {
        let post = self.session.post("/api/v1/statuses")?;
        let post = post
            .form("status", &format!("Hello @{acct}!"))
            .form("visibility", "direct");
        post.send(http).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::Bot;
    use gts_oauth_core::Error;
    use gts_oauth_fake::{Asked, Fault, Server};

    #[test]
    fn asks_for_no_more_than_it_needs() {
        let server = Server::new(1);
        logged_in(&server);
        let scopes = server.asked()[0].field("scopes");
        let needed = "read:accounts read:notifications write:statuses";
        assert_eq!(scopes.as_deref(), Some(needed));
    }

    #[test]
    fn greets_whoever_mentions_it_in_their_order() {
        let server = Server::new(2);
        let mut bot = logged_in(&server);
        server.post("bob", "hello @greeter");
        server.post("carol", "and hello from me @greeter");
        assert_eq!(bot.greet(&server).unwrap(), ["bob", "carol"]);
        assert_eq!(posts(&server), ["Hello @bob!", "Hello @carol!"]);
    }

    #[test]
    fn greets_nobody_twice() {
        let server = Server::new(3);
        let mut bot = logged_in(&server);
        server.post("bob", "hello @greeter");
        bot.greet(&server).unwrap();
        assert!(bot.greet(&server).unwrap().is_empty());
    }

    #[test]
    fn leaves_the_past_alone() {
        let server = Server::new(7);
        let mut bot = logged_in(&server);
        server.post("bob", "hello @greeter");
        bot.forget_the_past(&server).unwrap();
        server.post("carol", "hello @greeter");
        assert_eq!(bot.greet(&server).unwrap(), ["carol"]);
    }

    #[test]
    fn greets_the_rest_later_when_the_server_has_trouble_in_between() {
        let server = Server::new(4);
        let mut bot = logged_in(&server);
        server.post("bob", "hello @greeter");
        server.fail(Fault::BadGateway.at("/api/v1/statuses"));
        assert!(bot.greet(&server).is_err());
        assert_eq!(bot.greet(&server).unwrap(), ["bob"]);
    }

    #[test]
    fn asks_again_for_a_mistyped_code_and_tells_why() {
        let server = Server::new(5);
        let greeter = server.person("greeter");
        let mut problems = Vec::new();
        let bot = Bot::log_in(&server, server.instance(), server.entropy(), |ask| {
            problems.push(ask.problem.map(ToString::to_string));
            match problems.len() {
                1 => Ok("mistyped".to_owned()),
                _ => greeter.allow(ask.url),
            }
        });
        assert!(bot.is_ok());
        assert_eq!(problems.len(), 2);
        assert!(problems[1].is_some());
    }

    #[test]
    fn says_so_when_the_token_was_taken_back() {
        let server = Server::new(6);
        let mut bot = logged_in(&server);
        server.revoke_all();
        match bot.greet(&server) {
            Err(Error::Refused(no)) => assert_eq!(no.status.unwrap(), 401),
            other => panic!("{other:?}"),
        }
    }

    fn logged_in(server: &Server) -> Bot {
        let greeter = server.person("greeter");
        let allow = |ask: gts_oauth_core::Ask<'_>| greeter.allow(ask.url);
        Bot::log_in(server, server.instance(), server.entropy(), allow).unwrap()
    }

    /// What the bot has posted. (What `Server::post` does is no request.)
    fn posts(server: &Server) -> Vec<String> {
        let of_a_post = |it: &Asked| it.path == "/api/v1/statuses";
        let asked = server.asked().into_iter().filter(of_a_post);
        asked.filter_map(|it| it.field("status")).collect()
    }
}
