//! Beginning again, from every stage, and how the revision tells that a login changed.

use gts_oauth_core::{AuthorizeOptions, Error, Login, UserReply};

use crate::recorded::CODE;
use crate::scenario::{
    At, at, by_redirect, callback, field, out_of_band, state, told, with_options,
};

/// The logins that can still begin again, one at each stage.
fn unfinished() -> impl Iterator<Item = Login> {
    let stages = by_redirect().every_stage().into_iter();
    stages.filter(|login| at(login) != At::Done)
}

#[test]
fn restart_begins_a_fresh_attempt_with_the_same_app() {
    let older = state(&by_redirect().authorize());
    for mut login in unfinished().skip(1) {
        let revision = login.revision();
        login.handle_reply(UserReply::StartOver).unwrap();
        assert_eq!(at(&login), At::Authorize);
        assert_eq!(field(&login, "client_id").as_deref(), Some("01ZAWQ4H60JQ3PBKQPBTDPY99M"));
        assert_ne!(state(&login), older);
        assert!(login.revision() > revision);

        let late = callback(&format!("code={CODE}&state={older}"));
        assert!(matches!(login.handle_reply(late), Err(Error::Callback(_))));
    }
}

#[test]
fn restart_before_there_is_an_app_changes_nothing() {
    let mut login = by_redirect().register();
    let (before, revision) = (told(&login), login.revision());
    login.handle_reply(UserReply::StartOver).unwrap();
    assert_eq!(told(&login), before);
    assert_eq!(login.revision(), revision);
}

#[test]
fn restart_with_new_app_registers_as_before_and_begins_again() {
    let older = state(&by_redirect().authorize());
    for mut login in unfinished() {
        let (came_from, revision) = (at(&login), login.revision());
        login.handle_reply(UserReply::NewApp).unwrap();
        assert_eq!(told(&login), told(&by_redirect().register()));
        // Nothing changes where no app is registered yet.
        assert_eq!(login.revision() > revision, came_from != At::Register);
        login.handle_response(&by_redirect().app_answer()).unwrap();
        // A state that was never shown to anybody is as good as new.
        assert_eq!(state(&login) == older, came_from == At::Register);
    }
}

#[test]
fn restart_with_new_app_is_the_persons_choice_even_for_a_given_app() {
    let mut login = by_redirect().given_app().authorize();
    login.handle_reply(UserReply::NewApp).unwrap();
    assert_eq!(told(&login), told(&by_redirect().register()));
}

#[test]
fn register_with_registers_another_app_and_begins_again() {
    for mut login in unfinished() {
        let revision = login.revision();
        login.register_with(out_of_band().registration()).unwrap();
        assert_eq!(told(&login), told(&out_of_band().register()));
        assert!(login.revision() > revision);
        login.handle_response(&out_of_band().app_answer()).unwrap();
        let app = login.pending().unwrap().app();
        assert_eq!(app, out_of_band().authorize().pending().unwrap().app());
    }
}

#[test]
fn a_finished_login_cannot_begin_again() {
    let mut login = by_redirect().done();
    let (before, revision) = (told(&login), login.revision());
    for outcome in [
        login.handle_reply(UserReply::StartOver),
        login.handle_reply(UserReply::NewApp),
        login.register_with(out_of_band().registration()),
    ] {
        assert!(matches!(outcome, Err(Error::WrongStep(_))), "{outcome:?}");
    }
    assert_eq!(told(&login), before);
    assert_eq!(login.revision(), revision);
}

#[test]
fn the_revision_grows_from_stage_to_stage() {
    let revisions = by_redirect().every_stage().map(|login| login.revision());
    assert!(revisions.is_sorted_by(|a, b| a < b), "{revisions:?}");
}

#[test]
fn the_revision_grows_with_what_is_wished() {
    let login = by_redirect().authorize();
    let mut last = login.revision();
    let mut grows = |login: Login| {
        assert!(login.revision() > last);
        last = login.revision();
        login
    };
    let options = AuthorizeOptions::new().force_login(true).lang("de");
    let login = grows(with_options(login, options.unwrap()));
    let login = grows(login.allow_reregistration());
    let login = grows(login.expect_account(None));
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
    assert_eq!(field(&login, "lang").as_deref(), Some("de"));
    assert_eq!(state(&login), state(&by_redirect().authorize()));
}
