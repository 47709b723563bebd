//! No error advises to repeat a request that might have had an effect.

use gts_oauth_core::error::{NetworkFault, Operation, Remedy, TimeoutPhase};
use gts_oauth_core::transport::BodyLimit;
use gts_oauth_core::{Error, Exchange};

use super::network::{OPERATIONS, advises_retry, faults, lost};
use crate::recorded::Answer;
use crate::sample::{PAGE, answer, errors, exchange, refresh, session, with};

const STATUSES: [u16; 28] = [
    200, 201, 202, 204, 301, 303, 307, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 418,
    422, 425, 451, 500, 501, 502, 504, 520, 599,
];

/// Bodies of all kinds.
const BODIES: [&str; 15] = [
    "",
    "{}",
    "[]",
    "{\"id\":",
    "oops",
    PAGE,
    "error code: 1020",
    r#"{"error":"x"}"#,
    r#"{"error":"server_error"}"#,
    r#"{"error":"temporarily_unavailable"}"#,
    r#"{"error":"invalid_request"}"#,
    r#"{"error":"invalid_client"}"#,
    r#"{"error":"Unauthenticated."}"#,
    r#"{"error":"insufficient_scope"}"#,
    r#"{"message":"no"}"#,
];

fn responses() -> impl Iterator<Item = Answer> {
    let responses = STATUSES.iter().flat_map(|status| BODIES.map(|body| answer(*status, body)));
    let redirect = |response: Answer| match response.status().is_redirection() {
        true => with(response, "location", "https://example.org/gts/api/v1/statuses"),
        false => response,
    };
    let too_long = answer(200, vec![b' '; BodyLimit::PROTOCOL.bytes() as usize + 1]);
    responses.map(redirect).chain([too_long])
}

/// The errors of a post: of the call, and of reading its response.
fn errors_of_a_post(response: &Answer) -> Option<Error> {
    let post = session().post("/api/v1/statuses").unwrap();
    match post.body_limit(BodyLimit::PROTOCOL.bytes()).parse(response) {
        Ok(posted) => posted.json::<std::collections::BTreeMap<String, u8>>().err(),
        Err(error) => Some(error),
    }
}

#[test]
fn no_response_advises_to_repeat_a_call_with_effects() {
    let mut checked = 0;
    for response in responses() {
        let Some(error) = errors_of_a_post(&response) else { continue };
        assert!(!advises_retry(&error), "{response:?}: {error}");
        checked += 1;
    }
    assert!(checked > 350, "{checked}");
}

#[test]
fn lost_calls_with_effects_are_to_be_checked() {
    for response in [
        answer(500, r#"{"error":"x"}"#),
        answer(502, PAGE),
        answer(504, ""),
        answer(200, PAGE),
        answer(403, PAGE),
        answer(408, ""),
        answer(200, "{\"id\":"),
    ] {
        let error = errors_of_a_post(&response).unwrap();
        assert_eq!(error.remedy(), Remedy::Check, "{error}");
        assert!(error.to_string().contains("carried out"), "{error}");
    }
    for fault in [
        NetworkFault::Closed,
        NetworkFault::Unknown,
        NetworkFault::TimedOut(TimeoutPhase::Send),
        NetworkFault::TimedOut(TimeoutPhase::Receive),
        NetworkFault::TimedOut(TimeoutPhase::Unknown),
    ] {
        let error = lost(Operation::Write, &fault);
        assert_eq!(error.remedy(), Remedy::Check, "{error}");
        assert!(error.to_string().contains("might have been carried out"), "{error}");
    }
}

#[test]
fn no_fault_advises_to_repeat_a_call_with_effects() {
    for fault in faults().iter().filter(|fault| !fault.nothing_sent()) {
        let error = lost(Operation::Write, fault);
        assert!(!advises_retry(&error), "{fault:?}: {error}");
    }
}

#[test]
fn only_rate_limited_post_can_be_repeated() {
    for (status, remedy) in [(429, Remedy::Retry), (503, Remedy::Check)] {
        let error = errors_of_a_post(&answer(status, PAGE)).unwrap();
        assert_eq!(error.remedy(), remedy, "{status}");
    }
}

#[test]
fn retrying_is_called_safe_only_where_it_is() {
    let spends = [Operation::ExchangeCode, Operation::RefreshSession, Operation::Write];
    for operation in OPERATIONS {
        for fault in faults().iter().filter(|fault| !fault.nothing_sent()) {
            let text = lost(operation, fault).to_string();
            assert!(!(spends.contains(&operation) && text.contains("safe")), "{text}");
        }
    }
    for response in responses() {
        for (operation, error) in errors(&response) {
            let Some(error) = error.filter(|_| spends.contains(&operation)) else { continue };
            assert!(!error.to_string().contains("safe"), "{response:?}: {error}");
        }
    }
}

#[test]
fn remedy_and_text_agree() {
    for response in responses() {
        for error in errors(&response).into_iter().filter_map(|(_, error)| error) {
            let text = error.to_string().to_lowercase();
            let phrases = ["retry", "try again", "might have been used"];
            let advised = phrases.iter().any(|phrase| text.contains(phrase));
            assert!(error.remedy() != Remedy::Retry || advised, "{response:?}: {error}");
        }
    }
}

#[test]
fn malformed_success_is_repeated_only_if_something_was_lost() {
    let malformed = answer(200, "[1]");
    let of_code = exchange().parse(&malformed).unwrap_err();
    assert_eq!(of_code.remedy(), Remedy::Retry);
    assert!(of_code.to_string().contains("The code might have been used"), "{of_code}");
    assert_eq!(refresh().parse(&malformed).unwrap_err().remedy(), Remedy::Retry);
    assert_eq!(session().verify().parse(&malformed).unwrap_err().remedy(), Remedy::GiveUp);
}
