//! Every fault at every request of a login: it is reported as such, and nothing is lost.

use std::io;
use std::time::Duration;

use gts_oauth_core::http::{Method, Request};
use gts_oauth_core::{
    Error, Exchange, Transport,
    error::{Unavailable, UnexpectedReason, UnexpectedResponse},
    transport::BodyLimit,
    types::Retry,
};
use gts_oauth_fake::{Dialect, Fault, Server};
use serde_json::{Value, json};

use crate::sample::{OUT_OF_BAND, app, login};

const REGISTER: &str = "/api/v1/apps";
const TOKEN: &str = "/oauth/token";
const VERIFY: &str = "/api/v1/accounts/verify_credentials";

/// Core's error for a fault.
#[derive(Debug, PartialEq)]
enum Told {
    BusyFor(u64),
    Odd(Option<u16>, UnexpectedReason),
    CutOff,
    Transport(io::ErrorKind),
    Other(String),
}

fn told(error: &Error) -> Told {
    match error {
        Error::Unavailable(Unavailable { retry: Some(Retry::After(wait)), .. }) => {
            Told::BusyFor(wait.as_secs())
        }
        Error::UnexpectedResponse(UnexpectedResponse {
            reason: UnexpectedReason::CutOff(..),
            ..
        }) => Told::CutOff,
        Error::UnexpectedResponse(odd) => {
            let status = odd.status.map(|status| status.as_u16());
            Told::Odd(status, odd.reason.clone())
        }
        Error::Transport(failed) => {
            Told::Transport(failed.error.downcast_ref::<io::Error>().unwrap().kind())
        }
        other => Told::Other(format!("{other:?}")),
    }
}

/// Faults after which the server has not processed the request.
fn not_done() -> Vec<(Fault, Told)> {
    let elsewhere = "https://elsewhere.example/".to_owned();
    vec![
        (Fault::RateLimited(Duration::from_secs(90)), Told::BusyFor(90)),
        (Fault::Throttled, Told::BusyFor(30)),
        (Fault::BadGateway, Told::Odd(Some(502), UnexpectedReason::Html)),
        (Fault::Empty, Told::Odd(Some(200), UnexpectedReason::Empty)),
        (
            Fault::Redirect(elsewhere.clone()),
            Told::Odd(Some(302), UnexpectedReason::Redirect(elsewhere)),
        ),
        (Fault::Endless, Told::Odd(None, UnexpectedReason::TooLong(BodyLimit::PROTOCOL.bytes()))),
        (Fault::NoResponse, Told::Transport(io::ErrorKind::TimedOut)),
        (Fault::SlowDrip, Told::Transport(io::ErrorKind::TimedOut)),
        (Fault::Reset, Told::Transport(io::ErrorKind::ConnectionReset)),
    ]
}

/// Faults after which it has, but the client does not know.
fn done_unheard() -> Vec<(Fault, Told)> {
    let reset = Told::Transport(io::ErrorKind::ConnectionReset);
    vec![(Fault::CutOff, Told::CutOff), (Fault::LostResponse, reset)]
}

/// Meets the fault, then runs again. Returns how often the user was asked after it.
fn stop_and_go_on(fault: &Fault, path: &str, expected: &Told) -> usize {
    let server = Server::new(7);
    let alice = server.account("alice");
    let mut login = login(&server);
    server.fail(fault.clone().at(path));
    let stop = login.run(&server, |ask| alice.allow(ask.url)).unwrap_err();
    assert_eq!(told(&stop), *expected, "{fault:?} at {path}");

    let session = login.session().map(|(_, session)| session.clone());
    let earned = (app(&login), session);
    assert_eq!(earned.0.is_some(), path != REGISTER, "{fault:?} at {path}");
    assert_eq!(earned.1.is_some(), path == VERIFY, "{fault:?} at {path}");
    let mut asked = 0;
    let done = login.run(&server, |ask| {
        asked += 1;
        alice.allow(ask.url)
    });
    let done = done.unwrap();
    assert_eq!(done.account.as_ref().unwrap().username(), "alice");
    assert!(earned.0.is_none_or(|app| app == done.app));
    assert!(earned.1.is_none_or(|session| session == done.session));
    asked
}

#[test]
fn a_fault_at_registration_is_told_and_the_next_run_registers() {
    for (fault, expected) in not_done().into_iter().chain(done_unheard()) {
        let asked = stop_and_go_on(&fault, REGISTER, &expected);
        assert_eq!(asked, 1, "{fault:?}");
    }
}

#[test]
fn a_fault_at_the_exchange_is_told_and_the_next_run_needs_no_person() {
    for (fault, expected) in not_done() {
        let asked = stop_and_go_on(&fault, TOKEN, &expected);
        assert_eq!(asked, 0, "{fault:?}");
    }
}

#[test]
fn an_unheard_exchange_spends_the_code_so_the_person_is_asked_again() {
    for (fault, expected) in done_unheard() {
        let asked = stop_and_go_on(&fault, TOKEN, &expected);
        assert_eq!(asked, 1, "{fault:?}");
    }
}

#[test]
fn a_fault_at_verification_is_told_and_the_token_is_kept() {
    for (fault, expected) in not_done().into_iter().chain(done_unheard()) {
        let asked = stop_and_go_on(&fault, VERIFY, &expected);
        assert_eq!(asked, 0, "{fault:?}");
    }
}

#[test]
fn a_wrong_content_type_does_core_no_harm() {
    for path in [REGISTER, TOKEN, VERIFY] {
        let server = Server::new(7);
        let alice = server.account("alice");
        server.fail(Fault::WrongContentType.at(path));
        let mut login = login(&server);
        login.run(&server, |ask| alice.allow(ask.url)).unwrap();
    }
    let server = Server::new(7);
    server.fail(Fault::WrongContentType);
    let answer = crate::raw::get(&server, "/nodeinfo/2.0");
    assert_eq!(answer.header("content-type"), Some("text/html"));
}

/// A registration response with this patch.
fn patched(patch: Value) -> Value {
    let server = Server::new(7);
    server.fail(Fault::Patched(patch));
    let fields = [("client_name", "raw"), ("redirect_uris", OUT_OF_BAND)];
    crate::raw::form(&server, "/api/v1/apps", &fields).json()
}

#[test]
fn a_patch_adds_replaces_and_takes_out() {
    let whole = patched(json!({}));
    assert_eq!(whole["scopes"], json!(["read"]));
    let reply = patched(json!({ "id": 17, "scopes": null, "more": { "a": 1, "b": null } }));
    assert_eq!(reply["id"], 17);
    assert_eq!(reply.get("scopes"), None);
    assert_eq!(reply["more"], json!({ "a": 1 }));
    assert_eq!(reply["client_id"], whole["client_id"]);
}

#[test]
fn a_refresh_that_tells_no_refresh_token_leaves_the_old_one_good() {
    let server = crate::sample::speaking(Dialect::Akkoma);
    let me = crate::sample::alice(&server);
    let refresh = |session| me.app.refresh(session).unwrap().send(&server).unwrap();
    let silent = json!({ "refresh_token": null });
    server.fail(Fault::Patched(silent).at(TOKEN));
    let second = refresh(&me.session);
    // Core keeps the old one, because the response has no other.
    assert_eq!(second.refresh_token(), me.session.refresh_token());
    let third = refresh(&second);
    assert_ne!(third.access_token(), second.access_token());
}

#[test]
fn what_is_no_json_is_not_patched() {
    let server = Server::new(7);
    server.fail(Fault::Patched(json!({ "a": 1 })));
    let page = crate::raw::get(&server, "/").page();
    assert!(page.starts_with("<!DOCTYPE html>"));
}

#[test]
fn response_is_exactly_the_planned_one() {
    let server = Server::new(7);
    let headers = [("content-type", "text/html"), ("set-cookie", "a=1"), ("set-cookie", "b=2")];
    let fault = Fault::response(418, &headers, "<html>no</html>");
    assert_eq!(fault, fault.clone());
    server.fail(fault);
    let request = Request::get("https://gts.example/nodeinfo/2.0").body(Vec::new()).unwrap();
    let response = server.send(request).unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.body(), b"<html>no</html>");
    let received = response.headers().iter();
    let received: Vec<_> =
        received.map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(received, headers);
}

#[test]
fn planned_response_replaces_processing() {
    let server = Server::new(7);
    let session = server.session("alice", "read write");
    server.fail(Fault::response(200, &[("content-type", "application/json")], "{}"));
    session.post("/api/v1/statuses").unwrap().form("status", "lost").send(&server).unwrap();
    let home = session.get("/api/v1/timelines/home").unwrap().send(&server).unwrap();
    assert_eq!(home.json::<Vec<Value>>().unwrap(), Vec::<Value>::new());
    let paths: Vec<_> = server.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["/api/v1/statuses", "/api/v1/timelines/home"]);
}

#[test]
#[should_panic(expected = "a final status")]
fn interim_response_cannot_be_planned() {
    Fault::response(100, &[], "");
}

#[test]
#[should_panic(expected = "a valid header value")]
fn response_with_invalid_header_cannot_be_planned() {
    Fault::response(200, &[("x", "a\nb")], "");
}

fn statuses(server: &Server, paths: &[&str]) -> Vec<u16> {
    let get = |path: &&str| crate::raw::get(server, path).status();
    paths.iter().map(get).collect()
}

#[test]
fn a_fault_strikes_the_next_request_whatever_it_is_and_only_that() {
    let server = Server::new(7);
    server.fail(Fault::BadGateway);
    let told = statuses(&server, &["/nodeinfo/2.0", "/nodeinfo/2.0"]);
    assert_eq!(told, [502, 200]);
}

#[test]
fn a_fault_at_a_path_waits_for_a_request_to_it() {
    let server = Server::new(7);
    server.fail(Fault::BadGateway.at("/api/v1/instance"));
    let paths = ["/nodeinfo/2.0", "/api/v1/instance", "/api/v1/instance"];
    assert_eq!(statuses(&server, &paths), [200, 502, 200]);
}

#[test]
fn fault_at_a_path_applies_below_it() {
    let server = Server::new(7);
    server.fail(Fault::BadGateway.at("/api/v1").times(u32::MAX));
    let paths = ["/api/v1", "/api/v1/instance", "/api/v2/instance", "/api/v1x", "/x/api/v1"];
    assert_eq!(statuses(&server, &paths), [502, 502, 200, 404, 404]);
}

#[test]
fn fault_applies_to_its_method_only() {
    let server = Server::new(7);
    let path = "/api/v1/instance";
    server.fail(Fault::BadGateway.at("/api").method(Method::POST).times(2));
    server.fail(Fault::Throttled.method(Method::PUT));
    assert_eq!(statuses(&server, &[path]), [200]);
    let post = || crate::raw::form(&server, path, &[]).status();
    assert_eq!([post(), post(), post()], [502, 502, 405]);
}

#[test]
fn a_fault_strikes_as_often_as_it_says() {
    let server = Server::new(7);
    server.fail(Fault::BadGateway.at("/api/v1/instance").times(2));
    server.fail(Fault::Throttled.times(0));
    let paths = ["/api/v1/instance"; 3];
    assert_eq!(statuses(&server, &paths), [502, 502, 200]);
    server.fail(Fault::BadGateway.times(2));
    assert_eq!(statuses(&server, &paths), [502, 502, 200]);
}

#[test]
fn fault_remains_until_failures_are_cleared() {
    let server = Server::new(7);
    let paths = ["/api/v1/instance", "/nodeinfo/2.0"];
    server.fail(Fault::BadGateway.at(paths[0]).times(u32::MAX));
    for _ in 0..100 {
        assert_eq!(statuses(&server, &paths), [502, 200]);
    }
    server.fail(Fault::Throttled.times(u32::MAX));
    assert_eq!(statuses(&server, &paths), [502, 429]);
    server.clear_failures();
    assert_eq!(statuses(&server, &paths), [200, 200]);
}

#[test]
fn a_fault_may_wait_until_so_many_requests_went_well() {
    let server = Server::new(7);
    let path = "/api/v1/instance";
    server.fail(Fault::BadGateway.at(path).after(2));
    assert_eq!(statuses(&server, &[path; 5]), [200, 200, 502, 200, 200]);
}

#[test]
fn faults_strike_in_the_order_in_which_they_were_planned() {
    let server = Server::new(7);
    server.fail(Fault::Throttled.at("/nodeinfo/2.0"));
    server.fail(Fault::BadGateway);
    server.fail(Fault::Empty);
    let paths = ["/api/v1/instance", "/nodeinfo/2.0", "/nodeinfo/2.0"];
    assert_eq!(statuses(&server, &paths), [502, 429, 200]);
    assert_eq!(statuses(&server, &["/nodeinfo/2.0"]), [200]);
}

#[test]
fn a_persons_browser_is_spared() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (_, address) = crate::sample::waiting(&server, login(&server));
    server.fail(Fault::BadGateway);
    assert!(alice.visit(&address).is_ok());
    assert_eq!(statuses(&server, &["/nodeinfo/2.0"]), [502]);
}

#[test]
fn failures_that_did_not_apply_are_pending() {
    let server = Server::new(7);
    let session = server.session("alice", "read");
    server.fail(Fault::BadGateway.at("/api/v1/accounts").times(3));
    server.fail(Fault::Empty.at("/api/v1/mistyped"));
    server.fail(Fault::Reset.at("/api/v1/accounts").after(9));
    assert_eq!(server.pending_failures().len(), 3);
    for _ in 0..3 {
        assert!(session.verify().send(&server).is_err());
    }
    session.verify().send(&server).unwrap();
    let pending = server.pending_failures();
    assert_eq!(pending[0], Fault::Empty.at("/api/v1/mistyped"));
    assert_eq!(pending[1], Fault::Reset.at("/api/v1/accounts").after(8));
    assert_eq!(pending.len(), 2);
    server.clear_failures();
    assert_eq!(server.pending_failures(), []);
}
