//! A redirect that carries a token where a code belongs, as Akkoma sends whoever is signed in and
//! has allowed the app before.

use gts_oauth_core::{Callback, Error, error::CallbackError};

use crate::recorded::CODE;
use crate::sample;
use crate::scenario::{At, allowed, at, by_redirect, callback, field, problem, state, told};

const SENT: &str = "SENT-IN-AN-ADDRESS";

fn with_token(state: &str) -> Callback {
    callback(&format!("access_token={SENT}&token_type=Bearer&state={state}"))
}

#[test]
fn token_instead_of_a_code_forces_sign_in() {
    let mut login = by_redirect().authorize();
    let before = state(&login);
    login.handle_reply(with_token(&before)).unwrap();
    let error = problem(&login).expect("a problem");
    assert!(matches!(error, Error::Callback(CallbackError::AccessToken)));
    assert!(error.to_string().contains("Open the authorization URL again, and sign in"), "{error}");
    assert_eq!(at(&login), At::Authorize);
    assert_ne!(state(&login), before, "a fresh attempt");
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
    assert!(login.session().is_none());

    let reply = allowed(&login, CODE);
    login.handle_reply(reply).unwrap();
    assert_eq!(at(&login), At::Exchange);
}

#[test]
fn a_token_that_any_page_could_have_sent_changes_nothing() {
    let mut login = by_redirect().authorize();
    let before = told(&login);
    for state in ["", "another"] {
        login.handle_reply(with_token(state)).unwrap_err();
        assert!(problem(&login).is_none());
        assert_eq!(told(&login), before);
    }
}

#[test]
fn a_code_beside_a_token_is_not_taken_either() {
    let pending = sample::pending();
    let query = format!("code={CODE}&access_token={SENT}&state={}", sample::STATE);
    let reply = pending.code_from_callback(&Callback::from_query(&query).unwrap());
    assert!(matches!(reply, Err(Error::Callback(CallbackError::AccessToken))));
}

#[test]
fn the_token_is_kept_nowhere() {
    let query = format!("access_token={SENT}&state={}", sample::STATE);
    let callback = Callback::from_query(&query).unwrap();
    let error = sample::pending().code_from_callback(&callback).unwrap_err();
    for shown in [format!("{callback:?}"), format!("{error:?}"), error.to_string()] {
        assert!(!shown.contains(SENT), "{shown}");
    }
}
