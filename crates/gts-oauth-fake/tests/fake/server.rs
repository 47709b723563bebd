//! Prepared logins and sessions.

use std::sync::{Arc, Mutex};
use std::{panic, thread};

use gts_oauth_core::{Error, Exchange};
use gts_oauth_fake::{Dialect, Fault, Server};

use crate::raw;
use crate::sample::{DOORKEEPERS, alice, speaking};

#[test]
fn prepared_login_needs_only_a_user() {
    for dialect in Dialect::ALL.iter().copied().filter(|it| *it != Dialect::Sharkey) {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let mut login = server.login("my-bot");
        let me = login.run(&server, |step| alice.allow(step.url)).unwrap();
        assert_eq!(me.account.as_ref().unwrap().username(), "alice");
    }
}

#[test]
fn prepared_session_is_valid_on_every_server() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let session = server.session("alice", "read write");
        assert!(server.requests().is_empty());
        let account = session.verify().send(&server).unwrap();
        assert_eq!(account.username(), "alice", "{dialect:?}");
    }
}

#[test]
#[should_panic(expected = "no server of this dialect knows the scope `wrtie`")]
fn mistyped_scope_of_a_session_panics() {
    Server::new(7).session("alice", "read wrtie");
}

#[test]
#[should_panic(expected = "no server of this dialect knows the scope `read:relays`")]
fn scope_of_another_dialect_panics() {
    speaking(Dialect::Mastodon).session("alice", "read:relays");
}

#[test]
fn session_has_each_known_scope() {
    let server = Server::new(7);
    for &scope in gts_oauth_core::types::KNOWN_SCOPES {
        assert_eq!(server.session("alice", scope).scopes().to_string(), scope);
    }
    let own = speaking(Dialect::Sharkey).session("alice", "read:account, write:notes");
    assert_eq!(own.scopes().to_string(), "read:account write:notes");
    assert!(server.session("alice", "").scopes().is_empty());
}

#[test]
fn panic_names_the_line_of_the_test() {
    let server = Server::new(7);
    let panics: [fn(&Server); 4] = [
        |server| drop(server.login("")),
        |server| drop(server.session("alice", "re\"ad")),
        |server| drop(server.session("alice", "wrtie")),
        |_| drop(Fault::response(99, &[], "")),
    ];
    let lines = Arc::new(Mutex::new(Vec::new()));
    let default = panic::take_hook();
    let (noted, test) = (Arc::clone(&lines), thread::current().id());
    panic::set_hook(Box::new(move |info| match info.location() {
        Some(place) if thread::current().id() == test => {
            noted.lock().unwrap().push(place.file().to_owned());
        }
        _ => default(info),
    }));
    for panics in panics {
        assert!(panic::catch_unwind(panic::AssertUnwindSafe(|| panics(&server))).is_err());
    }
    drop(panic::take_hook());
    assert_eq!(*lines.lock().unwrap(), [file!(); 4]);
}

#[test]
fn prepared_session_has_only_its_scopes() {
    let server = Server::new(7);
    let session = server.session("alice", "read");
    let post = session.post("/api/v1/statuses").unwrap();
    let outcome = post.form("status", "hello").send(&server);
    assert!(matches!(outcome, Err(Error::ErrorResponse(_))), "{outcome:?}");
}

#[test]
fn prepared_sessions_are_separate() {
    let server = Server::new(7);
    let (alice, bob) = (server.session("alice", "read"), server.session("bob", "read"));
    server.post("carol", "hello @bob");
    let count = |session: &gts_oauth_core::Session| {
        let call = session.get("/api/v1/notifications").unwrap();
        call.send(&server).unwrap().json::<Vec<serde_json::Value>>().unwrap().len()
    };
    assert_eq!((count(&alice), count(&bob)), (0, 1));
}

#[test]
fn prepared_session_meets_faults_and_revocation() {
    let server = Server::new(7);
    let session = server.session("alice", "read");
    server.fail(Fault::BadGateway);
    assert!(session.verify().send(&server).is_err());
    session.verify().send(&server).unwrap();
    server.revoke_all();
    assert!(session.verify().send(&server).is_err());
}

#[test]
fn revoked_session_is_like_an_unknown_one() {
    // Mastodon distinguishes them.
    for &dialect in Dialect::ALL.iter().filter(|it| !DOORKEEPERS.contains(it)) {
        let server = speaking(dialect);
        let (alice, bob) = (server.session("alice", "read"), server.session("bob", "read"));
        let other = server.session("alice", "read");
        server.revoke(&alice);
        let [revoked, unknown] = [alice.access_token().expose(), "unknown"]
            .map(|token| raw::verify(&server, token))
            .map(|it| (it.status(), it.page(), it.header("www-authenticate").map(str::to_owned)));
        assert_eq!(revoked, unknown, "{dialect:?}");
        for valid in [bob, other] {
            valid.verify().send(&server).unwrap();
        }
    }
}

#[test]
fn revoked_session_cannot_be_refreshed() {
    for dialect in [Dialect::Akkoma, Dialect::Pixelfed] {
        let server = speaking(dialect);
        let me = alice(&server);
        server.revoke(&me.session);
        let outcome = me.app.refresh(&me.session).unwrap().send(&server);
        assert!(matches!(outcome, Err(Error::ErrorResponse(_))), "{dialect:?}: {outcome:?}");
    }
}

#[test]
fn prepared_session_expires_where_tokens_do() {
    let server = speaking(Dialect::Pixelfed);
    let session = server.session("alice", "read");
    server.advance(std::time::Duration::from_secs(2 * 31_536_000));
    assert!(session.verify().send(&server).is_err());
}
