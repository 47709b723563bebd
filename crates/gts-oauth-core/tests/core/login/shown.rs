//! What `Debug` shows of a login, and what can be read of one.

use gts_oauth_core::Secret;

use crate::sample::entropy;
use crate::scenario::out_of_band;

#[test]
fn debug_of_a_login_shows_its_step() {
    let steps = ["Send(POST /api/v1/apps)", "Authorize(..)", "Send(POST /oauth/token)"];
    let verify = "Send(GET /api/v1/accounts/verify_credentials)";
    let steps = steps.into_iter().chain([verify, "Done(..)"]);
    for (login, step) in out_of_band().every_stage().iter().zip(steps) {
        assert_eq!(format!("{:?}", login.step()), step);
        let (debug, is_done) = (format!("{login:?}"), step == "Done(..)");
        assert!(debug.starts_with("Login { operation: "), "{debug}");
        assert!(debug.contains(&format!("is_done: {is_done}")), "{debug}");
    }
}

#[test]
fn pending_authorization_remains_until_the_code_is_exchanged() {
    let pending = out_of_band().every_stage().map(|login| login.pending().is_some());
    assert_eq!(pending, [false, true, true, false, false]);
}

#[test]
fn debug_of_a_pending_authorization_shows_its_app() {
    let login = out_of_band().authorize();
    let debug = format!("{:?}", login.pending().unwrap());
    assert!(debug.starts_with("PendingAuthorization { app: App { instance: "), "{debug}");
}

#[test]
fn debug_of_a_secret_is_the_same_for_all() {
    assert_eq!(format!("{:?}", Secret::new("MJG4YJRK")), "Secret(..)");
    assert_eq!(format!("{:?}", entropy()), "Entropy(..)");
}
