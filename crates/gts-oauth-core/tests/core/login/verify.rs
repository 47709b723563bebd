//! Asking whose token it is: what ends the login, what leads back to the person, and that the
//! token stays readable throughout.

use gts_oauth_core::{Error, Login, error::UnexpectedReason};

use crate::recorded::{
    ALICE, Answer, NOT_FOUND, OTHER_CODE, PAGE, SCOPE_REFUSED, SERVER_FAULT, TOKEN, TOKEN_READ,
    TOKEN_READ_WRITE, TOKEN_REFUSED, TOKEN_STATUSES, answer, rate_limited, throttled,
};
use crate::scenario::{
    At, Scenario, allowed, asks_again, at, by_redirect, field, logged_in, out_of_band,
    rejected_once, state, stays, stays_without_an_answer,
};

/// The answer neither moves the login nor costs it the token, with or without an expectation.
fn stays_and_keeps_the_token(answer: &Answer) {
    for scenario in [out_of_band(), out_of_band().expecting("alice")] {
        let mut login = scenario.verify();
        stays(&mut login, answer);
        assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
    }
}

#[test]
fn an_account_ends_the_login() {
    let mut login = out_of_band().verify();
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(at(&login), At::Done);
    let logged_in = logged_in(&login);
    let account = logged_in.account.as_ref().unwrap();
    assert_eq!(account.username(), "alice");
    assert_eq!(account.id(), "015JSQDQQAWFF3PB5M4C9KAZN3");
    assert_eq!(logged_in.session.access_token().expose(), TOKEN);
    assert_eq!(logged_in.app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert!(logged_in.missing_scopes.is_empty());
}

#[test]
fn scopes_that_were_asked_for_and_not_granted_are_told() {
    let mut login = by_redirect().exchange();
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(logged_in(&login).missing_scopes.to_string(), "write");
}

#[test]
fn verify_403_without_expectation_is_done_with_no_account_and_the_scopes_told() {
    let mut login = out_of_band().exchange();
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    login.handle_response(&answer(403, SCOPE_REFUSED)).unwrap();
    let logged_in = logged_in(&login);
    assert_eq!(logged_in.account, None);
    assert_eq!(logged_in.missing_scopes.to_string(), "read");
    assert_eq!(logged_in.session.scopes().to_string(), "read:statuses");
}

#[test]
fn verify_403_with_an_expected_account_is_an_error_and_stays() {
    let mut login = out_of_band().expecting("alice").verify();
    let error = stays(&mut login, &answer(403, SCOPE_REFUSED));
    assert!(matches!(error, Error::ErrorResponse(_)), "{error:?}");
    assert!(error.to_string().contains("read:accounts"), "{error}");
    assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
}

#[test]
fn verify_404_is_no_rejection() {
    stays_and_keeps_the_token(&answer(404, NOT_FOUND));
    stays_and_keeps_the_token(&answer(404, ""));
}

#[test]
fn verify_without_an_answer_stays() {
    let mut login = out_of_band().verify();
    stays_without_an_answer(&mut login);
    assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
}

#[test]
fn verify_429_stays() {
    stays_and_keeps_the_token(&rate_limited());
    stays_and_keeps_the_token(&throttled(429));
}

#[test]
fn verify_5xx_stays() {
    stays_and_keeps_the_token(&answer(500, SERVER_FAULT));
    stays_and_keeps_the_token(&answer(500, ""));
    stays_and_keeps_the_token(&throttled(503));
}

#[test]
fn verify_answered_with_a_web_page_stays_403_included() {
    for status in [200, 403, 404, 502] {
        stays_and_keeps_the_token(&answer(status, PAGE));
    }
}

#[test]
fn verify_answered_with_half_an_account_stays() {
    stays_and_keeps_the_token(&answer(200, &ALICE[..ALICE.len() / 2]));
    stays_and_keeps_the_token(&answer(200, "{}"));
    let error = stays(&mut out_of_band().verify(), &answer(200, ""));
    assert!(
        matches!(error, Error::UnexpectedResponse(odd) if odd.reason == UnexpectedReason::Empty)
    );
}

#[test]
fn login_ends_after_other_errors() {
    let mut login = out_of_band().verify();
    rejected_once(&mut login, &answer(401, TOKEN_REFUSED));
    stays(&mut login, &answer(502, PAGE));
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(at(&login), At::Done);
}

#[test]
fn the_expected_account_ends_the_login() {
    let mut login = out_of_band().expecting("@alice@example.org").verify();
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(at(&login), At::Done);
}

#[test]
fn a_wrong_account_leads_to_authorize_with_force_login_and_keeps_the_token() {
    for scenario in [out_of_band(), by_redirect()] {
        let mut login = scenario.expecting("bob").verify();
        let session = |login: &Login| {
            let (app, session) = login.session().unwrap();
            (app.clone(), session.clone())
        };
        let before = session(&login);
        match asks_again(&mut login, &answer(200, ALICE)) {
            Error::WrongAccount(wrong) => {
                assert_eq!(wrong.expected, "@bob");
                assert_eq!(wrong.actual, "@alice@example.org");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
        assert_ne!(state(&login), state(&scenario.authorize()));
        assert_eq!(session(&login), before, "the token was lost");
    }
}

#[test]
fn wrong_account_with_the_token_as_name_is_redacted() {
    let mut login = out_of_band().expecting("bob").verify();
    let problem = asks_again(&mut login, &answer(200, ALICE.replace("alice", TOKEN)));
    let shown = format!("{problem} {problem:?}");
    assert!(shown.contains("@[secret]@example.org"), "{shown}");
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[test]
fn before_a_wrong_account_nobody_is_forced_to_log_in_again() {
    assert_eq!(field(&out_of_band().authorize(), "force_login"), None);
}

#[test]
fn after_a_wrong_account_the_right_one_ends_the_login_with_its_own_token() {
    let mut login = strayed(by_redirect().expecting("bob"));
    login.handle_response(&answer(200, TOKEN_READ_WRITE)).unwrap();
    let bob = ALICE.replace("alice", "bob");
    login.handle_response(&answer(200, &bob)).unwrap();
    let logged_in = logged_in(&login);
    assert_eq!(logged_in.account.as_ref().unwrap().username(), "bob");
    let newer = logged_in.session.access_token();
    assert_ne!(newer.expose(), TOKEN);
    assert_eq!(login.session(), Some((&logged_in.app, &logged_in.session)));
}

#[test]
fn after_a_wrong_account_its_token_stays_readable_until_there_is_another() {
    let mut login = strayed(out_of_band().expecting("bob"));
    assert_eq!(login.session().unwrap().1.access_token().expose(), TOKEN);
    login.handle_response(&answer(200, TOKEN_STATUSES)).unwrap();
    assert_ne!(login.session().unwrap().1.access_token().expose(), TOKEN);
}

/// A login that took the wrong account once, and now has another code.
fn strayed(scenario: Scenario) -> Login {
    let mut login = scenario.exchange();
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    asks_again(&mut login, &answer(200, ALICE));
    let reply = allowed(&login, OTHER_CODE);
    login.handle_reply(reply).unwrap();
    login
}
