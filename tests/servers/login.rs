//! Whole logins with recorded responses: from discovery to revocation.

use std::cell::RefCell;
use std::collections::VecDeque;

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::{
    BoxError, Error, Exchange as _, LoggedIn, Login, discovery::Discovery, renewal::Revocation,
};
use gts_oauth_tests::exchange::{AnyExchange, same_path, sevens};
use gts_oauth_tests::{Recording, recordings};
use url::form_urlencoded;

use crate::browser;

/// The recordings of a login, by their numbers.
struct Story {
    server: &'static str,
    discovery: &'static [u16],
    register: u16,
    /// The page or the redirect with the code.
    page: u16,
    token: u16,
    verify: u16,
    revoke: u16,
    /// A request with the token after that.
    after: u16,
}

/// The outcome.
struct Ended {
    me: LoggedIn,
    software: String,
    revocation: Revocation,
    after: Result<(), Error>,
}

impl Story {
    fn recording(&self, number: u16) -> Recording {
        let mut all = recordings(self.server).into_iter();
        let found = all.find(|recording| recording.number() == number);
        found.unwrap_or_else(|| panic!("{} has no {number}", self.server))
    }

    fn play(&self) -> Ended {
        let rest = [self.register, self.token, self.verify, self.revoke, self.after];
        let numbers = self.discovery.iter().chain(&rest);
        let left: VecDeque<_> = numbers.map(|number| self.recording(*number)).collect();
        let left = RefCell::new(left);
        let http = |request: Request<Vec<u8>>| next_response(&left, &request);

        let AnyExchange::Register(register) = AnyExchange::of(&self.recording(self.register))
        else {
            panic!("not a registration")
        };
        let mut login = Login::new(*register, sevens());
        let page = self.recording(self.page);
        let me = login.run(&http, |step| browser::reply(&page, step.url));
        let me = me.expect("a login").clone();
        let found = me.app.registration().discovery().expect("a discovery");
        let software = found.software().expect("software").name.clone();
        let revocation = me.app.revoke(&me.session).and_then(|revoke| revoke.send(&http));
        let after = me.session.verify().send(&http).map(drop);
        assert!(left.borrow().is_empty(), "not all was requested");
        Ended { me, software, revocation: revocation.expect("a response"), after }
    }
}

/// The next recorded response. The request must be the recorded one, with the same credentials.
fn next_response(
    left: &RefCell<VecDeque<Recording>>,
    request: &Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, BoxError> {
    let recording = left.borrow_mut().pop_front().ok_or("one request too many")?;
    let (name, theirs) = (&recording.name, &recording.request);
    assert_eq!(request.method().as_str(), theirs.method, "{name}");
    let uri = request.uri().to_string();
    assert!(same_path(&uri, &theirs.path), "{name}: {uri}");
    let fields = theirs.fields();
    for (field, ours) in form_urlencoded::parse(request.body()) {
        let compared = ["client_id", "client_secret", "code", "redirect_uri", "grant_type"];
        if uri.ends_with("/oauth/token") && compared.contains(&&*field) {
            assert_eq!(fields.get(&*field).map(String::as_str), Some(&*ours), "{name}");
        }
    }
    Ok(recording.response())
}

fn assert_alice(ended: &Ended, software: &str, token: &str, scopes: &str) {
    assert_eq!(ended.software, software);
    assert_eq!(ended.me.session.access_token().expose(), token);
    assert_eq!(ended.me.session.scopes().to_string(), scopes);
    let account = ended.me.account.as_ref().expect("an account");
    assert_eq!(account.username(), "alice");
}

fn is_revoked(ended: &Ended, status: u16) {
    assert!(matches!(ended.revocation, Revocation::Accepted));
    let error = ended.after.as_ref().expect_err("the token is revoked");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
}

const HOLLO: &[u16] = &[2, 3, 1];

#[test]
fn hollo_logs_in_out_of_band() {
    let ended = Story {
        server: "hollo-0.10.0",
        discovery: HOLLO,
        register: 9,
        page: 28,
        token: 36,
        verify: 38,
        revoke: 141,
        after: 143,
    }
    .play();
    let token =
        "lkHpbMzXj_dHfRTI5T4ERp_uOTNe3y4fpD3HvP59oCrxKAT-avFJFITm-ms89XjV7WKT9sJZi3HniU8DBHaUVg";
    assert_alice(&ended, "hollo", token, "read");
    is_revoked(&ended, 401);
    let metadata = ended.me.app.registration().discovery();
    let metadata = metadata.and_then(Discovery::metadata).expect("metadata");
    assert!(metadata.supports_pkce());
}

#[test]
fn hollo_logs_in_by_redirect() {
    let ended = Story {
        server: "hollo-0.10.0",
        discovery: HOLLO,
        register: 156,
        page: 161,
        token: 162,
        verify: 163,
        revoke: 168,
        after: 143,
    }
    .play();
    let token =
        "yEjxlWpxKeLCtwpFt3fKJIAy7XG58UrqMTaV4rLzYF3oseAvqL-8GFRciS1nlHfHp2gsGTApwwUPnBVrFjSkjw";
    assert_alice(&ended, "hollo", token, "read:accounts read:notifications");
    is_revoked(&ended, 401);
}

const SNAC: &[u16] = &[2, 3, 1];

#[test]
fn snac_logs_in_out_of_band() {
    let ended = Story {
        server: "snac-2.94",
        discovery: SNAC,
        register: 10,
        page: 25,
        token: 30,
        verify: 32,
        revoke: 104,
        after: 106,
    }
    .play();
    assert_alice(&ended, "snac", "fe054fe7297571b7e8f12167db952c39", "read");
    is_revoked(&ended, 422);
}

#[test]
fn snac_logs_in_by_redirect() {
    let ended = Story {
        server: "snac-2.94",
        discovery: SNAC,
        register: 113,
        page: 117,
        token: 118,
        verify: 124,
        revoke: 123,
        after: 109,
    }
    .play();
    assert_alice(&ended, "snac", "e3665e11267a1ee3a346f9dca1ee2b1d", "read");
    is_revoked(&ended, 422);
}

const MITRA: &[u16] = &[2, 4, 1];

#[test]
fn mitra_logs_in_out_of_band() {
    let ended = Story {
        server: "mitra-5.9.2-dev",
        discovery: MITRA,
        register: 10,
        page: 26,
        token: 31,
        verify: 33,
        revoke: 130,
        after: 131,
    }
    .play();
    assert_alice(&ended, "mitra", "DpUbSDBcftcbibqI-jwYbq0gvcU", "read");
    is_revoked(&ended, 401);
    assert!(ended.me.session.expires_at().is_some());
}

#[test]
fn mitra_logs_in_by_redirect() {
    let ended = Story {
        server: "mitra-5.9.2-dev",
        discovery: MITRA,
        register: 117,
        page: 119,
        token: 120,
        verify: 121,
        revoke: 130,
        after: 131,
    }
    .play();
    // It ignores granular scopes, does not report that, and enforces none.
    let scopes = "read:accounts read:notifications push";
    assert_alice(&ended, "mitra", "ftSenGJCtW4Q3Z2SVV19smPBOwM", scopes);
    is_revoked(&ended, 401);
}

const KITSUNE: &[u16] = &[2, 3, 1];

/// Without revocation the token remains valid, which is reported.
fn remains_valid(ended: &Ended) {
    assert!(matches!(ended.revocation, Revocation::Unsupported));
    assert!(ended.after.is_ok());
    assert!(ended.me.session.refresh_token().is_some());
    assert!(ended.me.session.expires_at().is_some());
}

#[test]
fn kitsune_logs_in_out_of_band() {
    let ended = Story {
        server: "kitsune-0.0.1-pre.6",
        discovery: KITSUNE,
        register: 9,
        page: 27,
        token: 34,
        verify: 36,
        revoke: 140,
        after: 142,
    }
    .play();
    assert_alice(&ended, "kitsune", "LW3BGFBYsN3As3UJiJeEHc3g5oKwYCpf", "read");
    remains_valid(&ended);
}

#[test]
fn kitsune_logs_in_by_redirect() {
    let ended = Story {
        server: "kitsune-0.0.1-pre.6",
        discovery: KITSUNE,
        register: 150,
        page: 154,
        token: 155,
        verify: 158,
        revoke: 144,
        after: 145,
    }
    .play();
    assert_alice(&ended, "kitsune", "GIPbLUu9wCpCQpok1v7h7lQbyBf713Ju", "read");
    remains_valid(&ended);
}

#[test]
fn mastodon_logs_in_out_of_band() {
    for (server, token) in [
        ("mastodon-4.6.5", "-RlTenBAFvlhQt3Ql1M7TtU3K8StRqpnXDNFg4Qh_DY"),
        ("mastodon-4.3.13", "Bng93FwsfMGCiCkVIsz1wIMG3jS68Pwc_ELptiOEZM4"),
    ] {
        let ended = Story {
            server,
            discovery: &[160, 161, 158],
            register: 1,
            page: 24,
            token: 32,
            verify: 61,
            revoke: 129,
            after: 127,
        }
        .play();
        assert_alice(&ended, "mastodon", token, "read write");
        is_revoked(&ended, 401);
        assert_eq!(ended.me.session.expires_at(), None);
    }
}
