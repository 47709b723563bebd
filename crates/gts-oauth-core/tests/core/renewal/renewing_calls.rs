//! Calls with a session that is renewed, over a transport.

use std::cell::RefCell;

use gts_oauth_core::error::{Operation, Remedy};
use gts_oauth_core::http::Request;
use gts_oauth_core::session::Call;
use gts_oauth_core::{BoxError, Error, Secret, Session, Transport};

use super::renewing::{at, hour, renewed, renewing};
use crate::error::secrets_shown::{assert_hidden, shown};
use crate::recorded::{Answer, answer};
use crate::sample::CLIENT_SECRET;

/// A server with these responses, in order, and its requests: the path, and the token or the
/// refresh token.
struct Script {
    responses: RefCell<Vec<Option<Answer>>>,
    requests: RefCell<Vec<String>>,
}

fn script(responses: impl IntoIterator<Item = Option<Answer>>) -> Script {
    let mut responses: Vec<_> = responses.into_iter().collect();
    responses.reverse();
    Script { responses: RefCell::new(responses), requests: RefCell::default() }
}

impl Script {
    fn http(&self) -> impl Transport + '_ {
        |request: Request<Vec<u8>>| {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let token = match request.headers().get("authorization") {
                Some(value) => value.to_str()?.replace("Bearer ", ""),
                None => body.split("refresh_token=").nth(1).unwrap()[..2].to_owned(),
            };
            let body = if body.starts_with("status=") { &*body } else { "" };
            let line = format!("{} {token} {body}", request.uri().path());
            self.requests.borrow_mut().push(line.trim_end().to_owned());
            let response = self.responses.borrow_mut().pop().expect("a response");
            response.ok_or_else(|| BoxError::from("closed"))
        }
    }

    /// The requests so far.
    #[track_caller]
    fn assert_requests(&self, expected: &[&str]) {
        assert_eq!(*self.requests.borrow(), expected);
        assert!(self.responses.borrow().is_empty(), "every response was used");
    }
}

fn call() -> Call {
    hour().post("/api/v1/statuses").unwrap().form("status", "hello")
}

fn no_store(new: &Session, _: &Session) -> Result<(), BoxError> {
    panic!("nothing to store: {new:?}")
}

const REJECTED: &str = r#"{"error":"The access token is invalid"}"#;
const OLD: &str = "/api/v1/statuses OLD status=hello";
const NEW: &str = "/api/v1/statuses NEW status=hello";
const REFRESH: &str = "/oauth/token R1";

#[test]
fn valid_token_is_not_renewed() {
    let server = script([Some(answer(200, "{}"))]);
    let mut session = renewing(hour());
    session.send(&call(), &server.http(), at(0), no_store).unwrap();
    server.assert_requests(&[OLD]);
}

#[test]
fn expiring_token_is_renewed_before_the_call() {
    let server = script([Some(renewed()), Some(answer(200, "{}")), Some(answer(200, "{}"))]);
    let mut session = renewing(hour());
    let mut stored = Vec::new();
    for _ in 0..2 {
        let store = |new: &Session, old: &Session| {
            stored.push((new.clone(), old.clone()));
            Ok(())
        };
        session.send(&call(), &server.http(), at(3590), store).unwrap();
    }
    server.assert_requests(&[REFRESH, NEW, NEW]);
    assert_eq!(stored, [(session.current().clone(), hour())]);
}

#[test]
fn rejected_call_is_sent_once_more() {
    let rejected = Some(answer(401, REJECTED));
    let server = script([rejected.clone(), Some(renewed()), Some(answer(200, "{}"))]);
    let mut session = renewing(hour());
    session.send(&call(), &server.http(), at(0), |_, _| Ok(())).unwrap();
    server.assert_requests(&[OLD, REFRESH, NEW]);

    let server = script([rejected.clone(), Some(renewed()), rejected]);
    let mut session = renewing(hour());
    let error = session.send(&call(), &server.http(), at(0), |_, _| Ok(())).unwrap_err();
    assert_eq!((error.operation(), error.remedy()), (Some(Operation::Write), Remedy::SignIn));
    server.assert_requests(&[OLD, REFRESH, NEW]);
}

#[test]
fn other_errors_are_not_sent_again() {
    for response in [
        Some(answer(403, r#"{"error":"This action is outside the authorized scopes"}"#)),
        Some(answer(403, r#"{"error":"Your login is currently disabled"}"#)),
        Some(answer(422, r#"{"error":"too long"}"#)),
        Some(answer(429, "")),
        Some(answer(500, "")),
        // Posted, but another server could not be reached.
        Some(answer(500, r#"{"error":"delivery failed: evil.example: Unauthenticated."}"#)),
        Some(answer(404, r#"{"error":"invalid_token"}"#)),
        Some(answer(503, "")),
        None,
    ] {
        let server = script([response]);
        let error = renewing(hour()).send(&call(), &server.http(), at(0), no_store).unwrap_err();
        assert_eq!(error.operation(), Some(Operation::Write), "{error}");
        server.assert_requests(&[OLD]);
    }
}

#[test]
fn error_of_a_call_hides_the_client_secret() {
    let body = serde_json::json!({ "error": format!("bad {CLIENT_SECRET}") }).to_string();
    let server = script([Some(answer(500, body))]);
    let error = renewing(hour()).send(&call(), &server.http(), at(0), no_store).unwrap_err();
    assert_hidden(&shown(&error), CLIENT_SECRET);
}

#[test]
fn rejected_call_without_refresh_token_is_not_sent_again() {
    let server = script([Some(answer(401, REJECTED))]);
    let token = Session::from_token(hour().instance().clone(), Secret::new("OLD")).unwrap();
    let error = renewing(token).send(&call(), &server.http(), at(9999), no_store).unwrap_err();
    assert_eq!(error.remedy(), Remedy::SignIn);
    server.assert_requests(&[OLD]);
}

#[test]
fn failed_renewal_after_a_rejection_is_the_error() {
    let rejected = || Some(answer(401, REJECTED));
    for failed in [Some(answer(502, "")), Some(answer(400, r#"{"error":"invalid_grant"}"#)), None] {
        let server =
            script([rejected(), failed, rejected(), Some(renewed()), Some(answer(200, ""))]);
        let mut session = renewing(hour());
        let error = session.send(&call(), &server.http(), at(0), no_store).unwrap_err();
        assert_eq!(error.operation(), Some(Operation::RefreshSession), "{error}");
        session.send(&call(), &server.http(), at(0), |_, _| Ok(())).unwrap();
        server.assert_requests(&[OLD, REFRESH, OLD, REFRESH, NEW]);
    }
}

#[test]
fn working_token_is_sent_if_renewing_fails() {
    for failed in [Some(answer(500, "")), Some(answer(400, r#"{"error":"invalid_grant"}"#)), None] {
        let server = script([failed, Some(answer(200, "{}")), Some(answer(200, "{}"))]);
        let mut session = renewing(hour());
        for _ in 0..2 {
            session.send(&call(), &server.http(), at(3590), no_store).unwrap();
        }
        server.assert_requests(&[REFRESH, OLD, OLD]);
    }
}

#[test]
fn failed_store_loses_nothing() {
    let server = script([Some(renewed()), Some(answer(200, "{}"))]);
    let mut session = renewing(hour());
    for _ in 0..2 {
        let full = |_: &Session, _: &Session| Err("the disk is full".into());
        let error = session.send(&call(), &server.http(), at(3590), full).unwrap_err();
        assert!(matches!(error, Error::Store(_)), "{error}");
        assert!(error.to_string().ends_with("the disk is full"), "{error}");
        assert_eq!(session.current(), &hour());
    }
    // Another process stores it.
    let json = serde_json::to_string(&session).unwrap();
    let mut session: gts_oauth_core::renewal::RenewingSession =
        serde_json::from_str(&json).unwrap();
    let mut stored = None;
    let store = |new: &Session, _: &Session| {
        stored = Some(new.access_token().expose().to_owned());
        Ok(())
    };
    session.send(&call(), &server.http(), at(3590), store).unwrap();
    assert_eq!(stored.as_deref(), Some("NEW"));
    server.assert_requests(&[REFRESH, NEW]);
}

#[test]
fn failed_store_after_a_rejection_sends_no_call() {
    let rejected = Some(answer(401, REJECTED));
    let server = script([rejected, Some(renewed()), Some(answer(200, "{}"))]);
    let mut session = renewing(hour());
    let full = |_: &Session, _: &Session| Err("the disk is full".into());
    let error = session.send(&call(), &server.http(), at(0), full).unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error}");
    session.send(&call(), &server.http(), at(0), |_, _| Ok(())).unwrap();
    server.assert_requests(&[OLD, REFRESH, NEW]);
}

#[test]
fn lost_renewal_is_sent_again() {
    let server = script([None, Some(answer(400, r#"{"error":"invalid_grant"}"#))]);
    let mut session = renewing(hour());
    let lost = session.send(&call(), &server.http(), at(3600), no_store).unwrap_err();
    assert_eq!(lost.remedy(), Remedy::Retry);
    let used_up = session.send(&call(), &server.http(), at(3600), no_store).unwrap_err();
    assert_eq!(used_up.remedy(), Remedy::SignIn);
    server.assert_requests(&[REFRESH, REFRESH]);
}

#[test]
fn call_for_another_instance_is_not_sent() {
    let server = script([]);
    let other = Session::from_token("other.example".parse().unwrap(), Secret::new("T")).unwrap();
    let call = other.get("/api/v1/notifications").unwrap();
    let error = renewing(hour()).send(&call, &server.http(), at(0), no_store).unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error}");
    server.assert_requests(&[]);
}

#[test]
fn rejection_that_a_new_token_does_not_mend_renews_once_a_minute() {
    let rejected = || Some(answer(401, REJECTED));
    let server = script([rejected(), Some(renewed()), rejected(), rejected(), rejected()]);
    let mut session = renewing(hour());
    for seconds in [0, 1, 59] {
        session.send(&call(), &server.http(), at(seconds), |_, _| Ok(())).unwrap_err();
    }
    server.assert_requests(&[OLD, REFRESH, NEW, NEW, NEW]);
    let server = script([rejected(), None]);
    let _ = session.send(&call(), &server.http(), at(60), |_, _| Ok(()));
    assert_eq!(server.requests.borrow().len(), 2, "it is renewed again");
}
