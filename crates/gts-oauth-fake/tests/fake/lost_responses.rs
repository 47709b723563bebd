//! Lost responses, and apps that the server deleted.

use gts_oauth_core::error::Operation;
use gts_oauth_core::{Error, Exchange, UserReply};
use gts_oauth_fake::{Dialect, Fault, Server};

use crate::sample::{alice, app, login, login_by_redirect, speaking, waiting};

/// The number of requests to this path.
fn count(server: &Server, path: &str) -> usize {
    let asked = server.requests();
    asked.iter().filter(|asked| asked.path == path).count()
}

#[test]
fn a_code_whose_answer_was_lost_is_spent_and_leads_back_to_the_person() {
    for make in [login, login_by_redirect] {
        let server = Server::new(7);
        let alice = server.account("alice");
        let (mut login, address) = waiting(&server, make(&server));
        login.handle_reply(alice.visit(&address).unwrap()).unwrap();
        server.fail(Fault::LostResponse.at("/oauth/token"));
        let lost = login.run(&server, |_| unreachable!("the code is there"));
        assert!(matches!(lost, Err(Error::Transport(..))), "{lost:?}");
        assert_eq!(login.operation(), Operation::ExchangeCode);

        let stop = login.run(&server, |ask| {
            match ask.problem {
                Some(Error::ErrorResponse(no)) => assert_eq!(no.code, "sql: no rows in result set"),
                other => panic!("the code must be refused: {other:?}"),
            }
            Err("not now".into())
        });
        assert!(matches!(stop, Err(Error::Prompt(_))), "{stop:?}");
        assert_eq!(login.operation(), Operation::Authorize);
        assert_eq!(count(&server, "/oauth/token"), 2);
    }
}

#[test]
fn an_app_that_mastodon_forgot_is_registered_again_by_itself() {
    for dialect in [Dialect::Mastodon, Dialect::Strict] {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let (mut login, address) = waiting(&server, login(&server));
        let dead = app(&login).unwrap();
        login.handle_reply(alice.visit(&address).unwrap()).unwrap();
        server.forget_apps();
        let done = login.run(&server, |ask| {
            match ask.problem {
                Some(Error::ErrorResponse(no)) => assert_eq!(no.code, "invalid_client"),
                other => panic!("the app must be unknown: {other:?}"),
            }
            alice.allow(ask.url)
        });
        assert_ne!(done.unwrap().app, dead, "{dialect:?}");
        assert_eq!(count(&server, "/api/v1/apps"), 2, "{dialect:?}");
    }
}

#[test]
fn an_app_that_gotosocial_forgot_looks_like_a_dead_code() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (mut login, address) = waiting(&server, login(&server));
    login.handle_reply(alice.visit(&address).unwrap()).unwrap();
    server.forget_apps();
    let stop = login.run(&server, |ask| {
        let told = ask.problem.unwrap().to_string();
        assert!(told.contains("sql: no rows"), "{told}");
        assert!(told.contains("register a new app"), "{told}");
        alice.allow(ask.url)
    });
    // The page does not know the app either.
    assert!(matches!(stop, Err(Error::Prompt(_))), "{stop:?}");
    login.handle_reply(UserReply::NewApp).unwrap();
    login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    assert_eq!(count(&server, "/api/v1/apps"), 2);
}

#[test]
fn tokens_outlive_their_app_when_it_is_forgotten() {
    let server = Server::new(7);
    let me = alice(&server);
    server.forget_apps();
    me.session.verify().send(&server).unwrap();
}

#[test]
fn all_tokens_are_void_once_the_person_took_the_app_out() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let me = alice(&server);
        me.session.verify().send(&server).unwrap();
        server.revoke_all();
        let outcome = me.session.verify().send(&server);
        assert!(outcome.is_err(), "{dialect:?}");
        if dialect == gts_oauth_fake::Dialect::Sharkey {
            continue;
        }
        // The app still exists: it gets another token.
        let person = server.account("alice");
        let mut again = gts_oauth_core::Login::with_app(me.app, server.entropy());
        again.run(&server, |ask| person.allow(ask.url)).unwrap();
    }
}
