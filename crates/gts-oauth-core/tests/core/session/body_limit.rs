//! Limits of response bodies: which request has which, and what exceeding it means.

use gts_oauth_core::error::{Cause, Error, Remedy, ResponseTooLong, UnexpectedReason};
use gts_oauth_core::http::{Method, Request};
use gts_oauth_core::session::Call;
use gts_oauth_core::transport::BodyLimit;
use gts_oauth_core::{BoxError, Exchange};

use crate::sample::{TOKEN, answer, exchange, refresh, register, request_token, revoke, session};

fn call() -> Call {
    session().get("/api/v1/exports/following.csv").unwrap()
}

#[test]
fn protocol_exchanges_have_the_default_limit() {
    let requests = [
        register().request(),
        exchange().request(),
        request_token().request(),
        refresh().request(),
        revoke().request(),
        session().verify().request(),
        session().check_token().request(),
    ];
    for request in requests {
        assert_eq!(BodyLimit::of(&request), BodyLimit::PROTOCOL, "{}", request.uri());
        // Inserting an extension would cost an allocation.
        assert!(request.extensions().is_empty());
    }
}

#[test]
fn calls_and_pages_have_the_limit_of_calls() {
    let session = session();
    let requests = [
        call().request(),
        session.pages::<String>("/api/v1/bookmarks").unwrap().request(),
        session.tokens().request(),
        session.apps().request(),
        session.invalidate_token("1").unwrap().request(),
        session.delete_app("1").unwrap().request(),
    ];
    for request in requests {
        assert_eq!(BodyLimit::of(&request), BodyLimit::CALL, "{}", request.uri());
    }
}

#[test]
fn call_carries_the_limit_that_was_set() {
    assert_eq!(BodyLimit::of(&call().body_limit(7).request()), BodyLimit::new(7));
}

#[test]
fn next_page_has_the_limit_of_the_call() {
    let link = "<https://example.org/api/v1/bookmarks?max_id=1>; rel=\"next\"";
    let mut response = answer(200, "[]");
    response.headers_mut().insert("link", link.parse().unwrap());
    let call = session().get("/api/v1/bookmarks").unwrap().body_limit(7);
    let next = call.parse(&response).unwrap().next.unwrap();
    assert_eq!(BodyLimit::of(&next.request()), BodyLimit::new(7));
}

#[test]
fn body_at_the_limit_of_the_call_is_read() {
    let response = call().body_limit(9).parse(&answer(200, "[1, 2, 3]")).unwrap();
    assert_eq!(response.json::<Vec<u8>>().unwrap(), [1, 2, 3]);
    let long = vec![b' '; BodyLimit::PROTOCOL.bytes() as usize + 1];
    assert_eq!(call().parse(&answer(200, long.clone())).unwrap().body, long);
}

#[test]
fn longer_body_than_the_limit_is_rejected() {
    for status in [200, 404, 500] {
        let error = call().body_limit(8).parse(&answer(status, "[1, 2, 3]")).unwrap_err();
        let Error::UnexpectedResponse(unexpected) = &error else { panic!("{error:?}") };
        assert_eq!(unexpected.reason, UnexpectedReason::TooLong(8));
        assert!(error.to_string().contains("a body of more than 8 bytes. Request less"), "{error}");
        assert_eq!((error.cause(), error.remedy()), (Cause::InvalidResponse, Remedy::Correct));
    }
}

#[test]
fn too_long_response_to_a_post_advises_to_check() {
    let post = session().call(Method::POST, "/api/v1/statuses").unwrap().body_limit(8);
    let error = post.parse(&answer(200, "[1, 2, 3]")).unwrap_err();
    assert_eq!(error.remedy(), Remedy::Check, "{error}");
}

#[test]
fn error_of_a_transport_states_its_limit() {
    let http = |request: Request<Vec<u8>>| {
        BodyLimit::of(&request).check(usize::MAX)?;
        Err::<gts_oauth_core::http::Response<Vec<u8>>, BoxError>("not too long".into())
    };
    for (call, size) in [
        (call(), "64 MiB"),
        (call().body_limit(3 * 1024 * 1024), "3 MiB"),
        (call().body_limit(1_000_000), "1000000 bytes"),
        (call().body_limit(0), "0 bytes"),
    ] {
        let error = call.send(&http).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!(
                "GET /api/v1/exports/following.csv failed: a body of more than {size}"
            )),
            "{error}"
        );
        assert!(!error.contains(TOKEN));
    }
}

#[test]
fn check_allows_exactly_the_limit() {
    let limit = BodyLimit::new(7);
    assert_eq!(limit.check(7), Ok(()));
    let error = limit.check(8).unwrap_err();
    assert_eq!(error, ResponseTooLong { limit: 7 });
    assert_eq!(error.to_string(), "the response body is longer than 7 bytes");
}

#[test]
fn any_number_is_a_limit() {
    let limit = BodyLimit::new(u64::MAX);
    assert_eq!(limit.check(usize::MAX).unwrap_err().limit, limit.bytes());
    assert!(limit.bytes().checked_add(1).is_some());
}
