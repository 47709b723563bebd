//! `POST /api/v1/apps`: recordings 1 to 4.

use gts_oauth_core::{App, Error, Exchange as _, RegisterApp, error::UnexpectedReason};
use gts_oauth_tests::recording;

use crate::replay::case::{Read, cases, instance};
use gts_oauth_tests::exchange::Outcome;

cases! {
    1: an_app_registered_out_of_band_has_its_id_secret_redirect_and_scopes;
    2: an_app_with_two_redirect_uris_keeps_both_in_order;
    3: an_app_that_asks_for_nothing_special_is_out_of_band_and_reads;
    4: a_scope_that_the_server_does_not_know_is_registered_all_the_same;
}

fn app(read: Read) -> App {
    match read {
        Ok(Outcome::App(app)) => app,
        other => panic!("no app: {other:?}"),
    }
}

fn redirects(app: &App) -> Vec<&str> {
    app.redirect_uris().iter().map(|uri| uri.as_str()).collect()
}

fn an_app_registered_out_of_band_has_its_id_secret_redirect_and_scopes(read: Read) {
    let app = app(read);
    assert_eq!(app.instance().origin(), "http://127.0.0.1:8085");
    assert_eq!(app.registration().name(), "Probe");
    assert_eq!(app.client_id(), "01ST88WWRXFV6YDXY3W9WAJSVG");
    assert_eq!(app.client_secret().unwrap().expose(), "63688859-6eb8-4676-8dd7-befc52cf89ee");
    assert_eq!(redirects(&app), ["urn:ietf:wg:oauth:2.0:oob"]);
    assert!(app.redirect_uris()[0].is_out_of_band());
    assert_eq!(app.scopes().to_string(), "read");
    assert!(!format!("{app:?}").contains("63688859"));
}

fn an_app_with_two_redirect_uris_keeps_both_in_order(read: Read) {
    let app = app(read);
    assert_eq!(app.client_id(), "01ZAWQ4H60JQ3PBKQPBTDPY99M");
    assert_eq!(app.client_secret().unwrap().expose(), "dad95322-b8b9-431c-ba46-7185ae76c1e7");
    assert_eq!(redirects(&app), ["urn:ietf:wg:oauth:2.0:oob", "http://127.0.0.1:7777/callback"]);
    assert_eq!(app.scopes().to_string(), "read write");
}

fn an_app_that_asks_for_nothing_special_is_out_of_band_and_reads(read: Read) {
    let app = app(read);
    assert_eq!(app.client_id(), "01H1F7HJJ9GX5H8PBMAS0NBQY8");
    assert_eq!(app.client_secret().unwrap().expose(), "233c53d0-fc62-48d4-8eb3-6d9d3b35556f");
    assert_eq!(redirects(&app), ["urn:ietf:wg:oauth:2.0:oob"]);
    assert_eq!(app.scopes().to_string(), "read");
}

fn a_scope_that_the_server_does_not_know_is_registered_all_the_same(read: Read) {
    let app = app(read);
    assert_eq!(app.client_id(), "01FDZBSG3THZPYR4A2N53CNK8N");
    assert_eq!(app.scopes().to_string(), "read banana");
}

/// As GoToSocial does if it does not read the field: a successful response, and a useless app.
#[test]
fn an_app_registered_for_another_redirect_uri_than_asked_is_not_taken() {
    let register = RegisterApp::new(instance(), "Probe").expect("a name");
    let callback = "http://127.0.0.1:7777/callback".parse();
    let register = register.redirect_uri(callback.expect("a redirect URI"));
    let error = register.parse(&recording(1).response());
    let Err(Error::UnexpectedResponse(odd)) = error else {
        panic!("not what was expected: {error:?}")
    };
    let registered = "urn:ietf:wg:oauth:2.0:oob".to_owned();
    assert_eq!(odd.reason, UnexpectedReason::OtherRedirectUri(registered));
}
