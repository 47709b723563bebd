//! The status of a web back end's page.

use gts_oauth_core::error::{NetworkError, NetworkFault, Operation, TimeoutPhase};
use gts_oauth_core::http::Response;
use gts_oauth_core::{Callback, Error, Exchange, Instance};

use crate::recorded::{INVALID_CLIENT, NO_ROWS};
use crate::sample::{PAGE, answer, exchange, pending, register, session};

fn status(error: &Error) -> u16 {
    error.http_status().as_u16()
}

fn of_exchange(response: &Response<Vec<u8>>) -> u16 {
    status(&exchange().parse(response).unwrap_err())
}

fn of_verify(response: &Response<Vec<u8>>) -> u16 {
    status(&session().verify().parse(response).unwrap_err())
}

fn of_fault(fault: NetworkFault) -> u16 {
    of_fault_in(Operation::Register, fault)
}

fn of_fault_in(operation: Operation, fault: NetworkFault) -> u16 {
    status(&Error::transport(operation, &register().request(), NetworkError::new(fault, "none")))
}

#[test]
fn what_the_browser_sent_is_400() {
    assert_eq!(status(&"two words".parse::<Instance>().unwrap_err()), 400);
    let forged = Callback::from_query("code=MJG4YJRK&state=another").unwrap();
    assert_eq!(status(&pending().code_from_callback(&forged).unwrap_err()), 400);
    assert_eq!(of_exchange(&answer(400, NO_ROWS)), 400);
}

#[test]
fn mistyped_host_is_400_before_there_is_an_app() {
    for operation in [Operation::Discover, Operation::Register] {
        assert_eq!(of_fault_in(operation, NetworkFault::UnknownHost), 400);
    }
    for operation in [Operation::ExchangeCode, Operation::VerifyCredentials, Operation::Read] {
        assert_eq!(of_fault_in(operation, NetworkFault::UnknownHost), 502);
    }
}

#[test]
fn denied_or_rejected_token_is_403() {
    let query = format!("error=access_denied&state={}", pending().state());
    let denied = Callback::from_query(&query).unwrap();
    assert_eq!(status(&pending().code_from_callback(&denied).unwrap_err()), 403);
    assert_eq!(of_verify(&answer(401, r#"{"error":"The access token was revoked"}"#)), 403);
    let disabled = r#"{"error":"Your login is currently disabled"}"#;
    assert_eq!(of_verify(&answer(403, disabled)), 403);
}

#[test]
fn missing_resource_is_404_only_in_a_call() {
    let missing = answer(404, r#"{"error":"Record not found"}"#);
    let call = session().get("/api/v1/statuses/1").unwrap();
    assert_eq!(status(&call.parse(&missing).unwrap_err()), 404);
    assert_eq!(of_verify(&missing), 502, "not a server with this API");
}

#[test]
fn server_faults_are_502_503_and_504() {
    assert_eq!(of_exchange(&answer(502, PAGE)), 502);
    assert_eq!(of_exchange(&answer(500, "")), 502);
    assert_eq!(of_exchange(&answer(400, INVALID_CLIENT)), 502, "the user did nothing wrong");
    assert_eq!(of_exchange(&answer(200, "{")), 502);
    assert_eq!(of_fault(NetworkFault::Refused), 502);
    assert_eq!(of_exchange(&answer(429, "")), 503);
    assert_eq!(of_exchange(&answer(503, PAGE)), 503);
    assert_eq!(of_fault(NetworkFault::TimedOut(TimeoutPhase::Receive)), 504);
}

#[test]
fn fault_of_the_program_is_500() {
    assert_eq!(status(&Error::WrongStep("no request is outstanding")), 500);
    assert_eq!(status(&Error::Store("the disk is full".into())), 500);
}
