//! Beginning again, from every stage, and how the revision tells that a login changed.

use gts_oauth_core::{Error, Login};

use crate::recorded::CODE;
use crate::scenario::{At, at, by_redirect, callback, field, out_of_band, state, told};

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
        login.restart().unwrap();
        assert_eq!(at(&login), At::Authorize);
        assert_eq!(
            field(&login, "client_id").as_deref(),
            Some("01ZAWQ4H60JQ3PBKQPBTDPY99M")
        );
        assert_ne!(state(&login), older);
        assert!(login.revision() > revision);

        let late = callback(&format!("code={CODE}&state={older}"));
        assert!(matches!(login.callback(&late), Err(Error::Redirect(_))));
    }
}

#[test]
fn restart_before_there_is_an_app_changes_nothing() {
    let mut login = by_redirect().register();
    let (before, revision) = (told(&login), login.revision());
    login.restart().unwrap();
    assert_eq!(told(&login), before);
    assert_eq!(login.revision(), revision);
}

#[test]
fn restart_with_new_app_registers_as_before_and_begins_again() {
    let older = state(&by_redirect().authorize());
    for mut login in unfinished() {
        let (came_from, revision) = (at(&login), login.revision());
        login.restart_with_new_app().unwrap();
        assert_eq!(told(&login), told(&by_redirect().register()));
        assert!(login.revision() > revision);
        login.answered(&by_redirect().app_answer()).unwrap();
        // A state that was never shown to anybody is as good as new.
        assert_eq!(state(&login) == older, came_from == At::Register);
    }
}

#[test]
fn restart_with_new_app_is_the_persons_choice_even_for_a_given_app() {
    let mut login = by_redirect().given_app().authorize();
    login.restart_with_new_app().unwrap();
    assert_eq!(told(&login), told(&by_redirect().register()));
}

#[test]
fn register_with_registers_another_app_and_begins_again() {
    for mut login in unfinished() {
        let revision = login.revision();
        login.register_with(out_of_band().registration()).unwrap();
        assert_eq!(told(&login), told(&out_of_band().register()));
        assert_eq!(login.registration(), &out_of_band().registration());
        assert!(login.revision() > revision);
    }
}

#[test]
fn a_finished_login_cannot_begin_again() {
    let mut login = by_redirect().done();
    let (before, revision) = (told(&login), login.revision());
    for outcome in [
        login.restart(),
        login.restart_with_new_app(),
        login.register_with(out_of_band().registration()),
    ] {
        assert!(matches!(outcome, Err(Error::OutOfTurn(_))), "{outcome:?}");
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
    let login = grows(login.force_login(true));
    let login = grows(login.lang("de").unwrap());
    let login = grows(login.may_register());
    let login = grows(login.expect(None));
    assert_eq!(field(&login, "force_login").as_deref(), Some("true"));
    assert_eq!(field(&login, "lang").as_deref(), Some("de"));
    assert_eq!(state(&login), state(&by_redirect().authorize()));
}
