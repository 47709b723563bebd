//! A renewing session with any responses, times and failures.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::renewal::{RenewalStep, RenewingSession};
use gts_oauth_core::{Error, Exchange};

use super::canary::{REFRESH_TOKEN, TOKEN, assert_debug, assert_error, secrets_of, texts};
use super::request::{assert_sent_to, parts, secrets};
use super::response::AnyResponse;
use super::sample::{ORIGIN, TOKEN_ORIGIN, app, discovery, registration, session};
use super::text::List;
use super::{server, twin};

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    has_metadata: bool,
    expires_in: u32,
    leeway: u16,
    events: List<(u16, Event), 12>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Event {
    /// Stored and read again, as by a new process. It can try at once.
    Reload,
    Response(AnyResponse),
    TransportError,
    Stored,
    Rejected(AnyResponse),
    Call(AnyResponse, AnyResponse, AnyResponse),
}

pub fn check(input: &Input) {
    let mut register = registration(false);
    if input.has_metadata {
        register = register.with_discovery(&discovery());
    }
    let app = app(register);
    let body = format!(
        r#"{{"access_token":{TOKEN:?},"refresh_token":{REFRESH_TOKEN:?},"expires_in":{}}}"#,
        input.expires_in
    );
    let refreshed = app.refresh(&session()).unwrap().parse(&Response::new(body)).unwrap();
    let mut now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let renewing = RenewingSession::new(app, refreshed.received_at(now)).unwrap();
    let mut renewing = renewing.leeway(Duration::from_secs(input.leeway.into()));
    let [_, mut twin] = twin::stored(&renewing);
    for (seconds, event) in &input.events.0 {
        now += Duration::from_secs((*seconds).into());
        if let Event::Reload = event {
            [renewing, twin] = twin::stored(&renewing);
        }
        let (result, sent) = handle(&mut renewing, event, now);
        let (again, _) = handle(&mut twin, event, now);
        assert_eq!(twin::outcome(&result), twin::outcome(&again));
        let held = secrets_of(&renewing);
        if let Err(error) = &result {
            let sent = sent.iter().filter(|secret| held.contains(secret));
            assert_error(error, &sent.map(String::as_str).collect::<Vec<_>>());
        }
        assert_eq!(step(&renewing, now), step(&twin, now));
        assert_debug(&renewing, &texts(&held));
        assert_eq!(renewing.is_due(now), !matches!(renewing.step(now), RenewalStep::Ready(_)));
    }
    let correct =
        |request: Request<Vec<u8>>| Ok::<_, std::io::Error>(server::respond(&request, false));
    renewing.renew_if_due(&correct, now, |_, _| Ok(())).unwrap();
}

fn step(renewing: &RenewingSession, now: SystemTime) -> String {
    match renewing.step(now) {
        RenewalStep::Send { request, .. } => {
            assert_sent_to(&request, &[ORIGIN, TOKEN_ORIGIN]);
            format!("{:?}", parts(request))
        }
        RenewalStep::Store { new, old } => serde_json::to_string(&[new, old]).unwrap(),
        RenewalStep::Ready(session) => serde_json::to_string(session).unwrap(),
    }
}

/// Handles the event. Returns the secrets of the last request, too.
fn handle(
    renewing: &mut RenewingSession,
    event: &Event,
    now: SystemTime,
) -> (Result<(), Error>, Vec<String>) {
    let refresh = match renewing.step(now) {
        RenewalStep::Send { request, .. } => request,
        _ => renewing.current().verify().request(),
    };
    let mut sent = secrets(&refresh);
    let result = match event {
        Event::Response(response) => {
            renewing.handle_response(&response.build(&refresh, &texts(&sent)), now)
        }
        Event::TransportError => renewing.handle_transport_error("connection reset", now),
        Event::Reload => Ok(()),
        Event::Stored => {
            renewing.handle_stored();
            Ok(())
        }
        Event::Rejected(response) => {
            let used = renewing.current().clone();
            let request = used.verify().request();
            sent = secrets(&request);
            match used.verify().parse(&response.build(&request, &texts(&sent))) {
                Ok(_) => Ok(()),
                Err(error) => renewing.handle_rejection(&used, error),
            }
        }
        Event::Call(first, second, third) => {
            let call = renewing.current().get("/api/v1/notifications").unwrap();
            let left = RefCell::new(([first, second, third].into_iter(), &mut sent));
            let http = |request: Request<Vec<u8>>| {
                assert_sent_to(&request, &[ORIGIN, TOKEN_ORIGIN]);
                let (responses, sent) = &mut *left.borrow_mut();
                **sent = secrets(&request);
                let response = responses.next().map(|it| it.build(&request, &texts(sent)));
                response.ok_or("connection reset")
            };
            renewing.send(&call, &http, now, |_, _| Ok(())).map(drop)
        }
    };
    (result, sent)
}
