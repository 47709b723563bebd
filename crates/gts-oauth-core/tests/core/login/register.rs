//! Registering the app: what is asked, what a good answer leads to, and that nothing else moves
//! the login.

use std::time::Duration;

use gts_oauth_core::http::{Response, StatusCode};
use gts_oauth_core::{
    Error,
    error::{Cause, UnexpectedReason},
    types::Retry,
};

use crate::recorded::{
    APP_BY_REDIRECT, APP_OUT_OF_BAND, NOT_FOUND, PAGE, REGISTRATION_REFUSED, SERVER_FAULT, TEAPOT,
    answer, rate_limited, throttled,
};
use crate::sample::with;
use crate::scenario::{
    At, at, by_redirect, field, out_of_band, stays, stays_without_an_answer, told,
};

#[test]
fn register_sends_the_name_the_redirect_uri_and_the_scopes() {
    let login = by_redirect().register();
    let asked = |name| field(&login, name);
    assert_eq!(asked("client_name").as_deref(), Some("Probe"));
    assert_eq!(asked("redirect_uris").as_deref(), Some("http://127.0.0.1:7777/callback"));
    assert_eq!(asked("scopes").as_deref(), Some("read write"));
    assert_eq!(asked("website"), None, "empty fields are refused by some servers");
}

#[test]
fn a_registered_app_leads_to_authorize() {
    let mut login = out_of_band().register();
    assert!(login.pending().is_none());
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    assert_eq!(at(&login), At::Authorize);
    assert_eq!(field(&login, "client_id").as_deref(), Some("01ST88WWRXFV6YDXY3W9WAJSVG"));
    assert_eq!(login.pending().unwrap().app().client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
}

#[test]
fn an_app_registered_for_another_redirect_uri_is_told_and_stays() {
    // GoToSocial registers out of band, silently, when it cannot read the list it is sent.
    let mut login = by_redirect().register();
    match stays(&mut login, &answer(200, APP_OUT_OF_BAND)) {
        Error::UnexpectedResponse(odd) => assert_eq!(
            odd.reason,
            UnexpectedReason::OtherRedirectUri("urn:ietf:wg:oauth:2.0:oob".into())
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_app_registered_with_more_redirect_uris_than_asked_comes_back_to_the_one_asked() {
    let mut login = by_redirect().register();
    login.handle_response(&answer(200, APP_BY_REDIRECT)).unwrap();
    assert_eq!(field(&login, "redirect_uri").as_deref(), Some("http://127.0.0.1:7777/callback"));
}

#[test]
fn an_app_registered_with_fewer_scopes_asks_for_those_it_got() {
    let mut login = by_redirect().register();
    let fewer = APP_BY_REDIRECT.replace(r#"["read","write"]"#, r#"["read"]"#);
    login.handle_response(&answer(200, &fewer)).unwrap();
    assert_eq!(field(&login, "scope").as_deref(), Some("read"));
}

#[test]
fn other_scopes_than_requested_are_not_requested_of_the_user() {
    for registered in [r#"["admin","push"]"#, r#""profile:x""#, r#"["READ"]"#] {
        let mut login = by_redirect().register();
        let other = APP_BY_REDIRECT.replace(r#"["read","write"]"#, registered);
        login.handle_response(&answer(200, &other)).unwrap();
        assert_eq!(field(&login, "scope").as_deref(), Some("read write"), "{registered}");
    }
}

#[test]
fn a_registration_without_a_secret_stays() {
    let mut login = out_of_band().register();
    let headless = APP_OUT_OF_BAND.replace("client_secret", "client_secrets");
    match stays(&mut login, &answer(200, &headless)) {
        Error::UnexpectedResponse(odd) => {
            assert_eq!(odd.reason, UnexpectedReason::Field("client_secret"))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn register_refused_stays_and_says_why() {
    let mut login = out_of_band().register();
    let error = stays(&mut login, &answer(400, REGISTRATION_REFUSED));
    assert!(error.to_string().contains("ClientName"), "{error}");
    match error {
        Error::ErrorResponse(no) => assert_eq!(no.status, Some(StatusCode::BAD_REQUEST)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn register_refused_in_any_way_stays() {
    for refusal in [
        answer(401, r#"{"error":"Unauthorized"}"#),
        answer(403, r#"{"error":"Forbidden"}"#),
        answer(404, NOT_FOUND),
        answer(405, "405 method not allowed"),
        answer(418, TEAPOT),
        answer(422, r#"{"error":"Validation failed"}"#),
        answer(400, ""),
    ] {
        stays(&mut out_of_band().register(), &refusal);
    }
}

#[test]
fn after_a_refusal_register_with_changes_what_is_asked() {
    let mut login = by_redirect().register();
    stays(&mut login, &answer(400, REGISTRATION_REFUSED));
    login.register_with(out_of_band().registration()).unwrap();
    assert_eq!(told(&login), told(&out_of_band().register()));
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    assert_eq!(at(&login), At::Authorize);
}

#[test]
fn register_without_an_answer_stays() {
    stays_without_an_answer(&mut out_of_band().register());
}

#[test]
fn register_429_stays_and_says_when_to_come_back() {
    let mut login = out_of_band().register();
    match stays(&mut login, &rate_limited()) {
        // Reckoned against the answer's own date, five minutes before.
        Error::Unavailable(busy) => {
            assert_eq!(busy.retry, Some(Retry::After(Duration::from_secs(300))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn register_5xx_stays() {
    let mut login = out_of_band().register();
    stays(&mut login, &answer(500, SERVER_FAULT));
    stays(&mut login, &throttled(503));
    stays(&mut login, &answer(504, ""));
    login.handle_response(&answer(200, APP_OUT_OF_BAND)).unwrap();
    assert_eq!(at(&login), At::Authorize);
}

#[test]
fn register_answered_with_a_web_page_stays_whatever_its_status() {
    let mut login = out_of_band().register();
    for status in [200, 403, 404, 502] {
        match stays(&mut login, &answer(status, PAGE)) {
            Error::UnexpectedResponse(odd) => assert_eq!(odd.reason, UnexpectedReason::Html),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn register_answered_with_half_an_answer_stays() {
    let mut login = out_of_band().register();
    let half = &APP_OUT_OF_BAND[..APP_OUT_OF_BAND.len() / 2];
    match stays(&mut login, &answer(200, half)) {
        Error::UnexpectedResponse(odd) => {
            assert!(matches!(odd.reason, UnexpectedReason::CutOff(1, _)))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn register_answered_with_a_redirect_stays_and_says_whereto() {
    let mut login = out_of_band().register();
    let elsewhere = Response::builder()
        .status(301)
        .header("Location", "https://social.example.org/api/v1/apps");
    let error = stays(&mut login, &elsewhere.body(Vec::new()).unwrap());
    assert!(error.to_string().contains("https://social.example.org/"));
}

#[test]
fn an_answer_is_out_of_turn_where_nothing_was_sent() {
    for mut login in [out_of_band().authorize(), out_of_band().done()] {
        let error = stays(&mut login, &answer(200, APP_OUT_OF_BAND));
        assert!(matches!(error, Error::WrongStep(_)), "{error:?}");
    }
}

#[test]
fn password_of_a_proxy_is_no_fault_of_the_app() {
    let passwords = [
        with(answer(401, "Authorization Required"), "www-authenticate", "Basic realm=\"staging\""),
        with(answer(407, ""), "proxy-authenticate", "Basic realm=\"office\""),
    ];
    for response in passwords {
        let mut login = out_of_band().register();
        let error = stays(&mut login, &response);
        assert_eq!(error.cause(), Cause::NotApi, "{error}");
        assert!(error.to_string().contains("a challenge for Basic authentication"), "{error}");
    }
}
