//! Keeping a session valid, step by step.

use std::time::{Duration, SystemTime};

use gts_oauth_core::error::{Cause, Operation, Remedy};
use gts_oauth_core::http::Request;
use gts_oauth_core::renewal::{RenewalStep, RenewingSession};
use gts_oauth_core::transport::ReceivedAt;
use gts_oauth_core::{Error, Exchange, Session};

use crate::recorded::{Answer, NO_ROWS, answer, rate_limited, throttled};
use crate::sample::{PAGE, REFRESH_TOKEN, app, exchange, refreshable, session, with};

pub(super) const RECEIVED: SystemTime = SystemTime::UNIX_EPOCH;

/// The time this many seconds after the token was received.
pub(super) fn at(seconds: u64) -> SystemTime {
    RECEIVED + Duration::from_secs(seconds)
}

/// A session of an hour, with a refresh token.
pub(super) fn hour() -> Session {
    token(r#","expires_in":3600,"refresh_token":"R1""#).received_at(RECEIVED)
}

fn token(fields: &str) -> Session {
    exchange().parse(&answer(200, format!(r#"{{"access_token":"OLD"{fields}}}"#))).unwrap()
}

pub(super) fn renewed() -> Answer {
    answer(200, r#"{"access_token":"NEW","expires_in":3600,"refresh_token":"R2"}"#)
}

pub(super) fn renewing(session: Session) -> RenewingSession {
    RenewingSession::new(app(), session).unwrap()
}

/// The outstanding refresh request.
#[track_caller]
fn request(session: &RenewingSession, now: SystemTime) -> Request<Vec<u8>> {
    match session.step(now) {
        RenewalStep::Send { operation: Operation::RefreshSession, request } => request,
        step => panic!("{step:?}"),
    }
}

/// The token of the session to use.
#[track_caller]
fn ready(session: &RenewingSession, now: SystemTime) -> &str {
    match session.step(now) {
        RenewalStep::Ready(session) => session.access_token().expose(),
        step => panic!("{step:?}"),
    }
}

/// Every response that renews nothing, and does not reject the refresh token.
fn transient() -> Vec<Answer> {
    vec![
        rate_limited(),
        throttled(503),
        answer(500, ""),
        answer(502, PAGE),
        answer(200, PAGE),
        answer(200, ""),
        answer(200, r#"{"access_tok"#),
        answer(408, ""),
    ]
}

#[test]
fn renews_within_the_leeway() {
    for (leeway, last) in [(None, 3539), (Some(600), 2999), (Some(0), 3599), (Some(u64::MAX), 0)] {
        let session = match leeway {
            Some(seconds) => renewing(hour()).leeway(Duration::from_secs(seconds)),
            None => renewing(hour()),
        };
        if last > 0 {
            assert!(!session.is_due(at(last)), "{leeway:?}");
            assert_eq!(ready(&session, at(last)), "OLD");
        }
        assert!(session.is_due(at(last + 1)), "{leeway:?}");
        let body = String::from_utf8(request(&session, at(last + 1)).into_body()).unwrap();
        assert!(body.contains("grant_type=refresh_token&refresh_token=R1&"), "{body}");
    }
}

#[test]
fn new_session_is_stored_before_use() {
    let mut session = renewing(hour());
    session.handle_response(&renewed(), at(3590)).unwrap();
    for now in [at(3590), at(9999)] {
        assert!(session.is_due(now));
        let RenewalStep::Store { new, old } = session.step(now) else { panic!() };
        assert_eq!((new.access_token().expose(), old), ("NEW", &hour()));
        assert_eq!(new.expires_at(), Some(at(3590 + 3600)));
    }
    assert_eq!(session.current(), &hour());
    session.handle_stored();
    assert_eq!(ready(&session, at(3590)), "NEW");
    assert_eq!(session.current().refresh_token().unwrap().expose(), "R2");
    assert!(!session.is_due(at(3590 + 3539)));
    request(&session, at(3590 + 3540));
}

#[test]
fn unexpected_response_changes_nothing() {
    let mut session = renewing(hour());
    session.handle_response(&renewed(), at(3590)).unwrap();
    let again = session.handle_response(&answer(200, r#"{"access_token":"X"}"#), at(3590));
    assert!(matches!(again, Err(Error::WrongStep(_))), "{again:?}");
    let again = session.handle_transport_error("closed", at(3590));
    assert!(matches!(again, Err(Error::WrongStep(_))), "{again:?}");
    let RenewalStep::Store { new, .. } = session.step(at(3590)) else { panic!() };
    assert_eq!(new.access_token().expose(), "NEW");

    let mut without = renewing(token(""));
    let unasked = without.handle_response(&renewed(), at(0));
    assert!(matches!(unasked, Err(Error::WrongStep(_))), "{unasked:?}");
    without.handle_stored();
    assert_eq!(ready(&without, at(0)), "OLD");
}

/// GoToSocial.
#[test]
fn without_refresh_token_the_session_is_used() {
    for fields in ["", r#","expires_in":3600"#] {
        let session = renewing(token(fields).received_at(RECEIVED));
        for now in [at(0), at(3599), at(1_000_000)] {
            assert_eq!(ready(&session, now), "OLD");
        }
    }
}

#[test]
fn endless_token_is_never_renewed() {
    for lifetime in ["0", "-1", "null", "\"\"", "18446744073709551615"] {
        let fields = format!(r#","expires_in":{lifetime},"refresh_token":"R1""#);
        let session = renewing(token(&fields).received_at(RECEIVED));
        for now in [at(0), at(1_000_000_000_000)] {
            assert_eq!(ready(&session, now), "OLD", "{lifetime}");
        }
    }
}

#[test]
fn working_token_is_used_if_renewing_fails() {
    for response in transient().iter().chain([&answer(400, NO_ROWS)]) {
        let mut session = renewing(hour());
        session.handle_response(response, at(3540)).unwrap();
        assert!(session.problem().is_some());
        // Half of the remaining time passes until the next try.
        for now in [at(3540), at(3569)] {
            assert_eq!(ready(&session, now), "OLD");
        }
        request(&session, at(3570));
        session.handle_transport_error("closed", at(3570)).unwrap();
        assert_eq!(ready(&session, at(3584)), "OLD");
        session.handle_response(&renewed(), at(3585)).unwrap();
        assert!(session.problem().is_none());
    }
}

#[test]
fn expired_token_that_cannot_be_renewed_is_an_error() {
    for response in transient() {
        let mut session = renewing(hour());
        let first = request(&session, at(3600));
        let error = session.handle_response(&response, at(3600)).unwrap_err();
        assert_ne!(error.remedy(), Remedy::SignIn, "{error}");
        // The same request is sent with the next try.
        assert_eq!(request(&session, at(3600)).body(), first.body());
    }
    let mut session = renewing(hour());
    let error = session.handle_transport_error("closed", at(3600)).unwrap_err();
    assert_eq!((error.cause(), error.remedy()), (Cause::Network, Remedy::Retry));
    assert!(error.to_string().contains("no response from example.org:443"), "{error}");
}

#[test]
fn log_of_a_step_names_it_without_secrets() {
    let mut session = renewing(hour());
    assert_eq!(format!("{:?}", session.step(at(0))), "Ready(..)");
    assert_eq!(format!("{:?}", session.step(at(3600))), "Send(..)");
    session.handle_response(&renewed(), at(3600)).unwrap();
    assert_eq!(format!("{:?}", session.step(at(3600))), "Store(..)");
}

#[test]
fn rejected_refresh_token_means_to_sign_in() {
    for response in [answer(400, NO_ROWS), answer(400, r#"{"error":"invalid_grant"}"#)] {
        let mut session = renewing(hour());
        session.handle_response(&response, at(3540)).unwrap();
        assert_eq!(session.problem().unwrap().remedy(), Remedy::SignIn);
        let error = session.handle_response(&response, at(3600)).unwrap_err();
        assert_eq!(error.remedy(), Remedy::SignIn);
        assert_eq!(session.current(), &hour(), "nothing is lost");
    }
}

/// A server that issues tokens of a second, and one of tokens shorter than the leeway.
#[test]
fn new_token_is_kept_for_half_its_lifetime() {
    for lifetime in [1, 2, 30, 100] {
        let brief = answer(200, format!(r#"{{"access_token":"NEW","expires_in":{lifetime}}}"#));
        let mut session = renewing(hour());
        session.handle_response(&brief, at(4000)).unwrap();
        session.handle_stored();
        let half = Duration::from_secs(lifetime) / 2;
        let pause = half.max(Duration::from_secs(1));
        assert_eq!(ready(&session, at(4000) + pause - Duration::from_millis(1)), "NEW");
        request(&session, at(4000) + pause);
    }
}

#[test]
fn fast_clock_does_not_renew_each_time() {
    let days = 3 * 86_400;
    let date = "Thu, 01 Jan 1970 00:00:00 GMT"; // the server is three days late
    let late = with(answer(200, r#"{"access_token":"OLD","expires_in":7200}"#), "date", date);
    let session = exchange().parse(&late).unwrap();
    let session = session.with_refresh_token(gts_oauth_core::Secret::new("R1")).unwrap();
    // The transport did not report the time, so the first token seems to have expired.
    let mut session = renewing(session);
    assert!(session.is_due(at(days)));
    session.handle_response(&late, at(days)).unwrap();
    session.handle_stored();
    assert_eq!(session.current().expires_at(), Some(at(days + 7200)));
    assert!(!session.is_due(at(days + 7000)));

    // It reports the time.
    let mut reported = late;
    reported.extensions_mut().insert(ReceivedAt::new(at(days + 5)));
    session.handle_response(&reported, at(days)).unwrap();
    session.handle_stored();
    assert_eq!(session.current().expires_at(), Some(at(days + 7205)));
}

#[test]
fn slow_clock_does_not_keep_an_expired_token() {
    let date = "Mon, 23 Nov 2026 10:58:21 GMT"; // the server is 56 years ahead
    let mut session = renewing(hour());
    session.handle_response(&with(renewed(), "date", date), at(3590)).unwrap();
    session.handle_stored();
    assert!(session.is_due(at(3590 + 3600)));
}

#[test]
fn rejected_token_is_renewed_before_it_expires() {
    let mut session = renewing(hour());
    session.handle_rejection(&hour(), rejection()).unwrap();
    request(&session, at(0));
    session.handle_response(&renewed(), at(10)).unwrap();
    // The rejection of the old one arrives again, from another thread.
    session.handle_rejection(&hour(), rejection()).unwrap();
    session.handle_stored();
    assert_eq!(ready(&session, at(10)), "NEW");
    session.handle_rejection(&hour(), rejection()).unwrap();
    assert_eq!(ready(&session, at(10)), "NEW");
}

#[test]
fn rejection_without_remedy_is_returned() {
    let error = renewing(session()).handle_rejection(&session(), rejection()).unwrap_err();
    assert_eq!(error.remedy(), Remedy::SignIn);
    for (status, body) in [(403, "no"), (404, ""), (429, ""), (500, ""), (200, PAGE)] {
        let error = hour().verify().parse(&answer(status, body)).unwrap_err();
        let mut session = renewing(hour());
        assert!(session.handle_rejection(&hour(), error).is_err(), "{status}");
        assert!(!session.is_due(at(0)), "{status}");
    }
}

/// The rejection might depend on the call.
#[test]
fn failed_renewal_forgets_the_rejection() {
    let mut session = renewing(hour());
    session.handle_rejection(&hour(), rejection()).unwrap();
    let error = session.handle_response(&answer(500, ""), at(10)).unwrap_err();
    assert_eq!(error.operation(), Some(Operation::RefreshSession));
    assert_eq!(ready(&session, at(10)), "OLD");
}

fn rejection() -> Error {
    hour().verify().parse(&answer(401, "")).unwrap_err()
}

#[test]
fn steps_continue_after_storage() {
    let mut session = renewing(hour()).leeway(Duration::from_secs(600));
    compare_stored(&session, at(3000));
    session.handle_rejection(&hour(), rejection()).unwrap();
    compare_stored(&session, at(0));
    session.handle_response(&renewed(), at(10)).unwrap();
    compare_stored(&session, at(10));
    session.handle_stored();
    compare_stored(&session, at(10));
    compare_stored(&session, at(3011));
}

/// Compares the step with that of the session after it was stored and read.
#[track_caller]
fn compare_stored(session: &RenewingSession, now: SystemTime) {
    let json = serde_json::to_string(session).unwrap();
    let binary = postcard::to_allocvec(session).unwrap();
    for read in [serde_json::from_str(&json).unwrap(), postcard::from_bytes(&binary).unwrap()] {
        let read: RenewingSession = read;
        match (read.step(now), session.step(now)) {
            (RenewalStep::Send { request: a, .. }, RenewalStep::Send { request: b, .. }) => {
                assert_eq!((a.uri(), a.body()), (b.uri(), b.body()));
            }
            (RenewalStep::Store { new: a, old: c }, RenewalStep::Store { new: b, old: d }) => {
                assert_eq!((a, c), (b, d))
            }
            (RenewalStep::Ready(a), RenewalStep::Ready(b)) => assert_eq!(a, b),
            (a, b) => panic!("{a:?}, {b:?}"),
        }
    }
}

#[test]
fn session_of_another_instance_is_rejected() {
    let other = "other.example".parse().unwrap();
    let other = Session::from_token(other, gts_oauth_core::Secret::new("T")).unwrap();
    let error = RenewingSession::new(app(), other.clone()).unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error}");

    let mut stored = serde_json::to_value(renewing(hour())).unwrap();
    let other = serde_json::to_value(other).unwrap();
    stored["data"]["renewed"] = other["data"].clone();
    assert!(serde_json::from_value::<RenewingSession>(stored).is_err());
}

#[test]
fn secrets_are_not_printed() {
    let mut session = renewing(refreshable());
    session.handle_rejection(&refreshable(), rejection()).unwrap();
    let echo = answer(500, format!("unknown {REFRESH_TOKEN}"));
    let error = session.handle_response(&echo, at(0)).unwrap_err();
    session.handle_response(&renewed(), at(0)).unwrap();
    let printed = format!("{session:?} {:?} {error} {error:?}", session.step(at(0)));
    for secret in [REFRESH_TOKEN, "NEW", "R2"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
