//! Every stack passes the conformance checks, and those for what it claims.

use std::time::Duration;

use gts_oauth_conformance::{Claims, Methods, Report, Settings, check};
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Transport};
use gts_oauth_example_stacks::attohttpc::Attohttpc;
use gts_oauth_example_stacks::curl::Curl;
use gts_oauth_example_stacks::reqwest::Reqwest;
use gts_oauth_example_stacks::std_net::StdNet;
use gts_oauth_example_stacks::{isahc, ureq};
use tokio::runtime::{Builder, Runtime};

use crate::post_only::post;
use crate::programs::curl_is_missing;

const ALL: Claims = Claims {
    tls: true,
    connection_reuse: true,
    gzip: true,
    methods: Methods::All,
    interim_and_trailers: true,
    proxy: true,
    received_at: true,
};

/// No TLS, one connection for each request, no compression, no proxy.
const BARE: Claims = Claims { tls: false, connection_reuse: false, proxy: false, ..PLAIN };

/// All but decompression, which is an optional feature of these stacks, and off here, and the time
/// of a response: tokens expire by the server's clock.
const PLAIN: Claims = Claims { gzip: false, received_at: false, ..ALL };

fn report<T: Transport + Send + 'static>(
    claims: Claims,
    transport: impl Fn(Duration, &[Vec<u8>], Option<&str>) -> Result<T, BoxError>,
) -> Report {
    let factory = |it: &Settings| {
        let transport = transport(it.timeout, &it.roots, it.proxy.as_deref());
        transport.expect("a transport")
    };
    check(factory, claims)
}

#[test]
fn ureq_keeps_its_obligations() {
    report(ALL, ureq::transport).assert();
}

#[test]
fn isahc_keeps_its_obligations() {
    report(ALL, isahc::transport).assert();
}

#[test]
fn libcurl_keeps_its_obligations() {
    report(PLAIN, |timeout, roots, proxy| Ok(Curl::new(timeout, roots, proxy))).assert();
}

#[test]
fn attohttpc_keeps_its_obligations() {
    // It fails on both.
    let claims = Claims { interim_and_trailers: false, ..BARE };
    report(claims, |timeout, _, _| Ok(Attohttpc { timeout })).assert();
}

#[test]
fn the_standard_library_keeps_its_obligations() {
    report(BARE, |timeout, _, _| Ok(StdNet { timeout })).assert();
}

#[test]
fn reqwest_keeps_its_obligations() {
    let awaited = |timeout, roots: &[Vec<u8>], proxy: Option<&str>| {
        let http = Reqwest::new(timeout, roots, proxy)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Awaited { http, runtime })
    };
    report(PLAIN, awaited).assert();
}

#[test]
fn curl_as_a_program_keeps_its_obligations() {
    if curl_is_missing() {
        return;
    }
    let claims = Claims { methods: Methods::Post, ..BARE };
    let posting = |timeout: Duration| move |request: Request<_>| post(request, timeout.as_secs());
    report(claims, |timeout, _, _| Ok(posting(timeout))).assert();
}

/// A blocking transport around the asynchronous one.
struct Awaited {
    http: Reqwest,
    runtime: Runtime,
}

impl Transport for Awaited {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        self.runtime.block_on(self.http.send(request))
    }
}
