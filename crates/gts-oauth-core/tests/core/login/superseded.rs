//! Sessions that a login obtained and did not end with: they must stay revocable.

use gts_oauth_core::{Exchange, Login, UserReply};

use crate::recorded::{ALICE, OTHER_CODE, TOKEN, TOKEN_READ, TOKEN_STATUSES, answer};
use crate::scenario::{allowed, asks_again, by_redirect, logged_in, out_of_band};

fn bob() -> String {
    ALICE.replace("alice", "bob")
}

/// A login that expects Bob, and that Alice signed in to first.
fn after_alice() -> Login {
    let mut login = by_redirect().expecting("bob").exchange();
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    asks_again(&mut login, &answer(200, ALICE));
    login
}

#[test]
fn finished_login_has_its_superseded_sessions() {
    let mut login = after_alice();
    let reply = allowed(&login, OTHER_CODE);
    login.handle_reply(reply).unwrap();
    login.handle_response(&by_redirect().token_answer()).unwrap();
    login.handle_response(&answer(200, bob())).unwrap();
    let me = logged_in(&login);
    let [(app, session)] = &me.superseded_sessions[..] else {
        panic!("{:?}", me.superseded_sessions);
    };
    assert_eq!(session.access_token().expose(), TOKEN);
    assert_ne!(me.session.access_token().expose(), TOKEN);
    assert_eq!(login.superseded_sessions(), me.superseded_sessions);
    // The app that obtained it can revoke it.
    let revoke = app.revoke(session).unwrap().request();
    let body = String::from_utf8(revoke.into_body()).unwrap();
    assert!(body.contains(&format!("token={TOKEN}")), "{body}");
}

#[test]
fn superseded_session_is_readable_until_there_is_another() {
    let login = after_alice();
    let [(app, session)] = login.superseded_sessions() else {
        panic!("{login:?}");
    };
    assert_eq!(login.session(), Some((app, session)));
}

#[test]
fn starting_over_supersedes_the_session() {
    for reply in [UserReply::StartOver, UserReply::NewApp] {
        let mut login = out_of_band().verify();
        assert!(login.superseded_sessions().is_empty());
        login.handle_reply(reply).unwrap();
        let [(_, session)] = login.superseded_sessions() else {
            panic!("{login:?}");
        };
        assert_eq!(session.access_token().expose(), TOKEN);
    }
}

#[test]
fn other_registration_supersedes_the_session() {
    let mut login = out_of_band().verify();
    login.register_with(by_redirect().registration()).unwrap();
    assert_eq!(login.superseded_sessions().len(), 1);
    let (app, session) = &login.superseded_sessions()[0];
    assert_eq!(app, &out_of_band().app());
    assert_eq!(session.access_token().expose(), TOKEN);
}

#[test]
fn superseded_sessions_are_in_their_order() {
    let mut login = after_alice();
    let reply = allowed(&login, OTHER_CODE);
    login.handle_reply(reply).unwrap();
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    asks_again(&mut login, &answer(200, ALICE));
    let tokens = login.superseded_sessions().iter();
    let tokens: Vec<_> = tokens.map(|(_, it)| it.access_token().expose()).collect();
    assert_eq!(tokens.len(), 2);
    assert_eq!(tokens[0], TOKEN);
    assert!(TOKEN_STATUSES.contains(tokens[1]));
}

#[test]
fn finished_login_without_them_has_none() {
    let login = out_of_band().done();
    assert!(login.superseded_sessions().is_empty());
    assert!(logged_in(&login).superseded_sessions.is_empty());
}
