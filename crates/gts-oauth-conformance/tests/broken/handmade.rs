//! Broken by what was built around a sound agent.

use std::io::Read as _;
use std::sync::Mutex;

use flate2::read::GzDecoder;
use gts_oauth_conformance::gts_oauth_core::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, COOKIE, HeaderValue, SET_COOKIE,
};
use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::gts_oauth_core::{BoxError, MAX_BODY};
use gts_oauth_conformance::{Claims, Obligation, Report, Settings, check};

use crate::agent::{Answer, fetch, sound};
use crate::{CLAIMS, breaks, tells};

/// A sound transport.
fn http(settings: &Settings) -> impl Fn(Request<Vec<u8>>) -> Answer + use<> {
    let agent = sound(settings).build().new_agent();
    move |request| fetch(&agent, request, MAX_BODY as u64)
}

/// A sound transport to which requests come changed.
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
    tells(&report, "x-client: mine/1.0 was sent, which nobody gave");
}

#[test]
fn one_that_overwrites_a_header_is_found() {
    let report = changing(|request| {
        let value = HeaderValue::from_static("*/*");
        request.headers_mut().insert("accept", value);
    });
    tells(
        &report,
        "the header accept: application/json arrived as [\"*/*\"]",
    );
}

#[test]
fn one_that_loses_the_query_is_found() {
    let report = changing(|request| {
        let uri = request.uri().to_string();
        let bare = uri.split('?').next().unwrap_or_default();
        *request.uri_mut() = bare.parse().expect("it was an address before");
    });
    tells(&report, "a GET with a query: GET /api/v1/timelines/home?");
}

#[test]
fn one_that_reads_bodies_as_text_is_found() {
    let report = changing(|request| {
        let text = String::from_utf8_lossy(request.body()).into_owned();
        *request.body_mut() = text.into_bytes();
    });
    tells(&report, "and differs from byte 128 on");
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
            let answer = http(request)?;
            *kept = answer.headers().get(SET_COOKIE).cloned();
            Ok::<_, BoxError>(answer)
        }
    });
    tells(&report, "GET /page was sent with Cookie: session=1");
}

#[test]
fn one_that_tries_again_is_found() {
    let report = breaks(Obligation::AnswersEveryStatus, CLAIMS, |settings| {
        let http = http(settings);
        move |request: Request<Vec<u8>>| {
            let answer = http(request.clone())?;
            match answer.status().as_u16() {
                503 => http(request),
                _ => Ok(answer),
            }
        }
    });
    tells(&report, "a 503: 2 requests were sent as 4");
}

#[test]
fn one_that_panics_is_found() {
    let report = breaks(Obligation::AnswersEveryStatus, CLAIMS, |settings| {
        let http = http(settings);
        move |request| {
            let answer = http(request)?;
            assert_ne!(answer.status(), 418, "who would ask a teapot");
            Ok::<_, BoxError>(answer)
        }
    });
    tells(&report, "a 418: it panicked");
}

/// Asks for gzip, and hands the answer with what came to `unpack`.
fn asking(
    settings: &Settings,
    unpack: fn(Vec<u8>) -> Result<Vec<u8>, BoxError>,
) -> impl Fn(Request<Vec<u8>>) -> Answer + use<> {
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

const GZIP: Claims = Claims {
    gzip: true,
    ..CLAIMS
};

#[test]
fn one_that_asks_for_gzip_and_cannot_read_it_is_found() {
    let report = check(|settings| asking(settings, Ok), GZIP);
    let mut failures = report.failures().iter();
    let found = failures.any(|failure| failure.obligation == Obligation::Decompresses);
    assert!(found, "{report}");
    tells(
        &report,
        "an answer in gzip if asked for, in chunks: it came back as",
    );
}

#[test]
fn one_that_unpacks_without_limit_is_found() {
    let unpack = |packed: Vec<u8>| {
        let mut body = Vec::new();
        GzDecoder::new(&*packed).read_to_end(&mut body)?;
        Ok(body)
    };
    let report = breaks(Obligation::StopsAtMaxBody, GZIP, |settings| {
        asking(settings, unpack)
    });
    tells(
        &report,
        "over the limit, in gzip if asked for: 4194305 bytes came back",
    );
}

#[test]
fn one_that_unpacks_up_to_the_limit_passes() {
    let unpack = |packed: Vec<u8>| {
        let mut body = Vec::new();
        let mut unpacking = GzDecoder::new(&*packed).take(MAX_BODY as u64 + 1);
        match unpacking.read_to_end(&mut body)? {
            length if length > MAX_BODY => Err(gts_oauth_ureq::TooLong.into()),
            _ => Ok(body),
        }
    };
    check(|settings| asking(settings, unpack), GZIP).assert();
}
