//! The tokens API of each GoToSocial.

use std::time::Duration;

use gts_oauth_core::http::Method;
use gts_oauth_core::session::TokenInfo;
use gts_oauth_core::{Exchange, Session};
use gts_oauth_fake::{Dialect, Server};

use crate::raw;
use crate::sample::speaking;

/// Sessions of alice; the first is the newest token, and `used` of them are used in their order.
fn sessions(server: &Server, count: usize, used: usize) -> Vec<Session> {
    let mut sessions: Vec<Session> = (0..count)
        .map(|_| {
            server.advance(Duration::from_secs(1));
            server.session("alice", "read write")
        })
        .collect();
    sessions.reverse();
    for session in &sessions[..used] {
        server.advance(Duration::from_secs(1));
        session.verify().send(server).unwrap();
    }
    sessions
}

/// The ids of a list at this path, with all its pages.
fn ids(server: &Server, session: &Session, path: &str) -> Vec<String> {
    let all = session.pages::<TokenInfo>(path).unwrap().all(server).unwrap();
    all.into_iter().map(|token| token.id).collect()
}

fn list(server: &Server, session: &Session, query: &str) -> raw::Answer {
    let path = format!("/api/v1/tokens{query}");
    raw::signed(server, &path, session.access_token().expose())
}

#[test]
fn pages_by_last_use_lose_unused_tokens() {
    let server = Server::new(7);
    let sessions = sessions(&server, 60, 20);
    let found = ids(&server, &sessions[0], "/api/v1/tokens?limit=7");
    assert_eq!(found.len(), 20, "only used ones");
    // The default page is long enough for some unused ones, which come last.
    let found = ids(&server, &sessions[0], "/api/v1/tokens");
    assert_eq!(found.len(), 25);
    let first = list(&server, &sessions[0], "").json();
    assert!(first[19].get("last_used").is_some() && first[20].get("last_used").is_none());
    let link = list(&server, &sessions[0], "").header("link").unwrap().to_owned();
    assert!(link.contains("&order=last_used>; rel=\"next\""), "{link}");
}

#[test]
fn pages_by_creation_are_complete_at_any_size() {
    let server = Server::new(7);
    server.rate_limit(None);
    let sessions = sessions(&server, 60, 20);
    for limit in 1..=61 {
        let path = format!("/api/v1/tokens?order=created&limit={limit}");
        let mut found = ids(&server, &sessions[0], &path);
        assert_eq!(found.len(), 60, "{limit}");
        assert!(found.is_sorted_by(|newer, older| newer > older), "{limit}");
        found.dedup();
        assert_eq!(found.len(), 60, "{limit}");
    }
}

#[test]
fn cores_list_is_complete_on_every_version() {
    for dialect in [Dialect::GoToSocial, Dialect::GoToSocial020] {
        let server = speaking(dialect);
        let sessions = sessions(&server, 260, 20);
        let all = sessions[0].tokens().all(&server).unwrap();
        assert_eq!(all.len(), 260, "{dialect:?}");
    }
}

#[test]
fn unknown_order_is_rejected_since_022() {
    let rejected = "Bad Request: invalid value for order, valid values are '', 'last_used' \
                    (default), or 'created'";
    let server = Server::new(7);
    let session = server.session("alice", "read");
    let answer = list(&server, &session, "?order=banana");
    assert_eq!(answer.error(), (400, rejected.to_owned()));
    let old = speaking(Dialect::GoToSocial020);
    let session = old.session("alice", "read");
    let answer = list(&old, &session, "?order=banana");
    assert_eq!(answer.status(), 200);
    assert!(!answer.header("link").unwrap().contains("order"));
}

#[test]
fn last_use_is_recorded_once_in_an_interval() {
    for (dialect, interval) in [(Dialect::GoToSocial, 60), (Dialect::GoToSocial020, 3600)] {
        let server = speaking(dialect);
        let session = server.session("alice", "read");
        let other = server.session("alice", "read");
        let last_use = || {
            let tokens = session.tokens().all(&server).unwrap();
            tokens.iter().find_map(|token| token.last_used).unwrap()
        };
        let first = last_use();
        assert_eq!(first, server.now());
        server.advance(Duration::from_secs(interval));
        assert_eq!(last_use(), first, "{dialect:?}");
        server.advance(Duration::from_secs(1));
        assert_eq!(last_use(), server.now(), "{dialect:?}");
        drop(other);
    }
}

#[test]
fn rejected_calls_are_uses_too() {
    let server = Server::new(7);
    let without_scope = server.session("alice", "read:statuses");
    without_scope.verify().send(&server).unwrap_err();
    let tokens = server.session("alice", "read").tokens().all(&server).unwrap();
    assert!(tokens.iter().all(|token| token.last_used.is_some()));
}

#[test]
fn names_are_set_and_removed_since_022() {
    let rename = |server: &Server, body: &str| {
        let session = server.session("alice", "read write");
        let id = session.tokens().all(server).unwrap().remove(0).id;
        let path = format!("/api/v1/tokens/{id}");
        let call = session.call(Method::PUT, &path).unwrap();
        let call = call.body("application/x-www-form-urlencoded", body).unwrap();
        call.send(server).map(|response| response.json::<serde_json::Value>().unwrap())
    };
    let server = Server::new(7);
    assert_eq!(rename(&server, "name=laptop").unwrap()["name"], "laptop");
    assert!(rename(&server, "name=").unwrap().get("name").is_none());
    let error = rename(&speaking(Dialect::GoToSocial020), "name=laptop").unwrap_err();
    assert_eq!(error.status().unwrap(), 405);
}

#[test]
fn pages_since_a_token_have_later_uses() {
    let server = Server::new(7);
    let sessions = sessions(&server, 5, 5);
    let page = |query: &str| {
        let tokens = list(&server, &sessions[0], query).json();
        let tokens = tokens.as_array().unwrap().clone();
        tokens.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = page("");
    assert_eq!(page(&format!("?since_id={}", all[2])), all[..2]);
    assert!(page("?since_id=unknown").is_empty());
}

#[test]
fn tokens_of_others_are_not_found() {
    let server = Server::new(7);
    let [alice, bob] = ["alice", "bob"].map(|name| server.session(name, "read write"));
    let id = list(&server, &bob, "").json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tokens/{id}");
    assert_eq!(raw::signed(&server, &path, bob.access_token().expose()).status(), 200);
    assert_eq!(raw::signed(&server, &path, alice.access_token().expose()).status(), 404);
    assert!(alice.post(&format!("{path}/invalidate")).unwrap().send(&server).is_err());
    assert!(bob.verify().send(&server).is_ok());
}
