//! Taking a token back from servers that do not agree on how.

use std::cell::RefCell;

use gts_oauth_core::http::Request;
use gts_oauth_core::{
    BoxError, Error, Exchange,
    error::{Cause, Remedy},
    renewal::Revocation,
};

use crate::recorded::{Answer, answer};
use crate::sample::{CLIENT_SECRET, PAGE, TOKEN, encoded, revoke, with};

type Seen = (String, String);

/// What is sent to a server that answers so, in order.
fn sent(answers: &[Answer]) -> (Vec<Seen>, Result<Revocation, Error>) {
    let left = RefCell::new(answers.iter());
    let seen = RefCell::new(Vec::new());
    let http = |request: Request<Vec<u8>>| {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://example.org/oauth/revoke");
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(request.headers()["authorization"], bearer);
        let kind = request.headers()["content-type"].to_str()?.to_owned();
        let body = String::from_utf8(request.into_body())?;
        seen.borrow_mut().push((kind, body));
        left.borrow_mut().next().cloned().ok_or_else(|| BoxError::from("asked too often"))
    };
    let outcome = revoke().send(&http);
    (seen.into_inner(), outcome)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_form_that_is_read_is_sent_once() {
    let (seen, outcome) = sent(&[answer(200, "{}")]);
    assert!(matches!(outcome, Ok(Revocation::Accepted)));
    let form = format!(
        "client_id=01ST88WW&client_secret={}&token={}",
        encoded(CLIENT_SECRET),
        encoded(TOKEN)
    );
    assert_eq!(seen, [(FORM.to_owned(), form)]);
}

/// Iceshrimp.NET.
#[test]
fn where_the_form_is_found_wanting_the_same_goes_again_as_json() {
    for refused in [
        answer(400, r#"{"error":"invalid_request"}"#),
        answer(400, r#"{"error":"Missing token parameter"}"#),
        answer(400, ""),
    ] {
        let (seen, outcome) = sent(&[refused, answer(200, "{}")]);
        assert!(matches!(outcome, Ok(Revocation::Accepted)));
        let [(form, _), (json, body)] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!((form.as_str(), json.as_str()), (FORM, "application/json"));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["token"], TOKEN);
        assert_eq!(body["client_id"], "01ST88WW");
        assert_eq!(body["client_secret"], CLIENT_SECRET);
    }
}

#[test]
fn json_is_tried_once() {
    let bad = answer(400, r#"{"error":"invalid_request"}"#);
    let (seen, outcome) = sent(&[bad.clone(), bad]);
    assert_eq!(seen.len(), 2);
    assert!(matches!(outcome, Err(Error::ErrorResponse(_))));
}

#[test]
fn error_of_the_form_is_reported() {
    let form = answer(400, r#"{"error":"invalid_request","error_description":"of the form"}"#);
    let json = answer(400, r#"{"error":"invalid_request","error_description":"of JSON"}"#);
    let (_, outcome) = sent(&[form, json]);
    assert!(outcome.unwrap_err().to_string().contains("of the form"));
}

#[test]
fn no_other_answer_is_a_reason_to_try_json() {
    for (status, body) in [
        (401, ""),
        (403, r#"{"error":"unauthorized_client"}"#),
        (404, ""),
        (405, ""),
        (429, ""),
        (500, ""),
        (502, "<html>"),
    ] {
        let (seen, _) = sent(&[answer(status, body)]);
        assert_eq!(seen.len(), 1, "{status}");
    }
}

#[test]
fn no_answer_is_told_as_none() {
    let (seen, outcome) = sent(&[]);
    assert_eq!(seen.len(), 1);
    assert!(matches!(outcome, Err(Error::Transport(..))));
}

#[test]
fn html_pages_confirm_nothing() {
    for status in [200, 202, 400, 401, 403, 404, 405] {
        let (seen, outcome) = sent(&[answer(status, PAGE)]);
        assert_eq!(seen.len(), 1, "{status}");
        let Ok(Revocation::NotConfirmed(error)) = outcome else { panic!("{status}: {outcome:?}") };
        assert_eq!(error.cause(), Cause::NotApi, "{status}");
    }
}

#[test]
fn error_of_any_form_in_a_success_confirms_nothing() {
    for body in [
        r#"{"error":"unsupported_token_type"}"#,
        r#"{"error":["x"]}"#,
        r#"{"error":{"message":"not revoked"}}"#,
        r#"{"error":true,"message":"failed"}"#,
        r#"{"error":1}"#,
        r#"{"error":-1}"#,
        r#"{"error":0.5}"#,
        r#"{"errors":[{"message":"x"}]}"#,
        r#"{"errors":"not revoked"}"#,
        r#"[{"error":"x"}]"#,
        r#""error""#,
        "false",
        r#"{"error":"invalid_token""#,
        "{",
        "Sign in at http://wifi.example",
    ] {
        for status in [200, 202, 206] {
            let outcome = revoke().parse(&answer(status, body)).unwrap();
            assert!(matches!(outcome, Revocation::NotConfirmed(_)), "{body}: {outcome:?}");
        }
    }
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"error":null}"#,
        r#"{"error":"","errors":[]}"#,
        r#"{"error":" ","errors":{}}"#,
        r#"{"error":false,"errors":0}"#,
        r#"{"error":0.0}"#,
    ] {
        let outcome = revoke().parse(&answer(200, body)).unwrap();
        assert!(matches!(outcome, Revocation::Accepted), "{body}: {outcome:?}");
    }
    let text = with(answer(200, "OK"), "content-type", "text/plain");
    assert!(matches!(revoke().parse(&text), Ok(Revocation::Accepted)));
}

#[test]
fn other_json_confirms_nothing() {
    for body in ["false", "1", r#""error""#, r#"[{"error":"x"}]"#] {
        let json = with(answer(200, body), "content-type", "application/json");
        let outcome = revoke().parse(&json).unwrap();
        assert!(matches!(outcome, Revocation::NotConfirmed(_)), "{body}: {outcome:?}");
    }
}

#[test]
fn error_in_a_success_is_json_of_another_shape() {
    for body in [r#"{"error":["x"]}"#, r#"{"error":{"message":"no"}}"#, r#"{"errors":"no"}"#] {
        let outcome = revoke().parse(&answer(200, body)).unwrap();
        let Revocation::NotConfirmed(error) = outcome else { panic!("{outcome:?}") };
        assert!(error.to_string().contains("JSON of an unexpected shape"), "{error}");
    }
}

#[test]
fn missing_endpoint_is_unsupported() {
    for (status, body) in
        [(404, r#"{"error":"Not Found"}"#), (404, ""), (405, ""), (501, ""), (405, "no")]
    {
        let (_, outcome) = sent(&[answer(status, body)]);
        assert!(matches!(outcome, Ok(Revocation::Unsupported)), "{status}: {outcome:?}");
    }
}

/// Takahē rejects a token that is no longer valid.
#[test]
fn rejected_token_is_not_sent_again() {
    let (seen, outcome) = sent(&[answer(400, "Invalid Bearer token")]);
    assert_eq!(seen.len(), 1);
    let Ok(Revocation::NotConfirmed(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.cause(), error.remedy()), (Cause::TokenRejected, Remedy::GiveUp));
    assert!(error.to_string().ends_with("The token is no longer valid."), "{error}");
}

/// GoToSocial, if the app was deleted.
#[test]
fn server_error_leaves_the_token_valid() {
    let (seen, outcome) = sent(&[answer(500, r#"{"error":"server_error"}"#)]);
    assert_eq!(seen.len(), 1);
    let error = outcome.unwrap_err();
    assert_eq!((error.cause(), error.remedy()), (Cause::ServerError, Remedy::Retry));
    assert!(error.to_string().contains("the token may still be valid"), "{error}");
}
