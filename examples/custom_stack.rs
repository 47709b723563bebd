//! A transport of one's own around any client: it logs what is asked, and waits when the server
//! has no time.
//!
//! ```text
//! cargo run --example custom_stack
//! cargo run --example custom_stack -- INSTANCE
//! ```
//!
//! Whatever sends requests is a [`Transport`], and so is what wraps one: here [`Patient`] around
//! [`Logged`] around ureq with time limits of one's own. Requests hold secrets, in their headers
//! and bodies: a log gets method and path, never the request itself. Without arguments, the fake
//! has no time at first, and its clock is moved where a real program waits.

use std::thread::sleep;
use std::time::{Duration, Instant};

use gts_oauth_core::http::{Request, Response, StatusCode};
use gts_oauth_core::{BoxError, Login, RegisterApp, Retry, Transport};
use gts_oauth_examples::Stage;
use gts_oauth_fake::Fault;
use gts_oauth_ureq::{Ureq, entropy};
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    if let Some(fake) = stage.served() {
        fake.fail(Fault::Throttled.at("/api/v1/apps"));
        fake.fail(Fault::Throttled.at("/oauth/token").times(2));
    }
    let stack = Patient {
        inner: Logged { inner: client() },
        wait: |time| match stage.served() {
            Some(fake) => fake.advance(time),
            None => sleep(time),
        },
    };

    let register = RegisterApp::new(stage.instance(), "example stack")?;
    let mut login = Login::new(register, entropy()?);
    let me = login.run(&stack, |ask| stage.ask(ask))?;
    println!("a token for {}", me.session.instance());
    Ok(())
}

/// The innermost: here ureq, with stricter limits than it has by itself.
fn client() -> Ureq {
    let roots = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let config = ureq::Agent::config_builder()
        .tls_config(roots.build())
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_global(Some(Duration::from_secs(15)));
    Ureq::with_agent(config.build().new_agent())
}

/// Tells on standard error what was asked, what was answered, and how long it took.
struct Logged<T> {
    inner: T,
}

impl<T: Transport> Transport for Logged<T> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        // Not the query either, which may hold what a person searched for.
        let asked = format!("{} {}", request.method(), request.uri().path());
        let begin = Instant::now();
        let answer = self.inner.send(request);
        let outcome = match &answer {
            Ok(answer) => answer.status().to_string(),
            Err(error) => error.to_string(),
        };
        eprintln!("{asked}: {outcome} ({} ms)", begin.elapsed().as_millis());
        answer
    }
}

/// Sends again, a few times, what the server had no time for.
///
/// A 429 or a 503 says that nothing was done, so that any request may go again. Where no answer
/// came nobody knows, and that is left to [`Login`], which knows what to do then.
struct Patient<T, W> {
    inner: T,
    wait: W,
}

/// How often the same request goes again.
const AGAIN: u32 = 3;

/// Longer than this a person who waits would give up: the program may try again later.
const PATIENCE: Duration = Duration::from_secs(60);

impl<T: Transport, W: Fn(Duration)> Transport for Patient<T, W> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
        for _ in 0..AGAIN {
            let answer = self.inner.send(request.clone())?;
            match pause(&answer) {
                Some(time) if time <= PATIENCE => (self.wait)(time),
                _ => return Ok(answer),
            }
        }
        self.inner.send(request)
    }
}

/// How long a server that has no time wants to be left alone.
fn pause(answer: &Response<Vec<u8>>) -> Option<Duration> {
    let no_time = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if !no_time.contains(&answer.status()) {
        return None;
    }
    match Retry::of(answer.headers())? {
        Retry::After(time) => Some(time),
        // A moment of the server's clock, which nobody here knows.
        Retry::At(_) => None,
    }
}
