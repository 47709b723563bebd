//! Determinism, the clock, and secrets in `Debug`.

use std::cell::RefCell;
use std::time::Duration;

use gts_oauth_core::http::{HeaderMap, Request, Response};
use gts_oauth_core::{BoxError, Error, Exchange, Instance, Transport};
use gts_oauth_fake::{Dialect, ForeignOrigin, Server};

use crate::raw::{self, VERIFIER, app};
use crate::sample::{alice, login, login_by_redirect, out_of_band, speaking, waiting};

fn headers(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let pairs = headers.iter();
    pairs.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

/// The first line, the headers and the body of a request or a response.
type Message = (String, Vec<(String, Vec<u8>)>, Vec<u8>);

/// All requests and responses of a whole login, from registration to revocation.
fn tape(seed: u64, dialect: Dialect) -> Vec<Message> {
    let server = Server::builder(seed).dialect(dialect).build();
    let tape = RefCell::new(Vec::new());
    let recorder = |request: Request<Vec<u8>>| -> Result<Response<Vec<u8>>, BoxError> {
        let line = format!("{} {}", request.method(), request.uri());
        let sent = (line, headers(request.headers()), request.body().clone());
        let answer = server.send(request)?;
        let line = answer.status().to_string();
        let got = (line, headers(answer.headers()), answer.body().clone());
        tape.borrow_mut().extend([sent, got]);
        Ok(answer)
    };
    let alice = server.account("alice");
    server.post("bob", "hello @alice");
    let mut login = login_by_redirect(&server);
    let me = login.run(&recorder, |ask| alice.allow(ask.url)).unwrap();
    let notifications = me.session.get("/api/v1/notifications").unwrap();
    notifications.send(&recorder).unwrap();
    // Not all servers support it.
    let _ = me.app.revoke(&me.session).unwrap().send(&recorder);
    tape.into_inner()
}

#[test]
fn the_same_seed_makes_the_same_bytes_of_a_whole_login() {
    for &dialect in Dialect::ALL {
        let first = tape(7, dialect);
        // Iceshrimp.NET requires a second form of revocation.
        let requests = if dialect == Dialect::Iceshrimp { 6 } else { 5 };
        assert_eq!(first.len(), 2 * requests, "{dialect:?}");
        assert_eq!(first, tape(7, dialect), "{dialect:?}");
    }
}

#[test]
fn another_seed_makes_other_secrets() {
    let secrets = |seed| {
        let server = Server::new(seed);
        let me = alice(&server);
        let (_, address) = waiting(&server, login(&server));
        [
            me.app.client_id().to_owned(),
            me.app.client_secret().unwrap().expose().to_owned(),
            me.session.access_token().expose().to_owned(),
            address.clone(),
            server.account("alice").visit(&address).unwrap(),
        ]
    };
    assert_eq!(secrets(7), secrets(7));
    for (one, other) in secrets(7).iter().zip(&secrets(8)) {
        assert_ne!(one, other);
    }
}

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    let server = Server::new(7);
    let beginning = server.now();
    alice(&server);
    assert_eq!(server.now(), beginning);
    let date = |server| raw::get(server, "/nodeinfo/2.0").header("date").map(str::to_owned);
    let midnight = Some("Thu, 01 Jan 2026 00:00:00 GMT".to_owned());
    assert_eq!(date(&server), midnight);
    server.advance(Duration::from_millis(1500));
    assert_eq!(server.now(), beginning + Duration::from_millis(1500));
    assert_ne!(date(&server), midnight);
}

/// The response to a code of this age in seconds.
fn aged(dialect: Dialect, seconds: u64) -> u16 {
    let server = crate::sample::speaking(dialect);
    let (alice, app) = (server.account("alice"), app(&server));
    let brought = alice.visit(&app.challenging(&server)).unwrap();
    server.advance(Duration::from_secs(seconds));
    let code = raw::code(&brought);
    app.exchange(&server, &code, Some(VERIFIER)).status()
}

#[test]
fn a_code_lives_for_as_long_as_each_server_lets_it() {
    for &dialect in Dialect::ALL {
        let seconds = match dialect {
            Dialect::Mastodon43 | Dialect::Mastodon | Dialect::Pixelfed => 600,
            Dialect::Takahe => 60,
            Dialect::Akkoma => 3_153_600_000,
            Dialect::Sharkey | Dialect::Iceshrimp => {
                assert_eq!(aged(dialect, 31_536_000), 200, "{dialect:?}");
                continue;
            }
            _ => 300,
        };
        assert_eq!(aged(dialect, seconds - 1), 200, "{dialect:?}");
        assert_ne!(aged(dialect, seconds), 200, "{dialect:?}");
    }
}

#[test]
fn an_apps_token_lives_for_an_hour_though_it_claims_two() {
    let server = Server::new(7);
    let app = out_of_band(&server).send(&server).unwrap();
    let token = app.request_token().unwrap().send(&server).unwrap();
    assert_eq!(token.expires_in(), Some(Duration::from_secs(7200)));
    let told = || raw::verify(&server, token.access_token().expose()).text("error");
    server.advance(Duration::from_secs(3599));
    // A known token without an account.
    assert_eq!(told(), "Unauthorized: user not supplied or not authorized");
    server.advance(Duration::from_secs(1));
    assert_eq!(told(), "Unauthorized: token not supplied");
}

#[test]
fn a_persons_token_on_gotosocial_never_expires() {
    let server = Server::new(7);
    let me = alice(&server);
    server.advance(Duration::from_secs(100 * 366 * 86_400));
    me.session.verify().send(&server).unwrap();
}

#[test]
fn a_request_for_another_origin_is_an_error_and_not_recorded() {
    let elsewhere = Instance::insecure_http("http://gts.example").unwrap();
    let others: [Instance; 3] =
        ["gts.example:8443".parse().unwrap(), "other.example".parse().unwrap(), elsewhere];
    let server = Server::new(7);
    for other in others {
        let app = gts_oauth_core::RegisterApp::new(other.clone(), "my-bot").unwrap();
        let Err(Error::Transport(failed)) = app.send(&server) else {
            panic!("{other} was answered");
        };
        let foreign: &ForeignOrigin = failed.error.downcast_ref().unwrap();
        assert_eq!(foreign.requested, other.origin());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_was_asked_is_kept_in_order() {
    let server = Server::new(7);
    let me = alice(&server);
    let paths = |server: &Server| -> Vec<String> {
        let asked = server.requests();
        asked.iter().map(|asked| format!("{asked:?}")).collect()
    };
    assert_eq!(
        paths(&server),
        [
            "POST /api/v1/apps (client_name, redirect_uris, scopes)",
            "POST /oauth/token (client_id, client_secret, grant_type, code, redirect_uri, code_verifier)",
            "GET /api/v1/accounts/verify_credentials",
        ]
    );
    let asked = &server.requests()[1];
    let secret = asked.field("client_secret");
    assert_eq!(secret.as_deref(), Some(me.app.client_secret().unwrap().expose()));
    let bearer = format!("Bearer {}", me.session.access_token().expose());
    let signed = &server.requests()[2];
    assert_eq!(signed.header("authorization"), Some(bearer.as_str()));
    server.clear_requests();
    assert!(server.requests().is_empty());
}

#[test]
fn debug_shows_no_secret() {
    let server = Server::new(7);
    let alice = server.account("alice");
    let (mut login, address) = waiting(&server, login(&server));
    let state = login.pending().unwrap().state().to_owned();
    let code = alice.visit(&address).unwrap();
    let me = login.run(&server, |_| Ok(code.as_str().into())).unwrap();
    let token = me.session.access_token().expose();
    let secret = me.app.client_secret().unwrap().expose();
    raw::json(
        &server,
        "/oauth/revoke",
        &serde_json::json!({ "token": token, "client_secret": secret }),
    );
    raw::get(&server, &format!("/oauth/oob?code={code}&state={state}"));
    raw::get(&server, &format!("/api/v1/instance?{code}"));
    let verifier = server.requests()[1].field("code_verifier").unwrap();
    let shown = format!("{server:?} {alice:?} {:?}", server.requests());
    for hidden in [token, secret, &code, &state, &verifier, alice.password()] {
        assert!(!shown.contains(hidden), "{hidden} is shown: {shown}");
    }
    assert!(
        shown.contains("POST /oauth/revoke (client_secret, token)") && shown.contains("@alice")
    );
}

#[test]
fn clones_are_the_same_server() {
    let server = Server::new(7);
    let clone = server.clone();
    let me = alice(&server);
    me.session.verify().send(&clone).unwrap();
    assert_eq!(clone.requests().len(), server.requests().len());
}

#[test]
fn ids_of_mastodon_are_growing_numbers() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43] {
        let server = speaking(dialect);
        (0..3).for_each(|_| server.post("bob", "hello"));
        let session = server.session("bob", "read");
        let home = session.get("/api/v1/timelines/home").unwrap().send(&server).unwrap();
        let statuses: Vec<serde_json::Value> = home.json().unwrap();
        let ids: Vec<u64> =
            statuses.iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.is_sorted_by(|newer, older| newer > older), "{dialect:?}: {ids:?}");
    }
}
