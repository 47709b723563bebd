//! Exchanging the code: what is sent, what a refusal leads back to, and what is no refusal.

use gts_oauth_core::http::Response;
use gts_oauth_core::{
    Error, Login,
    error::{CallbackError, UnexpectedReason},
};

use crate::recorded::{
    ALICE, APP_AGAIN, APP_OUT_OF_BAND, Answer, CODE, INVALID_CLIENT, INVALID_REDIRECT, NO_ROWS,
    OTHER_CODE, PAGE, SERVER_FAULT, TEAPOT, TOKEN, TOKEN_READ, answer, rate_limited, throttled,
};
use crate::scenario::{
    At, allowed, asks_again, at, by_redirect, callback, field, out_of_band, problem, state, stays,
    stays_without_an_answer, told,
};

/// Refusals of a code as servers word them.
fn refusals() -> Vec<Answer> {
    vec![
        answer(400, NO_ROWS),
        answer(400, r#"{"error":"invalid_grant"}"#),
        answer(401, r#"{"error":"invalid_grant"}"#),
        answer(403, INVALID_REDIRECT),
        answer(400, r#"{"error":"Invalid credentials"}"#),
        answer(200, r#"{"error":"invalid_grant"}"#),
        answer(500, r#"{"error":"invalid_grant"}"#),
        // snac and Mitra: no words at all.
        answer(400, ""),
        answer(404, ""),
        answer(401, "bad code"),
    ]
}

/// Hands in a refusal of the code, which registers the app again. The user is not asked yet.
fn registers_again(login: &mut Login, refusal: &Answer) {
    let revision = login.revision();
    login.handle_response(refusal).unwrap();
    assert_eq!(at(login), At::Register);
    assert!(login.revision() > revision, "the revision stayed");
}

#[test]
fn the_exchange_sends_the_code_with_what_it_was_asked_for_with() {
    let login = by_redirect().exchange();
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("client_id", "01ZAWQ4H60JQ3PBKQPBTDPY99M"),
        ("client_secret", "dad95322-b8b9-431c-ba46-7185ae76c1e7"),
        ("redirect_uri", "http://127.0.0.1:7777/callback"),
    ] {
        assert_eq!(field(&login, name).as_deref(), Some(value));
    }
}

#[test]
fn a_token_leads_to_verify_with_the_session_readable() {
    let mut login = out_of_band().exchange();
    assert!(login.session().is_none());
    login.handle_response(&answer(200, TOKEN_READ)).unwrap();
    assert_eq!(at(&login), At::Verify);
    let (app, session) = login.session().unwrap();
    assert_eq!(app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert_eq!(session.access_token().expose(), TOKEN);
    assert_eq!(session.instance().origin(), "https://example.org");
}

#[test]
fn exchange_refused_out_of_band_goes_back_to_the_same_attempt() {
    for refusal in refusals() {
        let mut login = out_of_band().exchange();
        let verifier = field(&login, "code_verifier");
        asks_again(&mut login, &refusal);
        assert_eq!(state(&login), state(&out_of_band().authorize()));

        // Typed right this time, and PKCE still matches.
        login.handle_reply(OTHER_CODE).unwrap();
        assert_eq!(field(&login, "code").as_deref(), Some(OTHER_CODE));
        assert_eq!(field(&login, "code_verifier"), verifier);
    }
}

/// Akkoma shows whoever is signed in, and has allowed the app before, a token for a code; opened
/// again, the same address would show it again.
#[test]
fn after_a_refused_code_out_of_band_the_address_asks_to_sign_in_anew() {
    let mut login = out_of_band().exchange();
    asks_again(&mut login, &answer(400, NO_ROWS));
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
}

#[test]
fn exchange_refused_out_of_band_takes_the_same_code_again() {
    let mut login = out_of_band().exchange();
    let before = told(&login);
    asks_again(&mut login, &answer(400, NO_ROWS));
    login.handle_reply(CODE).unwrap();
    assert_eq!(told(&login), before);
}

#[test]
fn exchange_refused_by_redirect_goes_back_to_a_fresh_attempt() {
    for refusal in refusals() {
        let older = state(&by_redirect().authorize());
        let mut login = by_redirect().exchange();
        let verifier = field(&login, "code_verifier");
        asks_again(&mut login, &refusal);
        assert_ne!(state(&login), older);

        let replayed = callback(&format!("code={CODE}&state={older}"));
        let error = login.handle_reply(replayed).unwrap_err();
        assert!(matches!(error, Error::Callback(CallbackError::WrongState)));
        let reply = allowed(&login, OTHER_CODE);
        login.handle_reply(reply).unwrap();
        assert_ne!(field(&login, "code_verifier"), verifier);
    }
}

#[test]
fn a_refused_code_says_that_the_server_may_have_forgotten_the_app() {
    for refusal in [answer(400, NO_ROWS), answer(404, "")] {
        let error = asks_again(&mut out_of_band().exchange(), &refusal).to_string();
        assert!(error.contains("start over"), "{error}");
        assert!(error.contains("register a new app"), "{error}");
    }
}

#[test]
fn invalid_client_registers_again_by_itself() {
    for scenario in [out_of_band(), by_redirect()] {
        let mut login = scenario.exchange();
        registers_again(&mut login, &answer(400, INVALID_CLIENT));
        assert_eq!(told(&login), told(&scenario.register()));
    }
}

#[test]
fn registered_again_the_login_asks_with_the_new_app_and_another_state() {
    let mut login = out_of_band().exchange();
    registers_again(&mut login, &answer(401, INVALID_CLIENT));
    login.handle_response(&answer(200, APP_AGAIN)).unwrap();
    assert_eq!(field(&login, "client_id").as_deref(), Some("01H1F7HJJ9GX5H8PBMAS0NBQY8"));
    assert_ne!(state(&login), state(&out_of_band().authorize()));
}

#[test]
fn invalid_client_registers_again_only_once() {
    let mut login = out_of_band().exchange();
    registers_again(&mut login, &answer(400, INVALID_CLIENT));
    login.handle_response(&answer(200, APP_AGAIN)).unwrap();
    login.handle_reply(CODE).unwrap();
    asks_again(&mut login, &answer(400, INVALID_CLIENT));
}

#[test]
fn invalid_client_registers_again_only_an_app_this_login_may_register() {
    let mut given = out_of_band().given_app().exchange();
    asks_again(&mut given, &answer(400, INVALID_CLIENT));
    let mut given = by_redirect().given_app().exchange();
    asks_again(&mut given, &answer(400, INVALID_CLIENT));

    let mut allowed = out_of_band().given_app().exchange().allow_reregistration();
    registers_again(&mut allowed, &answer(400, INVALID_CLIENT));
}

#[test]
fn no_other_refusal_registers_again_by_itself() {
    for refusal in refusals() {
        asks_again(&mut out_of_band().exchange(), &refusal);
    }
    for code in ["unauthorized_client", "invalid_request", "invalid_scope"] {
        let refusal = answer(400, format!(r#"{{"error":"{code}"}}"#));
        asks_again(&mut by_redirect().exchange(), &refusal);
    }
}

#[test]
fn exchange_without_an_answer_stays_and_sends_the_same_request_again() {
    stays_without_an_answer(&mut out_of_band().exchange());
    stays_without_an_answer(&mut by_redirect().exchange());
}

#[test]
fn exchange_429_stays_and_sends_the_same_request_again() {
    for busy in [rate_limited(), throttled(429)] {
        let error = stays(&mut by_redirect().exchange(), &busy);
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
}

#[test]
fn exchange_5xx_stays_and_sends_the_same_request_again() {
    for fault in
        [answer(500, SERVER_FAULT), answer(500, ""), answer(500, "internal error"), throttled(503)]
    {
        stays(&mut by_redirect().exchange(), &fault);
    }
}

#[test]
fn exchange_answered_with_502_html_stays_and_sends_the_same_request_again() {
    let mut login = by_redirect().exchange();
    match stays(&mut login, &answer(502, PAGE)) {
        Error::UnexpectedResponse(odd) => assert_eq!(odd.reason, UnexpectedReason::Html),
        other => panic!("{other:?}"),
    }
    login.handle_response(&by_redirect().token_answer()).unwrap();
    assert_eq!(at(&login), At::Verify);
}

#[test]
fn exchange_answered_with_a_web_page_of_any_status_stays() {
    for status in [200, 400, 403, 404, 406] {
        stays(&mut by_redirect().exchange(), &answer(status, PAGE));
    }
}

#[test]
fn exchange_answered_with_half_a_token_stays() {
    let half = &TOKEN_READ[..TOKEN_READ.len() / 2];
    let error = stays(&mut out_of_band().exchange(), &answer(200, half));
    assert!(!format!("{error} {error:?}").contains(&TOKEN[..8]));
    stays(&mut out_of_band().exchange(), &answer(200, ""));
}

#[test]
fn faults_of_the_request_are_no_refusal_of_the_code() {
    for (status, body) in [(418, TEAPOT), (408, ""), (425, "")] {
        stays(&mut by_redirect().exchange(), &answer(status, body));
    }
}

#[test]
fn exchange_answered_with_a_redirect_stays_and_is_not_followed() {
    // As GoToSocial answers to `/oauth/token/`.
    let elsewhere = Response::builder().status(307);
    let elsewhere = elsewhere.header("Location", "https://evil.example/oauth/token");
    let error = stays(&mut by_redirect().exchange(), &elsewhere.body(Vec::new()).unwrap());
    assert!(
        matches!(error, Error::UnexpectedResponse(odd) if matches!(odd.reason, UnexpectedReason::Redirect(_)))
    );
}

#[test]
fn after_a_lost_answer_a_spent_code_leads_back_to_authorize() {
    let mut login = by_redirect().exchange();
    stays_without_an_answer(&mut login);
    asks_again(&mut login, &answer(400, NO_ROWS));
}

#[test]
fn after_a_lost_answer_the_code_may_still_be_good() {
    let mut login = by_redirect().exchange();
    stays_without_an_answer(&mut login);
    login.handle_response(&by_redirect().token_answer()).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    assert_eq!(at(&login), At::Done);
}

/// snac says no more than 401 where it has forgotten the app, as after every revocation.
#[test]
fn a_401_without_a_word_means_that_the_app_is_forgotten() {
    let mut login = out_of_band().exchange();
    registers_again(&mut login, &answer(401, ""));
    // With a word, it is the word that counts.
    let mut login = out_of_band().exchange();
    let told = r#"{"error":"invalid_grant"}"#;
    asks_again(&mut login, &answer(401, told));
}

#[test]
fn registered_again_no_error_shows_the_former_secret() {
    let former = "63688859-6eb8-4676-8dd7-befc52cf89ee";
    for echo in [former.to_owned(), format!("{} {former}", "x".repeat(170))] {
        let error = format!(r#"{{"error":"no such app","error_description":"{echo}"}}"#);
        let mut login = out_of_band().exchange();
        registers_again(&mut login, &answer(400, INVALID_CLIENT));
        let shown = |error: Error| format!("{error} {error:?}");
        let hides = |text: String| assert!(!text.contains(&former[..8]), "{text}");
        hides(shown(login.handle_response(&answer(422, &error)).unwrap_err()));
        hides(shown(login.handle_response(&answer(422, &echo)).unwrap_err()));
        login.handle_response(&answer(200, APP_AGAIN)).unwrap();
        let denied =
            format!("error=access_denied&error_description={echo}&state={}", state(&login));
        login.handle_reply(callback(&denied)).unwrap();
        hides(format!("{:?}", problem(&login)));
        login.handle_reply(CODE).unwrap();
        login.handle_response(&answer(400, &error)).unwrap();
        hides(format!("{:?}", problem(&login)));
        login.handle_reply(CODE).unwrap();
        login.handle_response(&answer(200, TOKEN_READ)).unwrap();
        hides(shown(login.handle_response(&answer(500, &error)).unwrap_err()));
    }
}

#[test]
fn registered_with_changes_a_given_app_is_registered_again_if_forgotten() {
    let mut login = out_of_band().given_app().authorize();
    login.register_with(out_of_band().registration()).unwrap();
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    login.handle_reply(CODE).unwrap();
    registers_again(&mut login, &answer(400, INVALID_CLIENT));
}

#[test]
fn code_of_an_earlier_attempt_is_not_accepted() {
    use gts_oauth_core::UserReply;

    // Each way leads away from a code that was exchanged.
    for replies in [&[UserReply::NewApp][..], &[UserReply::StartOver, UserReply::NewApp]] {
        let mut login = out_of_band().verify();
        login.handle_reply(CODE).expect("the same code again");
        for reply in replies {
            login.handle_reply(reply.clone()).unwrap();
        }
        let late = login.handle_reply(CODE);
        assert!(matches!(late, Err(Error::WrongStep(_))), "{late:?}");
    }
}
