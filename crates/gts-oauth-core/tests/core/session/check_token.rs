//! Whether a token is valid, whatever the response is.

use gts_oauth_core::session::TokenStatus;
use gts_oauth_core::{Error, Exchange};

use crate::error::causes::KNOWN;
use crate::recorded::{ALICE, TOKEN_REFUSED, rate_limited, throttled};
use crate::sample::{PAGE, answer, session, with};
use crate::scenario::Server;

#[test]
fn known_responses_have_their_token_status() {
    let mut seen = Vec::new();
    for known in &KNOWN {
        if let Some((session, status)) = known.verified() {
            let found = session.check_token().parse(&known.response()).unwrap();
            assert_eq!(found, status, "{}: {:?}", known.server, known.response());
            seen.push(status);
        }
    }
    for status in [TokenStatus::Valid, TokenStatus::Rejected, TokenStatus::Unknown] {
        assert!(seen.iter().filter(|it| **it == status).count() > 5, "{status:?}");
    }
}

#[test]
fn account_means_a_valid_token() {
    let status = session().check_token().parse(&answer(200, ALICE)).unwrap();
    assert_eq!(status, TokenStatus::Valid);
}

#[test]
fn responses_without_evidence_are_unknown() {
    let redirect = with(answer(302, ""), "location", "/login");
    let mut responses = vec![rate_limited(), throttled(429), throttled(503), redirect];
    responses.extend([200, 400, 401, 403, 404, 422, 500, 502].map(|status| answer(status, PAGE)));
    responses.extend([404, 405, 408, 410, 418, 500, 501].map(|status| answer(status, "")));
    responses.extend(["", "{}", "[]", "null", "OK", &ALICE[..70]].map(|body| answer(200, body)));
    for response in responses {
        let status = session().check_token().parse(&response).unwrap();
        assert_eq!(status, TokenStatus::Unknown, "{response:?}");
    }
}

#[test]
fn check_sends_one_request_to_verify() {
    let server = Server::new([answer(401, TOKEN_REFUSED)]);
    let status = session().check_token().send(&server).unwrap();
    assert_eq!(status, TokenStatus::Rejected);
    assert_eq!(server.asked(), ["/api/v1/accounts/verify_credentials"]);
    let check = session().check_token();
    assert_eq!(check.operation(), session().verify().operation());
}

#[test]
fn check_without_a_response_is_an_error() {
    let outcome = session().check_token().send(&Server::new([]));
    assert!(matches!(outcome, Err(Error::Transport(_))), "{outcome:?}");
}

#[test]
fn status_of_a_verification_is_the_same() {
    for known in &KNOWN {
        if let Some((session, status)) = known.verified() {
            assert_eq!(TokenStatus::of(&session.verify().parse(&known.response())), status);
        }
    }
}
