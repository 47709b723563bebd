//! Asking the person: which replies are taken, which are refused, and whether the attempt
//! outlives them.

use gts_oauth_core::{
    Callback, Error, Login, UserReply,
    error::{CallbackError, CallbackParameter, ErrorResponse},
};

use crate::recorded::{ALICE, CODE, OTHER_CODE, answer};
use crate::scenario::{
    At, allowed, asks_again, at, by_redirect, callback, field, out_of_band, problem, state, told,
};

/// The error of a reply that changes nothing: the same address is still to be visited.
fn lives_on(login: &mut Login, reply: impl Into<UserReply>) -> Error {
    let (before, revision) = (told(login), login.revision());
    let error = login.handle_reply(reply).unwrap_err();
    assert_eq!(told(login), before, "the attempt ended");
    assert_eq!(login.revision(), revision, "the revision moved");
    error
}

/// The problem of a pasted text that changes nothing else: the same address is still to be visited.
fn asked_again(login: &mut Login, text: impl Into<String>) -> &Error {
    let (before, revision) = (told(login), login.revision());
    login.handle_reply(UserReply::Pasted(text.into())).unwrap();
    assert_eq!(told(login), before, "the attempt ended");
    assert_eq!(login.revision(), revision, "the revision moved");
    problem(login).expect("a problem")
}

/// The problem of a reply that ended the attempt: another one waits for the person.
fn starts_afresh(login: &mut Login, reply: impl Into<UserReply>) -> &Error {
    let (state_before, revision) = (state(login), login.revision());
    let challenge_before = field(login, "code_challenge");
    login.handle_reply(reply).unwrap();
    assert_eq!(at(login), At::Authorize);
    assert_ne!(state(login), state_before);
    assert_ne!(field(login, "code_challenge"), challenge_before);
    assert!(login.revision() > revision, "the revision stayed");
    problem(login).expect("a problem")
}

fn refused(error: &Error) -> &ErrorResponse {
    match error {
        Error::ErrorResponse(refused) => refused,
        other => panic!("{other:?}"),
    }
}

fn redirect_fault(error: &Error) -> CallbackError {
    match error {
        Error::Callback(fault) => *fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_with_our_state_is_exchanged() {
    let mut login = by_redirect().authorize();
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    assert_eq!(at(&login), At::Exchange);
    assert_eq!(field(&login, "code").as_deref(), Some(CODE));
}

#[test]
fn a_pasted_address_with_our_state_is_exchanged() {
    let mut login = by_redirect().authorize();
    let state = state(&login);
    let pasted = format!("http://127.0.0.1:7777/callback?code={CODE}&state={state}");
    login.handle_reply(pasted).unwrap();
    assert_eq!(field(&login, "code").as_deref(), Some(CODE));
}

#[test]
fn a_bare_code_is_taken_out_of_band() {
    for text in [CODE, &format!("  “{CODE}”\n")] {
        let mut login = out_of_band().authorize();
        login.handle_reply(text).unwrap();
        assert_eq!(field(&login, "code").as_deref(), Some(CODE));
    }
}

#[test]
fn a_bare_code_is_not_taken_where_a_redirect_was_asked_for() {
    let mut login = by_redirect().authorize();
    let error = asked_again(&mut login, CODE);
    assert!(matches!(error, Error::Input(_)), "{error:?}");
}

#[test]
fn text_that_is_no_code_is_an_input_error_and_the_attempt_lives_on() {
    let mut login = out_of_band().authorize();
    for text in ["", " \n", "two words", "\u{200b}"] {
        let error = asked_again(&mut login, text);
        assert!(matches!(error, Error::Input(_)), "{text:?}: {error:?}");
    }
}

#[test]
fn the_address_itself_pasted_back_is_told_from_a_reply() {
    for mut login in [out_of_band().authorize(), by_redirect().authorize()] {
        let url = login.pending().unwrap().url().to_owned();
        let error = asked_again(&mut login, &url);
        assert_eq!(redirect_fault(error), CallbackError::AuthorizationUrl);
    }
}

#[test]
fn pasted_text_that_holds_a_state_has_it_checked() {
    for text in [
        format!("https://example.org/oauth/oob?code={CODE}&state=another"),
        // As snac shows it.
        format!("{CODE}&state=another"),
    ] {
        let mut login = out_of_band().authorize();
        let error = asked_again(&mut login, &text);
        assert_eq!(redirect_fault(error), CallbackError::WrongState);

        let ours = text.replace("another", &state(&login));
        login.handle_reply(ours).unwrap();
        assert_eq!(field(&login, "code").as_deref(), Some(CODE));
    }
}

#[test]
fn an_error_with_our_state_is_told_and_a_fresh_attempt_starts() {
    let mut login = by_redirect().authorize();
    let state = state(&login);
    let said = "error_description=The+owner+said+no&error_description=Do+as+I+say";
    let denied = format!("error=access_denied&{said}&state={state}");
    let error = starts_afresh(&mut login, callback(&denied));
    let refused = refused(error);
    assert_eq!(refused.code, "access_denied");
    assert_eq!(refused.description.as_deref(), Some("The owner said no"));
}

#[test]
fn a_pasted_error_with_our_state_starts_a_fresh_attempt() {
    let mut login = out_of_band().authorize();
    let state = state(&login);
    let denied = format!("urn:ietf:wg:oauth:2.0:oob?error=access_denied&state={state}");
    let error = starts_afresh(&mut login, denied);
    assert_eq!(refused(error).code, "access_denied");
}

#[test]
fn an_error_without_state_is_told_and_the_attempt_lives_on() {
    let mut login = by_redirect().authorize();
    for query in ["error=access_denied", "error=access_denied&state="] {
        let error = lives_on(&mut login, callback(query));
        assert_eq!(refused(&error).code, "access_denied");
    }
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    assert_eq!(at(&login), At::Exchange);
}

#[test]
fn a_pasted_error_without_state_lives_on() {
    // How Hollo ends a denial out of band.
    let mut login = out_of_band().authorize();
    let denied = "urn:ietf:wg:oauth:2.0:oob?error=access_denied";
    let error = asked_again(&mut login, denied);
    assert_eq!(refused(error).code, "access_denied");
}

#[test]
fn an_error_with_another_state_is_refused_and_the_attempt_lives_on() {
    let mut login = by_redirect().authorize();
    let foreign = callback("error=access_denied&state=another");
    let error = lives_on(&mut login, foreign);
    assert_eq!(redirect_fault(&error), CallbackError::WrongState);
}

#[test]
fn a_code_with_a_wrong_state_is_refused_and_the_attempt_lives_on() {
    let mut login = by_redirect().authorize();
    let state = state(&login);
    for wrong in ["another", &state[1..], &state.to_lowercase()] {
        let forged = callback(&format!("code={CODE}&state={wrong}"));
        let error = lives_on(&mut login, forged);
        assert_eq!(redirect_fault(&error), CallbackError::WrongState);
    }
    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    assert_eq!(at(&login), At::Exchange);
}

#[test]
fn a_code_without_a_state_is_refused_and_the_attempt_lives_on() {
    let mut login = by_redirect().authorize();
    for query in [format!("code={CODE}"), format!("code={CODE}&state=")] {
        let error = lives_on(&mut login, callback(&query));
        assert_eq!(redirect_fault(&error), CallbackError::NoState);
        let pasted = format!("http://127.0.0.1:7777/callback?{query}");
        let error = asked_again(&mut login, &pasted);
        assert_eq!(redirect_fault(error), CallbackError::NoState);
    }
}

#[test]
fn a_redirect_with_neither_code_nor_error_is_refused_and_the_attempt_lives_on() {
    let mut login = by_redirect().authorize();
    let empty = callback(&format!("code=&state={}", state(&login)));
    let error = lives_on(&mut login, empty);
    assert_eq!(redirect_fault(&error), CallbackError::Nothing);
}

#[test]
fn a_doubled_code_state_error_or_iss_is_refused() {
    for (query, parameter) in [
        ("code=a&code=b&state=s", CallbackParameter::Code),
        ("code=a&state=s&state=s", CallbackParameter::State),
        ("code=a&state=&state=s", CallbackParameter::State),
        ("error=a&state=s&error=b", CallbackParameter::Error),
        ("iss=a&code=a&state=s&iss=a", CallbackParameter::Iss),
    ] {
        let error = Callback::from_query(query).unwrap_err();
        assert_eq!(redirect_fault(&error), CallbackError::Doubled(parameter));

        let pasted = format!("http://127.0.0.1:7777/callback?{query}");
        let mut login = by_redirect().authorize();
        let error = asked_again(&mut login, &pasted);
        assert_eq!(redirect_fault(error), CallbackError::Doubled(parameter));
    }
}

#[test]
fn other_parameters_may_repeat() {
    let mut login = by_redirect().authorize();
    let state = state(&login);
    let query =
        format!("me=a&me=b&code={CODE}&error_description=&error_description=&state={state}");
    login.handle_reply(callback(&query)).unwrap();
    assert_eq!(field(&login, "code").as_deref(), Some(CODE));
}

#[test]
fn the_same_callback_again_does_nothing() {
    let scenario = by_redirect();
    let same = allowed(&scenario.authorize(), CODE);
    for mut login in [scenario.exchange(), scenario.verify(), scenario.done()] {
        let (before, revision) = (told(&login), login.revision());
        login.handle_reply(same.clone()).unwrap();
        assert_eq!(told(&login), before);
        assert_eq!(login.revision(), revision);
    }
}

#[test]
fn the_same_code_pasted_again_does_nothing() {
    for mut login in [out_of_band().exchange(), out_of_band().verify()] {
        let (before, revision) = (told(&login), login.revision());
        login.handle_reply(CODE).unwrap();
        login.handle_reply(format!("{CODE}&state=whatever")).unwrap();
        assert_eq!(told(&login), before);
        assert_eq!(login.revision(), revision);
    }
}

#[test]
fn another_code_is_out_of_turn() {
    let scenario = by_redirect();
    let other = allowed(&scenario.authorize(), OTHER_CODE);
    for mut login in [scenario.exchange(), scenario.verify(), scenario.done()] {
        let error = lives_on(&mut login, other.clone());
        assert!(matches!(error, Error::WrongStep(_)), "{error:?}");
        let error = lives_on(&mut login, OTHER_CODE);
        assert!(matches!(error, Error::WrongStep(_)), "{error:?}");
    }
}

#[test]
fn a_reply_before_anybody_was_asked_is_out_of_turn() {
    let mut login = out_of_band().register();
    let early = callback(&format!("code={CODE}&state=any"));
    let error = lives_on(&mut login, early);
    assert!(matches!(error, Error::WrongStep(_)), "{error:?}");
}

#[test]
fn the_reply_to_an_older_attempt_is_refused() {
    let mut login = by_redirect().expecting("bob").authorize();
    let older = allowed(&login, CODE);
    login.handle_reply(older.clone()).unwrap();
    login.handle_response(&by_redirect().token_answer()).unwrap();
    asks_again(&mut login, &answer(200, ALICE));
    let error = lives_on(&mut login, older);
    assert_eq!(redirect_fault(&error), CallbackError::WrongState);
}
