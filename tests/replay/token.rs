//! `POST /oauth/token`: recordings 17 to 28, 54, 61, 65 and 68.

use std::time::{Duration, SystemTime};

use gts_oauth_core::http::Response;
use gts_oauth_core::{Session, error::Operation};
use gts_oauth_tests::recording;

use crate::replay::case::{Read, cases, error_response};
use gts_oauth_tests::exchange::{AnyExchange, Outcome};

cases! {
    17: a_wrong_secret_is_told_as_an_app_the_server_does_not_know;
    18: a_redirect_uri_that_was_not_registered_is_named_as_the_cause;
    19: the_code_from_the_page_becomes_a_session;
    20: a_code_used_twice_is_told_as_dead;
    21: a_code_that_never_was_is_told_as_dead;
    22: an_unknown_app_is_told_in_the_words_of_a_dead_code_and_so_are_both_ways_out;
    27: an_app_gets_a_token_of_its_own;
    28: an_app_cannot_have_a_token_for_more_than_it_registered;
    54: a_wrong_verifier_is_not_noticed_by_this_server;
    61: granular_scopes_are_granted_word_for_word;
    65: profile_alone_is_granted_alone;
    68: read_statuses_alone_is_granted_alone;
}

/// Asserts what is common to all rejections of a code. Returns the message.
fn assert_code_rejected(read: Read, status: u16, code: &str, description: &str) -> String {
    let (refused, message) = error_response(read);
    assert_eq!(refused.operation, Operation::ExchangeCode);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(status));
    assert_eq!(refused.code, code);
    let described = refused.description.unwrap_or_default();
    assert!(described.starts_with(description), "{described}");
    // GoToSocial's own advice is for browsers, and is replaced.
    assert!(message.contains(description), "{message}");
    assert!(!message.contains("cookies") && !message.contains("If you arrived"), "{message}");
    message
}

fn a_wrong_secret_is_told_as_an_app_the_server_does_not_know(read: Read) {
    let description = "Bad Request: could not get access token: invalid_client";
    let message = assert_code_rejected(read, 400, "invalid_client", description);
    assert!(message.contains("a new app is needed"), "{message}");
}

fn a_redirect_uri_that_was_not_registered_is_named_as_the_cause(read: Read) {
    let description = "Forbidden: requested redirect URI http://127.0.0.1:7777/callback was not \
                       covered by client redirect URIs";
    let message = assert_code_rejected(read, 403, "invalid redirect uri", description);
    assert!(message.contains("one that the app registered"), "{message}");
}

fn a_code_used_twice_is_told_as_dead(read: Read) {
    let description = "Bad Request: could not get access token: sql: no rows in result set";
    let message = assert_code_rejected(read, 400, "sql: no rows in result set", description);
    assert!(message.contains("used before"), "{message}");
}

fn a_code_that_never_was_is_told_as_dead(read: Read) {
    let description = "Bad Request: could not get access token: sql: no rows in result set";
    let message = assert_code_rejected(read, 400, "sql: no rows in result set", description);
    assert!(message.contains("mistyped"), "{message}");
}

fn an_unknown_app_is_told_in_the_words_of_a_dead_code_and_so_are_both_ways_out(read: Read) {
    let description = "Bad Request: could not get access token: sql: no rows in result set";
    let message = assert_code_rejected(read, 400, "sql: no rows in result set", description);
    assert!(message.contains("start over"), "{message}");
    assert!(message.contains("register a new app"), "{message}");
}

/// Asserts what is common to all sessions of this server.
fn assert_session(read: Read, token: &str, scopes: &str, created_at: u64) -> Session {
    let Ok(Outcome::Session(session)) = read else { panic!("no session: {read:?}") };
    assert_eq!(session.access_token().expose(), token);
    assert_eq!(session.scopes().to_string(), scopes);
    assert_eq!(session.instance().origin(), "http://127.0.0.1:8085");
    let created_at = SystemTime::UNIX_EPOCH + Duration::from_secs(created_at);
    assert_eq!(session.created_at(), Some(created_at));
    assert_eq!(session.expires_in(), None, "user tokens never expire here");
    assert_eq!(session.refresh_token(), None, "there is none here");
    assert!(!format!("{session:?}").contains(token));
    session
}

fn the_code_from_the_page_becomes_a_session(read: Read) {
    let token = "M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ";
    let session = assert_session(read, token, "read", 1_795_431_467);
    let verify = gts_oauth_core::Exchange::request(&session.verify());
    assert_eq!(verify.headers()["user-agent"], "gts-oauth-probe/0.1");
    assert_eq!(verify.headers()["authorization"], format!("Bearer {token}"));
}

fn a_wrong_verifier_is_not_noticed_by_this_server(read: Read) {
    let token = "YWQ0NZCXZJQTNZE3ZS0ZN2JHLWFHMJKTNMY0MMNHNJK2MJDK";
    assert_session(read, token, "read write", 1_795_431_467);
}

fn granular_scopes_are_granted_word_for_word(read: Read) {
    let token = "OTU3ZDI3YZCTN2VJZI0ZY2NMLWI4ZJGTMGFHNZFLMDI3ODC1";
    let scopes = "read:accounts read:notifications";
    assert_session(read, token, scopes, 1_795_433_213);
}

fn profile_alone_is_granted_alone(read: Read) {
    let token = "YTFHZTM2YMETOTVLNS0ZYJHMLWIXYZUTMTQ3YZZIZJQXOTIY";
    assert_session(read, token, "profile", 1_795_433_213);
}

fn read_statuses_alone_is_granted_alone(read: Read) {
    let token = "MGM0MJMWOTGTOWIWMY0ZNMI3LWEXZDETMGZINDFHNJMYYJVH";
    assert_session(read, token, "read:statuses", 1_795_433_213);
}

fn an_app_gets_a_token_of_its_own(read: Read) {
    let Ok(Outcome::AppToken(token)) = read else { panic!("no token: {read:?}") };
    let text = "NDBHZJDMYZMTYTDINY0ZOTY1LWJLN2YTZWZIZDU2YJI2NGUX";
    assert_eq!(token.access_token().expose(), text);
    assert_eq!(token.scopes().to_string(), "read");
    assert_eq!(token.expires_in(), Some(Duration::from_secs(7200)));
    assert_eq!(token.instance().origin(), "http://127.0.0.1:8085");
    assert!(!format!("{token:?}").contains(text));
}

fn an_app_cannot_have_a_token_for_more_than_it_registered(read: Read) {
    let (refused, message) = error_response(read);
    assert_eq!(refused.operation, Operation::RequestAppToken);
    assert_eq!(refused.status.map(|status| status.as_u16()), Some(403));
    assert_eq!(refused.code, "invalid_scope");
    let described = refused.description.unwrap_or_default();
    let expected = "Forbidden: requested scope read write was not covered by client scope";
    assert!(described.starts_with(expected), "{described}");
    assert!(message.contains("only scopes that the app registered"), "{message}");
    assert!(!message.contains("cookies"), "{message}");
}

/// Descriptions are shortened, possibly within that advice.
#[test]
fn nothing_of_the_servers_own_advice_is_left_where_a_long_description_is_cut() {
    let recording = recording(18);
    for length in [40, 80, 90, 100, 110, 120] {
        let uri = format!("http://127.0.0.1:7777/{}", "x".repeat(length));
        let body = recording.body().replace("http://127.0.0.1:7777/callback", &uri);
        let response = Response::builder().status(403).body(body.into_bytes());
        let response = response.expect("a status and a body");
        let (_, message) = error_response(AnyExchange::of(&recording).parse(&response));
        assert!(message.contains(&uri), "{message}");
        assert!(!message.contains("If you"), "{message}");
    }
}
