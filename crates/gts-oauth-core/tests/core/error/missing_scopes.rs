//! Evidence that a token lacks a scope, and which one it is (RFC 6750 section 3.1).

use gts_oauth_core::error::Cause;
use gts_oauth_core::http::Response;
use gts_oauth_core::{Error, Exchange, Session};

use crate::recorded::SCOPE_REFUSED;
use crate::sample::{PAGE, TOKEN, answer, session, with};

fn granted(scopes: &str) -> Session {
    session().with_scopes(scopes.parse().unwrap())
}

/// The error of a post.
fn post(session: &Session, response: &Response<Vec<u8>>) -> Error {
    session.post("/api/v1/statuses").unwrap().parse(response).unwrap_err()
}

fn challenged(challenge: &str) -> Response<Vec<u8>> {
    with(answer(403, r#"{"error":"Forbidden"}"#), "www-authenticate", challenge)
}

#[track_caller]
fn assert_missing(error: &Error, scopes: &str) {
    assert_eq!(error.cause(), Cause::MissingScope, "{error:?}");
    assert_eq!(error.missing_scopes().to_string(), scopes, "{error:?}");
}

#[test]
fn challenge_names_the_scope() {
    for (scopes, narrowest) in [
        ("write:media", "write:media"),
        ("write write:media", "write:media"),
        ("profile read read:accounts", "read:accounts"),
        ("admin:read admin:read:accounts", "admin:read:accounts"),
        ("read profile", "read"),
        ("profile", "profile"),
    ] {
        for challenge in [
            format!(r#"Bearer error="insufficient_scope", scope="{scopes}""#),
            format!(
                r#"Bearer realm="Doorkeeper", error="insufficient_scope", error_description="Access to this resource requires scope _{scopes}_.""#
            ),
        ] {
            assert_missing(&post(&session(), &challenged(&challenge)), narrowest);
        }
    }
}

#[test]
fn second_challenge_counts() {
    let response = challenged(r#"Basic realm="x""#);
    let response =
        with(response, "www-authenticate", r#"Bearer error="insufficient_scope", scope="push""#);
    assert_missing(&post(&session(), &response), "push");
}

#[test]
fn invalid_challenge_names_the_required_scope() {
    for challenge in [
        r#"Bearer error="insufficient_scope""#,
        r#"Bearer error="insufficient_scope", scope="""#,
        r#"Bearer error="insufficient_scope", scope="é""#,
        r#"Bearer error="insufficient_scope", scope="a\"b""#,
        r#"Bearer error="insufficient_scope", scope="write"#,
    ] {
        let error = post(&session(), &challenged(challenge));
        if error.cause() == Cause::MissingScope {
            assert_missing(&error, "write:statuses");
        } else {
            // Not ASCII.
            assert_eq!((error.cause(), challenge.is_ascii()), (Cause::Forbidden, false));
        }
    }
}

#[test]
fn text_names_the_scope() {
    for (text, scope) in [
        ("Insufficient permissions: write:media.", "write:media"),
        ("Insufficient permissions: write:media", "write:media"),
        ("Insufficient permissions: write write:media.", "write:media"),
        ("Insufficient permissions: follow | write:follows.", "write:follows"),
        ("Insufficient permissions: ", "write:statuses"),
        ("Insufficient permissions", "write:statuses"),
    ] {
        let response = answer(403, format!(r#"{{"error":"{text}"}}"#));
        assert_missing(&post(&session(), &response), scope);
    }
}

#[test]
fn unknown_calls_name_no_scope() {
    let call = session().get("/api/v1/banana").unwrap();
    let error = call.parse(&answer(403, SCOPE_REFUSED)).unwrap_err();
    assert_missing(&error, "");
    assert!(error.to_string().ends_with("the server does not name it."), "{error}");
}

#[test]
fn granted_scopes_decide_a_silent_403() {
    for body in ["", "{}", r#"{"error":""}"#, r#"{"error":"Forbidden"}"#, "no"] {
        let response = answer(403, body);
        for scopes in ["read", "read:statuses push", "write:media"] {
            assert_missing(&post(&granted(scopes), &response), "write:statuses");
        }
        for scopes in ["", "write", "write:statuses", "read write"] {
            let error = post(&granted(scopes), &response);
            assert_eq!(error.cause(), Cause::Forbidden, "{scopes}");
        }
    }
}

#[test]
fn granted_follow_includes_its_scopes() {
    for (action, cause) in [
        ("follow", Cause::Forbidden),
        ("unblock", Cause::Forbidden),
        ("mute", Cause::Forbidden),
        ("note", Cause::MissingScope),
    ] {
        let call = granted("follow").post(&format!("/api/v1/accounts/1/{action}")).unwrap();
        let error = call.parse(&answer(403, "")).unwrap_err();
        assert_eq!(error.cause(), cause, "{action}");
    }
}

#[test]
fn granted_profile_is_enough_to_verify() {
    let verify = |scopes| granted(scopes).verify().parse(&answer(403, "")).unwrap_err();
    assert_missing(&verify("write"), "read:accounts");
    for scopes in ["profile", "read", "read:accounts write", "profile write"] {
        assert_eq!(verify(scopes).cause(), Cause::Forbidden, "{scopes}");
    }
}

#[test]
fn granted_scopes_explain_no_other_status() {
    for status in [400, 401, 404, 422, 500] {
        let error = post(&granted("read"), &answer(status, r#"{"error":"no"}"#));
        assert_ne!(error.cause(), Cause::MissingScope, "{status}");
        assert!(error.missing_scopes().is_empty(), "{status}");
    }
}

#[test]
fn rejected_tokens_lack_no_scope() {
    for (status, text) in [
        (403, "Invalid credentials."),
        (401, "The access token was revoked"),
        (401, "The access token is invalid"),
        (401, "invalid_token"),
        (400, "Invalid Bearer token"),
        (500, "Unauthenticated."),
    ] {
        let response = answer(status, format!(r#"{{"error":"{text}"}}"#));
        let error = post(&granted("read"), &response);
        assert_eq!(error.cause(), Cause::TokenRejected, "{text}");
        assert!(error.missing_scopes().is_empty(), "{text}");
    }
}

#[test]
fn html_pages_name_no_scope() {
    let page = with(
        answer(403, PAGE),
        "www-authenticate",
        r#"Bearer error="insufficient_scope", scope="write""#,
    );
    let error = post(&granted("read"), &page);
    assert_eq!(error.cause(), Cause::NotApi);
    assert!(error.missing_scopes().is_empty());
}

#[test]
fn missing_scopes_contain_no_secret() {
    let response = challenged(&format!(r#"Bearer error="insufficient_scope", scope="{TOKEN}""#));
    let error = post(&session(), &response);
    assert!(!error.to_string().contains(&TOKEN[..6]), "{error}");
    assert!(!format!("{error:?}").contains(&TOKEN[..6]), "{error:?}");
    let response = answer(403, r#"{"error":"Insufficient permissions: Vd3Xgl+/=&\"\\N6cFs1."}"#);
    let error = post(&session(), &response);
    assert!(!error.to_string().to_lowercase().contains("vd3xgl"), "{error}");
    assert!(!format!("{error:?}").to_lowercase().contains("vd3xgl"), "{error:?}");
}
