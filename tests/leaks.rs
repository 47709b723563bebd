//! No secret is in what a program shows of the library: `Debug`, errors with their sources, and the
//! debug logs of the HTTP clients. `leaks` of the command has the same for its output, its files and
//! the programs that it starts.

use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use std::mem;
use std::sync::Mutex;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Error, Exchange as _, Login, Session, Step, Transport};
use gts_oauth_fake::{Account, Dialect, Fault, RecordedRequest, Served, Server};
use gts_oauth_isahc::Isahc;
use gts_oauth_tests::leaks::{leaks, received_secrets};
use gts_oauth_ureq::Ureq;
use log::{LevelFilter, Log, Metadata, Record};
use tracing as _;

/// What was shown to the programmer or the user, and logged.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn value(&mut self, value: &dyn Debug) {
        let _ = writeln!(self.0, "{value:?}");
    }

    fn error(&mut self, error: &dyn StdError) {
        let mut next = Some(error);
        while let Some(error) = next {
            let _ = writeln!(self.0, "{error}\n{error:?}");
            next = error.source();
        }
    }

    fn result<T: Debug>(&mut self, result: Result<T, Error>) {
        match result {
            Ok(value) => self.value(&value),
            Err(error) => self.error(&error),
        }
    }
}

/// Keeps the log of this process.
struct Kept(Mutex<String>);

static LOG: Kept = Kept(Mutex::new(String::new()));

impl Log for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut kept = self.0.lock().expect("no panic");
        let _ = writeln!(kept, "{} {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

#[test]
fn no_value_error_or_log_shows_a_secret() -> Result<(), BoxError> {
    log::set_logger(&LOG).expect("the only logger");
    log::set_max_level(LevelFilter::Debug);
    let adapters: [(&str, Box<dyn Transport>); 2] =
        [("ureq", Box::new(Ureq::new())), ("isahc", Box::new(Isahc::new()))];
    for (number, &dialect) in (0..).zip(Dialect::ALL) {
        for (seed, (name, http)) in (2 * number..).zip(&adapters) {
            let served = Server::builder(seed).dialect(dialect).serve()?;
            let mut shown = Shown::default();
            use_everything(&served, &**http, &mut shown)
                .map_err(|error| format!("{} by {name}: {error}", dialect.name()))?;
            let logged = mem::take(&mut *LOG.0.lock().expect("no panic"));
            assert!(shown.0.contains("LoggedIn {") && logged.contains(name), "{name}");

            let mut secrets = received_secrets(&served.requests());
            // Client secret, code, verifier and token.
            assert!(secrets.len() >= 4, "{}: {secrets:?}", dialect.name());
            if dialect == Dialect::Sharkey {
                // Its client id, which is public, contains the code in base64.
                secrets.retain(|secret| !is_code(secret, &served.requests()));
            }
            for text in [&shown.0, &logged] {
                let found = leaks(text.as_bytes(), &secrets);
                assert!(found.is_empty(), "{} by {name}: {found:?}", dialect.name());
            }
        }
    }
    // In its traces, each client logs what it sends. So secrets in logs are found.
    log::set_max_level(LevelFilter::Trace);
    for (name, http) in &adapters {
        let served = Server::builder(99).serve()?;
        served.login("leaks").run(&**http, |step| served.account("alice").allow(step.url))?;
        let logged = mem::take(&mut *LOG.0.lock().expect("no panic"));
        assert!(
            !leaks(logged.as_bytes(), &received_secrets(&served.requests())).is_empty(),
            "{name}"
        );
    }
    Ok(())
}

fn is_code(secret: &str, requests: &[RecordedRequest]) -> bool {
    requests.iter().any(|request| request.field("code").as_deref() == Some(secret))
}

/// Logs in, calls, refreshes and revokes; with faults, and with errors that echo each request.
fn use_everything(
    served: &Served,
    http: &dyn Transport,
    shown: &mut Shown,
) -> Result<(), BoxError> {
    let alice = served.account("alice");
    let mut login = served.login("leaks");
    log_in(&mut login, http, &alice, shown)?;
    let Step::Done(me) = login.step() else { return Err("no session".into()) };
    shown.value(me);
    for fault in [Fault::BadGateway, Fault::CutOff, Fault::LostResponse, Fault::Empty] {
        served.fail(fault.times(3));
        try_session(&me.session, http, shown)?;
        served.clear_failures();
    }
    let echo = |request: Request<Vec<u8>>| Ok::<_, BoxError>(echo(&request));
    try_session(&me.session, &echo, shown)?;
    try_session(&me.session, http, shown)?;
    if me.session.refresh_token().is_some() {
        let refresh = me.app.refresh(&me.session)?;
        shown.value(&refresh);
        shown.result(refresh.send(&echo));
        shown.result(refresh.send(http));
    }
    let revoke = me.app.revoke(&me.session)?;
    shown.value(&revoke);
    shown.result(revoke.send(&echo));
    shown.result(revoke.send(http));
    Ok(())
}

fn log_in(
    login: &mut Login,
    http: &dyn Transport,
    alice: &Account,
    shown: &mut Shown,
) -> Result<(), BoxError> {
    loop {
        shown.value(login);
        match login.step() {
            Step::Send { request, .. } => {
                shown.value(&request.headers());
                let refused = login.handle_response(&echo(&request));
                shown.result(refused);
                if let Step::Send { request, .. } = login.step() {
                    let response = http.send(request)?;
                    login.handle_response(&response)?;
                }
            }
            Step::Authorize { url, .. } => {
                let reply = alice.allow(url)?;
                shown.value(&reply);
                login.handle_reply(reply)?;
            }
            Step::Done(_) => return Ok(()),
        }
    }
}

fn try_session(session: &Session, http: &dyn Transport, shown: &mut Shown) -> Result<(), BoxError> {
    let call = session.get("/api/v1/timelines/home")?;
    shown.value(&call);
    shown.result(call.send(http));
    let verify = session.verify();
    shown.value(&verify);
    shown.result(verify.send(http));
    Ok(())
}

/// An error of the server that contains the whole request.
fn echo(request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let body = String::from_utf8_lossy(request.body());
    let headers: Vec<_> = request.headers().iter().map(|(_, value)| value.as_bytes()).collect();
    let headers = String::from_utf8_lossy(&headers.join(&b' ')).into_owned();
    let description = format!("{} {headers} {body}", request.uri());
    let body = serde_json::json!({ "error": description, "error_description": description });
    let response = Response::builder().status(500).header("content-type", "application/json");
    response.body(body.to_string().into_bytes()).expect("a response")
}
