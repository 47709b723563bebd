//! The problem of the last attempt: when it is shown, replaced and cleared.

use gts_oauth_core::{
    Callback, Error, Login, UserReply,
    error::{CallbackError, Operation},
};

use crate::recorded::{ALICE, APP_AGAIN, CODE, INVALID_CLIENT, NO_ROWS, TOKEN_READ, answer};
use crate::scenario::{
    At, Server, Silence, allowed, asks_again, at, by_redirect, callback, nobody, out_of_band,
    problem, state, told,
};

/// A login whose last code was rejected.
fn rejected() -> Login {
    let mut login = out_of_band().exchange();
    asks_again(&mut login, &answer(400, NO_ROWS));
    login
}

#[test]
fn first_attempt_has_no_problem() {
    for login in [out_of_band().authorize(), by_redirect().authorize()] {
        assert!(problem(&login).is_none());
    }
    assert!(problem(&out_of_band().given_app().authorize()).is_none());
}

#[test]
fn rejected_code_is_the_problem() {
    let login = rejected();
    let Some(Error::ErrorResponse(no)) = problem(&login) else {
        panic!("{:?}", problem(&login));
    };
    assert_eq!(no.operation, Operation::ExchangeCode);
    assert_eq!(no.code, "sql: no rows in result set");
}

#[test]
fn problem_survives_registering_again() {
    let mut login = out_of_band().exchange();
    login.handle_response(&answer(400, INVALID_CLIENT)).unwrap();
    assert_eq!(at(&login), At::Register);
    login.handle_response(&answer(200, APP_AGAIN)).unwrap();
    match problem(&login) {
        Some(Error::ErrorResponse(no)) => assert_eq!(no.code, "invalid_client"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn accepted_reply_clears_the_problem() {
    let mut login = out_of_band().exchange();
    login.handle_response(&answer(400, INVALID_CLIENT)).unwrap();
    login.handle_response(&answer(200, APP_AGAIN)).unwrap();
    login.handle_reply(CODE).unwrap();
    assert_eq!(at(&login), At::Exchange);
    // The next attempt is one without a failure before it.
    login.register_with(out_of_band().registration()).unwrap();
    login.handle_response(&out_of_band().app_answer()).unwrap();
    assert!(problem(&login).is_none());
}

#[test]
fn starting_over_clears_the_problem() {
    let mut login = rejected();
    login.handle_reply(UserReply::StartOver).unwrap();
    assert!(problem(&login).is_none());
}

#[test]
fn new_app_clears_the_problem() {
    let mut login = rejected();
    login.handle_reply(UserReply::NewApp).unwrap();
    login.handle_response(&answer(200, APP_AGAIN)).unwrap();
    assert!(problem(&login).is_none());
}

#[test]
fn later_problem_replaces_the_earlier_one() {
    let mut login = rejected();
    login.handle_reply("two words").unwrap();
    assert!(matches!(problem(&login), Some(Error::Input(_))));
    login.handle_reply(CODE).unwrap();
    asks_again(&mut login, &answer(400, NO_ROWS));
    assert!(matches!(problem(&login), Some(Error::ErrorResponse(_))));
}

#[test]
fn foreign_callback_keeps_the_problem() {
    let mut login = by_redirect().authorize();
    login.handle_reply("two words").unwrap();
    let forged = callback(&format!("code={CODE}&state=another"));
    let error = login.handle_reply(forged).unwrap_err();
    assert!(matches!(error, Error::Callback(CallbackError::WrongState)));
    assert!(matches!(problem(&login), Some(Error::Input(_))));
}

#[test]
fn problem_is_not_stored() {
    let login = rejected();
    let stored = serde_json::to_string(&login).unwrap();
    let back: Login = serde_json::from_str(&stored).unwrap();
    assert_eq!(told(&back), told(&login));
    assert!(problem(&back).is_none());
}

/// Runs a login whose user returns with this callback first, and then stops. Returns the problem
/// they were shown, and the two URLs.
fn run_with_callback(login: &mut Login, first: Callback) -> (Option<String>, [String; 2]) {
    let mut urls = Vec::new();
    let mut shown = None;
    let outcome = login.run(&Server::new([]), |step| {
        urls.push(step.url.to_owned());
        shown = step.problem.map(|problem| format!("{problem:?}"));
        match urls.len() {
            1 => Ok(first.clone().into()),
            _ => Err(Silence.into()),
        }
    });
    assert!(matches!(outcome, Err(Error::Prompt(_))));
    (shown, urls.try_into().unwrap())
}

#[test]
fn run_shows_a_callback_at_another_url() {
    let mut login = by_redirect().authorize();
    let url = format!("/elsewhere?code={CODE}&state={}", state(&login));
    let (shown, urls) = run_with_callback(&mut login, Callback::at_redirect_uri(&url).unwrap());
    assert_eq!(shown.as_deref(), Some("Callback(WrongRedirectUri)"));
    assert_eq!(urls[0], urls[1]);
    assert!(matches!(problem(&login), Some(Error::Callback(CallbackError::WrongRedirectUri))));
    // At the right place, the same code is accepted.
    let url = format!("/callback?code={CODE}&state={}", state(&login));
    let right = Callback::at_redirect_uri(&url).unwrap();
    login.handle_reply(right).unwrap();
    assert_eq!(at(&login), At::Exchange);
}

#[test]
fn run_shows_a_callback_of_another_login() {
    let mut login = by_redirect().authorize();
    let foreign = callback(&format!("code={CODE}&state=another"));
    let (shown, urls) = run_with_callback(&mut login, foreign);
    assert_eq!(shown.as_deref(), Some("Callback(WrongState)"));
    assert_eq!(urls[0], urls[1]);
}

#[test]
fn run_shows_a_denial_without_state() {
    let mut login = by_redirect().authorize();
    let (shown, urls) = run_with_callback(&mut login, callback("error=access_denied"));
    assert!(shown.unwrap().contains("access_denied"));
    assert_eq!(urls[0], urls[1]);
}

#[test]
fn problem_does_not_stop_a_later_run() {
    let mut login = by_redirect().authorize();
    login.handle_reply("two words").unwrap();
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    let server = Server::new([answer(200, TOKEN_READ), answer(200, ALICE)]);
    assert!(login.run(&server, nobody).is_ok());
}

#[test]
fn another_registration_clears_the_problem() {
    let mut login = by_redirect().authorize();
    let denied = format!("error=access_denied&state={}", state(&login));
    login.handle_reply(callback(&denied)).unwrap();
    assert!(problem(&login).is_some());
    login.register_with(by_redirect().registration()).unwrap();
    login.handle_response(&by_redirect().app_answer()).unwrap();
    assert!(problem(&login).is_none());
}
