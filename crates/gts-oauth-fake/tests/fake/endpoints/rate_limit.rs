//! Rate limits.

use std::time::Duration;

use gts_oauth_core::{Error, Exchange, types::Retry};
use gts_oauth_fake::{Dialect, Server};

use crate::raw::{self, Answer};
use crate::sample::{OUT_OF_BAND, is_mastodon, out_of_band, speaking};

fn register(server: &Server) -> Answer {
    let fields = [("client_name", "raw"), ("redirect_uris", OUT_OF_BAND), ("scopes", "read")];
    raw::form(server, "/api/v1/apps", &fields)
}

fn left(answer: &Answer) -> &str {
    answer.header("x-ratelimit-remaining").unwrap()
}

#[test]
fn three_hundred_requests_are_taken_over_api_and_oauth_together() {
    let server = Server::new(7);
    for _ in 0..100 {
        register(&server);
        raw::verify(&server, "NONE");
        raw::form(&server, "/oauth/token", &[]);
    }
    for answer in [
        register(&server),
        raw::form(&server, "/oauth/revoke", &[]),
        raw::get(&server, "/auth/sign_in"),
    ] {
        assert_eq!(answer.error(), (429, "rate limit reached".to_owned()));
        assert!(answer.header("retry-after").is_none());
    }
    assert_eq!(raw::get(&server, "/nodeinfo/2.0").status(), 200);
}

#[test]
fn every_answer_tells_what_is_left_and_until_when() {
    let server = Server::new(7);
    let answer = register(&server);
    assert_eq!(answer.header("x-ratelimit-limit"), Some("300"));
    assert_eq!(left(&answer), "299");
    let reset = answer.header("x-ratelimit-reset");
    assert_eq!(reset, Some("2026-01-01T00:05:00.000Z"));
    assert_eq!(left(&raw::verify(&server, "NONE")), "298");
    let discovery = raw::get(&server, "/nodeinfo/2.0");
    assert!(discovery.header("x-ratelimit-limit").is_none());
}

#[test]
fn reset_is_in_whole_seconds() {
    let server = Server::new(7);
    server.advance(Duration::from_millis(999));
    let reset = register(&server).header("x-ratelimit-reset").map(str::to_owned);
    assert_eq!(reset.as_deref(), Some("2026-01-01T00:05:00.000Z"));
}

#[test]
fn the_budget_is_full_again_when_the_window_ends() {
    let server = Server::builder(7).rate_limit(1).build();
    assert_eq!(register(&server).status(), 200);
    server.advance(Duration::from_secs(299));
    assert_eq!(register(&server).status(), 429);
    server.advance(Duration::from_secs(1));
    assert_eq!(register(&server).status(), 200);
}

#[test]
fn core_reads_when_to_come_back() {
    let server = Server::builder(7).rate_limit(1).build();
    register(&server);
    server.advance(Duration::from_secs(60));
    match out_of_band(&server).send(&server) {
        Err(Error::Unavailable(busy)) => {
            let wait = Retry::After(Duration::from_secs(240));
            assert_eq!(busy.retry, Some(wait));
        }
        other => panic!("the server has no time, but: {other:?}"),
    }
}

#[test]
fn without_a_limit_no_header_speaks_of_one() {
    let server = Server::new(7);
    server.rate_limit(None);
    assert!((0..301).all(|_| register(&server).status() == 200));
    assert!(register(&server).header("x-ratelimit-limit").is_none());
}

#[test]
fn mastodon_takes_five_registrations_in_ten_minutes() {
    let server = speaking(Dialect::Mastodon);
    for remaining in ["4", "3", "2", "1", "0"] {
        let answer = register(&server);
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("5"));
        assert_eq!(left(&answer), remaining);
    }
    let refused = register(&server);
    assert_eq!(refused.error(), (429, "Too many requests".to_owned()));
    assert_eq!(left(&refused), "0");
    let reset = refused.header("x-ratelimit-reset");
    assert_eq!(reset, Some("2026-01-01T00:10:00.000000Z"));
    assert!(refused.header("retry-after").is_none());
}

#[test]
fn mastodon_answers_all_else_when_it_registers_no_more() {
    let server = speaking(Dialect::Mastodon);
    (0..6).for_each(|_| drop(register(&server)));
    let answer = raw::verify(&server, "NONE");
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.header("x-ratelimit-limit"), Some("300"));
}

#[test]
fn mastodon_registers_again_when_its_ten_minutes_by_the_clock_are_over() {
    let server = speaking(Dialect::Mastodon);
    server.advance(Duration::from_secs(540));
    (0..6).for_each(|_| drop(register(&server)));
    assert_eq!(register(&server).status(), 429);
    server.advance(Duration::from_secs(59));
    assert_eq!(register(&server).status(), 429);
    server.advance(Duration::from_secs(1));
    assert_eq!(register(&server).status(), 200);
}

#[test]
fn no_request_passes_an_exceeded_limit() {
    for dialect in [Dialect::Mastodon, Dialect::Mastodon43] {
        for limit in 1..8 {
            let server = Server::builder(7).dialect(dialect).rate_limit(limit).build();
            let statuses: Vec<u16> = (0..9).map(|_| register(&server).status()).collect();
            // Five registrations are allowed in any case.
            let allowed = limit.min(5) as usize;
            let expected = [vec![200; allowed], vec![429; 9 - allowed]].concat();
            assert_eq!(statuses, expected, "{dialect:?}, limit {limit}");
        }
    }
}

#[test]
fn other_servers_take_a_sixth_registration() {
    for &dialect in Dialect::ALL {
        let server = speaking(dialect);
        (0..5).for_each(|_| drop(register(&server)));
        let sixth = register(&server).status();
        assert_eq!(sixth, if is_mastodon(dialect) { 429 } else { 200 }, "{dialect:?}");
    }
}

#[test]
fn requests_with_the_token_of_a_deleted_app_count_for_the_address() {
    let server = Server::builder(7).dialect(Dialect::Mastodon).rate_limit(1).build();
    let session = server.session("alice", "read");
    server.delete_apps();
    let token = session.access_token().expose();
    assert_eq!(raw::verify(&server, token).status(), 401);
    assert_eq!(raw::get(&server, "/api/v1/instance").status(), 429);
}
