//! A transport around any HTTP client: it logs requests, and waits when the server limits their
//! rate.
//!
//! ```text
//! cargo run --example custom_stack
//! cargo run --example custom_stack -- INSTANCE
//! ```
//!
//! A [`Transport`] can wrap another one: here [`Retrying`] around [`Logged`] around ureq with
//! stricter time limits. Requests contain secrets in their headers and bodies, so the log has only
//! method and path. Without arguments, the fake is rate limited at first, and its clock is moved
//! where a real program waits.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gts_oauth_core::http::{Request, Response, StatusCode};
use gts_oauth_core::{BoxError, Login, RegisterApp, Transport, types::Retry};
use gts_oauth_examples::{Setup, exit_code};
use gts_oauth_fake::Fault;
use gts_oauth_ureq::{Ureq, entropy};
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    if let Some(fake) = setup.served() {
        fake.fail(Fault::Throttled.at("/api/v1/apps"));
        fake.fail(Fault::Throttled.at("/oauth/token").times(2));
    }
    let http = Retrying {
        inner: Logged { inner: client() },
        wait: |time| match setup.served() {
            Some(fake) => fake.advance(time),
            None => sleep(time),
        },
    };

    let app = RegisterApp::new(setup.instance(), "example stack")?;
    let mut login = Login::new(app, entropy()?);
    let me = login.run(&http, |step| setup.ask(step))?;
    println!("a token for {}", me.session.instance());
    Ok(())
}

/// The innermost transport: ureq, with stricter time limits than its default.
fn client() -> Ureq {
    let roots = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let config = ureq::Agent::config_builder()
        .tls_config(roots.build())
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_global(Some(Duration::from_secs(15)));
    Ureq::with_agent(config.build().new_agent())
}

/// Prints each request, the status of its response, and the time it took to standard error.
struct Logged<T> {
    inner: T,
}

impl<T: Transport> Transport for Logged<T> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        // Without the query, which can contain what a user searched for.
        let line = format!("{} {}", request.method(), request.uri().path());
        let start = Instant::now();
        let response = self.inner.send(request);
        let outcome = match &response {
            Ok(response) => response.status().to_string(),
            Err(error) => error.to_string(),
        };
        eprintln!("{line}: {outcome} ({} ms)", start.elapsed().as_millis());
        response
    }
}

/// Sends a request again, a few times, if the server limits the rate of requests.
///
/// After a 429 the server has done nothing, so any request can be sent again. After a 503, or
/// without a response, that is not known: [`Login`] handles it.
struct Retrying<T, W> {
    inner: T,
    wait: W,
}

/// How often the same request is sent again.
const RETRIES: u32 = 3;

/// A longer wait is left to the caller, because a user would not wait for it.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl<T: Transport, W: Fn(Duration)> Transport for Retrying<T, W> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        for _ in 0..RETRIES {
            let response = self.inner.send(request.clone())?;
            match retry_after(&response) {
                Some(time) if time <= LONGEST_WAIT => (self.wait)(time),
                _ => return Ok(response),
            }
        }
        self.inner.send(request)
    }
}

/// The time to wait before the request is sent again. `None` if it must not be.
fn retry_after(response: &Response<Vec<u8>>) -> Option<Duration> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    match Retry::from_headers(response.headers())? {
        Retry::After(time) => Some(time),
        // A timestamp of the server's clock, which is not known here.
        Retry::At(_) => None,
    }
}
