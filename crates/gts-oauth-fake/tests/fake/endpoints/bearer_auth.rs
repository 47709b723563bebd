//! Tokens that are rejected although they were not revoked.

use gts_oauth_core::Session;
use gts_oauth_fake::{AccountState, Dialect, Server};
use serde_json::json;

use crate::raw::{self, Answer};
use crate::sample::{DOORKEEPERS, OUT_OF_BAND, is_gotosocial, speaking};

fn verify(server: &Server, session: &Session) -> Answer {
    raw::verify(server, session.access_token().expose())
}

/// What a client can see of a response.
fn seen(answer: &Answer) -> (u16, String, Option<&str>) {
    (answer.status(), answer.page(), answer.header("www-authenticate"))
}

#[test]
fn disabled_account_is_rejected_as_on_real_servers() {
    let sharkey = json!({ "error": {
        "message": "Your account has been suspended.",
        "code": "YOUR_ACCOUNT_SUSPENDED",
        "id": "a8c724b3-6e9c-4b46-b1a8-bc3ed6258370",
    } });
    for &dialect in Dialect::ALL {
        let error = match dialect {
            Dialect::GoToSocial | Dialect::GoToSocial020 | Dialect::GoToSocial018 => {
                (401, json!({ "error": "Unauthorized: application not supplied" }))
            }
            Dialect::Mastodon43 | Dialect::Mastodon | Dialect::Strict => {
                (403, json!({ "error": "Your login is currently disabled" }))
            }
            Dialect::Akkoma => (403, json!({ "error": "Invalid credentials." })),
            Dialect::Sharkey => (403, sharkey.clone()),
            Dialect::Iceshrimp => {
                let text = "Your access has been suspended by the instance administrator.";
                (403, json!({ "error": text }))
            }
            _ => continue,
        };
        let server = speaking(dialect);
        let session = server.session("alice", "read");
        server.set_account_state("alice", AccountState::Disabled);
        let answer = verify(&server, &session);
        assert_eq!((answer.status(), answer.json()), error, "{dialect:?}");
        assert_eq!(answer.header("www-authenticate"), None, "{dialect:?}");
    }
}

#[test]
fn disabled_account_is_like_an_invalid_token_elsewhere() {
    for dialect in [Dialect::Akkoma, Dialect::Pixelfed, Dialect::Friendica, Dialect::Takahe] {
        let server = speaking(dialect);
        let session = server.session("alice", "read");
        server.set_account_state("alice", AccountState::Disabled);
        let (disabled, invalid) = (verify(&server, &session), raw::verify(&server, "NONE"));
        assert_eq!(seen(&disabled), seen(&invalid), "{dialect:?}");
    }
}

#[test]
fn only_the_disabled_account_is_rejected() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let [alice, bob] = ["alice", "bob"].map(|name| server.session(name, "read"));
        server.set_account_state("alice", AccountState::Disabled);
        assert_ne!(verify(&server, &alice).status(), 200, "{dialect:?}");
        assert_eq!(verify(&server, &bob).status(), 200, "{dialect:?}");
        let token = alice.access_token().expose();
        // This endpoint requires no token.
        assert_eq!(raw::signed(&server, "/api/v1/instance", token).status(), 200, "{dialect:?}");
    }
}

#[test]
fn account_can_be_disabled_before_it_is_used() {
    let server = speaking(Dialect::Mastodon);
    server.set_account_state("alice", AccountState::Disabled);
    let session = server.session("alice", "read");
    assert_eq!(verify(&server, &session).status(), 403);
}

#[test]
fn missing_scope_precedes_disabled_account_on_mastodon() {
    for &dialect in Dialect::ALL.iter().filter(|it| **it != Dialect::GoToSocial018) {
        let server = speaking(dialect);
        let session = server.session("alice", "write");
        let without_scope = verify(&server, &session).page();
        server.set_account_state("alice", AccountState::Disabled);
        let disabled = verify(&server, &session).page();
        // Friendica has one error for both.
        let same = DOORKEEPERS.contains(&dialect) || dialect == Dialect::Friendica;
        assert_eq!(disabled == without_scope, same, "{dialect:?}: {disabled}");
    }
}

#[test]
fn token_of_deleted_app_is_rejected() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let session = server.session("alice", "read");
        server.delete_apps();
        let (deleted, invalid) = (verify(&server, &session), raw::verify(&server, "NONE"));
        if is_gotosocial(dialect) {
            let error = "Unauthorized: application not supplied".to_owned();
            assert_eq!(deleted.error(), (401, error), "{dialect:?}");
        } else {
            assert_eq!(seen(&deleted), seen(&invalid), "{dialect:?}");
        }
        // Apps that are registered later are not affected.
        let session = server.session("alice", "read");
        assert_eq!(verify(&server, &session).status(), 200, "{dialect:?}");
    }
}

#[test]
fn app_token_of_deleted_app_is_rejected() {
    let server = Server::new(7);
    let grant = [("grant_type", "client_credentials"), ("redirect_uri", OUT_OF_BAND)];
    let token = raw::app(&server).token(&server, &grant).text("access_token");
    server.delete_apps();
    let error = "Unauthorized: application not supplied".to_owned();
    assert_eq!(raw::verify(&server, &token).error(), (401, error));
}
