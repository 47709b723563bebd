//! Revocation on each server.

use gts_oauth_core::{Exchange, LoggedIn, Login, renewal::Revocation};
use gts_oauth_fake::{Dialect, Server};
use serde_json::json;

use crate::raw::{self, Answer};
use crate::sample::{alice, out_of_band, speaking};

const REVOKING: [Dialect; 5] =
    [Dialect::GoToSocial, Dialect::Mastodon43, Dialect::Mastodon, Dialect::Akkoma, Dialect::Strict];

fn lives(server: &Server, me: &LoggedIn) -> bool {
    me.session.verify().send(server).is_ok()
}

fn by_json(server: &Server, me: &LoggedIn) -> Answer {
    let body = json!({
        "client_id": me.app.client_id(),
        "client_secret": me.app.client_secret().unwrap().expose(),
        "token": me.session.access_token().expose(),
    });
    raw::json(server, "/oauth/revoke", &body)
}

fn by_form(server: &Server, me: &LoggedIn) -> Answer {
    let token = me.session.access_token().expose();
    let fields = [
        ("client_id", me.app.client_id()),
        ("client_secret", me.app.client_secret().unwrap().expose()),
        ("token", token),
        ("code", token), // as Iceshrimp.NET names it
    ];
    raw::form(server, "/oauth/revoke", &fields)
}

#[test]
fn json_revokes_on_mastodon_and_akkoma() {
    for dialect in REVOKING {
        let server = speaking(dialect);
        let me = alice(&server);
        let answer = by_json(&server, &me);
        let reads = !matches!(dialect, Dialect::GoToSocial | Dialect::Strict);
        let status = if reads { 200 } else { 400 };
        assert_eq!(answer.status(), status, "{dialect:?}");
        assert_eq!(lives(&server, &me), !reads, "{dialect:?}");
    }
}

#[test]
fn an_unknown_token_is_revoked_already() {
    for dialect in REVOKING {
        let server = speaking(dialect);
        let me = alice(&server);
        let revoke = me.app.revoke(&me.session).unwrap();
        for _ in 0..2 {
            let outcome = revoke.send(&server);
            assert!(matches!(outcome, Ok(Revocation::Accepted)), "{dialect:?}");
        }
    }
}

#[test]
fn another_app_cannot_revoke_except_on_akkoma() {
    for dialect in REVOKING {
        let server = speaking(dialect);
        let me = alice(&server);
        let other = out_of_band(&server).send(&server).unwrap();
        let outcome = other.revoke(&me.session).unwrap().send(&server).unwrap();
        match dialect {
            Dialect::Akkoma => assert!(matches!(outcome, Revocation::Accepted)),
            _ => assert!(matches!(outcome, Revocation::NotConfirmed(_)), "{dialect:?}"),
        }
        assert_eq!(lives(&server, &me), dialect != Dialect::Akkoma);
    }
}

#[test]
fn akkoma_wants_nothing_but_the_token() {
    for (dialect, told) in [
        (Dialect::GoToSocial, (400, "invalid_request")),
        (Dialect::Mastodon, (403, "unauthorized_client")),
        (Dialect::Strict, (400, "invalid_request")),
    ] {
        let server = speaking(dialect);
        let me = alice(&server);
        let token = [("token", me.session.access_token().expose())];
        let answer = raw::form(&server, "/oauth/revoke", &token);
        assert_eq!(answer.error(), (told.0, told.1.to_owned()), "{dialect:?}");
        assert!(lives(&server, &me));
    }
    let akkoma = speaking(Dialect::Akkoma);
    let me = alice(&akkoma);
    let token = [("token", me.session.access_token().expose())];
    assert_eq!(raw::form(&akkoma, "/oauth/revoke", &token).status(), 200);
    assert!(!lives(&akkoma, &me));
}

#[test]
fn token_of_deleted_app_cannot_be_revoked() {
    let unauthorized = json!({
        "error": "unauthorized_client",
        "error_description": "You are not authorized to revoke this token",
    });
    let internal = json!({
        "error": "server_error",
        "error_description": "Internal Server Error: db error loading client, check logs",
    });
    for (dialect, status, body) in [
        (Dialect::GoToSocial, 500, internal),
        (Dialect::Mastodon43, 403, unauthorized.clone()),
        (Dialect::Mastodon, 403, unauthorized.clone()),
        (Dialect::Strict, 403, unauthorized),
        (Dialect::Akkoma, 200, json!({})),
    ] {
        let server = speaking(dialect);
        let me = alice(&server);
        server.delete_apps();
        let answer = by_form(&server, &me);
        assert_eq!((answer.status(), answer.json()), (status, body), "{dialect:?}");
    }
}

#[test]
fn elsewhere_token_of_deleted_app_is_unknown() {
    for dialect in [Dialect::Friendica, Dialect::Takahe, Dialect::Iceshrimp] {
        let server = speaking(dialect);
        let me = alice(&server);
        server.delete_apps();
        let deleted = by_form(&server, &me);
        server.revoke(&me.session);
        let unknown = by_form(&server, &me);
        let seen = |it: &Answer| (it.status(), it.page());
        assert_eq!(seen(&deleted), seen(&unknown), "{dialect:?}");
    }
}

#[test]
fn another_app_cannot_revoke_token_of_deleted_app() {
    let server = speaking(Dialect::GoToSocial);
    let me = alice(&server);
    server.delete_apps();
    let other = raw::app(&server);
    let fields = [
        ("client_id", &*other.id),
        ("client_secret", &*other.secret),
        ("token", me.session.access_token().expose()),
    ];
    let told = raw::form(&server, "/oauth/revoke", &fields).error();
    assert_eq!(told, (403, "unauthorized_client".to_owned()));
}

#[test]
fn two_sessions_of_one_app_are_revoked_together_on_mastodon_where_they_share_a_token() {
    for dialect in REVOKING {
        let server = speaking(dialect);
        let first = alice(&server);
        let second = again(&server, &first);
        let shared = matches!(dialect, Dialect::Mastodon43 | Dialect::Mastodon);
        let tokens = [&first, &second].map(|me| me.session.access_token().expose());
        assert_eq!(tokens[0] == tokens[1], shared, "{dialect:?}");
        let outcome = first.app.revoke(&first.session).unwrap().send(&server);
        assert!(matches!(outcome, Ok(Revocation::Accepted)));
        assert!(!lives(&server, &first), "{dialect:?}");
        assert_eq!(lives(&server, &second), !shared, "{dialect:?}");
    }
}

#[test]
fn a_token_that_was_revoked_is_not_handed_out_again() {
    let server = speaking(Dialect::Mastodon);
    let first = alice(&server);
    first.app.revoke(&first.session).unwrap().send(&server).unwrap();
    assert!(lives(&server, &again(&server, &first)));
}

/// The same user logs in with the same app in another browser.
fn again(server: &Server, first: &LoggedIn) -> LoggedIn {
    let alice = server.account("alice");
    let mut login = Login::with_app(first.app.clone(), server.entropy());
    let done = login.run(server, |ask| alice.allow(ask.url));
    done.unwrap().clone()
}

#[test]
fn servers_without_the_endpoint_revoke_nothing() {
    for dialect in [Dialect::Pixelfed, Dialect::Sharkey] {
        let server = speaking(dialect);
        let me = alice(&server);
        let outcome = me.app.revoke(&me.session).unwrap().send(&server);
        assert!(matches!(outcome, Ok(Revocation::Unsupported)), "{dialect:?}: {outcome:?}");
        assert!(lives(&server, &me), "{dialect:?}");
    }
}
