//! What the tests of whole logins share.

mod adapter;
mod by_hand;
mod by_socket;
mod client;
mod player;
mod resumed;
mod stored;
mod web_guide;

use std::cell::RefCell;
use std::collections::VecDeque;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Entropy, Error, Instance, LoggedIn, RegisterApp};
use gts_oauth_tests::{Play, ReceivedRequest, play, recording};

/// The code on the page of recording 16, for which recording 19 gives a token.
const CODE: &str = "MJG4YJRKYTITZMQ2YS0ZYZZMLWIZMZUTYMY3ZJHMMTEWNDK3";

/// The token of recording 19.
const TOKEN: &str = "M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ";

/// The recorded server.
fn instance() -> Instance {
    "http://127.0.0.1:8085".parse().expect("an instance")
}

/// The registration of recording 1.
fn probe(instance: Instance) -> RegisterApp {
    RegisterApp::new(instance, "Probe").expect("a name")
}

/// A recording as the next expected request and its response.
fn recorded(number: u8) -> Play {
    let recording = recording(number);
    play(&recording.request.method, &recording.request.path, recording.clone())
}

fn all_recorded<const N: usize>(numbers: [u8; N]) -> Vec<Play> {
    numbers.into_iter().map(recorded).collect()
}

/// The responses of a server without discovery, and then these recordings.
fn undiscovered<const N: usize>(numbers: [u8; N]) -> Vec<Play> {
    let unknown = |path: &&str| play("GET", path, recording(74));
    let unknown = DISCOVERY.iter().map(unknown);
    unknown.chain(all_recorded(numbers)).collect()
}

const DISCOVERY: [&str; 3] =
    ["/.well-known/nodeinfo", "/.well-known/webfinger", "/.well-known/oauth-authorization-server"];

/// Asserts that the first requests are discovery, without secrets, and returns the others.
fn after_discovery(mut requests: Vec<ReceivedRequest>) -> Vec<ReceivedRequest> {
    let rest = requests.split_off(DISCOVERY.len());
    for (request, path) in requests.iter().zip(DISCOVERY) {
        assert_eq!(request.method, "GET");
        assert!(request.path.starts_with(path), "{}", request.path);
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.body, "");
    }
    rest
}

/// A transport that plays recordings in order, each for its own method and path.
fn canned<const N: usize>(
    numbers: [u8; N],
) -> impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let left = RefCell::new(VecDeque::from(numbers));
    move |request| {
        let line = format!("{} {}", request.method(), request.uri().path());
        let Some(number) = left.borrow_mut().pop_front() else {
            return Err(format!("{line} was requested, and nothing was expected").into());
        };
        let recording = recording(number);
        let path = recording.request.path.split('?').next();
        let expected = format!("{} {}", recording.request.method, path.unwrap_or_default());
        assert_eq!(line, expected, "{}", recording.name);
        Ok(recording.response())
    }
}

/// Entropy that repeats one byte, for two logins that are the same.
fn entropy(byte: u8) -> Entropy {
    let filled = Entropy::from_fn(|bytes| {
        bytes.fill(byte);
        Ok::<_, Error>(())
    });
    filled.expect("no error")
}

/// Asserts the result of recordings 1, 19 and 29.
fn assert_alice(me: &LoggedIn) {
    assert_eq!(me.app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert_eq!(me.session.access_token().expose(), TOKEN);
    assert_eq!(me.session.scopes().to_string(), "read");
    let account = me.account.as_ref().expect("an account");
    assert_eq!(account.username(), "alice");
    assert_eq!(account.id(), "015JSQDQQAWFF3PB5M4C9KAZN3");
    assert!(me.missing_scopes.is_empty());
}
