//! Token replies, in every dialect that servers are known to speak: what is read of them, what is
//! let pass, and which tokens are not used.

use std::time::{Duration, SystemTime};

use gts_oauth_core::types::KNOWN_SCOPES;
use gts_oauth_core::{Error, Exchange, Session, error::UnexpectedReason};
use serde_json::{Value, json};

use crate::sample::{answer, exchange, out_of_band, register, request_token, session, with};

/// The session that a token reply with these fields (and a token) leads to.
fn token(fields: Value) -> Result<Session, Error> {
    let mut reply = json!({"access_token": "M2I1M2Y3"});
    for (name, value) in fields.as_object().unwrap() {
        reply[name] = value.clone();
    }
    exchange().parse(&answer(200, reply.to_string()))
}

#[test]
fn the_reply_of_gotosocial_to_a_code_is_read() {
    let session = token(json!({"created_at": 1_795_431_467, "scope": "read write",
        "token_type": "Bearer"}))
    .unwrap();
    assert_eq!(session.access_token().expose(), "M2I1M2Y3");
    assert_eq!(session.scopes().to_string(), "read write");
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_467);
    assert_eq!(session.created_at(), Some(made));
    assert_eq!(session.expires_in(), None);
    assert!(session.refresh_token().is_none());
    assert_eq!(session.instance().origin(), "https://example.org");
}

#[test]
fn a_token_with_nothing_around_it_has_what_was_asked_for() {
    for fields in [json!({}), json!({"scope": null}), json!({"scope": " "}), json!({"scope": 1})] {
        let session = token(fields).unwrap();
        assert_eq!(session.scopes().to_string(), "read");
        assert_eq!(session.created_at(), None);
    }
}

#[test]
fn number_out_of_range_loses_nothing() {
    let long = "9".repeat(400);
    for number in ["1e400", "-1e400", &long, "[1e400]", r#"{"a":1e400,"b":"1e400\\"}"#] {
        for field in ["expires_in", "created_at", "scope", "refresh_token", "other"] {
            let body = format!(r#"{{"{field}":{number},"access_token":"M2I1\"1e400"}}"#);
            let session = exchange().parse(&answer(200, body)).unwrap();
            assert_eq!(session.access_token().expose(), "M2I1\"1e400");
            assert_eq!((session.expires_in(), session.created_at()), (None, None));
        }
        for field in ["redirect_uri", "redirect_uris", "scopes"] {
            let app = format!(r#"{{"client_id":"1","client_secret":"S","{field}":{number}}}"#);
            assert_eq!(register().parse(&answer(200, app)).unwrap().client_id(), "1");
        }
        for field in ["display_name", "url", "acct"] {
            let account = format!(r#"{{"id":"7","username":"alice","{field}":{number}}}"#);
            let read = session().verify().parse(&answer(200, &account)).unwrap();
            assert_eq!((read.username(), read.json()), ("alice", &*account));
        }
    }
    let body = r#"{"access_token":"M2I1","token_type":1e400}"#;
    assert!(exchange().parse(&answer(200, body)).is_ok());
}

#[test]
fn numbers_beside_a_lone_surrogate_are_read() {
    let body =
        r#"{"access_token":"M2I1","scope":"\ud800","expires_in":7200,"created_at":1795431467}"#;
    let session = exchange().parse(&answer(200, body)).unwrap();
    assert_eq!(session.expires_in(), Some(Duration::from_secs(7200)));
    assert!(session.created_at().is_some());
}

#[test]
fn more_or_less_than_was_asked_for_is_told_as_granted() {
    let session = token(json!({"scope": "read:accounts follow"})).unwrap();
    assert_eq!(session.scopes().to_string(), "read:accounts follow");
}

#[test]
fn a_list_of_scopes_beyond_all_reason_counts_as_none() {
    let scopes: Vec<String> = (0..200_000).map(|number| format!("s{number}")).collect();
    let many = scopes[..1001].join(" ");
    for scope in [json!(scopes.join(" ")), json!(scopes), json!(many), json!("s".repeat(70_000))] {
        let session = token(json!({"access_token": "T", "scope": scope})).unwrap();
        assert_eq!(session.scopes(), out_of_band().scopes());
    }
}

#[test]
fn a_moment_in_milliseconds_is_the_same_moment() {
    let made = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_431_467));
    for created_at in [json!(1_795_431_467), json!(1_795_431_467_123_u64), json!("1795431467")] {
        let session = token(json!({"created_at": created_at})).unwrap();
        assert_eq!(session.created_at(), made, "{created_at}");
    }
    for created_at in [
        json!(null),
        json!(0),
        json!(-1),
        json!("yesterday"),
        json!({}),
        json!("1970-01-01T00:00:00Z"),
    ] {
        let session = token(json!({"created_at": created_at})).unwrap();
        assert_eq!(session.created_at(), None, "{created_at}");
    }
}

#[test]
fn a_life_of_any_length_is_understood_and_none_is_for_ever() {
    for (expires_in, seconds) in [
        (json!(7200), Some(7200)),
        (json!(3599.97), Some(3599)),
        (json!("3600"), Some(3600)),
        (json!(" 3600.5 "), Some(3600)),
        (json!(0.5), Some(1)),
        (json!("0.5"), Some(1)),
        (json!(3_153_600_000_u64), Some(3_153_600_000)),
        (json!(1e300), Some(u64::MAX)),
        (json!(u64::MAX), Some(u64::MAX)),
        (json!(0), None),
        (json!(0.0), None),
        (json!("0"), None),
        (json!(-1), None),
        (json!(null), None),
        (json!(""), None),
        (json!("never"), None),
        (json!([]), None),
    ] {
        let session = token(json!({"expires_in": expires_in})).unwrap();
        assert_eq!(session.expires_in(), seconds.map(Duration::from_secs), "{expires_in}");
    }
}

#[test]
fn moments_beyond_all_reason_do_not_panic() {
    for moment in [json!(u64::MAX), json!(1e300), json!(1e18)] {
        let session = token(json!({"created_at": moment, "expires_in": moment})).unwrap();
        assert!(session.expires_in() > Some(Duration::from_secs(1)));
        let _ = session.created_at();
    }
}

#[test]
fn an_empty_or_unusable_refresh_token_is_none() {
    for refresh in [json!(""), json!(null), json!("a b"), json!("a\u{0}")] {
        let session = token(json!({"refresh_token": refresh})).unwrap();
        assert!(session.refresh_token().is_none(), "{refresh}");
    }
    let session = token(json!({"refresh_token": "R9"})).unwrap();
    assert_eq!(session.refresh_token().unwrap().expose(), "R9");
}

#[test]
fn the_token_type_is_compared_without_regard_to_case_and_may_be_absent() {
    for kind in [json!("Bearer"), json!("bearer"), json!("BEARER"), json!(" Bearer "), json!(null)]
    {
        assert!(token(json!({"token_type": kind})).is_ok(), "{kind}");
    }
}

#[test]
fn a_token_of_an_unknown_type_is_refused() {
    for kind in ["mac", "DPoP", "N_A", "Bearer 2"] {
        let error = token(json!({"token_type": kind})).unwrap_err();
        assert!(
            matches!(&error, Error::UnexpectedResponse(odd) if odd.reason == UnexpectedReason::Field("token_type"))
        );
        assert!(error.to_string().contains("`token_type`"), "{error}");
    }
}

#[test]
fn a_token_that_no_header_can_carry_is_refused() {
    for bad in [
        json!(""),
        json!(null),
        json!("a b"),
        json!("a\r\nX-Evil: 1"),
        json!("a\u{0}b"),
        json!("a\u{7f}"),
        json!("tökén"),
    ] {
        let error = token(json!({"access_token": bad})).unwrap_err();
        assert!(
            matches!(&error, Error::UnexpectedResponse(odd) if odd.reason == UnexpectedReason::Field("access_token"))
        );
    }
}

#[test]
fn unknown_fields_are_ignored() {
    let extra = json!({"id": 5, "me": "https://x/", "nested": {"a": [1]}, "expires_at": null});
    assert!(token(extra).is_ok());
}

#[test]
fn any_content_type_or_none_will_do() {
    let body = r#"{"access_token":"M2I1M2Y3"}"#;
    for kind in ["application/json", "text/html; charset=utf-8", "text/plain", "garbage", "é"] {
        let answer = with(answer(200, body), "content-type", kind);
        assert!(exchange().parse(&answer).is_ok(), "{kind}");
    }
    assert!(exchange().parse(&answer(201, body)).is_ok());
}

#[test]
fn a_pasted_code_leads_to_the_same_session() {
    let exchange = out_of_band().code_from_text(" MJG4YJRK ").unwrap();
    let session = exchange.parse(&answer(200, r#"{"access_token":"M2I1M2Y3"}"#));
    assert_eq!(session.unwrap(), token(json!({})).unwrap());
}

#[test]
fn an_apps_own_token_is_read_with_its_life() {
    let reply = r#"{"access_token":"NZVL","created_at":1795431467,"expires_in":7200,
        "scope":"read","token_type":"Bearer"}"#;
    let token = request_token().parse(&answer(200, reply)).unwrap();
    assert_eq!(token.access_token().expose(), "NZVL");
    assert_eq!(token.expires_in(), Some(Duration::from_secs(7200)));
    assert_eq!(token.scopes().to_string(), "read");
    assert_eq!(token.instance().origin(), "https://example.org");
}

#[test]
fn many_scopes_can_be_granted_at_once() {
    let all = KNOWN_SCOPES.join(" ");
    assert_eq!(token(json!({"scope": all})).unwrap().scopes().to_string(), all);
    let many: Vec<String> = (0..1000).map(|number| format!("read:{number}")).collect();
    assert_eq!(token(json!({"scope": many.join(" ")})).unwrap().scopes().iter().count(), 1000);
}

#[test]
fn scopes_can_be_separated_by_plus_signs() {
    let body = r#"{"access_token":"M2I1M2Y3","token_type":"Bearer","scope":"read+write"}"#;
    let session = exchange().parse(&answer(200, body)).unwrap();
    assert_eq!(session.scopes().to_string(), "read write");
}
