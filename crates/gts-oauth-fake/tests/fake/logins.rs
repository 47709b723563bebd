//! Whole logins with core, on every server.

use gts_oauth_core::{
    AuthorizeOptions, Error, Exchange, LoggedIn, Login, RegisterApp, Session, Transport,
    renewal::Revocation, session::ApiResponse,
};
use gts_oauth_fake::{Dialect, Server};
use serde_json::Value;

use crate::sample::{by_redirect, is_mastodon, out_of_band, speaking, without_discovery};

/// Registers, allows, and verifies the account.
fn log_in(server: &Server, app: RegisterApp) -> LoggedIn {
    let alice = server.account("alice");
    let mut login = without_discovery(Login::new(app, server.entropy()));
    let done = login.run(server, |ask| {
        assert!(ask.problem.is_none(), "asked twice: {:?}", ask.problem);
        alice.allow(ask.url)
    });
    done.unwrap().clone()
}

fn assert_is_alice(me: &LoggedIn, dialect: Dialect) {
    let account = me.account.as_ref().unwrap();
    assert_eq!(account.username(), "alice", "{dialect:?}");
    assert_eq!(account.url(), Some("https://gts.example/@alice"));
    assert!(me.missing_scopes.is_empty(), "{dialect:?} granted less than asked");
}

#[test]
fn a_pasted_code_leads_to_the_account_on_every_server() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        assert_is_alice(&log_in(&server, out_of_band(&server)), dialect);
    }
}

#[test]
fn a_redirect_leads_to_the_account_on_every_server() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        assert_is_alice(&log_in(&server, by_redirect(&server)), dialect);
    }
}

#[test]
fn a_login_that_finds_out_first_leads_to_the_account_on_every_server() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let alice = server.account("alice");
        let mut login = Login::new(by_redirect(&server), server.entropy());
        if dialect == Dialect::Sharkey {
            // Its metadata lists `iss`, but it sends none.
            let options = AuthorizeOptions::new().allow_missing_iss(true);
            login.set_options(options).unwrap();
        }
        let done = login.run(&server, |ask| {
            assert!(ask.problem.is_none(), "{dialect:?}: {:?}", ask.problem);
            alice.allow(ask.url)
        });
        assert_is_alice(done.unwrap(), dialect);
    }
}

/// The length of each page, and all ids in order.
fn pages(server: &Server, session: &Session) -> (Vec<usize>, Vec<String>) {
    let call = session.get("/api/v1/notifications").unwrap();
    let mut next = Some(call.query("limit", "3").unwrap());
    let (mut sizes, mut ids) = (Vec::new(), Vec::new());
    while let Some(call) = next {
        let reply: ApiResponse = call.send(server).unwrap();
        let page: Vec<Value> = reply.json().unwrap();
        sizes.push(page.len());
        ids.extend(page.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        next = reply.next;
    }
    (sizes, ids)
}

#[test]
fn seven_mentions_come_in_pages_of_three_newest_first_until_a_page_is_empty() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let me = log_in(&server, out_of_band(&server));
        for count in 1..=7 {
            server.post("bob", &format!("hello @alice for time {count}"));
        }
        server.post("bob", "hello nobody");
        let (sizes, ids) = pages(&server, &me.session);
        // GoToSocial links to a next page even on the last one.
        let expected: &[usize] = if is_mastodon(dialect) { &[3, 3, 1] } else { &[3, 3, 1, 0] };
        assert_eq!(sizes, expected, "{dialect:?}");
        let newest_first = ids.is_sorted_by(|newer, older| newer > older);
        assert!(newest_first, "{dialect:?}: {ids:?}");
    }
}

#[test]
fn the_pages_before_lead_back_to_what_is_newer() {
    let server = Server::new(7);
    let me = log_in(&server, out_of_band(&server));
    (1..=4).for_each(|_| server.post("bob", "hello @alice"));
    let first = me.session.get("/api/v1/notifications?limit=2").unwrap();
    let first = first.send(&server).unwrap();
    let second = first.next.as_ref().unwrap().send(&server).unwrap();
    let back = second.previous.unwrap().send(&server).unwrap();
    let (first, back): (Value, Value) = (first.json().unwrap(), back.json().unwrap());
    assert_eq!(first, back);
}

/// Status and error of a call with an invalid token.
fn refusal(server: &dyn Transport, session: &Session) -> (u16, String) {
    match session.verify().send(server) {
        Err(Error::ErrorResponse(no)) => (no.status.unwrap().as_u16(), no.code),
        other => panic!("the token must be refused, but: {other:?}"),
    }
}

#[test]
fn a_revoked_token_is_refused_in_each_servers_own_way() {
    let doorkeeper = (401, "The access token was revoked");
    for (dialect, (status, code)) in [
        (Dialect::GoToSocial, (401, "Unauthorized: token not supplied")),
        (Dialect::Mastodon43, doorkeeper),
        (Dialect::Mastodon, doorkeeper),
        (Dialect::Akkoma, (403, "Invalid credentials.")),
        (Dialect::Strict, doorkeeper),
    ] {
        for app in [out_of_band, by_redirect] {
            let server = speaking(dialect);
            let me = log_in(&server, app(&server));
            me.session.verify().send(&server).unwrap();
            let outcome = me.app.revoke(&me.session).unwrap().send(&server);
            assert!(matches!(outcome, Ok(Revocation::Accepted)), "{outcome:?}");
            let told = refusal(&server, &me.session);
            assert_eq!(told, (status, code.to_owned()), "{dialect:?}");
        }
    }
}

#[test]
fn gotosocial_018_cannot_revoke_so_the_token_lives_on() {
    let server = speaking(Dialect::GoToSocial018);
    let me = log_in(&server, out_of_band(&server));
    let outcome = me.app.revoke(&me.session).unwrap().send(&server);
    assert!(matches!(outcome, Ok(Revocation::Unsupported)), "{outcome:?}");
    me.session.verify().send(&server).unwrap();
}

#[test]
fn an_account_keeps_its_id_from_login_to_login() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        let first = log_in(&server, out_of_band(&server));
        let second = log_in(&server, by_redirect(&server));
        assert_ne!(first.session, second.session);
        assert_eq!(first.account.unwrap().id(), second.account.unwrap().id());
    }
}
