//! Refusals, in whatever status and words they come: what is kept of them, and what they advise.

use gts_oauth_core::error::{Cause, Remedy};
use gts_oauth_core::{Callback, Error, Exchange, renewal::Revocation};

use crate::sample::{
    PAGE, STATE, all, answer, exchange, pending, refresh, register, revoke, session,
};

#[test]
fn a_good_status_with_an_error_in_it_is_a_refusal() {
    let body = r#"{"error":"invalid_grant","error_description":"no such code"}"#;
    for (endpoint, error) in all(&answer(200, body)) {
        let Error::ErrorResponse(no) = &error else {
            panic!("{endpoint:?}: {error:?}");
        };
        assert_eq!((no.operation, no.status.unwrap().as_u16()), (endpoint, 200));
        assert_eq!(no.code, "invalid_grant");
    }
}

#[test]
fn of_a_good_status_with_an_error_nothing_is_repeated_that_may_be_a_secret() {
    use gts_oauth_core::error::Operation::{ExchangeCode, Register, RequestAppToken};
    let body = r#"{"error":"T0K3N","error_description":"T0K3N","data":{"access_token":"T0K3N"}}"#;
    for (endpoint, error) in all(&answer(200, body)) {
        if matches!(endpoint, Register | ExchangeCode | RequestAppToken) {
            assert!(!format!("{error} {error:?}").contains("T0K3N"), "{error:?}");
        }
    }
}

#[test]
fn of_such_an_error_only_a_word_of_the_rfc_is_repeated() {
    for (said, told) in [
        ("server_error", "server_error"),
        ("access_denied", "access_denied"),
        ("invalid_scope", "invalid_scope"),
        // A secret may be made of any letters.
        ("correct_horse_battery", "an error of its own"),
    ] {
        let body = format!(r#"{{"error":"{said}"}}"#);
        let error = exchange().parse(&answer(200, body)).unwrap_err();
        assert!(matches!(error, Error::ErrorResponse(no) if no.code == told));
    }
}

#[test]
fn rejected_code_is_explained_before_the_servers_words() {
    for (body, words) in [
        (
            r#"{"error":"invalid_grant","error_description":"Ungültiger Code."}"#,
            "400 invalid_grant (Ungültiger Code).",
        ),
        ("sql: no rows", "400 with plain text: “sql: no rows”."),
    ] {
        let text = exchange().parse(&answer(400, body)).unwrap_err().to_string();
        let start = "code exchange failed: the server rejected the code. It was mistyped";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with(&format!(" The server's response: {words}")), "{text}");
    }
}

#[test]
fn server_error_is_not_a_rejection() {
    let trouble = answer(500, r#"{"error":"Internal Server Error"}"#);
    for (endpoint, error) in all(&trouble) {
        assert_eq!(error.cause(), Cause::ServerError, "{endpoint:?}");
        let text = error.to_string();
        assert!(
            text.contains("Server error") || text.contains("server failed"),
            "{endpoint:?}: {text}"
        );
        for wrong in ["mistyped", "was used", "Change the app"] {
            assert!(!text.contains(wrong), "{endpoint:?}: {text}");
        }
    }
}

#[test]
fn missing_user_agent_is_a_fault_of_the_stack() {
    let teapot = r#"{"error":"I'm a teapot: no user-agent sent with request"}"#;
    for body in [teapot, ""] {
        for (endpoint, error) in all(&answer(418, body)) {
            let text = error.to_string();
            assert!(text.contains("must send the headers it is given"), "{endpoint:?}: {text}");
        }
    }
}

#[test]
fn a_refusal_is_kept_whatever_its_status_and_its_words() {
    for (status, code) in [(400, "sql: no rows in result set"), (401, "invalid_client"), (500, "x")]
    {
        let body = serde_json::json!({"error": code, "state": "s", "zod_error": {}});
        for (endpoint, error) in all(&answer(status, body.to_string())) {
            let Error::ErrorResponse(no) = &error else {
                panic!("{endpoint:?}: {error:?}");
            };
            assert_eq!(no.code, code);
            assert_eq!(error.status().unwrap(), status);
        }
    }
}

#[test]
fn what_a_stranger_says_is_cleaned_and_shortened() {
    let long = format!("{{\"error\":\"a\\u001b[31m\\u202e\\r\\nb{}\"}}", "x".repeat(500));
    let error = register().parse(&answer(422, long)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("422 a[31m bxxx"), "{text}");
    assert!(text.contains("xxx…"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']));
    assert!(text.chars().count() < 400, "{text}");
}

#[test]
fn error_responses_advise_what_to_do() {
    let refused = |status, code: &str| answer(status, format!("{{\"error\":\"{code}\"}}"));
    for (error, help) in [
        (
            register().parse(&refused(403, "Forbidden")).unwrap_err(),
            "does not allow app registration",
        ),
        (register().parse(&refused(404, "Not Found")).unwrap_err(), "Check the instance address"),
        (register().parse(&answer(404, PAGE)).unwrap_err(), "Check the instance address"),
        (register().parse(&refused(422, "x")).unwrap_err(), "Change the app's name"),
        (exchange().parse(&refused(400, "sql: no rows in result set")).unwrap_err(), "start over"),
        (exchange().parse(&refused(400, "invalid_grant")).unwrap_err(), "five minutes"),
        (exchange().parse(&answer(404, "")).unwrap_err(), "start over"),
        (exchange().parse(&refused(400, "invalid_client")).unwrap_err(), "a new app is needed"),
        (
            exchange().parse(&refused(403, "invalid redirect uri")).unwrap_err(),
            "exactly one that the app registered",
        ),
        (session().verify().parse(&refused(401, "Unauthorized")).unwrap_err(), "Log in again"),
        (session().verify().parse(&answer(401, "")).unwrap_err(), "Log in again"),
        (
            session().verify().parse(&refused(403, "insufficient_scope")).unwrap_err(),
            "missing scope `read:accounts`",
        ),
        (
            session().tokens().parse(&refused(404, "Not Found")).unwrap_err(),
            "this server might not implement it",
        ),
        (
            session().tokens().parse(&answer(404, PAGE)).unwrap_err(),
            "this server might not implement the call",
        ),
        (
            session().apps().parse(&answer(405, "")).unwrap_err(),
            "this server might not implement it",
        ),
        (
            session().verify().parse(&refused(500, "INTERNAL_ERROR")).unwrap_err(),
            "the token is no longer valid",
        ),
    ] {
        assert!(error.to_string().contains(help), "{error}");
    }
}

#[test]
fn advice_for_people_at_the_servers_own_pages_is_left_out() {
    let body = r#"{"error":"invalid_grant","error_description":"expired: If you arrived at this error during a sign in, clear your cookies"}"#;
    let text = exchange().parse(&answer(400, body)).unwrap_err().to_string();
    assert!(text.contains("(expired)"), "{text}");
    assert!(!text.contains("cookies"), "{text}");
}

/// As Sharkey 2024.9 says that nobody has allowed the app yet.
#[test]
fn a_refusal_that_is_an_object_is_read_by_its_code_and_its_message() {
    let body = r#"{"error":{"message":"This session is not completed yet.","code":"PENDING_SESSION","id":"8c8a4145-02cc-4cca-8e66-29ba60445a8e","kind":"client"}}"#;
    for (endpoint, error) in all(&answer(401, body)) {
        let Error::ErrorResponse(no) = &error else {
            panic!("{endpoint:?}: {error:?}");
        };
        assert_eq!(no.code, "PENDING_SESSION");
        let told = no.description.as_deref();
        assert_eq!(told, Some("This session is not completed yet."));
    }
}

#[test]
fn an_error_that_says_nothing_is_no_refusal() {
    for body in [
        r#"{"error":{}}"#,
        r#"{"error":{"code":null,"message":"no"}}"#,
        r#"{"error":7}"#,
        r#"{"error":null}"#,
        r#"{"error":""}"#,
        r#"{"error":["a"]}"#,
        r#"["invalid_grant","no such code"]"#,
    ] {
        let error = exchange().parse(&answer(400, body)).unwrap_err();
        assert!(matches!(error, Error::UnexpectedResponse(_)), "{body}: {error:?}");
    }
}

#[test]
fn cut_text_in_an_error_is_tolerated() {
    for cut in [&b"\\ud83d"[..], b"\xff", b"\xc3"] {
        let error = |code: &str| {
            let start = format!(r#"{{"error":"none","error":"{code}","error_description":"bad "#);
            [start.as_bytes(), cut, b"\"}"].concat()
        };
        let code = exchange().parse(&answer(400, error("invalid_client"))).unwrap_err();
        assert_eq!(code.cause(), Cause::UnknownClient);
        let refreshed = refresh().parse(&answer(400, error("temporarily_unavailable")));
        assert_eq!(refreshed.unwrap_err().cause(), Cause::ServerError);
        let call = session().get("/api/v1/x").unwrap();
        let called = call.parse(&answer(403, error("insufficient_scope"))).unwrap_err();
        assert_eq!(called.cause(), Cause::MissingScope);
        let revoked = revoke().parse(&answer(200, error("unsupported_token_type"))).unwrap();
        let Revocation::NotConfirmed(Error::ErrorResponse(_)) = revoked else {
            panic!("{revoked:?}");
        };
    }
}

#[test]
fn description_that_repeats_the_code_is_shown_once() {
    let body = r#"{"error":"no such code","error_description":"no such code"}"#;
    let error = exchange().parse(&answer(400, body)).unwrap_err();
    assert_eq!(error.to_string().matches("no such code").count(), 1, "{error}");
    let Error::ErrorResponse(response) = error else { panic!("{error:?}") };
    assert_eq!(response.description, None);

    let query = "error=access_denied&error_description=access_denied&state=1";
    let query = query.replace("state=1", &format!("state={}", pending().state()));
    let denied = pending().code_from_callback(&Callback::from_query(&query).unwrap()).unwrap_err();
    assert_eq!(denied.to_string().matches("access_denied").count(), 1, "{denied}");
}

#[test]
fn text_after_invisible_characters_is_shown() {
    let body = format!("{}reason", "\u{200b}".repeat(400));
    let error = session().verify().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().contains("“reason”"), "{error}");
}

#[test]
fn text_that_is_shown_in_part_ends_in_an_ellipsis() {
    let body = format!(r#"{{"error":"reason{}more"}}"#, "\u{200b}".repeat(900));
    let error = session().verify().parse(&answer(400, body)).unwrap_err();
    assert!(error.to_string().contains("400 reason…"), "{error}");
}

#[test]
fn callback_with_another_error_starts_over() {
    let query = format!("error=unauthorized_client&state={STATE}");
    let callback = Callback::from_query(&query).unwrap();
    let error = pending().code_from_callback(&callback).unwrap_err();
    assert_eq!((error.cause(), error.remedy()), (Cause::CodeRejected, Remedy::SignIn));
    assert!(error.to_string().ends_with("Start over to be asked again."), "{error}");
}

#[test]
fn page_with_another_status_is_not_called_missing() {
    for (status, advice) in [(200, "captive portal"), (404, "might not implement the call")] {
        let error = session().verify().parse(&answer(status, PAGE)).unwrap_err();
        assert!(error.to_string().contains(advice), "{error}");
    }
    for (status, advice) in [(200, "captive portal"), (404, "in place of the server")] {
        let error = exchange().parse(&answer(status, PAGE)).unwrap_err();
        assert!(error.to_string().contains(advice), "{error}");
    }
}
