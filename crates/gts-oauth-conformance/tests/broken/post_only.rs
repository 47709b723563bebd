//! Broken transports that can only send `POST`.

use gts_oauth_conformance::gts_oauth_core::BoxError;
use gts_oauth_conformance::gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_conformance::{Claims, Methods, Obligation, Settings, check};
use gts_oauth_ureq::ureq::tls::TlsConfig;

use crate::agent::{ResponseResult, correct, fetch, fetch_up_to, over};
use crate::raw::{self, Fault, client};
use crate::{assert_seen, breaks};

/// What a transport over an agent claims.
const CLAIMS: Claims = Claims { methods: Methods::Post, ..crate::CLAIMS };

/// What a transport over a socket claims.
const RAW: Claims = Claims { methods: Methods::Post, ..raw::RAW };

/// This transport, without other methods.
fn posting(
    http: impl Fn(Request<Vec<u8>>) -> ResponseResult,
) -> impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    move |request| match *request.method() {
        Method::POST => http(request),
        _ => Err("only POST is supported".into()),
    }
}

/// A correct transport.
fn http(settings: &Settings) -> impl Fn(Request<Vec<u8>>) -> ResponseResult + use<> {
    posting(over(correct(settings)))
}

#[test]
fn correct_ones_pass_without_other_methods() {
    let report = check(http, CLAIMS);
    report.assert();
    let line = "not claimed: SendsExactly: methods other than POST\n";
    assert!(report.to_string().contains(line), "{report}");
    check(|settings| posting(client(settings, Fault::Nothing)), RAW).assert();
}

#[test]
fn claim_of_more_methods_is_found() {
    let report = check(http, Claims { methods: Methods::GetAndPost, ..CLAIMS });
    assert_seen(&report, "a GET with a query: no response was received: only POST is supported");
}

#[test]
fn cut_body_is_found() {
    for (fault, what) in [
        (Fault::AcceptsShortLength, "a body with Content-Length"),
        (Fault::AcceptsShortChunk, "a body that is cut off within a chunk"),
        (Fault::AcceptsMissingChunk, "a body without its last chunk"),
    ] {
        let report =
            breaks(Obligation::DetectsCutBodies, RAW, |settings| posting(client(settings, fault)));
        assert_seen(&report, &format!("{what}: to a POST, a 200 OK was returned"));
    }
}

#[test]
fn followed_redirect_is_found() {
    let report = breaks(Obligation::FollowsNoRedirect, CLAIMS, |settings| {
        posting(over(correct(settings).max_redirects(5)))
    });
    assert_seen(&report, "on the same host: after a 301 to a POST, GET /elsewhere?code=1 was sent");
    assert_seen(&report, "to another host: after a 301 to a POST");
    assert_seen(&report, "from https:// to http://: after a 301 to a POST");
}

#[test]
fn ignored_limit_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let agent = correct(settings).build().new_agent();
        posting(move |request| fetch_up_to(u64::MAX, &agent, request))
    });
    assert_seen(
        &report,
        "a body of one byte over the limit, in chunks: 4194305 bytes were returned",
    );
    assert_seen(&report, "with a limit of 1 MiB, with Content-Length: 2097152 bytes were returned");
    assert_seen(&report, "an endless body, without Content-Length: 67108864 bytes were returned");
}

#[test]
fn status_as_an_error_is_found() {
    let report = breaks(Obligation::ReturnsEveryStatus, CLAIMS, |settings| {
        posting(over(correct(settings).http_status_as_error(true)))
    });
    assert_seen(&report, "a 401: to a POST, an error was returned");
    assert_seen(&report, "a 503: to a POST, an error was returned");
}

#[test]
fn waiting_for_the_body_of_a_304_is_found() {
    let report = breaks(Obligation::ReadsNoBody, RAW, |settings| {
        posting(client(settings, Fault::ExpectsBodyOf304))
    });
    assert_seen(&report, "a 304 with Content-Length: an error was returned");
}

#[test]
fn connection_for_each_request_is_found() {
    let report = breaks(Obligation::ReusesConnections, CLAIMS, |settings| {
        let config = correct(settings).build();
        posting(move |request| fetch(&config.new_agent(), request))
    });
    assert_seen(&report, "its 2 requests used 2 connections");
}

#[test]
fn unchecked_certificate_is_found() {
    let report = breaks(Obligation::ChecksCertificates, CLAIMS, |settings| {
        let tls = TlsConfig::builder().disable_verification(true);
        posting(over(correct(settings).tls_config(tls.build())))
    });
    assert_seen(&report, "an unknown authority: it was accepted, and the token was sent");
}

#[test]
fn endless_wait_is_found() {
    let report = breaks(Obligation::GivesUp, CLAIMS, |settings| {
        posting(over(correct(settings).timeout_global(None)))
    });
    assert_seen(&report, "a server that sends nothing: it had not returned");
    assert_seen(&report, "a body that drips: it had not returned");
}
