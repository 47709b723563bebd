//! Transports that are broken by code around a correct agent.

use std::io::Read as _;
use std::sync::Mutex;

use flate2::read::GzDecoder;
use gts_oauth_conformance::gts_oauth_core::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, COOKIE, HeaderValue, SET_COOKIE,
};
use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::gts_oauth_core::{BoxError, transport::BodyLimit};
use gts_oauth_conformance::{Claims, Obligation, Report, Settings, check};

use crate::agent::{MAX_BODY, ResponseResult, correct, fetch};
use crate::{CLAIMS, assert_seen, breaks};

/// A correct transport.
fn http(settings: &Settings) -> impl Fn(Request<Vec<u8>>) -> ResponseResult + use<> {
    let agent = correct(settings).build().new_agent();
    move |request| fetch(&agent, request, MAX_BODY as u64)
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

/// Requests gzip, and decompresses the response with `unpack`.
fn asking(
    settings: &Settings,
    unpack: fn(Vec<u8>) -> Result<Vec<u8>, BoxError>,
) -> impl Fn(Request<Vec<u8>>) -> ResponseResult + use<> {
    let http = http(settings);
    move |mut request| {
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().insert(ACCEPT_ENCODING, gzip);
        let (head, body) = http(request)?.into_parts();
        let body = match head.headers.contains_key(CONTENT_ENCODING) {
            true => unpack(body)?,
            false => body,
        };
        Ok(Response::from_parts(head, body))
    }
}

const GZIP: Claims = Claims { gzip: true, ..CLAIMS };

#[test]
fn one_that_asks_for_gzip_and_cannot_read_it_is_found() {
    let report = check(|settings| asking(settings, Ok), GZIP);
    let mut failures = report.failures().iter();
    let found = failures.any(|failure| failure.obligation == Obligation::Decompresses);
    assert!(found, "{report}");
    assert_seen(&report, "a response in gzip if requested, in chunks: it was returned as");
}

#[test]
fn one_that_unpacks_without_limit_is_found() {
    let unpack = |packed: Vec<u8>| {
        let mut body = Vec::new();
        GzDecoder::new(&*packed).read_to_end(&mut body)?;
        Ok(body)
    };
    let report = breaks(Obligation::StopsAtMaxBody, GZIP, |settings| asking(settings, unpack));
    assert_seen(&report, "over the limit, in gzip if requested: 4194305 bytes were returned");
}

#[test]
fn one_that_unpacks_up_to_the_limit_passes() {
    let unpack = |packed: Vec<u8>| {
        let mut body = Vec::new();
        let mut unpacking = GzDecoder::new(&*packed).take(MAX_BODY as u64 + 1);
        unpacking.read_to_end(&mut body)?;
        BodyLimit::PROTOCOL.check(body.len())?;
        Ok(body)
    };
    check(|settings| asking(settings, unpack), GZIP).assert();
}
