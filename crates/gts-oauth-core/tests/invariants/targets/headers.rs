//! Headers: rate limits, retry times, links between result pages, redirects.

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use gts_oauth_core::Exchange;
use gts_oauth_core::http::StatusCode;
use gts_oauth_core::types::{RateLimit, Retry};

use super::canary::{TOKEN, assert_error};
use super::memory::{bounded, length};
use super::request::assert_sent_to;
use super::response::{AnyResponse, Body, Header, Status};
use super::sample::{ORIGIN, session};
use super::text::List;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input(List<Header, 6>);

pub fn check(input: &Input) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let (status, body) = (Status::Success, Body::Almost(List(Vec::new())));
    let response = AnyResponse { status, headers: input.0.clone(), body };
    let path = "/api/v1/notifications";
    let call = session().get(&format!("{path}?types%5B%5D=mention")).unwrap();
    let mut response = response.build(&call.request(), &[TOKEN]);
    let length = length(&response);
    let retry = bounded(length, || Retry::from_headers(response.headers()));
    let limit = bounded(length, || RateLimit::from_headers(response.headers()));
    for retry in retry.into_iter().chain(limit.and_then(|limit| limit.reset)) {
        let wait = retry.wait_from(now);
        assert!(retry.wait_from(now + Duration::from_secs(1)) <= wait, "{retry:?}");
    }

    let result = bounded(length, || call.parse(&response)).unwrap();
    for page in [result.next, result.previous].into_iter().flatten() {
        let request = page.request();
        assert_sent_to(&request, &[ORIGIN]);
        assert_eq!(request.uri().path(), path);
        assert_eq!(request.headers()["authorization"], format!("Bearer {TOKEN}"));
    }
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::FOUND, StatusCode::UNAUTHORIZED] {
        *response.status_mut() = status;
        let error = bounded(length, || call.parse(&response)).unwrap_err();
        assert_error(&error, &[TOKEN]);
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(error.retry(), retry);
        }
    }
}
