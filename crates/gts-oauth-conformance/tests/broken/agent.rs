//! Transports that are broken by the configuration of an agent.

use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::gts_oauth_core::{
    BoxError, error::ResponseTooLong, transport::BodyLimit,
};
use gts_oauth_conformance::{Claims, Obligation, Settings, check};
use gts_oauth_ureq::ureq::config::{AutoHeaderValue, Config, ConfigBuilder};
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::typestate::AgentScope;
use gts_oauth_ureq::ureq::{self, Agent, Proxy};

use crate::{CLAIMS, assert_seen, breaks};

pub(crate) const MAX_BODY: usize = BodyLimit::PROTOCOL.bytes() as usize;

pub(crate) type ResponseResult = Result<Response<Vec<u8>>, BoxError>;

/// The configuration of a correct agent.
pub(crate) fn correct(settings: &Settings) -> ConfigBuilder<AgentScope> {
    let roots = settings.roots.iter();
    let roots: Vec<_> = roots.map(|der| Certificate::from_der(der).to_owned()).collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots));
    let proxy = settings.proxy.as_deref().map(|proxy| Proxy::new(proxy).expect("a URL"));
    Config::builder()
        .proxy(proxy)
        .tls_config(tls.build())
        .timeout_global(Some(settings.timeout))
        .http_status_as_error(false)
        .max_redirects(0)
}

/// Sends with this agent, and reads up to the limit of the request.
pub(crate) fn fetch(agent: &Agent, request: Request<Vec<u8>>) -> ResponseResult {
    let limit = BodyLimit::of(&request).bytes();
    fetch_up_to(limit, agent, request)
}

pub(crate) fn fetch_up_to(limit: u64, agent: &Agent, request: Request<Vec<u8>>) -> ResponseResult {
    let is_head = request.method() == "HEAD";
    let response = match request.body().is_empty() && request.method() == "GET" {
        true => agent.run(request.map(drop)),
        false => agent.run(request),
    };
    let (head, mut body) = response?.into_parts();
    if is_head || head.status == 304 {
        return Ok(Response::from_parts(head, Vec::new()));
    }
    if head.headers.get("content-encoding").is_some_and(|coding| coding != "gzip") {
        return Err("an unknown coding".into());
    }
    match body.with_config().limit(limit).read_to_vec() {
        Ok(body) => Ok(Response::from_parts(head, body)),
        Err(ureq::Error::BodyExceedsLimit(limit)) => Err(ResponseTooLong { limit }.into()),
        Err(error) => Err(error.into()),
    }
}

/// A transport over an agent of this configuration, which adds nothing.
pub(crate) fn over(
    config: ConfigBuilder<AgentScope>,
) -> impl Fn(Request<Vec<u8>>) -> ResponseResult {
    let agent = config.build().new_agent();
    move |request| fetch(&agent, request)
}

#[test]
fn one_that_was_told_everything_passes() {
    check(|settings| over(correct(settings)), CLAIMS).assert();
}

#[test]
fn one_that_follows_redirects_is_found() {
    let report = breaks(Obligation::FollowsNoRedirect, CLAIMS, |settings| {
        over(correct(settings).max_redirects(5))
    });
    assert_seen(&report, "on the same host: after a 301 to a GET, GET /elsewhere?code=1 was sent");
    assert_seen(&report, "to another host: after a 301");
    assert_seen(&report, "from https:// to http://: after a 301");
}

#[test]
fn one_that_makes_errors_of_refusals_is_found() {
    let report = breaks(Obligation::ReturnsEveryStatus, CLAIMS, |settings| {
        over(correct(settings).http_status_as_error(true))
    });
    assert_seen(&report, "a 401: to a GET, an error was returned");
    assert_seen(&report, "a 503: to a GET, an error was returned");
}

#[test]
fn one_that_reads_without_limit_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let agent = correct(settings).build().new_agent();
        move |request| fetch_up_to(u64::MAX, &agent, request)
    });
    assert_seen(&report, "one byte over the limit, in chunks: 4194305 bytes were returned");
    assert_seen(&report, "an endless body, without Content-Length: 67108864 bytes were returned");
}

#[test]
fn one_that_stops_reading_too_early_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let agent = correct(settings).build().new_agent();
        move |request| fetch_up_to(MAX_BODY as u64 - 1, &agent, request)
    });
    assert_seen(&report, "a body at the limit, with Content-Length: it was rejected");
}

#[test]
fn ignored_limit_of_the_request_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let agent = correct(settings).build().new_agent();
        move |request| fetch_up_to(MAX_BODY as u64, &agent, request)
    });
    assert_seen(&report, "a body of 6 MiB with a limit of 8 MiB, in chunks: it was rejected");
    let seen = "a body of 2 MiB with a limit of 1 MiB, in gzip: 2097152 bytes were returned";
    assert_seen(&report, seen);
}

#[test]
fn limit_that_is_not_reported_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let agent = correct(settings).build().new_agent();
        move |request| {
            let response = fetch(&agent, request);
            response.map_err(|error| match error.is::<ResponseTooLong>() {
                true => ResponseTooLong { limit: MAX_BODY as u64 }.into(),
                false => error,
            })
        }
    });
    assert_seen(&report, "with a limit of 1 MiB, in chunks: it failed without ResponseTooLong of");
}

#[test]
fn one_that_hides_why_it_stopped_reading_is_found() {
    let report = breaks(Obligation::StopsAtLimit, CLAIMS, |settings| {
        let http = over(correct(settings));
        move |request| http(request).map_err(|error| error.to_string())
    });
    assert_seen(&report, "it failed without ResponseTooLong");
}

#[test]
fn one_that_never_gives_up_is_found() {
    let report = breaks(Obligation::GivesUp, CLAIMS, |settings| {
        over(correct(settings).timeout_global(None))
    });
    assert_seen(&report, "a server that sends nothing: it had not returned");
    assert_seen(&report, "a body that drips: it had not returned");
}

#[test]
fn one_that_gives_up_waiting_but_not_reading_is_found() {
    let report = breaks(Obligation::GivesUp, CLAIMS, |settings| {
        let config = correct(settings).timeout_global(None);
        over(config.timeout_recv_response(Some(settings.timeout)))
    });
    assert_seen(&report, "a body that drips: it had not returned");
    assert_seen(&report, "a body that stops: it had not returned");
    assert_eq!(report.failures().len(), 2, "{report}");
}

#[test]
fn one_that_checks_no_certificates_is_found() {
    let report = breaks(Obligation::ChecksCertificates, CLAIMS, |settings| {
        let tls = TlsConfig::builder().disable_verification(true);
        over(correct(settings).tls_config(tls.build()))
    });
    assert_seen(&report, "an unknown authority: it was accepted, and the token was sent");
    assert_seen(&report, "an expired certificate: it was accepted");
    assert_seen(&report, "another host: it was accepted");
}

#[test]
fn one_that_trusts_not_whom_it_is_told_to_is_found() {
    let untrusting = |settings: &Settings| {
        let none = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[]));
        over(correct(settings).tls_config(none.build()))
    };
    let report = check(untrusting, CLAIMS);
    assert_seen(&report, "a valid certificate: it was rejected");
}

#[test]
fn one_that_opens_a_connection_each_time_is_found() {
    let config = |settings: &Settings| {
        let config = correct(settings).build();
        move |request| fetch(&config.new_agent(), request)
    };
    let report = breaks(Obligation::ReusesConnections, CLAIMS, config);
    assert_seen(&report, "its 3 requests used 3 connections");
    let claims = Claims { connection_reuse: false, ..CLAIMS };
    check(config, claims).assert();
}

#[test]
fn one_that_claims_gzip_and_does_not_ask_for_it_is_found() {
    let report = breaks(Obligation::Decompresses, CLAIMS, |settings| {
        over(correct(settings).accept_encoding(AutoHeaderValue::None))
    });
    assert_seen(&report, "gzip is claimed, but was not requested");
}
