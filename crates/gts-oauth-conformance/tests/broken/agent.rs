//! Broken by what an agent of ureq was told, or was not told.

use gts_oauth_conformance::gts_oauth_core::http::{Request, Response};
use gts_oauth_conformance::gts_oauth_core::{BoxError, MAX_BODY, TooLong};
use gts_oauth_conformance::{Claims, Obligation, Settings, check};
use gts_oauth_ureq::ureq::config::{Config, ConfigBuilder};
use gts_oauth_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use gts_oauth_ureq::ureq::typestate::AgentScope;
use gts_oauth_ureq::ureq::{self, Agent};

use crate::{CLAIMS, breaks, tells};

pub(crate) type Answer = Result<Response<Vec<u8>>, BoxError>;

/// An agent that was told everything.
pub(crate) fn sound(settings: &Settings) -> ConfigBuilder<AgentScope> {
    let roots = settings.roots.iter();
    let roots: Vec<_> = roots
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots));
    Config::builder()
        .tls_config(tls.build())
        .timeout_global(Some(settings.timeout))
        .http_status_as_error(false)
        .max_redirects(0)
}

/// Sends with this agent, and reads so much.
pub(crate) fn fetch(agent: &Agent, request: Request<Vec<u8>>, limit: u64) -> Answer {
    let answer = match request.body().is_empty() && request.method() == "GET" {
        true => agent.run(request.map(drop)),
        false => agent.run(request),
    };
    let (head, mut body) = answer?.into_parts();
    match body.with_config().limit(limit).read_to_vec() {
        Ok(body) => Ok(Response::from_parts(head, body)),
        Err(ureq::Error::BodyExceedsLimit(_)) => Err(TooLong.into()),
        Err(error) => Err(error.into()),
    }
}

/// The transport over an agent of this configuration, which does nothing about it.
fn over(config: ConfigBuilder<AgentScope>) -> impl Fn(Request<Vec<u8>>) -> Answer {
    let agent = config.build().new_agent();
    move |request| fetch(&agent, request, MAX_BODY as u64)
}

#[test]
fn one_that_was_told_everything_passes() {
    check(|settings| over(sound(settings)), CLAIMS).assert();
}

#[test]
fn one_that_follows_redirects_is_found() {
    let report = breaks(Obligation::FollowsNoRedirect, CLAIMS, |settings| {
        over(sound(settings).max_redirects(5))
    });
    tells(
        &report,
        "on the same host: after a 301 to a GET, GET /elsewhere?code=1 was sent",
    );
    tells(&report, "to another host: after a 301");
    tells(&report, "from https:// to http://: after a 301");
}

#[test]
fn one_that_makes_errors_of_refusals_is_found() {
    let report = breaks(Obligation::AnswersEveryStatus, CLAIMS, |settings| {
        over(sound(settings).http_status_as_error(true))
    });
    tells(&report, "a 401: to a GET, it came back as an error");
    tells(&report, "a 503: to a GET, it came back as an error");
}

#[test]
fn one_that_reads_without_limit_is_found() {
    let report = breaks(Obligation::StopsAtMaxBody, CLAIMS, |settings| {
        let agent = sound(settings).build().new_agent();
        move |request| fetch(&agent, request, u64::MAX)
    });
    tells(
        &report,
        "one byte over the limit, in chunks: 4194305 bytes came back",
    );
    tells(
        &report,
        "an endless body, without Content-Length: 67108864 bytes came back",
    );
}

#[test]
fn one_that_stops_reading_too_early_is_found() {
    let report = breaks(Obligation::StopsAtMaxBody, CLAIMS, |settings| {
        let agent = sound(settings).build().new_agent();
        move |request| fetch(&agent, request, MAX_BODY as u64 - 1)
    });
    tells(
        &report,
        "a body at the limit, with Content-Length: it was refused",
    );
}

#[test]
fn one_that_hides_why_it_stopped_reading_is_found() {
    let report = breaks(Obligation::StopsAtMaxBody, CLAIMS, |settings| {
        let http = over(sound(settings));
        move |request| http(request).map_err(|error| error.to_string())
    });
    tells(&report, "it failed without TooLong");
}

#[test]
fn one_that_never_gives_up_is_found() {
    let report = breaks(Obligation::GivesUp, CLAIMS, |settings| {
        over(sound(settings).timeout_global(None))
    });
    tells(&report, "a server that says nothing: it had not come back");
    tells(&report, "a body that drips: it had not come back");
}

#[test]
fn one_that_gives_up_waiting_but_not_reading_is_found() {
    let report = breaks(Obligation::GivesUp, CLAIMS, |settings| {
        let config = sound(settings).timeout_global(None);
        over(config.timeout_recv_response(Some(settings.timeout)))
    });
    tells(&report, "a body that drips: it had not come back");
    tells(&report, "a body that stops: it had not come back");
    assert_eq!(report.failures().len(), 2, "{report}");
}

#[test]
fn one_that_checks_no_certificates_is_found() {
    let report = breaks(Obligation::ChecksCertificates, CLAIMS, |settings| {
        let tls = TlsConfig::builder().disable_verification(true);
        over(sound(settings).tls_config(tls.build()))
    });
    tells(
        &report,
        "an unknown authority: it was accepted, and the token was sent",
    );
    tells(&report, "an expired certificate: it was accepted");
    tells(&report, "another host: it was accepted");
}

#[test]
fn one_that_trusts_not_whom_it_is_told_to_is_found() {
    let untold = |settings: &Settings| {
        let none = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[]));
        over(sound(settings).tls_config(none.build()))
    };
    let report = check(untold, CLAIMS);
    tells(&report, "a good certificate: it was refused");
}

#[test]
fn one_that_opens_a_connection_each_time_is_found() {
    let config = |settings: &Settings| {
        let config = sound(settings).build();
        move |request| fetch(&config.new_agent(), request, MAX_BODY as u64)
    };
    let report = breaks(Obligation::ReusesConnections, CLAIMS, config);
    tells(&report, "its 3 requests came on 3 connections");
    let claims = Claims {
        connection_reuse: false,
        ..CLAIMS
    };
    check(config, claims).assert();
}

#[test]
fn one_that_claims_gzip_and_does_not_ask_for_it_is_found() {
    let claims = Claims {
        gzip: true,
        ..CLAIMS
    };
    let report = breaks(Obligation::Decompresses, claims, |settings| {
        over(sound(settings))
    });
    tells(&report, "gzip is claimed, and was not asked for");
}
