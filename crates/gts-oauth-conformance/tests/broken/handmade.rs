//! Transports that are broken by code around a correct agent.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use gts_oauth_conformance::gts_oauth_core::BoxError;
use gts_oauth_conformance::gts_oauth_core::http::Request;
use gts_oauth_conformance::gts_oauth_core::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use gts_oauth_conformance::gts_oauth_core::transport::ReceivedAt;
use gts_oauth_conformance::{Claims, Methods, Obligation, Report, Settings, check};

use crate::agent::{ResponseResult, correct, fetch};
use crate::{CLAIMS, assert_seen, breaks};

/// A correct transport.
fn http(settings: &Settings) -> impl Fn(Request<Vec<u8>>) -> ResponseResult + use<> {
    let agent = correct(settings).build().new_agent();
    move |request| fetch(&agent, request)
}

/// A correct transport with changed requests.
#[track_caller]
fn changing(change: fn(&mut Request<Vec<u8>>)) -> Report {
    breaks(Obligation::SendsExactly, CLAIMS, |settings| {
        let http = http(settings);
        move |mut request| {
            change(&mut request);
            http(request)
        }
    })
}

#[test]
fn one_that_adds_a_header_is_found() {
    let report = changing(|request| {
        let value = HeaderValue::from_static("mine/1.0");
        request.headers_mut().insert("x-client", value);
    });
    assert_seen(&report, "x-client: mine/1.0 was sent, but not given");
}

#[test]
fn one_that_overwrites_a_header_is_found() {
    let report = changing(|request| {
        let value = HeaderValue::from_static("*/*");
        request.headers_mut().insert("accept", value);
    });
    assert_seen(&report, "the header accept: application/json arrived as [\"*/*\"]");
}

#[test]
fn one_that_loses_the_query_is_found() {
    let report = changing(|request| {
        let uri = request.uri().to_string();
        let bare = uri.split('?').next().unwrap_or_default();
        *request.uri_mut() = bare.parse().expect("a URI");
    });
    assert_seen(&report, "a GET with a query: GET /api/v1/timelines/home?");
}

#[test]
fn one_that_reads_bodies_as_text_is_found() {
    let report = changing(|request| {
        let text = String::from_utf8_lossy(request.body()).into_owned();
        *request.body_mut() = text.into_bytes();
    });
    assert_seen(&report, "and differs from byte 128 on");
}

#[test]
fn one_that_keeps_cookies_is_found() {
    let report = breaks(Obligation::KeepsNoCookies, CLAIMS, |settings| {
        let http = http(settings);
        let jar = Mutex::new(None::<HeaderValue>);
        move |mut request: Request<Vec<u8>>| {
            let mut kept = jar.lock().map_err(|_| "an earlier request panicked")?;
            if let Some(cookie) = &*kept {
                request.headers_mut().insert(COOKIE, cookie.clone());
            }
            let response = http(request)?;
            *kept = response.headers().get(SET_COOKIE).cloned();
            Ok::<_, BoxError>(response)
        }
    });
    assert_seen(&report, "GET /page was sent with Cookie: session=1");
}

#[test]
fn one_that_tries_again_is_found() {
    let report = breaks(Obligation::ReturnsEveryStatus, CLAIMS, |settings| {
        let http = http(settings);
        move |request: Request<Vec<u8>>| {
            let response = http(request.clone())?;
            match response.status().as_u16() {
                503 => http(request),
                _ => Ok(response),
            }
        }
    });
    assert_seen(&report, "a 503: 2 requests were sent as 4");
}

#[test]
fn one_that_panics_is_found() {
    let report = breaks(Obligation::ReturnsEveryStatus, CLAIMS, |settings| {
        let http = http(settings);
        move |request| {
            let response = http(request)?;
            assert_ne!(response.status(), 418, "not a 418");
            Ok::<_, BoxError>(response)
        }
    });
    assert_seen(&report, "a 418: it panicked");
}

/// Supports `GET` and `POST` only.
fn only_two_methods(settings: &Settings) -> impl Fn(Request<Vec<u8>>) -> ResponseResult + use<> {
    let http = http(settings);
    move |request| match request.method().as_str() {
        "GET" | "POST" => http(request),
        method => Err(format!("{method} is not supported").into()),
    }
}

#[test]
fn unsupported_method_is_found_if_claimed() {
    let report = check(only_two_methods, CLAIMS);
    assert_seen(&report, "a PATCH: no response was received: PATCH is not supported");
    assert_seen(&report, "a 200 to a HEAD: an error was returned: HEAD is not supported");
    let report = check(only_two_methods, Claims { methods: Methods::GetAndPost, ..CLAIMS });
    assert!(report.passed(), "{report}");
    let line = "not claimed: SendsExactly: methods other than GET and POST\n";
    assert!(report.to_string().contains(line), "{report}");
}

#[test]
fn unreported_receipt_is_found_if_claimed() {
    let claims = Claims { received_at: true, ..CLAIMS };
    let report = breaks(Obligation::ReportsReceipt, claims, http);
    assert_seen(&report, "the time of a 200: the response has no ReceivedAt");
}

#[test]
fn server_clock_is_found_if_reported_as_local() {
    let claims = Claims { received_at: true, ..CLAIMS };
    let report = breaks(Obligation::ReportsReceipt, claims, |settings| {
        let http = http(settings);
        move |request| {
            let mut response = http(request)?;
            let old = SystemTime::now() - Duration::from_secs(3600);
            response.extensions_mut().insert(ReceivedAt::new(old));
            Ok::<_, BoxError>(response)
        }
    });
    assert_seen(&report, "the time of a 204: ");
}
