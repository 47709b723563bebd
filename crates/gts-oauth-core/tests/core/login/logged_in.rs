//! What a login ends with, and what of it was asked for.

use gts_oauth_core::{App, AuthorizeOptions, Exchange, LoggedIn, RegisterApp, Secret, Session};

use crate::recorded::{ALICE, TOKEN_READ, TOKEN_READ_WRITE, answer};
use crate::sample::app_of;
use crate::scenario::{logged_in, out_of_band};

fn granting(asked: &str, granted: &str) -> LoggedIn {
    let register = RegisterApp::new("example.org".parse().unwrap(), "Probe").unwrap();
    let app = app_of(register.scopes(asked.parse().unwrap()));
    let pending = app.authorize(AuthorizeOptions::new(), crate::sample::entropy()).unwrap();
    let reply = TOKEN_READ.replace("\"read\"", &format!("\"{granted}\""));
    let session = pending.code_from_text("C0DE").unwrap().parse(&answer(200, &reply)).unwrap();
    let account = session.verify().parse(&answer(200, ALICE)).unwrap();
    LoggedIn::new(app, session, Some(account)).unwrap()
}

#[test]
fn less_and_more_than_was_asked_for_are_told() {
    for (asked, granted, missing, extra) in [
        ("read write", "read write", "", ""),
        ("read write", "read", "write", ""),
        ("read:accounts", "read write", "", "read write"),
        ("read", "read:accounts", "read", ""),
        ("read:accounts read:lists", "read:accounts push", "read:lists", "push"),
    ] {
        let me = granting(asked, granted);
        assert_eq!(me.missing_scopes.to_string(), missing, "{granted:?} for {asked:?}");
        assert_eq!(me.extra_scopes.to_string(), extra, "{granted:?} for {asked:?}");
    }
}

#[test]
fn a_login_made_by_hand_is_the_one_that_a_flow_ends_with() {
    let flow = out_of_band().done();
    let flow = logged_in(&flow);
    let LoggedIn { app, session, account, .. } = flow.clone();
    assert_eq!(&LoggedIn::new(app, session, account).unwrap(), flow);
}

#[test]
fn a_session_of_another_instance_is_no_login_of_this_app() {
    let app: App = out_of_band().app();
    let elsewhere = "other.example".parse().unwrap();
    let session = Session::from_token(elsewhere, Secret::new("token")).unwrap();
    let error = LoggedIn::new(app, session, None).unwrap_err();
    assert!(error.to_string().contains("another instance"), "{error}");
}

#[test]
fn what_was_granted_beyond_what_was_asked_is_told_by_a_flow_too() {
    let mut login = out_of_band().exchange();
    login.handle_response(&answer(200, TOKEN_READ_WRITE)).unwrap();
    login.handle_response(&answer(200, ALICE)).unwrap();
    let me = logged_in(&login);
    assert_eq!(me.extra_scopes.to_string(), "write");
    assert!(me.missing_scopes.is_empty());
}

#[test]
fn prints_the_full_name_of_the_account() {
    let mut me = granting("read", "read");
    assert_eq!(me.to_string(), "@alice@example.org");
    me.account = None;
    assert_eq!(me.to_string(), "an account of example.org");
}
