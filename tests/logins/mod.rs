//! What the tests of whole logins share.

mod adapter;
mod by_hand;
mod by_socket;
mod client;
mod player;
mod resumed;
mod stored;

use std::cell::RefCell;
use std::collections::VecDeque;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{BoxError, Entropy, Error, Instance, LoggedIn, RegisterApp};
use gts_oauth_tests::{Asked, Play, play, recording};

/// The code on the page of recording 16, for which recording 19 gives a token.
const CODE: &str = "MJG4YJRKYTITZMQ2YS0ZYZZMLWIZMZUTYMY3ZJHMMTEWNDK3";

/// The token of recording 19.
const TOKEN: &str = "M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ";

/// Where the recordings were made.
fn instance() -> Instance {
    "http://127.0.0.1:8085".parse().expect("an instance")
}

/// What recording 1 registers.
fn probe(instance: Instance) -> RegisterApp {
    RegisterApp::new(instance, "Probe").expect("a name")
}

/// A recording as the server's next move.
fn recorded(number: u8) -> Play {
    let recording = recording(number);
    play(
        &recording.request.method,
        &recording.request.path,
        recording.clone(),
    )
}

fn all_recorded<const N: usize>(numbers: [u8; N]) -> Vec<Play> {
    numbers.into_iter().map(recorded).collect()
}

/// What a server says that knows nothing of discovery, and then these recordings.
fn undiscovered<const N: usize>(numbers: [u8; N]) -> Vec<Play> {
    let unknown = |path: &&str| play("GET", path, recording(74));
    let unknown = DISCOVERY.iter().map(unknown);
    unknown.chain(all_recorded(numbers)).collect()
}

const DISCOVERY: [&str; 3] = [
    "/.well-known/nodeinfo",
    "/.well-known/webfinger",
    "/.well-known/oauth-authorization-server",
];

/// Asserts that discovery came first, without a secret, and returns what came after it.
fn after_discovery(mut asked: Vec<Asked>) -> Vec<Asked> {
    let rest = asked.split_off(DISCOVERY.len());
    for (asked, path) in asked.iter().zip(DISCOVERY) {
        assert_eq!(asked.method, "GET");
        assert!(asked.path.starts_with(path), "{}", asked.path);
        assert_eq!(asked.header("authorization"), None);
        assert_eq!(asked.body, "");
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
            return Err(format!("{line} was asked, and nothing was expected").into());
        };
        let recording = recording(number);
        let path = recording.request.path.split('?').next();
        let expected = format!("{} {}", recording.request.method, path.unwrap_or_default());
        assert_eq!(line, expected, "{}", recording.name);
        Ok(recording.response())
    }
}

/// Entropy of one byte, so that two logins can be the same.
fn entropy(byte: u8) -> Entropy {
    let filled = Entropy::from_fn(|bytes| {
        bytes.fill(byte);
        Ok::<_, Error>(())
    });
    filled.expect("bytes never run out")
}

/// Asserts what recordings 1, 19 and 29 lead to.
fn assert_alice(me: &LoggedIn) {
    assert_eq!(me.app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert_eq!(me.session.access_token().expose(), TOKEN);
    assert_eq!(me.session.scopes().to_string(), "read");
    let account = me.account.as_ref().expect("an account");
    assert_eq!(account.username(), "alice");
    assert_eq!(account.id(), "015JSQDQQAWFF3PB5M4C9KAZN3");
    assert!(me.missing.is_empty());
}
