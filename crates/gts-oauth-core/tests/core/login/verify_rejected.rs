//! Rejected tokens at verification: the first time might be a replica that lags behind, the second
//! time the user is asked again.

use std::time::Duration;

use gts_oauth_core::error::{Cause, Remedy};
use gts_oauth_core::{
    BoxError, Driver, Error, Login, UserReply, login::AuthorizeStep, types::Retry,
};

use crate::recorded::{
    ALICE, Answer, CODE, OTHER_CODE, PAGE, SERVER_FAULT, TOKEN, TOKEN_READ, TOKEN_REFUSED,
    TOKEN_STATUSES, answer, rate_limited, throttled,
};
use crate::sample::with;
use crate::scenario::{
    At, Server, allowed, asks_again, at, by_redirect, logged_in, out_of_band, problem,
    rejected_once, state, stays, stays_without_an_answer,
};
use crate::types::stored::{by_json, by_postcard};

/// How servers reject an unknown token.
fn rejections() -> [Answer; 7] {
    [
        answer(401, TOKEN_REFUSED),
        answer(401, ""),
        answer(400, "Invalid Bearer token"),
        answer(403, r#"{"error":"Invalid credentials."}"#),
        answer(422, ""),
        answer(422, r#"{"error":"This method requires an authenticated user"}"#),
        answer(500, r#"{"error":"Unauthenticated."}"#),
    ]
}

fn assert_keeps_the_token(login: &Login) {
    assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
}

#[test]
fn first_rejection_is_an_error_and_stays() {
    for rejection in rejections() {
        for scenario in [out_of_band(), out_of_band().expecting("alice")] {
            let mut login = scenario.verify();
            let error = rejected_once(&mut login, &rejection);
            assert_eq!(error.remedy(), Remedy::Retry);
            assert_eq!(error.retry(), Some(Retry::After(Duration::from_secs(1))));
            assert!(error.to_string().contains("only after a second or two"), "{error}");
            assert_keeps_the_token(&login);
            login.handle_response(&answer(200, ALICE)).unwrap();
            assert_eq!(at(&login), At::Done);
        }
    }
}

#[test]
fn second_rejection_asks_again() {
    for rejection in rejections() {
        for scenario in [out_of_band(), by_redirect(), out_of_band().expecting("alice")] {
            let mut login = scenario.verify();
            let session = login.session().unwrap().1.clone();
            rejected_once(&mut login, &rejection);
            let problem = asks_again(&mut login, &rejection);
            assert_eq!(problem.cause(), Cause::TokenRejected, "{problem}");
            assert_ne!(state(&login), state(&scenario.authorize()), "a new attempt");
            let [(_, superseded)] = login.superseded_sessions() else { panic!("one session") };
            assert_eq!(*superseded, session);
        }
    }
}

#[test]
fn new_attempt_ends_with_its_own_token() {
    let mut login = twice_rejected();
    let reply = allowed(&login, OTHER_CODE);
    login.handle_reply(reply).unwrap();
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    let me = logged_in(&login);
    assert_ne!(me.session.access_token().expose(), TOKEN);
    let [(_, superseded)] = &me.superseded_sessions[..] else { panic!("one session") };
    assert_eq!(superseded.access_token().expose(), TOKEN);
}

fn twice_rejected() -> Login {
    let mut login = out_of_band().verify();
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
    asks_again(&mut login, &answer(401, TOKEN_REFUSED));
    login
}

#[test]
fn rejection_is_counted_per_token() {
    let next_token = |login: &mut Login| {
        let reply = allowed(login, OTHER_CODE);
        login.handle_reply(reply).unwrap();
        login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    };
    let mut login = twice_rejected();
    next_token(&mut login);
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));

    let mut login = out_of_band().verify();
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
    login.handle_reply(UserReply::StartOver).unwrap();
    next_token(&mut login);
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
}

#[test]
fn rejection_is_stored() {
    for reload in [by_json::<Login>, by_postcard::<Login>] {
        let mut login = reload(&out_of_band().verify());
        rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
        let mut login = reload(&login);
        asks_again(&mut login, &answer(401, TOKEN_REFUSED));
        let mut login = reload(&login);
        assert_eq!(login.superseded_sessions().len(), 1);
        let reply = allowed(&login, CODE);
        login.handle_reply(reply).unwrap();
        let mut login = reload(&login);
        login.handle_response(&answer(200, TOKEN_READ)).unwrap();
        rejected_once(&mut reload(&login), &answer(401, TOKEN_REFUSED));
    }
}

#[test]
fn responses_without_evidence_never_count() {
    let mut login = out_of_band().verify();
    let no_evidence = |login: &mut Login| {
        for status in [200, 401, 403, 404, 500, 502] {
            stays(login, &answer(status, PAGE));
        }
        for response in [
            rate_limited(),
            throttled(429),
            throttled(503),
            answer(500, SERVER_FAULT),
            answer(500, ""),
            answer(404, ""),
            answer(403, ""),
            answer(403, "error code: 1020"),
        ] {
            stays(login, &response);
        }
        stays_without_an_answer(login);
    };
    no_evidence(&mut login);
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
    no_evidence(&mut login);
    assert_keeps_the_token(&login);
    asks_again(&mut login, &answer(401, TOKEN_REFUSED));
}

/// A driver that retries as errors advise, and pastes codes.
#[derive(Default)]
struct Patient {
    waits: Vec<Option<Retry>>,
    problems: Vec<Option<Cause>>,
    stored: Vec<u64>,
}

impl Driver for Patient {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        self.problems.push(step.problem.map(Error::cause));
        Ok(CODE.into())
    }

    fn store(&mut self, login: &Login) -> Result<(), BoxError> {
        self.stored.push(login.revision());
        Ok(())
    }

    fn should_retry(&mut self, _: &Login, error: &Error, _: u32) -> bool {
        self.waits.push(error.retry());
        error.remedy() == Remedy::Retry
    }
}

#[test]
fn patient_driver_verifies_twice() {
    let server = Server::new([answer(401, TOKEN_REFUSED), answer(200, ALICE)]);
    let (mut login, mut driver) = (out_of_band().verify(), Patient::default());
    login.run_with(&server, &mut driver).unwrap();
    assert_eq!(server.asked().len(), 2);
    assert_eq!(driver.waits, [Some(Retry::After(Duration::from_secs(1)))]);
    assert!(driver.problems.is_empty());
    // Before the first request, after the rejection, and at the end.
    assert_eq!(driver.stored.len(), 3);
}

#[test]
fn patient_driver_asks_after_two_rejections() {
    let server = Server::new([
        answer(401, TOKEN_REFUSED),
        answer(401, TOKEN_REFUSED),
        answer(200, TOKEN_STATUSES),
        answer(200, ALICE),
    ]);
    let (mut login, mut driver) = (out_of_band().verify(), Patient::default());
    let me = login.run_with(&server, &mut driver).unwrap();
    assert_eq!(me.superseded_sessions.len(), 1);
    assert_eq!(driver.problems, [Some(Cause::TokenRejected)]);
    assert_eq!(driver.waits.len(), 1);
}

#[test]
fn run_verifies_twice_and_asks_the_user() {
    let mut login = out_of_band().verify();
    let server = Server::new([
        answer(401, TOKEN_REFUSED),
        answer(401, TOKEN_REFUSED),
        answer(200, TOKEN_STATUSES),
        answer(200, ALICE),
    ]);
    let mut asked = 0;
    let ask = |step: AuthorizeStep<'_>| {
        asked += 1;
        assert_eq!(step.problem.map(Error::cause), Some(Cause::TokenRejected));
        Ok(CODE.into())
    };
    login.run(&server, ask).unwrap();
    assert_eq!(asked, 1);
}

#[test]
fn same_token_of_another_attempt_is_not_superseded() {
    let mut login = twice_rejected();
    let reply = allowed(&login, OTHER_CODE);
    login.handle_reply(reply).unwrap();
    // As Mastodon responds for the same app, account and scopes.
    login.handle_response(&out_of_band().token_answer()).unwrap();
    assert!(login.superseded_sessions().is_empty());
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert!(logged_in(&login).superseded_sessions.is_empty());
}

#[test]
fn rejection_without_a_known_text_is_no_evidence() {
    for response in [
        answer(403, r#"{"error":"Access denied by policy"}"#),
        answer(403, "error code: 1020"),
        answer(400, "Client sent an HTTP request to an HTTPS server."),
        with(answer(401, ""), "www-authenticate", "Basic realm=\"proxy\""),
    ] {
        let mut login = out_of_band().verify();
        let error = stays(&mut login, &response);
        assert_ne!(error.cause(), Cause::NewTokenRejected, "{error}");
    }
}

#[test]
fn unusable_account_is_an_error_and_stays() {
    for text in [
        "Your login is missing a confirmed e-mail address",
        "Your login is currently pending approval",
        "Your login is currently disabled",
    ] {
        let response = answer(403, format!(r#"{{"error":"{text}"}}"#));
        for scenario in [out_of_band(), out_of_band().expecting("alice")] {
            let mut login = scenario.verify();
            for _ in 0..3 {
                let error = stays(&mut login, &response);
                let meaning = (error.cause(), error.remedy());
                assert_eq!(meaning, (Cause::AccountUnusable, Remedy::GiveUp));
                assert!(error.to_string().contains(text), "{error}");
                assert_keeps_the_token(&login);
            }
            // Once its user has confirmed it.
            login.handle_response(&answer(200, ALICE)).unwrap();
            assert_eq!(at(&login), At::Done);
        }
    }
}

#[test]
fn missing_scope_by_grant_ends_the_login() {
    let mut login = out_of_band().exchange();
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    login.handle_response(&answer(403, r#"{"error":""}"#)).unwrap();
    assert_eq!(logged_in(&login).account, None);
}

#[test]
fn problem_of_a_rejected_token_is_shown() {
    let login = twice_rejected();
    let text = problem(&login).unwrap().to_string();
    assert!(text.starts_with("account verification failed: 401 Unauthorized"), "{text}");
    assert!(text.ends_with("The token is invalid, expired or revoked. Log in again."), "{text}");
}
