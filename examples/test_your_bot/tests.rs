//! The bot's tests: no network, no real server, no waiting.

use gts_oauth_core::Error;
use gts_oauth_fake::{Fault, RecordedRequest, Server};

use crate::bot::{self, Bot};

#[test]
fn requests_only_the_scopes_that_it_needs() {
    let server = Server::new(1);
    logged_in(&server);
    let requests = server.requests();
    let mut registrations = requests.iter().filter(|it| it.path == "/api/v1/apps");
    let scopes = registrations.next().unwrap().field("scopes");
    let needed = "read:accounts read:notifications write:statuses";
    assert_eq!(scopes.as_deref(), Some(needed));
}

#[test]
fn greets_mentions_in_their_order() {
    let server = Server::new(2);
    let mut bot = logged_in(&server);
    server.post("bob", "hello @greeter");
    server.post("carol", "and hello from me @greeter");
    assert_eq!(bot.greet(&server).unwrap(), ["bob", "carol"]);
    assert_eq!(posts(&server), ["Hello @bob!", "Hello @carol!"]);
}

#[test]
fn greets_a_mention_once() {
    let server = Server::new(3);
    let mut bot = Bot::new(server.session("greeter", "read write"));
    server.post("bob", "hello @greeter");
    bot.greet(&server).unwrap();
    assert!(bot.greet(&server).unwrap().is_empty());
}

#[test]
fn ignores_old_mentions() {
    let server = Server::new(7);
    let mut bot = Bot::new(server.session("greeter", "read write"));
    server.post("bob", "hello @greeter");
    bot.skip_old(&server).unwrap();
    server.post("carol", "hello @greeter");
    assert_eq!(bot.greet(&server).unwrap(), ["carol"]);
}

#[test]
fn continues_after_a_server_error() {
    let server = Server::new(4);
    let mut bot = Bot::new(server.session("greeter", "read write"));
    server.post("bob", "hello @greeter");
    server.fail(Fault::BadGateway.at("/api/v1/statuses"));
    assert!(bot.greet(&server).is_err());
    assert_eq!(bot.greet(&server).unwrap(), ["bob"]);
}

#[test]
fn a_mistyped_code_can_be_typed_again() {
    let server = Server::new(5);
    let greeter = server.account("greeter");
    let mut problems = Vec::new();
    let mut login = bot::login(server.instance(), server.entropy()).unwrap();
    let me = login.run(&server, |step| {
        problems.push(step.problem.map(ToString::to_string));
        match problems.len() {
            1 => Ok("mistyped".into()),
            _ => greeter.allow(step.url),
        }
    });
    assert!(me.is_ok());
    assert_eq!(problems.len(), 2);
    assert!(problems[1].is_some());
}

#[test]
fn returns_401_if_the_token_was_revoked() {
    let server = Server::new(6);
    let mut bot = Bot::new(server.session("greeter", "read write"));
    server.revoke_all();
    match bot.greet(&server) {
        Err(Error::ErrorResponse(response)) => assert_eq!(response.status.unwrap(), 401),
        other => panic!("{other:?}"),
    }
}

/// The bot after a whole login, with the scopes that it requests.
fn logged_in(server: &Server) -> Bot {
    let greeter = server.account("greeter");
    let mut login = bot::login(server.instance(), server.entropy()).unwrap();
    let me = login.run(server, |step| greeter.allow(step.url)).unwrap();
    Bot::new(me.session.clone())
}

/// What the bot has posted. `Server::post` is not recorded as a request.
fn posts(server: &Server) -> Vec<String> {
    let is_post = |it: &RecordedRequest| it.path == "/api/v1/statuses";
    let requests = server.requests().into_iter().filter(is_post);
    requests.filter_map(|it| it.field("status")).collect()
}
