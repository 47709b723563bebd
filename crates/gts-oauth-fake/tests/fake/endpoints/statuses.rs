//! Reading and deleting statuses, and `Idempotency-Key`, with the responses of a real GoToSocial.

use std::time::Duration;

use gts_oauth_core::http::Method;
use gts_oauth_core::{Exchange, Session};
use gts_oauth_fake::{Dialect, Server};

use crate::raw::{self, Answer};
use crate::sample::speaking;

fn post(server: &Server, session: &Session, text: &str, visibility: &str) -> String {
    let call = session.post("/api/v1/statuses").unwrap();
    let call = call.form("status", text).form("visibility", visibility);
    raw::send(server, call.request()).text("id")
}

/// Posts with this key, and returns the response.
fn post_with_key(server: &Server, session: &Session, text: &str, key: &str) -> Answer {
    let call = session.post("/api/v1/statuses").unwrap().form("status", text);
    raw::send(server, call.header("idempotency-key", key).unwrap().request())
}

fn call(server: &Server, session: &Session, method: Method, id: &str) -> Answer {
    let call = session.call(method, &format!("/api/v1/statuses/{id}")).unwrap();
    raw::send(server, call.request())
}

fn texts(server: &Server) -> Vec<String> {
    server.posts().into_iter().map(|post| post.text).collect()
}

#[test]
fn status_is_visible_to_its_audience() {
    let server = Server::new(7);
    let sessions = ["alice", "bob", "carol"].map(|name| server.session(name, "read write"));
    let hidden = || Err((404, "Not Found: target status not visible".to_owned()));
    for (text, visibility, seen_by_bob, seen_by_carol) in [
        ("hello", "public", true, true),
        ("hello", "unlisted", true, true),
        ("hello", "private", false, false),
        ("hello @bob", "private", true, false),
        ("hello @bob", "direct", true, false),
    ] {
        let id = post(&server, &sessions[0], text, visibility);
        for (session, seen) in sessions.iter().zip([true, seen_by_bob, seen_by_carol]) {
            let shown = call(&server, session, Method::GET, &id);
            let shown = match shown.status() {
                200 => Ok(shown.text("id")),
                _ => Err(shown.error()),
            };
            let expected = if seen { Ok(id.clone()) } else { hidden() };
            assert_eq!(shown, expected, "{text} {visibility}");
        }
    }
}

#[test]
fn deleted_status_is_gone() {
    let server = Server::new(7);
    let alice = server.session("alice", "read write");
    let bob = server.session("bob", "read");
    let id = post(&server, &alice, "hello @bob", "public");
    let deleted = call(&server, &alice, Method::DELETE, &id);
    assert_eq!((deleted.status(), deleted.text("text")), (200, "hello @bob".to_owned()));
    let shown = call(&server, &alice, Method::GET, &id);
    assert_eq!(shown.error(), (404, "Not Found: target status not found".to_owned()));
    let again = call(&server, &alice, Method::DELETE, &id);
    assert_eq!(again.error(), (404, "Not Found".to_owned()));
    let notifications = raw::send(&server, bob.get("/api/v1/notifications").unwrap().request());
    assert_eq!(notifications.json(), serde_json::json!([]));
    assert!(server.posts().is_empty());
}

#[test]
fn only_the_author_deletes_a_status() {
    let server = Server::new(7);
    let (alice, bob) = (server.session("alice", "write"), server.session("bob", "write"));
    let id = post(&server, &alice, "hello", "public");
    let refused = call(&server, &bob, Method::DELETE, &id);
    assert_eq!(refused.error(), (403, "Forbidden".to_owned()));
    let reader = server.session("alice", "read");
    let refused = call(&server, &reader, Method::DELETE, &id);
    let error = "Forbidden: token has insufficient scope permission";
    assert_eq!(refused.error(), (403, error.to_owned()));
    assert_eq!(texts(&server), ["hello"]);
}

#[test]
fn gotosocial_ignores_idempotency_keys() {
    for dialect in [Dialect::GoToSocial, Dialect::GoToSocial020, Dialect::GoToSocial018] {
        let server = speaking(dialect);
        let alice = server.session("alice", "write");
        let ids = ["once", "once"].map(|text| post_with_key(&server, &alice, text, "k").text("id"));
        assert_ne!(ids[0], ids[1]);
        assert_eq!(texts(&server), ["once", "once"]);
    }
}

#[test]
fn mastodon_43_returns_first_status_for_an_hour() {
    for dialect in [Dialect::Mastodon43, Dialect::Strict] {
        let server = speaking(dialect);
        let [alice, other, bob] =
            ["alice", "alice", "bob"].map(|name| server.session(name, "write"));
        let first = post_with_key(&server, &alice, "first", "k");
        server.advance(Duration::from_secs(3599));
        let second = post_with_key(&server, &other, "second", "k");
        assert_eq!(second.json(), first.json());
        post_with_key(&server, &alice, "another key", "l");
        post_with_key(&server, &bob, "bob's", "k");
        assert_eq!(texts(&server), ["first", "another key", "bob's"]);
        server.advance(Duration::from_secs(1));
        post_with_key(&server, &alice, "later", "k");
        assert_eq!(texts(&server).last().unwrap(), "later");
    }
}

#[test]
fn mastodon_46_fails_at_a_key_used_again() {
    let server = speaking(Dialect::Mastodon);
    let alice = server.session("alice", "write");
    post_with_key(&server, &alice, "first", "k");
    let again = post_with_key(&server, &alice, "first", "k");
    assert_eq!(again.error(), (500, "Internal Server Error".to_owned()));
    assert_eq!(texts(&server), ["first"]);
}

#[test]
fn key_of_a_deleted_status_is_not_found() {
    let server = speaking(Dialect::Mastodon43);
    let alice = server.session("alice", "write");
    let id = post_with_key(&server, &alice, "first", "k").text("id");
    call(&server, &alice, Method::DELETE, &id);
    let again = post_with_key(&server, &alice, "first", "k");
    assert_eq!(again.error(), (404, "Record not found".to_owned()));
}

#[test]
fn posts_are_in_order_with_their_authors() {
    let server = Server::new(7);
    let alice = server.session("alice", "write");
    server.post("bob", "hello @alice");
    post(&server, &alice, "hello <bob>", "direct");
    let posts = server.posts().into_iter().map(|it| [it.author, it.text, it.visibility]);
    let posts: Vec<[String; 3]> = posts.collect();
    assert_eq!(posts, [["bob", "hello @alice", "public"], ["alice", "hello <bob>", "direct"]]);
}

#[test]
fn mention_ends_with_its_host() {
    let server = Server::new(7);
    let session = server.session("alice", "read write");
    server.post("bob", "hello @alice@gts.example!");
    let token = session.access_token().expose();
    let notifications = raw::signed(&server, "/api/v1/notifications", token).json();
    let content = notifications[0]["status"]["content"].as_str().unwrap();
    assert!(content.contains("</span>!"), "{content}");
}

#[test]
fn deleted_status_leaves_other_notifications() {
    let server = Server::new(7);
    let [alice, bob] = ["alice", "bob"].map(|name| server.session(name, "read write"));
    let ids = ["@alice first", "@alice second"].map(|text| post(&server, &bob, text, "public"));
    assert_eq!(call(&server, &bob, Method::DELETE, &ids[0]).status(), 200);
    let token = alice.access_token().expose();
    let notifications = raw::signed(&server, "/api/v1/notifications", token).json();
    let left: Vec<_> = notifications.as_array().unwrap().iter().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["status"]["id"], *ids[1]);
}
